#include "io/nep/nep_file.h"

#include "basis/nep/nep_model.h"
#include "basis/nep/nep_zbl.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/nep/nep_header.h"
#include "io/text/text.h"

#include <stdio.h>
#include <string.h>

/* Numbers after the header, returned in their order. */
typedef struct {
    double *values;
    int64_t n, capacity, at;
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

static void take(numbers *list, double *to, int64_t count)
{
    memcpy(to, list->values + list->at, (size_t)count * sizeof *to);
    list->at += count;
}

/* File: [functions][polynomials][centre][neighbour]. Model: pairs first. */
static void take_radial(const lrpot__nep *nep, numbers *list, int32_t n_count, int32_t k_count,
                        double *to)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species;
    for (int32_t n = 0; n < n_count; n++)
        for (int32_t k = 0; k < k_count; k++)
            for (int64_t p = 0; p < pairs; p++)
                to[(p * n_count + n) * k_count + k] = list->values[list->at++];
}

/* Version 2 has one polynomial for each function; its factor is 1 for one species. */
static void take_diagonal(const lrpot__nep *nep, numbers *list, int32_t n_count, double *to)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species;
    for (int32_t n = 0; n < n_count; n++)
        for (int64_t p = 0; p < pairs; p++)
            to[(p * n_count + n) * n_count + n] = pairs > 1 ? list->values[list->at++] : 1.0;
}

static void distribute(lrpot__nep *nep, numbers *list)
{
    int64_t s = nep->n_species;
    take(list, nep->networks, nep->n_networks * nep->network_size);
    nep->sqrt_epsilon = 1.0;
    if (nep->charge_mode != LRPOT__NEP_UNCHARGED) take(list, &nep->sqrt_epsilon, 1);
    take(list, &nep->bias, 1);
    if (nep->version == 2) {
        take_diagonal(nep, list, nep->n_radial, nep->radial);
        take_diagonal(nep, list, nep->n_angular, nep->angular);
    } else {
        take_radial(nep, list, nep->n_radial, nep->k_radial, nep->radial);
        take_radial(nep, list, nep->n_angular, nep->k_angular, nep->angular);
    }
    take(list, nep->scale, nep->n_features);
    if (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE) take(list, nep->zbl_pairs, 10 * (s * (s + 1) / 2));
}

/* Checks the pairs, which are the last numbers of the file, one per line. */
static lrpot_status check_flexible(const lrpot__text *text, const lrpot__nep *nep,
                                   int64_t header_lines)
{
    int64_t s = nep->n_species, pairs = s * (s + 1) / 2;
    int64_t first_line = header_lines + lrpot__nep_numbers(nep) - 10 * pairs + 1;
    for (int32_t a = 0; a < s; a++)
        for (int32_t b = a; b < s; b++) {
            int64_t at = 10 * (int64_t)lrpot__nep_pair(nep, a, b);
            double inner = nep->zbl_pairs[at], outer = nep->zbl_pairs[at + 1];
            if (!(inner >= 0.0 && outer > inner))
                return lrpot__fail(LRPOT_E_PARSE,
                                   "%s:%lld: the ZBL radii of %s and %s are %g and %g A, expected "
                                   "0 <= inner < outer",
                                   text->name, (long long)(first_line + at), nep->symbols[a],
                                   nep->symbols[b], inner, outer);
        }
    return LRPOT_OK;
}

static lrpot_status check_typewise(const lrpot__text *text, const lrpot__nep *nep)
{
    for (int32_t s = 0; s < nep->n_species; s++)
        if (lrpot__nep_zbl_radius(nep->atomic_numbers[s]) == 0.0)
            return lrpot__fail(LRPOT_E_UNSUPPORTED,
                               "%s:1: no covalent radius of %s is tabulated for the typewise ZBL",
                               text->name, nep->symbols[s]);
    return LRPOT_OK;
}

static lrpot_status check_zbl(const lrpot__text *text, const lrpot__nep *nep, int64_t header_lines)
{
    if (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE) return check_flexible(text, nep, header_lines);
    return nep->zbl == LRPOT__NEP_ZBL_TYPEWISE ? check_typewise(text, nep) : LRPOT_OK;
}

static lrpot_status read_body(lrpot__text *text, lrpot__nep *nep)
{
    numbers list = { 0 };
    int64_t header_lines = text->line;
    lrpot_status status = read_numbers(text, nep, &list);
    if (status == LRPOT_OK) status = lrpot__nep_allocate(nep);
    if (status == LRPOT_OK) {
        distribute(nep, &list);
        status = check_zbl(text, nep, header_lines);
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
