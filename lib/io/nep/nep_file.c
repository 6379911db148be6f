#include "io/nep/nep_file.h"

#include "basis/nep/nep_model.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/nep/nep_header.h"
#include "io/nep/nep_numbers.h"
#include "io/text/text.h"

#include <stdio.h>
#include <string.h>

/* Numbers after the header, returned in their order. */
typedef struct {
    double *values;
    int64_t n, capacity;
} numbers;

static lrpot_status read_number(lrpot__text *text, numbers *list, int64_t expected)
{
    char *line = NULL, what[64];
    lrpot__field field, more;
    LRPOT__TRY(lrpot__text_line(text, &line));
    if (line == NULL)
        return lrpot__text_fail(text, "the file ends after %lld of %lld numbers",
                                (long long)list->n, (long long)expected);
    const char *cursor = line;
    snprintf(what, sizeof what, "number %lld of %lld", (long long)list->n + 1, (long long)expected);
    if (!lrpot__field_next(&cursor, &field))
        return lrpot__text_fail(text, "the line is blank, expected %s", what);
    if (lrpot__field_next(&cursor, &more))
        return lrpot__text_fail(text, "'%.*s' follows %s, expected one number per line",
                                lrpot__field_print_length(more), more.text, what);
    LRPOT__TRY(lrpot__grow((void **)&list->values, &list->capacity, list->n + 1, sizeof(double)));
    LRPOT__TRY(lrpot__field_number(text, field, what, &list->values[list->n]));
    list->n++;
    return LRPOT_OK;
}

/* Reads the numbers. Memory grows with the lines read, not with the number that the header
 * states. */
static lrpot_status read_numbers(lrpot__text *text, const lrpot__nep *nep, numbers *list)
{
    int64_t expected = lrpot__nep_numbers(nep);
    char *line = NULL;
    while (list->n < expected) LRPOT__TRY(read_number(text, list, expected));
    LRPOT__TRY(lrpot__text_nonblank_line(text, &line));
    if (line != NULL)
        return lrpot__text_fail(text,
                                "'%.20s' follows the %lld numbers of this header, expected the end "
                                "of the file",
                                line, (long long)expected);
    return LRPOT_OK;
}

static lrpot_status read_body(lrpot__text *text, lrpot__nep *nep)
{
    numbers list = { 0 };
    int64_t header_lines = text->line;
    lrpot_status status = read_numbers(text, nep, &list);
    if (status == LRPOT_OK) status = lrpot__nep_allocate(nep);
    if (status == LRPOT_OK) {
        lrpot__nep_set_numbers(nep, list.values);
        status = lrpot__nep_check_zbl(nep, text->name, header_lines + 1);
    }
    lrpot__free(list.values);
    return status;
}

static lrpot_status read_text(lrpot__nep **out, lrpot__text *text)
{
    lrpot__nep *nep = lrpot__calloc(1, sizeof *nep);
    if (nep == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__nep_header_read(text, nep);
    if (status == LRPOT_OK) status = read_body(text, nep);
    if (status != LRPOT_OK) {
        lrpot__nep_free(nep);
        return status;
    }
    *out = nep;
    return LRPOT_OK;
}

lrpot_status lrpot__nep_read(lrpot__nep **out, const char *path)
{
    lrpot__text text;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__TRY(lrpot__text_open(&text, path));
    lrpot_status status = read_text(out, &text);
    lrpot__text_close(&text);
    return status;
}

int lrpot__nep_recognise(const char *text, int64_t size)
{
    int64_t at = 0;
    while (at < size && lrpot__is_blank(text[at])) at++;
    if (at + 3 >= size || strncmp(text + at, "nep", 3) != 0) return 0;
    char after = text[at + 3];
    return lrpot__is_blank(after) || after == '_' || (after >= '0' && after <= '9');
}

lrpot_status lrpot__nep_parse(lrpot__nep **out, const char *name, const void *data, int64_t size)
{
    lrpot__text text;
    LRPOT__TRY(lrpot__text_open_memory(&text, name, data, size));
    lrpot_status status = read_text(out, &text);
    lrpot__text_close(&text);
    return status;
}
