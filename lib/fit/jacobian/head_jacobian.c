/* Derivatives of the scalars of the charges, head by head. */
#include "fit/jacobian/head_jacobian.h"

#include "core/error.h"
#include "fit/local/local.h"
#include "fit/local/mixed_derivatives.h"
#include "fit/local/network_mixed.h"

#include <string.h>

lrpot_status lrpot__head_derivatives(lrpot__assembly *assembly, const lrpot__frame *frame,
                                     int32_t head)
{
    const lrpot_charges *charges = assembly->potential->charges;
    const lrpot__parameter_layout *layout = &assembly->layout;
    lrpot__local *local = assembly->charge;
    int64_t n = frame->n, pc = assembly->charge_stride,
            base = lrpot__assembly_first_charge_parameter(assembly);
    memset(assembly->dc, 0, (size_t)(n * pc) * sizeof(double));
    memset(assembly->dc_dr, 0, (size_t)(3 * n * n) * sizeof(double));
    memset(assembly->c_strain, 0, (size_t)(6 * n) * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        int64_t z = frame->species[i];
        double *dc = assembly->dc + i * pc, *row = assembly->dc_dr + 3 * n * i;
        dc[layout->charge_species - base + head * charges->n_species + z] = 1.0;
        if (local == NULL) continue;
        int64_t features = local->n_lanes - local->n_radial,
                place = lrpot__assembly_linear_index(assembly, head, frame->species[i]);
        LRPOT__TRY(lrpot__local_atom(local, lrpot__assembly_head(assembly, frame, head, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        const double *sums = local->gradient + 3 * local->count;
        for (int64_t k = 0; k < 3 * local->count; k++)
            row[3 * local->j[k / 3] + k % 3] += local->gradient[k];
        for (int a = 0; a < 3; a++) row[3 * i + a] -= sums[a];
        memcpy(assembly->c_strain + 6 * i, sums + 3, 6 * sizeof *sums);
        memcpy(dc + z * local->n_radial, local->value_gradient,
               (size_t)local->n_radial * sizeof(double));
        memcpy(dc + layout->charge_linear - base + place, local->value_gradient + local->n_radial,
               (size_t)features * sizeof(double));
        if (local->network != NULL)
            memcpy(dc + lrpot__assembly_network_index(assembly, frame, head, i) - base,
                   local->network_gradient, (size_t)local->network->n_weights * sizeof(double));
    }
    return LRPOT_OK;
}

enum { FORCES = -1 /* and stress */, UNFOLDED = 3 /* Born charges, arms are neighbours */ };

typedef struct {
    int32_t count;
    int32_t axis;          /* of the dipole whose Born charges are meant, or one of those below */
    const double *weights; /* [count][n]; NULL: 1 */
    double *scratch;       /* [K] */
    double *arm;           /* [3]: lever arm of the scatter of Born charges */
} heads;

static double weight_of(const heads *h, int64_t n, int32_t head, int64_t i)
{
    return h->weights != NULL ? h->weights[head * n + i] : 1.0;
}

static void weigh_scatter(lrpot__scatter *scatter, const lrpot__frame *frame, const heads *h,
                          double weight)
{
    if (h->axis == UNFOLDED) {
        scatter->factor = weight;
        return;
    }
    if (h->axis != FORCES) {
        h->arm[h->axis] = weight;
        return;
    }
    scatter->weight = weight;
    scatter->strain_factor[0] = frame->periodic ? weight / frame->volume : 0.0;
}

/* Second derivatives of an atom: the radial coefficients serve all heads at once, the linear ones
 * their own. */
static lrpot_status mixed_linear(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                                 const heads *h, lrpot__scatter *scatter)
{
    lrpot__local *local = assembly->charge;
    int64_t n = frame->n, features = local->n_lanes - local->n_radial;
    lrpot__local_head all = { h->scratch, 0, frame->total_charge };
    memset(h->scratch, 0, (size_t)features * sizeof *h->scratch);
    for (int32_t head = 0; head < h->count; head++) {
        const double *zeta = lrpot__assembly_head(assembly, frame, head, i).coefficients;
        double weight = weight_of(h, n, head, i);
        for (int64_t k = 0; k < features; k++) h->scratch[k] += weight * zeta[k];
    }
    LRPOT__TRY(lrpot__local_atom(local, all, frame->species, i, lrpot__frame_neighbours(frame, i)));
    weigh_scatter(scatter, frame, h, 1.0);
    lrpot__local_mixed_radial(local, scatter);
    for (int32_t head = 0; head < h->count; head++) {
        scatter->linear = assembly->layout.charge_linear
                          + lrpot__assembly_linear_index(assembly, head, frame->species[i]);
        weigh_scatter(scatter, frame, h, weight_of(h, n, head, i));
        lrpot__local_mixed_linear(local, scatter);
    }
    return LRPOT_OK;
}

/* Second derivatives of networks, which differ for each head. */
static lrpot_status mixed_network(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                                  const heads *h, lrpot__scatter *scatter)
{
    lrpot__local *local = assembly->charge;
    for (int32_t head = 0; head < h->count; head++) {
        LRPOT__TRY(lrpot__local_atom(local, lrpot__assembly_head(assembly, frame, head, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        scatter->linear = assembly->layout.charge_linear
                          + lrpot__assembly_linear_index(assembly, head, frame->species[i]);
        scatter->hidden = lrpot__assembly_network_index(assembly, frame, head, i);
        weigh_scatter(scatter, frame, h, weight_of(h, frame->n, head, i));
        lrpot__local_mixed_radial(local, scatter);
        lrpot__local_mixed_linear(local, scatter);
        lrpot__local_mixed_network(local, scatter);
    }
    return LRPOT_OK;
}

static lrpot_status mixed(lrpot__assembly *assembly, const lrpot__frame *frame, const heads *h,
                          lrpot__scatter *scatter)
{
    lrpot__local *local = assembly->charge;
    for (int64_t i = 0; i < frame->n; i++) {
        scatter->centre = i;
        scatter->radial = assembly->layout.charge_radial + frame->species[i] * local->n_radial;
        if (local->network == NULL) LRPOT__TRY(mixed_linear(assembly, frame, i, h, scatter));
        else LRPOT__TRY(mixed_network(assembly, frame, i, h, scatter));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__head_mixed(lrpot__assembly *assembly, const lrpot__frame *frame, int32_t count,
                               const double *weights, double *scratch)
{
    const heads h = { count, FORCES, weights, scratch, NULL };
    lrpot__scatter scatter = {
        .jacobian = assembly->jacobian,
        .stride = assembly->stride,
        .forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
        .strain = { frame->periodic ? lrpot__frame_row(frame, LRPOT__TARGET_STRESS) : -1, -1 },
        .born = -1
    };
    return mixed(assembly, frame, &h, &scatter);
}

lrpot_status lrpot__head_mixed_born(lrpot__assembly *assembly, const lrpot__frame *frame,
                                    int32_t count, int32_t axis, const double *weights,
                                    double *scratch)
{
    double arm[3] = { 0.0, 0.0, 0.0 };
    const heads h = { count, axis, weights, scratch, arm };
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
                               .strain = { -1, -1 },
                               .born = lrpot__frame_row(frame, LRPOT__TARGET_BORN),
                               .lever_arm = arm };
    return mixed(assembly, frame, &h, &scatter);
}

lrpot_status lrpot__head_mixed_unfolded(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        double *scratch)
{
    const heads h = { 1, UNFOLDED, NULL, scratch, NULL };
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
                               .strain = { -1, -1 },
                               .born = lrpot__frame_row(frame, LRPOT__TARGET_BORN) };
    return mixed(assembly, frame, &h, &scatter);
}
