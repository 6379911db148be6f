#include "fit/data/survey.h"

#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame_array.h"

#include <math.h>

static int is_training(const lrpot__survey *data, int64_t f)
{
    return data->how == NULL || lrpot__frame_at(data->how, f)->set == LRPOT_FIT_TRAIN;
}

lrpot_status lrpot__survey_check(const lrpot__survey *data)
{
    int64_t training = 0;
    for (int64_t f = 0; f < data->n; f++) {
        if (data->structures[f] == NULL)
            return lrpot__fail(LRPOT_E_NULL, "frame %lld of %lld is NULL", (long long)f,
                               (long long)data->n);
        LRPOT__TRY(lrpot__frame_check(data->how, f));
        training += is_training(data, f);
    }
    if (training == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "none of %lld frames is a training frame",
                           (long long)data->n);
    return LRPOT_OK;
}

lrpot_status lrpot__survey_labels(const lrpot__survey *data, int32_t room, char *labels,
                                  int32_t *count)
{
    int64_t n = 0;
    lrpot_structure **training = lrpot__calloc(data->n, sizeof *training);
    if (training == NULL) return LRPOT_E_MEMORY;
    for (int64_t f = 0; f < data->n; f++)
        if (is_training(data, f)) training[n++] = data->structures[f];
    lrpot_status status = lrpot_structures_labels(n, training, room, labels, count);
    lrpot__free(training);
    return status;
}

int64_t lrpot__survey_equations(const lrpot__survey *data)
{
    int64_t sum = 0;
    for (int64_t f = 0; f < data->n; f++) {
        const lrpot_structure *frame = data->structures[f];
        if (!is_training(data, f)) continue;
        sum += lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY) != NULL;
        if (lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES) != NULL)
            sum += 3 * lrpot_structure_count(frame);
    }
    return sum;
}

static lrpot_status shortest_pair(const lrpot_nlist *list, const lrpot_atoms *atoms,
                                  double *distance)
{
    int64_t most = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        int64_t count = lrpot_nlist_degree(list, i);
        if (count > most) most = count;
    }
    int32_t *j = lrpot__calloc(most, sizeof *j);
    double *vectors = lrpot__calloc(3 * most, sizeof *vectors);
    int good = j != NULL && vectors != NULL;
    for (int64_t i = 0; good && i < atoms->n_owned; i++) {
        int64_t count = lrpot_nlist_row(list, atoms, i, most, j, vectors);
        for (int64_t k = 0; k < count; k++) {
            const double *d = vectors + 3 * k;
            *distance = fmin(*distance, sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]));
        }
    }
    lrpot__free(j);
    lrpot__free(vectors);
    return good ? LRPOT_OK : LRPOT_E_MEMORY;
}

static lrpot_status frame_distance(const lrpot_structure *frame, int32_t n_symbols,
                                   const char *const *symbols, double cutoff, double *distance)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    int32_t *species = lrpot__calloc(lrpot_structure_count(frame), sizeof *species);
    if (species == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_structure_view(frame, n_symbols, symbols, species, &atoms);
    if (status == LRPOT_OK) status = lrpot_nlist_build(&list, &atoms, cutoff, 0.0);
    if (status == LRPOT_OK) status = shortest_pair(list, &atoms, distance);
    lrpot_nlist_free(list);
    lrpot__free(species);
    return status;
}

lrpot_status lrpot__survey_distance(const lrpot__survey *data, int32_t n_symbols,
                                    const char *const *symbols, double cutoff, double *distance,
                                    int64_t *frame)
{
    *distance = INFINITY;
    *frame = -1;
    for (int64_t f = 0; f < data->n; f++) {
        double here = INFINITY;
        LRPOT__TRY(frame_distance(data->structures[f], n_symbols, symbols, cutoff, &here));
        if (here >= *distance) continue;
        *distance = here;
        *frame = f;
    }
    return LRPOT_OK;
}
