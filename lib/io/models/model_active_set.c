/* Active set in a model's file: rows in single precision, and their origin. */
#include "io/models/model_active_set.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/models/active_set_file.h"
#include "io/text/base64.h"
#include "io/text/json_read.h"
#include "io/text/json_write.h"
#include "potential/active_set.h"
#include "potential/maxvol.h"
#include "potential/potential.h"

#include <math.h>
#include <string.h>

static lrpot_status put_species(json_t *object, const lrpot__maxvol *m)
{
    int64_t count = m->n * m->n;
    LRPOT__TRY(lrpot__json_put_longs(object, "frames", m->n, m->frames));
    LRPOT__TRY(lrpot__json_put_longs(object, "atoms", m->n, m->atoms));
    char *text = lrpot__calloc(lrpot__base64_length(count) + 1, 1);
    if (text == NULL) return LRPOT_E_MEMORY;
    lrpot__base64_write(count, m->rows, text);
    lrpot_status status = lrpot__json_put(object, "rows", json_string_nocheck(text));
    lrpot__free(text);
    return status;
}

lrpot_status lrpot__model_put_active_set(json_t *model, const lrpot_potential *potential)
{
    const lrpot_active_set *set = lrpot_potential_active_set(potential);
    json_t *object = NULL, *species = NULL, *one = NULL;
    if (set == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_put_object(model, "active_set", &object));
    LRPOT__TRY(lrpot__active_set_put_kind(object, set->kind));
    LRPOT__TRY(lrpot__json_put(object, "size", json_integer(set->n)));
    LRPOT__TRY(lrpot__json_put_object(object, "species", &species));
    for (int32_t z = 0; z < set->n_species; z++) {
        if (!set->species[z].started) continue;
        LRPOT__TRY(lrpot__json_put_object(species, set->symbols[z], &one));
        LRPOT__TRY(put_species(one, set->species + z));
    }
    return LRPOT_OK;
}

/* Memory is sized by the contents of the file: the text has been read already. */
static lrpot_status check_text(const lrpot__json_place *at, int64_t n, const char **text)
{
    LRPOT__TRY(lrpot__json_text(at, "rows", text));
    return (int64_t)strlen(*text) == lrpot__base64_length(n * n)
               ? LRPOT_OK
               : lrpot__json_wrong_type(at, "rows", "size^2 single-precision numbers in base64");
}

static lrpot_status get_species(const lrpot__json_place *at, lrpot__maxvol *m)
{
    const char *text = NULL;
    int64_t count = m->n * m->n;
    LRPOT__TRY(check_text(at, m->n, &text));
    LRPOT__TRY(lrpot__json_longs(at, "frames", m->n, m->frames));
    LRPOT__TRY(lrpot__json_longs(at, "atoms", m->n, m->atoms));
    int good = lrpot__base64_read(text, (int64_t)strlen(text), count, m->rows);
    for (int64_t k = 0; k < count && good; k++) good = isfinite(m->rows[k]);
    if (!good)
        return lrpot__json_wrong_type(at, "rows", "size^2 single-precision numbers in base64");
    m->started = 1;
    return lrpot__json_blame_file(at, lrpot__maxvol_invert(m));
}

/* Checks the sizes before memory is allocated: each species in the file has its rows. */
static lrpot_status create(const lrpot__json_place *at, const lrpot__json_place *species,
                           const lrpot_potential *potential, lrpot_active_set **out)
{
    const char *key, *text = NULL;
    json_t *value;
    int32_t size = 0, kind;
    LRPOT__TRY(lrpot__active_set_get_kind(at, &kind));
    LRPOT__TRY(lrpot__json_integer(at, "size", &size));
    if (size < 2) return lrpot__json_wrong_type(at, "size", "a number of rows");
    json_object_foreach(species->object, key, value)
    {
        lrpot__json_place one;
        int32_t index = 0;
        LRPOT__TRY(
            lrpot__json_blame_file(species, lrpot_potential_species(potential, key, &index)));
        LRPOT__TRY(lrpot__json_enter(species, key, &one));
        LRPOT__TRY(check_text(&one, size, &text));
    }
    if (text == NULL) return lrpot__json_wrong_type(at, "species", "rows of some species");
    LRPOT__TRY(
        lrpot__json_blame_file(at, lrpot_active_set_create_kind(out, potential, kind, size)));
    if ((*out)->n == size) return LRPOT_OK;
    return lrpot__json_wrong_type(at, "size", "at most the number of features and one");
}

static lrpot_status fill(const lrpot__json_place *species, lrpot_active_set *set)
{
    for (int32_t z = 0; z < set->n_species; z++) {
        lrpot__json_place one;
        if (json_object_get(species->object, set->symbols[z]) == NULL) continue;
        LRPOT__TRY(lrpot__json_enter(species, set->symbols[z], &one));
        LRPOT__TRY(get_species(&one, set->species + z));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__model_get_active_set(const lrpot__json_place *top, lrpot_potential *potential)
{
    lrpot__json_place at, species;
    lrpot_active_set *set = NULL;
    if (json_object_get(top->object, "active_set") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(top, "active_set", &at));
    LRPOT__TRY(lrpot__json_enter(&at, "species", &species));
    lrpot_status status = create(&at, &species, potential, &set);
    if (status == LRPOT_OK) status = fill(&species, set);
    if (status == LRPOT_OK) potential->active_set = set;
    else lrpot_active_set_free(set);
    return status;
}
