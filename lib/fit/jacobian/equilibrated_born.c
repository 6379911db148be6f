/* Born charges of equilibrated charges, from the flow of charge v in response to a field:
 *
 *   Z_j[a][b] = q_j delta_ab + sum_i m_ia dq_i/dr_jb
 *             = q_j delta_ab + v_ja (G q)_jb + q_j (G v_a)_jb
 *               - sum_i v_ia (dchi_i/dr_jb + q_i eta'_i du_i/dr_jb),
 *   v_a = P m_a,  dv_a = -P (v_a deta),
 *
 * with m the unwrapped positions of the atoms in their fragments. */
#include "fit/jacobian/equilibrated_born.h"

#include "charges/heads.h"
#include "core/error.h"
#include "core/matrix_product.h"
#include "core/memory.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/equilibrated_solve.h"
#include "fit/local/local.h"
#include "fit/local/mixed_derivatives.h"
#include "fit/local/network_mixed.h"

#include <cblas.h>
#include <string.h>

static lrpot_status reserve(lrpot__equilibrated *e, int64_t n, int64_t charge_stride)
{
    if (n <= e->flow_capacity) return LRPOT_OK;
    double **blocks[] = { &e->flow, &e->flow_field, &e->pulled, &e->flow_change };
    const int64_t sizes[] = { 3 * n, 9 * n, 3 * n, 3 * n * charge_stride };
    e->flow_capacity = 0;
    for (int b = 0; b < 4; b++) {
        lrpot__free(*blocks[b]);
        *blocks[b] = lrpot__calloc(sizes[b], sizeof(double));
        if (*blocks[b] == NULL) return LRPOT_E_MEMORY;
    }
    lrpot__free(e->rows);
    e->rows = lrpot__calloc(3 * n, sizeof *e->rows);
    if (e->rows == NULL) return LRPOT_E_MEMORY;
    e->flow_capacity = n;
    return LRPOT_OK;
}

/* -sum_i v_i (dchi_i/dr + q_i eta'_i du_i/dr) into pulled. */
static lrpot_status pull_heads(lrpot__assembly *assembly, const lrpot__frame *frame,
                               const double *v)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = e->pulled;
    memset(e->pulled, 0, (size_t)(3 * n) * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        e->slopes[i] = v[i];
        e->slopes[n + i] = v[i] * assembly->q[i] * e->slope[i];
    }
    return lrpot__heads_pull(assembly->potential->charges, assembly->work, &frame->atoms,
                             frame->neighbours.list, e->slopes, &out);
}

lrpot_status lrpot__equilibrated_born(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double *z)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n;
    LRPOT__TRY(reserve(e, n, assembly->charge_stride));
    for (int a = 0; a < 3; a++) {
        double *v = e->flow + a * n, *field = e->flow_field + 3 * a * n;
        for (int64_t i = 0; i < n; i++) v[i] = frame->born.unwrapped[3 * i + a];
        lrpot__equilibrated_respond(e, frame, v);
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)n, (int)(3 * n), 1.0, frame->coulomb.gradient,
                    (int)(3 * n), v, 1, 0.0, field, 1);
        LRPOT__TRY(pull_heads(assembly, frame, v));
        for (int64_t j = 0; j < n; j++)
            for (int b = 0; b < 3; b++)
                z[9 * j + 3 * a + b] = (a == b ? assembly->q[j] : 0.0)
                                       + v[j] * assembly->field[3 * j + b]
                                       + assembly->q[j] * field[3 * j + b] + e->pulled[3 * j + b];
    }
    return LRPOT_OK;
}

/* Rows of the Born charges by the charge parameters: direction a of the dipole += factor_j sum_l
 * A[l][jb] x_l. */
static void add_rows(lrpot__assembly *assembly, const lrpot__frame *frame, int a,
                     const double *matrix, const double *factors, double sign, const double *x)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n, pc = assembly->charge_stride;
    for (int64_t row = 0; row < 3 * n; row++) {
        e->rows[row] = lrpot__frame_row(frame, LRPOT__TARGET_BORN) + row / 3 * 9 + 3 * a + row % 3;
        assembly->factors[row] = sign * (factors != NULL ? factors[row / 3] : 1.0);
    }
    lrpot__matrix_product product = { .depth = n,
                                      .rows = 3 * n,
                                      .columns = pc,
                                      .a = matrix,
                                      .stride_a = 3 * n,
                                      .b = x,
                                      .stride_b = pc,
                                      .c = assembly->jacobian
                                           + lrpot__assembly_first_charge_parameter(assembly),
                                      .stride_c = assembly->stride,
                                      .target = e->rows,
                                      .scale = assembly->factors };
    lrpot__matrix_product_run(&product);
}

/* dv of all directions, from du in dc. */
static void flow_changes(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n, pc = assembly->charge_stride;
    for (int a = 0; a < 3; a++) {
        double *change = e->flow_change + a * n * pc;
        memset(change, 0, (size_t)(n * pc) * sizeof(double));
        for (int64_t i = 0; i < n; i++)
            for (int64_t p = 0; p < pc; p++)
                assembly->dphi[i * pc + p] = -e->flow[a * n + i] * e->slope[i]
                                             * assembly->dc[i * pc + p];
        lrpot__matrix_product product = { .depth = n,
                                          .rows = n,
                                          .columns = pc,
                                          .a = e->projected,
                                          .stride_a = n,
                                          .b = assembly->dphi,
                                          .stride_b = pc,
                                          .c = change,
                                          .stride_c = pc };
        lrpot__matrix_product_run(&product);
    }
}

