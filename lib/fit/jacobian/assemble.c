/* Prediction of one frame and its Jacobian. */
#include "fit/jacobian/assemble.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "charges/heads.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/strain.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/born_factor.h"
#include "fit/jacobian/charge_slopes.h"
#include "fit/jacobian/density_direct.h"
#include "fit/jacobian/density_jacobian.h"
#include "fit/jacobian/differentiate.h"
#include "fit/jacobian/equilibrated_jacobian.h"
#include "fit/jacobian/target_rows.h"
#include "potential/model.h"

#include <cblas.h>
#include <string.h>

static double *rows_of(lrpot__assembly *assembly, const lrpot__frame *frame, int target)
{
    return assembly->prediction + lrpot__frame_row(frame, target);
}

static void add_stress(const lrpot__frame *frame, const double virial[9], double *stress)
{
    for (int c = 0; c < 6 && frame->periodic; c++)
        stress[c] -= virial[3 * lrpot__strain_row[c] + lrpot__strain_column[c]] / frame->volume;
}

static lrpot_status local_energy(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot_potential *potential = assembly->potential;
    /* this array is free until the charges are computed */
    double virial[9] = { 0.0 }, *values = assembly->q;
    double *energy = rows_of(assembly, frame, LRPOT__TARGET_ENERGY);
    lrpot__request request = lrpot__potential_request(potential);
    request.values = values;
    request.forces = rows_of(assembly, frame, LRPOT__TARGET_FORCES);
    request.virial = virial;
    LRPOT__TRY(lrpot__basis_run(potential->basis, assembly->work, &frame->atoms,
                                frame->neighbours.list, &request));
    for (int64_t i = 0; i < frame->n; i++)
        *energy += values[i] + potential->shifts[frame->species[i]];
    const double *offsets = assembly->offsets + (int64_t)(frame->source - 1) * potential->n_species;
    for (int64_t i = 0; i < frame->n && frame->source > 0; i++)
        *energy += offsets[frame->species[i]];
    add_stress(frame, virial, rows_of(assembly, frame, LRPOT__TARGET_STRESS));
    return LRPOT_OK;
}

static lrpot_status bare_charges(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot_charges *charges = assembly->potential->charges;
    memset(assembly->bare, 0, (size_t)frame->n * sizeof(double));
    if (charges->basis != NULL) {
        lrpot__request request = lrpot__head_request(charges, assembly->channel);
        request.values = assembly->bare;
        LRPOT__TRY(lrpot__basis_run(charges->basis, assembly->work, &frame->atoms,
                                    frame->neighbours.list, &request));
    }
    const double *base = charges->base + assembly->channel * charges->n_species;
    for (int64_t i = 0; i < frame->n; i++) assembly->bare[i] += base[frame->species[i]];
    lrpot__charge_slopes_apply(assembly, frame);
    return LRPOT_OK;
}

/* out = sum_j x_j (row j). */
static void combine_rows(int64_t rows, int64_t columns, const double *restrict matrix,
                         const double *restrict x, double *restrict out)
{
    memset(out, 0, (size_t)columns * sizeof *out);
    for (int64_t j = 0; j < rows; j++)
        for (int64_t i = 0; i < columns; i++) out[i] += x[j] * matrix[j * columns + i];
}

static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

static lrpot_status charges_and_potentials(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const double *share = assembly->potential->charges->own;
    lrpot__redistribution *r = &assembly->moved;
    int n = (int)frame->n;
    r->shares = 0.0;
    r->missing = assembly->channel == 0 ? frame->total_charge : 0.0;
    r->mean = 0.0;
    for (int i = 0; i < n; i++) {
        r->shares += share[frame->species[i]];
        r->missing -= assembly->bare[i];
    }
    if (assembly->redistribute && r->shares == 0.0)
        return lrpot__fail(LRPOT_E_SINGULAR, "the shares s of all %d atoms of a frame sum to zero",
                           n);
    for (int i = 0; i < n; i++)
        assembly->q[i] =
            assembly->bare[i]
            + (assembly->redistribute ? share[frame->species[i]] * r->missing / r->shares : 0.0);
    combine_rows(n, n, frame->coulomb.matrix, assembly->q, assembly->phi);
    combine_rows(n, 3 * n, frame->coulomb.gradient, assembly->q, assembly->field);
    if (assembly->redistribute)
        for (int i = 0; i < n; i++)
            r->mean += share[frame->species[i]] * assembly->phi[i] / r->shares;
    for (int i = 0; i < n; i++) assembly->w[i] = assembly->phi[i] - r->mean;
    return LRPOT_OK;
}

