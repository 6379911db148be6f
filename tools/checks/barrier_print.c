#include "checks/barrier_print.h"

#include <stdlib.h>

/* Begins, ends, heights, [3][S][S]; NULL without memory or barrier. */
static double *barrier_of(const lrpot_potential *model, int32_t *n)
{
    int64_t S = *n = lrpot_potential_species_count(model), pairs = S * S;
    double *values = malloc((size_t)(3 * pairs) * sizeof *values), most = 0.0;
    if (values == NULL
        || lrpot_potential_get_gap_barrier(model, values, values + pairs, values + 2 * pairs)
               != LRPOT_OK) {
        free(values);
        return NULL;
    }
    for (int64_t k = 0; k < pairs; k++)
        most = values[2 * pairs + k] > most ? values[2 * pairs + k] : most;
    if (most > 0.0) return values;
    free(values);
    return NULL;
}

int barrier_present(const lrpot_potential *model)
{
    int32_t S;
    double *values = barrier_of(model, &S);
    free(values);
    return values != NULL;
}

void barrier_print(const lrpot_potential *model, FILE *stream)
{
    int32_t S, found = 0;
    double *values = barrier_of(model, &S);
    const char *const *symbols = lrpot_potential_symbols(model);
    fprintf(stream, "gap barrier  ");
    if (values == NULL) fprintf(stream, " none");
    for (int32_t a = 0; a < S && values != NULL; a++)
        for (int32_t b = a; b < S; b++) {
            const double *at = values + a * S + b;
            if (at[2 * S * S] == 0.0) continue;
            fprintf(stream, "%s %s-%s ", found++ ? "," : "", symbols[a], symbols[b]);
            if (at[0] > 0.0) fprintf(stream, "%.4g to %.4g A", at[0], at[S * S]);
            else fprintf(stream, "below %.4g A", at[S * S]);
            fprintf(stream, " x %g eV", at[2 * S * S]);
        }
    fprintf(stream, "\n");
    free(values);
}

json_t *barrier_json(const lrpot_potential *model)
{
    int32_t S;
    double *values = barrier_of(model, &S);
    if (values == NULL) return json_null();
    int64_t pairs = (int64_t)S * S;
    json_t *object = json_object();
    json_object_set_new(object, "begin", json_row(values, pairs));
    json_object_set_new(object, "end", json_row(values + pairs, pairs));
    json_object_set_new(object, "height", json_row(values + 2 * pairs, pairs));
    free(values);
    return object;
}
