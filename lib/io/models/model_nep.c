#include "io/models/model_nep.h"

#include "basis/nep/nep_descriptor.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/nep/nep_header.h"
#include "io/nep/nep_numbers.h"
#include "io/text/json_write.h"
#include "potential/nep_assemble.h"

#include <lrpot/nep.h>
#include <stdio.h>
#include <string.h>

static const char *const sums[] = { "converged", "fitted", NULL };
static const char *const forces[] = { "gradient", "plain", NULL };

int lrpot__model_has_nep(const lrpot__json_place *energy)
{
    return json_object_get(energy->object, "nep") != NULL;
}

static lrpot_status put_header(json_t *object, const lrpot__nep *nep)
{
    json_t *lines = json_array();
    LRPOT__TRY(lrpot__json_put(object, "header", lines));
    for (const char *line = nep->header; *line != '\0';) {
        const char *end = strchr(line, '\n');
        if (json_array_append_new(lines, json_stringn(line, (size_t)(end - line))) != 0)
            return LRPOT_E_MEMORY;
        line = end + 1;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__model_put_nep(json_t *energy, const lrpot_potential *potential)
{
    const lrpot__nep *nep = lrpot__nep_of(potential);
    int64_t count = lrpot__nep_numbers(nep);
    json_t *object = NULL;
    LRPOT__TRY(lrpot__json_put_object(energy, "nep", &object));
    LRPOT__TRY(put_header(object, nep));
    if (lrpot__nep_has_charges(potential)) {
        LRPOT__TRY(lrpot__json_put(object, "sum", json_string(sums[lrpot_nep_sum(potential)])));
        LRPOT__TRY(
            lrpot__json_put(object, "forces", json_string(forces[lrpot_nep_forces(potential)])));
    }
    double *values = lrpot__calloc(count, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    lrpot__nep_get_numbers(nep, values);
    lrpot_status status = lrpot__json_put_numbers(object, "numbers", count, values);
    lrpot__free(values);
    return status;
}

/* The header as the text that it was. The caller frees it. */
static lrpot_status header_text(const lrpot__json_place *at, char **out)
{
    json_t *lines = NULL;
    int64_t size = 1, used = 0;
    LRPOT__TRY(lrpot__json_array(at, "header", -1, &lines));
    for (size_t k = 0; k < json_array_size(lines); k++) {
        const char *line = json_string_value(json_array_get(lines, k));
        if (line == NULL || strpbrk(line, "\r\n") != NULL)
            return lrpot__json_wrong_type(at, "header", "an array of lines");
        size += (int64_t)strlen(line) + 1;
    }
    char *text = lrpot__calloc(size, 1);
    if (text == NULL) return LRPOT_E_MEMORY;
    for (size_t k = 0; k < json_array_size(lines); k++)
        used += snprintf(text + used, (size_t)(size - used), "%s\n",
                         json_string_value(json_array_get(lines, k)));
    *out = text;
    return LRPOT_OK;
}

static lrpot_status parse_header(lrpot__text *text, lrpot__nep *nep)
{
    char *line = NULL;
    LRPOT__TRY(lrpot__nep_header_read(text, nep));
    LRPOT__TRY(lrpot__text_nonblank_line(text, &line));
    return line == NULL ? LRPOT_OK
                        : lrpot__text_fail(text, "'%.20s' follows the header of a NEP", line);
}

static lrpot_status read_header(const lrpot__json_place *at, lrpot__nep *nep)
{
    char *lines = NULL, place[512];
    lrpot__text text;
    snprintf(place, sizeof place, "%s: key '%s.header'", at->file, at->path);
    LRPOT__TRY(header_text(at, &lines));
    lrpot_status status = lrpot__text_open_memory(&text, place, lines, (int64_t)strlen(lines));
    if (status == LRPOT_OK) {
        status = parse_header(&text, nep);
        lrpot__text_close(&text);
    }
    lrpot__free(lines);
    return status;
}

/* Memory is sized by the contents of the file: the numbers are counted first. */
static lrpot_status read_numbers(const lrpot__json_place *at, lrpot__nep *nep)
{
    int64_t count = lrpot__nep_numbers(nep);
    char place[512];
    json_t *array = NULL;
    LRPOT__TRY(lrpot__json_array(at, "numbers", count, &array));
    double *values = lrpot__calloc(count, sizeof *values);
    lrpot_status status = values != NULL ? lrpot__json_numbers(at, "numbers", count, values)
                                         : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = lrpot__nep_allocate(nep);
    if (status == LRPOT_OK) {
        lrpot__nep_set_numbers(nep, values);
        snprintf(place, sizeof place, "%s: key '%s.numbers'", at->file, at->path);
        status = lrpot__nep_check_zbl(nep, place, 1);
    }
    lrpot__free(values);
    return status;
}

static lrpot_status check_species(const lrpot__json_place *at, const lrpot__nep *nep,
                                  int32_t n_species, const char *const *symbols)
{
    int same = nep->n_species == n_species;
    for (int32_t z = 0; z < n_species && same; z++) same = !strcmp(nep->symbols[z], symbols[z]);
    return same ? LRPOT_OK
                : lrpot__json_wrong_type(at, "header", "the species of the model in its order");
}

lrpot_status lrpot__model_get_nep(const lrpot__json_place *energy, int32_t n_species,
                                  const char *const *symbols, lrpot_basis **out)
{
    lrpot__json_place at;
    LRPOT__TRY(lrpot__json_enter(energy, "nep", &at));
    lrpot__nep *nep = lrpot__calloc(1, sizeof *nep);
    if (nep == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = read_header(&at, nep);
    if (status == LRPOT_OK) status = check_species(&at, nep, n_species, symbols);
    if (status == LRPOT_OK) status = read_numbers(&at, nep);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(&at, lrpot__nep_basis_create(out, nep, LRPOT_KERNEL_AUTO));
    if (status != LRPOT_OK) lrpot__nep_free(nep);
    return status;
}

lrpot_status lrpot__model_get_nep_choices(const lrpot__json_place *energy,
                                          lrpot_potential *potential)
{
    lrpot__json_place at;
    int32_t sum = 0, convention = 0;
    if (!lrpot__nep_has_charges(potential)) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(energy, "nep", &at));
    LRPOT__TRY(lrpot__json_choice(&at, "sum", sums, &sum));
    LRPOT__TRY(lrpot__json_choice(&at, "forces", forces, &convention));
    LRPOT__TRY(lrpot_nep_set_sum(potential, sum));
    return lrpot_nep_set_forces(potential, convention);
}
