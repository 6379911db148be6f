/* Scratch of the predictions and Jacobians of frames, and the indices of parameters. */
#include "fit/jacobian/assembly.h"

#include "basis/descriptor.h"
#include "charges/charge_eval.h"
#include "core/memory.h"
#include "fit/jacobian/born_factor.h"
#include "fit/jacobian/fit_density.h"
#include "fit/jacobian/fit_equilibrated.h"
#include "fit/local/local.h"

#include <string.h>

lrpot__parameter_layout lrpot__parameter_layout_of(const lrpot_potential *potential)
{
    lrpot__parameter_layout layout = {
        lrpot_potential_param_count(potential), -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
    };
    layout.offsets = layout.count;
    const char *own = potential->charges != NULL && potential->charges->rules->own != NULL
                          ? potential->charges->rules->own
                          : "";
    const struct {
        const char *name;
        int64_t *offset;
    } blocks[] = {
        { "energy.radial", &layout.energy_radial },
        { "energy.linear", &layout.energy_linear },
        { "energy.species", &layout.energy_species },
        { "charges.radial", &layout.charge_radial },
        { "charges.linear", &layout.charge_linear },
        { "charges.species", &layout.charge_species },
        { own, &layout.charge_own },
        { "energy.hidden", &layout.energy_network },
        { "charges.hidden", &layout.charge_network },
    };
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++)
            if (strcmp(name, blocks[k].name) == 0 && count > 0) *blocks[k].offset = offset;
    return layout;
}

void lrpot__assembly_free(lrpot__assembly *assembly)
{
    if (assembly == NULL) return;
    lrpot__local_free(assembly->energy);
    lrpot__local_free(assembly->charge);
    lrpot__equilibrated_free(assembly->equilibrium);
    lrpot__fit_density_free(assembly->density);
    lrpot__born_factor_free(assembly->factor);
    lrpot__frame_adjoint_free(assembly->adjoint);
    lrpot_workspace_free(assembly->work);
    void *blocks[] = { assembly->prediction, assembly->row_weights, assembly->jacobian,
                       assembly->q,          assembly->phi,         assembly->w,
                       assembly->field,      assembly->bare,        assembly->dc_dr,
                       assembly->c_strain,   assembly->dc,          assembly->dq,
                       assembly->dphi,       assembly->strained,    assembly->factors,
                       assembly->dc_sum,     assembly->scalars,     assembly->sloped };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__free(assembly);
}

lrpot_status lrpot__assembly_create(lrpot__assembly **out, const lrpot_potential *potential,
                                    const lrpot__parameter_layout *layout, int32_t redistribute)
{
    lrpot__assembly *assembly = lrpot__calloc(1, sizeof *assembly);
    if (assembly == NULL) return LRPOT_E_MEMORY;
    assembly->potential = potential;
    assembly->redistribute = redistribute;
    assembly->layout = *layout;
    assembly->stride = lrpot__padded(assembly->layout.count) + LRPOT__FIT_LANES;
    assembly->charge_stride = lrpot__padded(lrpot_charges_param_count(potential->charges));
    lrpot_status status = lrpot_workspace_create(&assembly->work, 1);
    if (status == LRPOT_OK && potential->basis->descriptor->trained)
        status = lrpot__local_create(&assembly->energy, potential->basis, potential->network);
    if (status == LRPOT_OK && potential->charges != NULL && potential->charges->basis != NULL)
        status = lrpot__local_create(&assembly->charge, potential->charges->basis,
                                     potential->charges->network);
    int32_t chain = potential->charges != NULL ? potential->charges->rules->chain
                                               : LRPOT__CHAIN_UNKNOWN;
    if (status == LRPOT_OK && chain == LRPOT__CHAIN_MINIMUM)
        status = lrpot__equilibrated_create(&assembly->equilibrium);
    if (status == LRPOT_OK && chain == LRPOT__CHAIN_DENSITY)
        status = lrpot__fit_density_create(&assembly->density, potential->charges);
    if (status != LRPOT_OK) {
        lrpot__assembly_free(assembly);
        return status;
    }
    *out = assembly;
    return LRPOT_OK;
}

lrpot_status lrpot__assembly_reserve(lrpot__assembly *assembly, int64_t n, int64_t rows)
{
    if (n <= assembly->capacity && rows <= assembly->capacity_rows) return LRPOT_OK;
    if (n < assembly->capacity) n = assembly->capacity;
    if (rows < assembly->capacity_rows) rows = assembly->capacity_rows;
    int64_t pc = assembly->charge_stride;
    void **blocks[] = { (void **)&assembly->prediction, (void **)&assembly->row_weights,
                        (void **)&assembly->jacobian,   (void **)&assembly->q,
                        (void **)&assembly->phi,        (void **)&assembly->w,
                        (void **)&assembly->field,      (void **)&assembly->bare,
                        (void **)&assembly->dc_dr,      (void **)&assembly->c_strain,
                        (void **)&assembly->dc,         (void **)&assembly->dq,
                        (void **)&assembly->dphi,       (void **)&assembly->strained,
                        (void **)&assembly->factors,    (void **)&assembly->dc_sum,
                        (void **)&assembly->scalars,    (void **)&assembly->sloped };
    const int64_t sizes[] = { rows,   rows,   rows * assembly->stride,
                              n,      n,      n,
                              3 * n,  n,      3 * n * n,
                              6 * n,  n * pc, n * pc,
                              n * pc, 6 * n,  3 * n + 6,
                              3 * n,  n,      n };
    assembly->capacity = assembly->capacity_rows = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        if (pc == 0 && b >= 4) break;
        lrpot__free(*blocks[b]);
        *blocks[b] = lrpot__calloc(sizes[b], sizeof(double));
        if (*blocks[b] == NULL) return LRPOT_E_MEMORY;
    }
    assembly->capacity = n;
    assembly->capacity_rows = rows;
    return LRPOT_OK;
}

/* Derivative of the dipole of an isolated frame by the charge of atom i, without redistribution. */
static void dipole_by_charge(const lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                             double out[3])
{
    for (int a = 0; a < 3; a++)
        out[a] = assembly->gamma != NULL
                     ? assembly->gamma[i] * (frame->positions[3 * i + a] - frame->born.centre[a])
                     : frame->positions[3 * i + a];
}

const double *lrpot__assembly_lever_arm(const lrpot__assembly *assembly, const lrpot__frame *frame,
                                        int64_t i, double arm[3])
{
    if (frame->periodic) return NULL;
    dipole_by_charge(assembly, frame, i, arm);
    for (int64_t k = 0; k < frame->n && assembly->redistribute; k++) {
        double other[3];
        dipole_by_charge(assembly, frame, k, other);
        for (int a = 0; a < 3; a++)
            arm[a] -= assembly->potential->charges->own[frame->species[k]] * other[a]
                      / assembly->moved.shares;
    }
    return arm;
}

int64_t lrpot__assembly_first_charge_parameter(const lrpot__assembly *assembly)
{
    return assembly->layout.charge_radial >= 0 ? assembly->layout.charge_radial
                                               : assembly->layout.charge_species;
}
