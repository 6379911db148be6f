/* Prediction and Jacobian of the parts that depend on a self-consistent density. */
#include "fit/jacobian/density_jacobian.h"

#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/strain.h"
#include "fit/data/frame_parts.h"
#include "fit/jacobian/density_born.h"
#include "fit/jacobian/density_rows.h"
#include "fit/jacobian/density_tangents.h"
#include "fit/jacobian/head_jacobian.h"
#include "fit/jacobian/target_rows.h"
#include "potential/coulomb_part.h"

#include <cblas.h>
#include <string.h>

lrpot_status lrpot__density_moments_at(lrpot__assembly *assembly, const lrpot__frame *frame,
                                       const double *given)
{
    lrpot__charge_call *call = &assembly->density->call;
    *call = (lrpot__charge_call){ .charges = assembly->potential->charges,
                                  .work = assembly->work,
                                  .atoms = &frame->atoms,
                                  .list = frame->neighbours.list,
                                  .matrix = frame->coulomb.moments,
                                  .given = given };
    LRPOT__TRY(lrpot__charges_run(call));
    memcpy(assembly->q, call->q, (size_t)frame->n * sizeof *assembly->q);
    assembly->dipoles = lrpot__charges_dipoles(call);
    assembly->quadrupoles = lrpot__charges_quadrupoles(call);
    return LRPOT_OK;
}

lrpot_status lrpot__density_charges(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    return lrpot__density_moments_at(assembly, frame, NULL);
}

lrpot_status lrpot__density_predict(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    double virial[9] = { 0.0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    LRPOT__TRY(lrpot__density_charges(assembly, frame));
    out.energy = assembly->prediction + lrpot__frame_row(frame, LRPOT__TARGET_ENERGY);
    out.forces = assembly->prediction + lrpot__frame_row(frame, LRPOT__TARGET_FORCES);
    out.virial = lrpot__frame_is_strained(frame) ? virial : NULL; /* it takes Coulomb sums */
    if (lrpot__frame_has_energies(frame)) {
        double *stress = assembly->prediction + lrpot__frame_row(frame, LRPOT__TARGET_STRESS);
        LRPOT__TRY(
            lrpot__potential_coulomb(assembly->potential, &assembly->density->call, NULL, &out));
        LRPOT__TRY(lrpot__charges_add_forces(&assembly->density->call, NULL, &out));
        for (int c = 0; c < LRPOT__STRAINS && frame->periodic; c++)
            stress[c] -= virial[3 * lrpot__strain_row[c] + lrpot__strain_column[c]] / frame->volume;
    }
    return lrpot__target_rows_predict(assembly, frame);
}

lrpot_status lrpot__density_gather_heads(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__fit_density *d = assembly->density;
    int64_t n = frame->n, pc = assembly->charge_stride, values = d->heads * n;
    memset(d->moved, 0,
           (size_t)(lrpot__density_directions(frame->n, frame->order) * values) * sizeof *d->moved);
    for (int32_t h = 0; h < d->heads; h++) {
        LRPOT__TRY(lrpot__head_derivatives(assembly, frame, h));
        memcpy(d->dc + h * n * pc, assembly->dc, (size_t)(n * pc) * sizeof *d->dc);
        for (int64_t i = 0; i < n; i++) {
            double *to = d->moved + h * n + i;
            for (int64_t k = 0; k < 3 * n; k++) to[k * values] = assembly->dc_dr[3 * n * i + k];
            for (int c = 0; c < LRPOT__STRAINS; c++)
                to[(3 * n + 3 * lrpot__strain_row[c] + lrpot__strain_column[c]) * values] =
                    assembly->c_strain[6 * i + c];
        }
    }
    return LRPOT_OK;
}

static void energy_row(const lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__fit_density *d = assembly->density;
    int64_t pc = assembly->charge_stride;
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)(d->heads * frame->n), (int)pc, 1.0, d->dc, (int)pc,
                d->weights, 1, 1.0,
                lrpot__assembly_charge_row(assembly, lrpot__frame_row(frame, LRPOT__TARGET_ENERGY)),
                1);
}

static void force_rows(const lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, stride = assembly->stride,
            forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
            stress = lrpot__frame_row(frame, LRPOT__TARGET_STRESS);
    lrpot__density_add_rows(assembly, frame, 0, 3 * n, -1.0,
                            lrpot__assembly_charge_row(assembly, forces), stride);
    for (int c = 0; c < LRPOT__STRAINS && lrpot__frame_is_strained(frame); c++)
        lrpot__density_add_rows(
            assembly, frame, 3 * n + 3 * lrpot__strain_row[c] + lrpot__strain_column[c], 1,
            1.0 / frame->volume, lrpot__assembly_charge_row(assembly, stress + c), stride);
}

void lrpot__density_charge_rows(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, pc = assembly->charge_stride;
    memset(assembly->dq, 0, (size_t)(n * pc) * sizeof *assembly->dq);
    lrpot__density_add_rows(assembly, frame, lrpot__density_first_moment(n), n, 1.0, assembly->dq,
                            pc);
    memset(assembly->density->dipole_slopes, 0, (size_t)(3 * pc) * sizeof(double));
    lrpot__density_add_rows(assembly, frame, lrpot__density_first_field(n), LRPOT__DENSITY_FIELDS,
                            1.0, assembly->density->dipole_slopes, pc);
    assembly->dipole_slopes = assembly->density->dipole_slopes;
}

lrpot_status lrpot__density_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__fit_density *d = assembly->density;
    const lrpot__density *density = d->call.density;
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    LRPOT__TRY(lrpot__fit_density_reserve(d, frame, assembly->charge_stride));
    lrpot__density_differentiate_terms(&density->terms, density->levelled, density->levelled, 0.5,
                                       d->weights, &none);
    LRPOT__TRY(lrpot__density_gather_heads(assembly, frame));
    LRPOT__TRY(lrpot__density_tangents(assembly, frame));
    lrpot__density_charge_rows(assembly, frame);
    lrpot__target_rows_differentiate(assembly, frame);
    if (lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        LRPOT__TRY(lrpot__density_born_differentiate(assembly, frame));
    if (!lrpot__frame_has_energies(frame)) return LRPOT_OK;
    energy_row(assembly, frame);
    if (!lrpot__frame_has_forces(frame)) return LRPOT_OK;
    force_rows(assembly, frame);
    return assembly->charge != NULL && !assembly->frozen
               ? lrpot__head_mixed(assembly, frame, (int32_t)d->heads, d->weights, d->features)
               : LRPOT_OK;
}