void lrpot__equilibrated_born_hardness(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n, pc = assembly->charge_stride;
    flow_changes(assembly, frame);
    for (int a = 0; a < 3 && assembly->charge != NULL; a++) {
        const double *change = e->flow_change + a * n * pc;
        for (int64_t i = 0; i < n; i++) {
            double q = assembly->q[i], s = e->slope[i], v = e->flow[a * n + i];
            for (int64_t p = 0; p < pc; p++) {
                int64_t k = i * pc + p;
                assembly->dphi[k] = s
                                    * (q * change[k] + v * assembly->dq[k]
                                       + v * q * e->curvature[i] * assembly->dc[k]);
            }
        }
        add_rows(assembly, frame, a, assembly->dc_dr, NULL, -1.0, assembly->dphi);
    }
}

void lrpot__equilibrated_born_explicit(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n, pc = assembly->charge_stride,
            base = lrpot__assembly_first_charge_parameter(assembly);
    for (int a = 0; a < 3; a++) {
        const double *change = e->flow_change + a * n * pc, *field = e->flow_field + 3 * a * n;
        for (int64_t j = 0; j < n; j++)
            for (int b = 0; b < 3; b++) {
                double *row = assembly->jacobian
                              + (lrpot__frame_row(frame, LRPOT__TARGET_BORN) + 9 * j + 3 * a + b)
                                    * assembly->stride
                              + base;
                cblas_daxpy((int)pc, field[3 * j + b], assembly->dq + j * pc, 1, row,
                            1); /* q_j itself is included already */
                cblas_daxpy((int)pc, assembly->field[3 * j + b], change + j * pc, 1, row, 1);
            }
        add_rows(assembly, frame, a, frame->coulomb.gradient, e->flow + a * n, 1.0, assembly->dq);
        add_rows(assembly, frame, a, frame->coulomb.gradient, assembly->q, 1.0, change);
    }
}

void lrpot__equilibrated_born_electronegativity(lrpot__assembly *assembly,
                                                const lrpot__frame *frame)
{
    for (int a = 0; a < 3; a++)
        add_rows(assembly, frame, a, assembly->dc_dr, NULL, -1.0,
                 assembly->equilibrium->flow_change + a * frame->n * assembly->charge_stride);
}

/* Weight of a head in the flow: 1 for the electronegativity, and q eta' for the scalar of the
 * hardness. */
static double share_of(const lrpot__assembly *assembly, int head, int64_t i)
{
    return head == 0 ? 1.0 : assembly->q[i] * assembly->equilibrium->slope[i];
}

static void set_scatter(const lrpot__assembly *assembly, const lrpot__frame *frame, int head,
                        int64_t i, double factor, lrpot__scatter *scatter, double arm[3])
{
    for (int a = 0; a < 3; a++) arm[a] = -factor * assembly->equilibrium->flow[a * frame->n + i];
    scatter->linear = assembly->layout.charge_linear
                      + lrpot__assembly_linear_index(assembly, head, frame->species[i]);
    scatter->hidden = lrpot__assembly_network_index(assembly, frame, head, i);
}

/* Both heads at once: they share the radial coefficients. */
static lrpot_status mixed_linear(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                                 lrpot__scatter *scatter, double arm[3])
{
    lrpot__local *local = assembly->charge;
    double *heads = assembly->equilibrium->heads;
    int64_t features = local->n_lanes - local->n_radial;
    const double *chi = lrpot__assembly_head(assembly, frame, 0, i).coefficients,
                 *u = lrpot__assembly_head(assembly, frame, 1, i).coefficients;
    lrpot__local_head both = { heads, 0, frame->total_charge };
    for (int64_t k = 0; k < features; k++) heads[k] = chi[k] + share_of(assembly, 1, i) * u[k];
    LRPOT__TRY(
        lrpot__local_atom(local, both, frame->species, i, lrpot__frame_neighbours(frame, i)));
    set_scatter(assembly, frame, 0, i, 1.0, scatter, arm);
    lrpot__local_mixed_radial(local, scatter);
    for (int head = 0; head < 2; head++) {
        set_scatter(assembly, frame, head, i, share_of(assembly, head, i), scatter, arm);
        lrpot__local_mixed_linear(local, scatter);
    }
    return LRPOT_OK;
}

static lrpot_status mixed_network(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                                  lrpot__scatter *scatter, double arm[3])
{
    lrpot__local *local = assembly->charge;
    for (int head = 0; head < 2; head++) {
        LRPOT__TRY(lrpot__local_atom(local, lrpot__assembly_head(assembly, frame, head, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        set_scatter(assembly, frame, head, i, share_of(assembly, head, i), scatter, arm);
        lrpot__local_mixed_radial(local, scatter);
        lrpot__local_mixed_linear(local, scatter);
        lrpot__local_mixed_network(local, scatter);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__equilibrated_born_mixed(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__local *local = assembly->charge;
    double arm[3];
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .forces = 1,
                               .strain = { -1, -1 },
                               .born = lrpot__frame_row(frame, LRPOT__TARGET_BORN),
                               .lever_arm = arm };
    for (int64_t i = 0; i < frame->n; i++) {
        scatter.centre = i;
        scatter.radial = assembly->layout.charge_radial + frame->species[i] * local->n_radial;
        if (local->network == NULL) LRPOT__TRY(mixed_linear(assembly, frame, i, &scatter, arm));
        else LRPOT__TRY(mixed_network(assembly, frame, i, &scatter, arm));
    }
    return LRPOT_OK;
}
