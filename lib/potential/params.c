/* Parameters of a model as one vector of named blocks. */
#include "potential/params.h"

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "basis/network.h"
#include "charges/charge_model.h"
#include "core/error.h"
#include "potential/model.h"

#include <string.h>

enum { N_ENERGY_BLOCKS = 4, N_BLOCKS = N_ENERGY_BLOCKS + LRPOT__CHARGES_BLOCKS };

/* NULL: the name depends on the kind of charges. */
static const char *const block_names[N_BLOCKS] = { "energy.radial",   "energy.linear",
                                                   "energy.species",  "energy.hidden",
                                                   "charges.radial",  "charges.linear",
                                                   "charges.species", NULL,
                                                   "charges.hidden" };

int lrpot__potential_has_parameters(const lrpot_potential *potential)
{
    return potential->basis->descriptor->trained
           || (potential->charges != NULL
               && !lrpot__basis_same(potential->basis, potential->charges->basis));
}

/* The numbers of a descriptor that is not trained are no parameters: beside charges of their own
 * stand the energies of the species alone. */
static void block_sizes(const lrpot_potential *potential, int64_t sizes[N_BLOCKS])
{
    const lrpot_basis *basis = potential->basis;
    int64_t n_species = potential->n_species;
    memset(sizes, 0, N_BLOCKS * sizeof *sizes);
    if (!lrpot__potential_has_parameters(potential)) return;
    sizes[0] = n_species * n_species * lrpot_basis_radial_functions(basis)
               * basis->options.radial_size;
    sizes[1] = basis->descriptor->trained ? lrpot__potential_linear_count(potential) : 0;
    sizes[2] = n_species;
    sizes[3] = lrpot__network_count(potential->network);
    if (potential->charges != NULL)
        lrpot__charges_sizes(potential->charges, sizes + N_ENERGY_BLOCKS);
}

int64_t lrpot_potential_param_count(const lrpot_potential *potential)
{
    if (potential == NULL) return 0;
    int64_t sizes[N_BLOCKS];
    block_sizes(potential, sizes);
    return sizes[0] + sizes[1] + sizes[2] + sizes[3]
           + lrpot_charges_param_count(potential->charges);
}

int32_t lrpot_potential_param_block(const lrpot_potential *potential, int32_t index,
                                    const char **name, int64_t *offset, int64_t *count)
{
    if (potential == NULL || index < 0) return 0;
    int64_t sizes[N_BLOCKS], start = 0;
    block_sizes(potential, sizes);
    for (int b = 0; b < N_BLOCKS; b++) {
        if (sizes[b] > 0 && index-- == 0) {
            if (name != NULL)
                *name = block_names[b] != NULL ? block_names[b] : potential->charges->rules->own;
            if (offset != NULL) *offset = start;
            if (count != NULL) *count = sizes[b];
            return 1;
        }
        start += sizes[b];
    }
    return 0;
}

static lrpot_status check_count(const lrpot_potential *potential, int64_t n)
{
    int64_t count = lrpot_potential_param_count(potential);
    if (n != count)
        return lrpot__fail(LRPOT_E_SIZE, "%lld parameters, the model has %lld", (long long)n,
                           (long long)count);
    return LRPOT_OK;
}

lrpot_status lrpot_potential_get_params(const lrpot_potential *potential, int64_t n, double *params)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(check_count(potential, n));
    int64_t sizes[N_BLOCKS];
    block_sizes(potential, sizes);
    const double *sources[N_ENERGY_BLOCKS] = {
        potential->basis->radial, potential->linear, potential->shifts,
        potential->network != NULL ? potential->network->weights : NULL
    };
    for (int b = 0; b < N_ENERGY_BLOCKS; b++) {
        if (sizes[b] > 0) memcpy(params, sources[b], (size_t)sizes[b] * sizeof *params);
        params += sizes[b];
    }
    if (potential->charges == NULL) return LRPOT_OK;
    return lrpot_charges_get_params(potential->charges,
                                    lrpot_charges_param_count(potential->charges), params);
}

/* Sets the charges first: theirs is the only block with restrictions beyond finite values. */
lrpot_status lrpot_potential_set_params(lrpot_potential *potential, int64_t n, const double *params)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(params);
    if (!lrpot__potential_has_parameters(potential))
        return lrpot__basis_trained(potential->basis, "parameters");
    LRPOT__TRY(check_count(potential, n));
    LRPOT__TRY(lrpot__all_finite("params", n, params));
    int64_t sizes[N_BLOCKS];
    block_sizes(potential, sizes);
    int64_t n_energy = sizes[0] + sizes[1] + sizes[2] + sizes[3];
    if (potential->charges != NULL)
        LRPOT__TRY(lrpot_charges_set_params(potential->charges, n - n_energy, params + n_energy));
    if (sizes[0] > 0) LRPOT__TRY(lrpot_basis_set_radial(potential->basis, params));
    if (sizes[1] > 0)
        memcpy(potential->linear, params + sizes[0], (size_t)sizes[1] * sizeof *params);
    memcpy(potential->shifts, params + sizes[0] + sizes[1], (size_t)sizes[2] * sizeof *params);
    if (potential->network != NULL)
        memcpy(potential->network->weights, params + n_energy - sizes[3],
               (size_t)sizes[3] * sizeof *params);
    return LRPOT_OK;
}
