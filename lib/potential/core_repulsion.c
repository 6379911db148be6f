#include "potential/core_repulsion.h"

#include "core/error.h"
#include "core/memory.h"

#include <lrpot/structure.h>

#include <math.h>
#include <string.h>

void lrpot__core_free(lrpot__core *core)
{
    if (core == NULL) return;
    lrpot__free(core->outer);
    lrpot__free(core->strength);
    lrpot__free(core->pairs);
    lrpot__free(core);
}

static lrpot_status check_pair(const lrpot_potential *p, double cutoff, int32_t a, int32_t b,
                               const double *outer, const double *strength)
{
    int32_t S = p->n_species;
    double r = outer[a * S + b], s = strength[a * S + b];
    if (!(r >= 0.0) || r > cutoff || r != outer[b * S + a])
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "core of %s-%s ends at %g A, expected 0 to the cutoff %g A, alike in "
                           "both orders",
                           p->symbols[a], p->symbols[b], r, cutoff);
    if (!(s >= 0.0) || isinf(s) || s != strength[b * S + a])
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "core of %s-%s has the strength %g, expected a number from 0, alike in "
                           "both orders",
                           p->symbols[a], p->symbols[b], s);
    if (r > 0.0 && s > 0.0
        && (lrpot_element_number(p->symbols[a]) == 0 || lrpot_element_number(p->symbols[b]) == 0))
        return lrpot__fail(LRPOT_E_SPECIES,
                           "core of %s-%s: one of them is no element, of which "
                           "the nuclear charge is known",
                           p->symbols[a], p->symbols[b]);
    return LRPOT_OK;
}

static lrpot_status fill(lrpot__core *core, const lrpot_potential *potential, double cutoff)
{
    int32_t S = core->n_species;
    for (int32_t a = 0; a < S; a++)
        for (int32_t b = 0; b < S; b++) {
            LRPOT__TRY(check_pair(potential, cutoff, a, b, core->outer, core->strength));
            double r = core->outer[a * S + b], factor = core->strength[a * S + b];
            lrpot__zbl *pair = &core->pairs[a * S + b];
            *pair = lrpot__zbl_of(factor * LRPOT_COULOMB_CONSTANT,
                                  lrpot_element_number(potential->symbols[a]),
                                  lrpot_element_number(potential->symbols[b]));
            pair->outer = factor > 0.0 ? r : 0.0;
            pair->inner = 0.5 * pair->outer;
            core->reach = fmax(core->reach, pair->outer);
        }
    return LRPOT_OK;
}

lrpot_status lrpot__core_create(lrpot__core **out, const lrpot_potential *potential, double cutoff,
                                const double *outer, const double *strength)
{
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    lrpot__core *core = lrpot__calloc(1, sizeof *core);
    if (core == NULL) return LRPOT_E_MEMORY;
    core->n_species = potential->n_species;
    core->outer = lrpot__duplicate(outer, pairs, sizeof *outer);
    core->strength = lrpot__duplicate(strength, pairs, sizeof *strength);
    core->pairs = lrpot__calloc(pairs, sizeof *core->pairs);
    lrpot_status status = LRPOT_E_MEMORY;
    if (core->outer != NULL && core->strength != NULL && core->pairs != NULL)
        status = fill(core, potential, cutoff);
    if (status != LRPOT_OK) lrpot__core_free(core);
    else *out = core;
    return status;
}

int lrpot__core_within_rest(const lrpot_potential *potential)
{
    const double *rest = potential->basis->rest;
    const lrpot__core *core = potential->core;
    int32_t pairs = potential->n_species * potential->n_species;
    if (rest == NULL || core == NULL) return 0;
    for (int32_t k = 0; k < pairs; k++)
        if (core->pairs[k].outer > rest[k]) return 0;
    return 1;
}
