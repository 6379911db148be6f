/* Files of active sets: the rows of each species and their origin. The inverses are computed after
 * reading. */
#include "io/models/active_set_file.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/text/json_read.h"
#include "io/text/json_write.h"
#include "potential/active_set.h"
#include "potential/maxvol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "lrpot-active-set"
#define VERSION 1
#define MAX_ROWS 20000
#define MAX_SPECIES 1000

/* Files without the key hold features. */
static const char *const kinds[] = {
    [LRPOT_ACTIVE_SET_FEATURES] = "features", [LRPOT_ACTIVE_SET_PARAMETERS] = "parameters"
};

lrpot_status lrpot__active_set_put_kind(json_t *object, int32_t kind)
{
    return lrpot__json_put(object, "columns", json_string(kinds[kind]));
}

lrpot_status lrpot__active_set_get_kind(const lrpot__json_place *at, int32_t *kind)
{
    const char *text = NULL;
    *kind = LRPOT_ACTIVE_SET_FEATURES;
    if (json_object_get(at->object, "columns") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_text(at, "columns", &text));
    if (strcmp(text, kinds[LRPOT_ACTIVE_SET_FEATURES]) == 0) return LRPOT_OK;
    *kind = LRPOT_ACTIVE_SET_PARAMETERS;
    return strcmp(text, kinds[*kind]) == 0
               ? LRPOT_OK
               : lrpot__json_wrong_type(at, "columns", "features or parameters");
}

static lrpot_status put_species(json_t *object, const lrpot__maxvol *m)
{
    LRPOT__TRY(lrpot__json_put(object, "seen", json_boolean(m->started)));
    LRPOT__TRY(lrpot__json_put_longs(object, "frames", m->n, m->frames));
    LRPOT__TRY(lrpot__json_put_longs(object, "atoms", m->n, m->atoms));
    return lrpot__json_put_numbers(object, "rows", m->n * m->n, m->rows);
}

static lrpot_status put_set(json_t *root, const lrpot_active_set *set)
{
    char mark[24];
    json_t *species = NULL, *one = NULL;
    snprintf(mark, sizeof mark, "%016" PRIx64, set->model);
    LRPOT__TRY(lrpot__json_put(root, "format", json_string(FORMAT)));
    LRPOT__TRY(lrpot__json_put(root, "version", json_integer(VERSION)));
    LRPOT__TRY(lrpot__json_put(root, "library", json_string(lrpot_version())));
    LRPOT__TRY(lrpot__json_put(root, "model", json_string(mark)));
    LRPOT__TRY(lrpot__active_set_put_kind(root, set->kind));
    LRPOT__TRY(lrpot__json_put(root, "size", json_integer(set->n)));
    LRPOT__TRY(lrpot__json_put_object(root, "species", &species));
    for (int32_t z = 0; z < set->n_species; z++) {
        LRPOT__TRY(lrpot__json_put_object(species, set->symbols[z], &one));
        LRPOT__TRY(put_species(one, set->species + z));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_active_set_save(const lrpot_active_set *set, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(set);
    LRPOT__REQUIRE_NOT_NULL(path);
    json_t *root = json_object();
    lrpot_status status = put_set(root, set);
    if (status == LRPOT_OK) status = lrpot__json_save(root, path);
    json_decref(root);
    return status;
}

static lrpot_status get_species(const lrpot__json_place *at, lrpot__maxvol *m)
{
    LRPOT__TRY(lrpot__json_boolean(at, "seen", &m->started));
    LRPOT__TRY(lrpot__json_longs(at, "frames", m->n, m->frames));
    LRPOT__TRY(lrpot__json_longs(at, "atoms", m->n, m->atoms));
    LRPOT__TRY(lrpot__json_numbers(at, "rows", m->n * m->n, m->rows));
    return m->started ? lrpot__json_blame_file(at, lrpot__maxvol_invert(m)) : LRPOT_OK;
}

static lrpot_status fill(const lrpot__json_place *species, lrpot_active_set *set)
{
    for (int32_t z = 0; z < set->n_species; z++) {
        lrpot__json_place one;
        LRPOT__TRY(lrpot__json_enter(species, set->symbols[z], &one));
        LRPOT__TRY(get_species(&one, set->species + z));
    }
    return LRPOT_OK;
}

/* Checks that each species has its rows: memory is sized by the contents of the file, not by the
 * size it states. */
static lrpot_status check_sizes(const lrpot__json_place *species, int64_t size)
{
    const char *key;
    json_t *value, *array = NULL;
    json_object_foreach(species->object, key, value)
    {
        lrpot__json_place one;
        LRPOT__TRY(lrpot__json_enter(species, key, &one));
        LRPOT__TRY(lrpot__json_array(&one, "frames", size, &array));
        LRPOT__TRY(lrpot__json_array(&one, "atoms", size, &array));
        LRPOT__TRY(lrpot__json_array(&one, "rows", size * size, &array));
    }
    return LRPOT_OK;
}

/* Creates an empty set of the size and species that the file states. */
static lrpot_status assemble(const lrpot__json_place *top, const lrpot__json_place *species,
                             lrpot_active_set **out)
{
    const char *mark = NULL, *key;
    char *end = NULL;
    json_t *value;
    int32_t n = 0, size = 0, kind;
    LRPOT__TRY(lrpot__json_text(top, "model", &mark));
    LRPOT__TRY(lrpot__active_set_get_kind(top, &kind));
    LRPOT__TRY(lrpot__json_integer(top, "size", &size));
    uint64_t model = strtoull(mark, &end, 16);
    if (end == mark || *end != '\0')
        return lrpot__json_wrong_type(top, "model", "16 hexadecimal digits");
    if (size < 2 || size > MAX_ROWS)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'size' is %d, expected 2 to %d rows", top->file,
                           size, MAX_ROWS);
    int64_t count = (int64_t)json_object_size(species->object);
    if (count < 1 || count > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'species' has %lld members, expected 1 to %d",
                           top->file, (long long)count, MAX_SPECIES);
    LRPOT__TRY(check_sizes(species, size));
    const char **symbols = lrpot__calloc(count, sizeof *symbols);
    if (symbols == NULL) return LRPOT_E_MEMORY;
    json_object_foreach(species->object, key, value) symbols[n++] = key;
    lrpot_status status = lrpot__active_set_assemble(out, kind, n, symbols, size, model);
    lrpot__free(symbols);
    return status;
}

static lrpot_status read(const lrpot__json_place *top, void *out)
{
    lrpot__json_place species;
    lrpot_active_set *set = NULL;
    LRPOT__TRY(lrpot__json_enter(top, "species", &species));
    LRPOT__TRY(assemble(top, &species, &set));
    lrpot_status status = fill(&species, set);
    if (status == LRPOT_OK) *(lrpot_active_set **)out = set;
    else lrpot_active_set_free(set);
    return status;
}

static const lrpot__json_kind file_kind = { FORMAT, VERSION, read };

lrpot_status lrpot__active_set_parse(lrpot_active_set **out, const char *file, const char *text,
                                     int64_t size, int verify)
{
    return lrpot__json_parse(file, text, size, &file_kind, verify, out);
}

lrpot_status lrpot_active_set_load(lrpot_active_set **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    return lrpot__json_load(path, &file_kind, out);
}
