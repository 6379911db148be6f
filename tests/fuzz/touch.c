#include "fuzz.h"

#include <math.h>
#include <string.h>

static void demand(int fact)
{
    if (!fact) abort();
}

void fuzz_touch_numbers(int64_t n, const double *values)
{
    for (int64_t i = 0; i < n; i++) demand(isfinite(values[i]));
}

void fuzz_touch_structure(const lrpot_structure *structure)
{
    const char *key = NULL, *value = NULL;
    int64_t n = lrpot_structure_count(structure), characters = 0;
    demand(n >= 1);
    fuzz_touch_numbers(3 * n, lrpot_structure_positions_const(structure));
    if (lrpot_structure_cell(structure) != NULL)
        fuzz_touch_numbers(9, lrpot_structure_cell(structure));
    for (int64_t i = 0; i < n; i++)
        characters += (int64_t)strlen(lrpot_structure_symbol(structure, i));
    demand(characters >= n);
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (lrpot_structure_get(structure, q) != NULL)
            fuzz_touch_numbers(lrpot_quantity_size(q, n), lrpot_structure_get(structure, q));
    for (int64_t i = 0; lrpot_structure_info_at(structure, i, &key, &value); i++)
        demand(strlen(key) > 0 && strlen(value) + 1 > 0);
}

/* Two atoms of the first species at a distance that the model knows. */
static void evaluate(const lrpot_potential *potential)
{
    double positions[6] = { 0, 0, 0, 0.7 * lrpot_potential_cutoff(potential), 0, 0 }, energy = 0,
           forces[6];
    const char *symbols[2] = { lrpot_potential_symbols(potential)[0],
                               lrpot_potential_symbols(potential)[0] };
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    /* symbols of a model need not be such as a structure takes */
    if (lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0) != LRPOT_OK) return;
    demand(lrpot_workspace_create(&work, 1) == LRPOT_OK);
    demand(lrpot_potential_compute_structure(potential, work, structure, &out) != LRPOT_E_BUG);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
}

void fuzz_touch_potential(const lrpot_potential *potential)
{
    int64_t n = lrpot_potential_param_count(potential);
    double *params = malloc((size_t)n * sizeof *params + 1);
    demand(params != NULL && lrpot_potential_get_params(potential, n, params) == LRPOT_OK);
    fuzz_touch_numbers(n, params);
    free(params);
    evaluate(potential);
}

void fuzz_touch_message(void)
{
    demand(strlen(lrpot_last_error()) > 0);
}
