#include "checks/core_print.h"

#include <stdlib.h>

/* Outer distances, then strengths, [2][S][S]; NULL without memory or core. */
static double *core_of(const lrpot_potential *model, int32_t *n)
{
    int32_t S = lrpot_potential_species_count(model);
    double *outer = malloc((size_t)(2 * S * S) * sizeof *outer), most = 0.0;
    *n = S;
    if (outer == NULL
        || lrpot_potential_get_core(model, outer, outer + (int64_t)S * S) != LRPOT_OK) {
        free(outer);
        return NULL;
    }
    for (int32_t k = 0; k < S * S; k++) most = outer[k] > most ? outer[k] : most;
    if (most > 0.0) return outer;
    free(outer);
    return NULL;
}

void core_print(const lrpot_potential *model, FILE *stream)
{
    int32_t S = 0;
    double *outer = core_of(model, &S);
    const char *const *symbols = lrpot_potential_symbols(model);
    fprintf(stream, "core         ");
    if (outer == NULL) fprintf(stream, " none");
    for (int32_t a = 0; a < S && outer != NULL; a++)
        for (int32_t b = a; b < S; b++)
            fprintf(stream, " %s-%s %.4g A x %g%s", symbols[a], symbols[b], outer[a * S + b],
                    outer[S * S + a * S + b], a + 1 < S || b + 1 < S ? "," : "");
    fprintf(stream, "\n");
    free(outer);
}

json_t *core_json(const lrpot_potential *model)
{
    int32_t S = 0;
    double *outer = core_of(model, &S);
    if (outer == NULL) return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "outer", json_row(outer, (int64_t)S * S));
    json_object_set_new(object, "strength", json_row(outer + (int64_t)S * S, (int64_t)S * S));
    free(outer);
    return object;
}