/* Forces and stress of the derivatives of the charges by positions and strain. */
static lrpot_status following_charges(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot_charges *charges = assembly->potential->charges;
    double virial[9] = { 0.0 };
    if (charges->basis == NULL) return LRPOT_OK;
    if (assembly->equilibrium != NULL) {
        LRPOT__TRY(lrpot__equilibrated_pull(assembly, frame, virial));
        add_stress(frame, virial, rows_of(assembly, frame, LRPOT__TARGET_STRESS));
        return LRPOT_OK;
    }
    lrpot__request request = lrpot__head_request(charges, assembly->channel);
    request.weights = lrpot__charge_slopes_weights(assembly, frame, assembly->w);
    request.forces = rows_of(assembly, frame, LRPOT__TARGET_FORCES);
    request.virial = virial;
    LRPOT__TRY(lrpot__basis_run(charges->basis, assembly->work, &frame->atoms,
                                frame->neighbours.list, &request));
    add_stress(frame, virial, rows_of(assembly, frame, LRPOT__TARGET_STRESS));
    return LRPOT_OK;
}

static lrpot_status coulomb_prediction(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int n = (int)frame->n;
    double *forces = rows_of(assembly, frame, LRPOT__TARGET_FORCES),
           *stress = rows_of(assembly, frame, LRPOT__TARGET_STRESS);
    *rows_of(assembly, frame, LRPOT__TARGET_ENERGY) += 0.5 * dot(n, assembly->q, assembly->phi);
    for (int i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            forces[3 * i + a] += assembly->q[i] * assembly->field[3 * i + a];
    LRPOT__TRY(following_charges(assembly, frame));
    if (!lrpot__frame_has(frame, LRPOT__TARGET_STRESS)) return LRPOT_OK; /* nothing is compared */
    for (int c = 0; c < 6 && frame->coulomb.strain != NULL; c++)
        for (int i = 0; i < n; i++) {
            double strained = dot(n, frame->coulomb.strain + ((int64_t)c * n + i) * n, assembly->q);
            assembly->strained[6 * i + c] = strained;
            stress[c] += 0.5 * assembly->q[i] * strained / frame->volume;
        }
    return LRPOT_OK;
}

/* Rows of the sum rules: the sum of the bare charges should not change with strain, so that the
 * Born charges obey the acoustic sum rule. Without redistribution it should also be the total
 * charge. */
static lrpot_status sum_rules(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot_charges *charges = assembly->potential->charges;
    double *rows = rows_of(assembly, frame, LRPOT__TARGET_SUM_RULES), n = (double)frame->n,
           virial[9] = { 0.0 };
    if (!assembly->redistribute) rows[0] = -frame->total_charge / n;
    for (int64_t i = 0; i < frame->n && !assembly->redistribute; i++)
        rows[0] += assembly->bare[i] / n;
    if (charges->basis == NULL) return LRPOT_OK;
    lrpot__request request = lrpot__head_request(charges, 0);
    request.virial = virial;
    request.weights = lrpot__charge_slopes_weights(assembly, frame, NULL);
    LRPOT__TRY(lrpot__basis_run(charges->basis, assembly->work, &frame->atoms,
                                frame->neighbours.list, &request));
    for (int c = 0; c < 6; c++)
        rows[1 + c] = -virial[3 * lrpot__strain_row[c] + lrpot__strain_column[c]] / n;
    return LRPOT_OK;
}

lrpot_status lrpot__assembly_charges(lrpot__assembly *assembly, const lrpot__frame *frame,
                                     int32_t channel)
{
    LRPOT__TRY(lrpot__assembly_reserve(assembly, frame->n, lrpot__frame_rows(frame)));
    if (assembly->equilibrium != NULL) return lrpot__equilibrated_charges(assembly, frame);
    if (assembly->density != NULL) return lrpot__density_charges(assembly, frame);
    assembly->channel = channel;
    LRPOT__TRY(bare_charges(assembly, frame));
    return charges_and_potentials(assembly, frame);
}

static lrpot_status equilibrated_frame(lrpot__assembly *assembly, const lrpot__frame *frame,
                                       int with_jacobian)
{
    LRPOT__TRY(lrpot__equilibrated_charges(assembly, frame));
    combine_rows(frame->n, frame->n, frame->coulomb.matrix, assembly->q, assembly->phi);
    combine_rows(frame->n, 3 * frame->n, frame->coulomb.gradient, assembly->q, assembly->field);
    if (lrpot__frame_has_energies(frame)) LRPOT__TRY(coulomb_prediction(assembly, frame));
    LRPOT__TRY(lrpot__target_rows_predict(assembly, frame));
    return with_jacobian ? lrpot__equilibrated_differentiate(assembly, frame) : LRPOT_OK;
}

/* Predictions of one channel. Energies of channels add up; sum rules, dipole, charges and Born
 * charges are those of the first. */
static lrpot_status channel_frame(lrpot__assembly *assembly, const lrpot__frame *frame,
                                  int32_t channel, int with_jacobian)
{
    assembly->channel = channel;
    LRPOT__TRY(bare_charges(assembly, frame));
    LRPOT__TRY(charges_and_potentials(assembly, frame));
    LRPOT__TRY(coulomb_prediction(assembly, frame));
    if (channel == 0) LRPOT__TRY(sum_rules(assembly, frame));
    if (channel == 0) LRPOT__TRY(lrpot__target_rows_predict(assembly, frame));
    return with_jacobian ? lrpot__assembly_coulomb_jacobian(assembly, frame) : LRPOT_OK;
}

static lrpot_status select_born_factor(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    assembly->gamma = frame->born.gamma;
    assembly->unit_born = frame->born.unit_born;
    if (assembly->factor == NULL || !lrpot__frame_has(frame, LRPOT__TARGET_BORN)) return LRPOT_OK;
    LRPOT__TRY(lrpot__born_factor_evaluate(assembly->factor, frame));
    assembly->gamma = assembly->factor->gamma;
    assembly->unit_born = assembly->factor->unit_born;
    return LRPOT_OK;
}

lrpot_status lrpot__assembly_frame(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   int with_jacobian)
{
    int64_t rows = lrpot__frame_rows(frame);
    LRPOT__TRY(lrpot__assembly_reserve(assembly, frame->n, rows));
    memset(assembly->prediction, 0, (size_t)rows * sizeof(double));
    if (with_jacobian)
        memset(assembly->jacobian, 0, (size_t)(rows * assembly->stride) * sizeof(double));
    if (assembly->direct) return lrpot__density_direct(assembly, frame, with_jacobian);
    if (lrpot__frame_has_energies(frame)) LRPOT__TRY(local_energy(assembly, frame));
    if (with_jacobian && lrpot__frame_has_energies(frame))
        LRPOT__TRY(lrpot__assembly_local_jacobian(assembly, frame));
    if (assembly->equilibrium != NULL) return equilibrated_frame(assembly, frame, with_jacobian);
    if (assembly->density != NULL) {
        LRPOT__TRY(lrpot__density_predict(assembly, frame));
        return with_jacobian ? lrpot__density_differentiate(assembly, frame) : LRPOT_OK;
    }
    LRPOT__TRY(select_born_factor(assembly, frame));
    for (int32_t c = lrpot_charges_channels(assembly->potential->charges); c-- > 0;)
        LRPOT__TRY(channel_frame(assembly, frame, c, with_jacobian));
    return LRPOT_OK;
}
