#include "fit/least_squares/normal_equations.h"

#include "charges/charges.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/matrix_product.h"
#include "core/memory.h"
#include "core/threads.h"
#include "fit/data/frame_parts.h"
#include "fit/jacobian/assemble.h"
#include "fit/jacobian/frame_gradient.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

lrpot_status lrpot__normal_equations_create(lrpot__normal_equations **out, int64_t count,
                                            int with_rows)
{
    lrpot__normal_equations *normal = lrpot__calloc(1, sizeof *normal);
    if (normal == NULL) return LRPOT_E_MEMORY;
    normal->count = count;
    normal->stride = lrpot__padded(count);
    normal->gradient = lrpot__calloc(normal->stride, sizeof(double));
    normal->matrix = lrpot__calloc(count * normal->stride, sizeof(double));
    if (with_rows) {
        normal->single = count >= LRPOT__NORMAL_SINGLE;
        normal->rows = lrpot__calloc((count + LRPOT__GRAM_PANEL - 1) / LRPOT__GRAM_PANEL
                                         * LRPOT__GRAM_PANEL * LRPOT__NORMAL_ROWS,
                                     normal->single ? sizeof(float) : sizeof(double));
    }
    if (normal->gradient == NULL || normal->matrix == NULL || (with_rows && normal->rows == NULL)) {
        lrpot__normal_equations_free(normal);
        return LRPOT_E_MEMORY;
    }
    *out = normal;
    return LRPOT_OK;
}

void lrpot__normal_equations_free(lrpot__normal_equations *normal)
{
    if (normal == NULL) return;
    lrpot__free(normal->gradient);
    lrpot__free(normal->matrix);
    lrpot__free(normal->rows);
    lrpot__free(normal);
}

static void clear(lrpot__normal_equations *normal, int what)
{
    normal->loss = 0.0;
    memset(&normal->errors, 0, sizeof normal->errors);
    normal->errors.struct_size = sizeof normal->errors;
    if (what == LRPOT__LOSS) return;
    normal->n_rows = 0;
    memset(normal->gradient, 0, (size_t)normal->stride * sizeof(double));
    if (what != LRPOT__LOSS_MATRIX) return;
    memset(normal->matrix, 0, (size_t)(normal->count * normal->stride) * sizeof(double));
}

/* Sums of squares and of magnitudes; turned into RMSE and MAE by finish_errors(). */
static void count_errors(lrpot_fit_errors *errors, const lrpot__frame *frame, int moments_alone,
                         const double *difference)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        const lrpot__block *block = &frame->blocks[t];
        if (block->reference == NULL || (moments_alone && !lrpot__targets[t]->is_moment)) continue;
        double scale = lrpot__targets[t]->per_atom ? 1.0 / (double)frame->n : 1.0;
        for (int64_t k = 0; k < block->count; k++) {
            double d = scale * difference[block->first + k];
            errors->rmse[t] += d * d;
            errors->mae[t] += fabs(d);
        }
        errors->n[t] += block->count;
    }
}

static void finish_errors(lrpot_fit_errors *errors)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        double n = errors->n[t] > 0 ? (double)errors->n[t] : 1.0;
        errors->rmse[t] = sqrt(errors->rmse[t] / n);
        errors->mae[t] /= n;
    }
}

/* Prediction minus reference; rows without reference are zero. */
static void subtract_reference(const lrpot__frame *frame, double *prediction)
{
    for (int t = 0; t < LRPOT__TARGETS; t++) {
        const lrpot__block *block = &frame->blocks[t];
        for (int64_t k = 0; k < block->count && block->first >= 0; k++) {
            double *row = &prediction[block->first + k];
            *row = block->reference != NULL ? *row - block->reference[k] : 0.0;
        }
    }
}

/* Turns a group of weighted residuals (one energy, one atom's force, one stress) into the robust
 * loss; scales the group and its row weights by the root of the derivative, so that squares of the
 * scaled rows have the gradient of the loss. */
static double add_group(double kappa, double *residual, double *weight, int64_t count)
{
    double square = 0.0;
    for (int64_t k = 0; k < count; k++) square += residual[k] * residual[k];
    if (isinf(kappa)) return square;
    double root = sqrt(1.0 + square / (kappa * kappa)), factor = 1.0 / sqrt(root);
    for (int64_t k = 0; k < count; k++) {
        residual[k] *= factor;
        weight[k] *= factor;
    }
    return 2.0 * square / (1.0 + root);
}

static double weigh_block(const lrpot__frame *frame, int t, const lrpot__target_weights *weights,
                          double *residual, double *row_weights)
{
    const lrpot__target *target = lrpot__targets[t];
    const lrpot__block *block = &frame->blocks[t];
    double weight = block->reference != NULL ? frame->factors[t] * weights->inverse_error[t] : 0.0;
    double loss = 0.0, kappa = target->plain ? INFINITY : weights->kappa;
    int64_t group = target->group > 0 ? target->group : block->count;
    for (int64_t k = 0; k < block->count; k++) {
        row_weights[k] = target->factor != NULL ? weight * target->factor(frame, weights, k)
                                                : weight;
        residual[k] *= row_weights[k];
    }
    for (int64_t k = 0; k < block->count; k += group)
        loss += add_group(kappa, residual + k, row_weights + k, group);
    return loss;
}

/* Weights the residuals in place and returns the frame's loss. */
static double weigh(const lrpot__frame *frame, const lrpot__target_weights *weights,
                    double *residual, double *row_weights)
{
    double loss = 0.0;
    for (int t = 0; t < LRPOT__TARGETS; t++) {
        int64_t first = lrpot__frame_row(frame, t);
        if (first >= 0)
            loss += weigh_block(frame, t, weights, residual + first, row_weights + first);
    }
    return loss;
}

/* First panel of the matrix. Frozen parameters at the front need none. */
static int64_t first_panel(const lrpot__assembly *assembly)
{
    return assembly->frozen ? assembly->layout.energy_linear / LRPOT__GRAM_PANEL : 0;
}

static void add_rows(lrpot__normal_equations *normal, int64_t panel)
{
    int64_t first = panel * LRPOT__GRAM_PANEL, behind = first * LRPOT__NORMAL_ROWS;
    lrpot__gram_job job = { .rows = normal->n_rows,
                            .columns = normal->count - first,
                            .capacity = LRPOT__NORMAL_ROWS,
                            .single = normal->single,
                            .c = normal->matrix + first * normal->stride + first,
                            .stride = normal->stride };
    if (normal->single) job.r = (const float *)normal->rows + behind;
    else job.r = (const double *)normal->rows + behind;
    lrpot__gram_run(&job);
    normal->n_rows = 0;
}

/* Keeps one weighted row, from a panel on. */
static void keep_row(lrpot__normal_equations *normal, const double *row, double weight,
                     int64_t panel)
{
    for (; panel * LRPOT__GRAM_PANEL < normal->count; panel++) {
        const double *from = row + panel * LRPOT__GRAM_PANEL;
        int64_t at = (panel * LRPOT__NORMAL_ROWS + normal->n_rows) * LRPOT__GRAM_PANEL,
                width = normal->count - panel * LRPOT__GRAM_PANEL;
        float *single = (float *)normal->rows + at;
        double *twice = (double *)normal->rows + at;
        if (width > LRPOT__GRAM_PANEL) width = LRPOT__GRAM_PANEL;
        for (int64_t p = 0; p < width && normal->single; p++) single[p] = (float)(weight * from[p]);
        for (int64_t p = 0; p < width && !normal->single; p++) twice[p] = weight * from[p];
    }
    normal->n_rows++;
}

/* Adds the rows to the matrix. Rows without reference are left out. */
static void add_matrix(lrpot__normal_equations *normal, const lrpot__assembly *assembly,
                       const lrpot__frame *frame)
{
    int64_t panel = first_panel(assembly);
    for (int64_t row = 0; row < lrpot__frame_rows(frame); row++) {
        double weight = assembly->row_weights[row];
        const double *from = assembly->jacobian + row * assembly->stride;
        if (weight == 0.0) continue;
        keep_row(normal, from, weight, panel);
        if (normal->n_rows == LRPOT__NORMAL_ROWS) add_rows(normal, panel);
    }
}

/* Adds the gradient by way of the Jacobian. */
static void add_rows_gradient(lrpot__normal_equations *normal, const lrpot__assembly *assembly,
                              const lrpot__frame *frame)
{
    for (int64_t row = 0; row < lrpot__frame_rows(frame); row++) {
        double weight = assembly->row_weights[row];
        if (weight == 0.0) continue;
        cblas_daxpy((int)normal->count, weight * assembly->prediction[row],
                    assembly->jacobian + row * assembly->stride, 1, normal->gradient, 1);
    }
}

/* Adds the gradient without the Jacobian. */
static lrpot_status add_adjoint_gradient(lrpot__normal_equations *normal, lrpot__assembly *assembly,
                                         const lrpot__frame *frame)
{
    double *u = assembly->row_weights;
    for (int64_t row = 0; row < lrpot__frame_rows(frame); row++)
        u[row] *= assembly->prediction[row];
    return lrpot__frame_gradient(assembly, frame, u, normal->gradient);
}

static lrpot_status add_taken(lrpot__normal_equations *normal, lrpot__assembly *assembly,
                              const lrpot__frame *frame, const lrpot__target_weights *weights,
                              int what)
{
    int adjoint = what == LRPOT__LOSS_GRADIENT && lrpot__frame_gradient_of_model(assembly)
                  && lrpot__frame_gradient_of_frame(frame);
    LRPOT__TRY(lrpot__assembly_frame(assembly, frame, what != LRPOT__LOSS && !adjoint));
    subtract_reference(frame, assembly->prediction);
    count_errors(&normal->errors, frame, assembly->direct, assembly->prediction);
    normal->loss += weigh(frame, weights, assembly->prediction, assembly->row_weights);
    if (adjoint) return add_adjoint_gradient(normal, assembly, frame);
    if (what != LRPOT__LOSS) add_rows_gradient(normal, assembly, frame);
    if (what == LRPOT__LOSS_MATRIX) add_matrix(normal, assembly, frame);
    return LRPOT_OK;
}

static lrpot_status add_frame(lrpot__normal_equations *normal, lrpot__assembly *assembly,
                              lrpot__frame *frame, const lrpot__target_weights *weights, int what)
{
    lrpot_status status = lrpot__frame_take(frame, assembly->potential, assembly->work);
    if (status == LRPOT_OK) status = add_taken(normal, assembly, frame, weights, what);
    lrpot__frame_leave(frame);
    return status;
}

static void add_partial(lrpot__normal_equations *total, const lrpot__normal_equations *part,
                        int what)
{
    lrpot_fit_errors *t = &total->errors;
    const lrpot_fit_errors *p = &part->errors;
    total->loss += part->loss;
    for (int k = 0; k < LRPOT__TARGET_SUM_RULES; k++) {
        t->rmse[k] += p->rmse[k];
        t->mae[k] += p->mae[k];
        t->n[k] += p->n[k];
    }
    if (what == LRPOT__LOSS) return;
    for (int64_t i = 0; i < total->count; i++) total->gradient[i] += part->gradient[i];
    if (what != LRPOT__LOSS_MATRIX) return;
    for (int64_t i = 0; i < total->count * total->stride; i++) total->matrix[i] += part->matrix[i];
}

/* Sums over processes; fails if one of them has failed. */
static lrpot_status add_processes(lrpot__normal_equations *total, const lrpot_comm *comm,
                                  lrpot_status status, int what)
{
    enum { FIXED = 2, SIZE = FIXED + 3 * LRPOT__TARGET_SUM_RULES };
    lrpot_fit_errors *e = &total->errors;
    double sums[SIZE] = { status != LRPOT_OK, total->loss };
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        double *at = sums + FIXED + 3 * t;
        at[0] = e->rmse[t], at[1] = e->mae[t], at[2] = (double)e->n[t];
    }
    LRPOT__TRY(lrpot__comm_sum(comm, sums, SIZE));
    if (status != LRPOT_OK) return status;
    if (sums[0] > 0.0) return lrpot__fail(LRPOT_E_STATE, "another process of the fit has failed");
    total->loss = sums[1];
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        const double *at = sums + FIXED + 3 * t;
        e->rmse[t] = at[0], e->mae[t] = at[1], e->n[t] = (int64_t)at[2];
    }
    if (what == LRPOT__LOSS) return LRPOT_OK;
    LRPOT__TRY(lrpot__comm_sum(comm, total->gradient, total->stride));
    if (what != LRPOT__LOSS_MATRIX) return LRPOT_OK;
    return lrpot__comm_sum(comm, total->matrix, total->count * total->stride);
}

static void accumulate_here(lrpot__normal_equations **partial, lrpot__assembly **assemblies,
                            int32_t threads, lrpot__frame *const *frames, int64_t n_frames,
                            int32_t set, const lrpot__target_weights *weights, int what)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++) {
        lrpot__normal_equations *mine = partial[t];
        int64_t seen = 0;
        lrpot__region_is_serial();
        clear(mine, what);
        mine->status = LRPOT_OK;
        for (int64_t f = 0; f < n_frames && mine->status == LRPOT_OK; f++)
            if (frames[f]->set == set && seen++ % threads == t)
                mine->status = add_frame(mine, assemblies[t], frames[f], weights, what);
        if (what == LRPOT__LOSS_MATRIX) add_rows(mine, first_panel(assemblies[t]));
        if (mine->status != LRPOT_OK)
            (void)lrpot_last_error_copy(mine->message, sizeof mine->message);
    }
}

lrpot_status lrpot__normal_equations_accumulate(lrpot__normal_equations *total,
                                                lrpot__normal_equations **partial,
                                                lrpot__assembly **assemblies, int32_t threads,
                                                lrpot__frame *const *frames, int64_t n_frames,
                                                int32_t set, lrpot__target_weights weights,
                                                int what, const lrpot_comm *comm)
{
    lrpot_status status = LRPOT_OK;
    accumulate_here(partial, assemblies, threads, frames, n_frames, set, &weights, what);
    /* messages belong to the failing thread: copy the first to the caller's thread */
    for (int32_t t = 0; t < threads && status == LRPOT_OK; t++)
        if (partial[t]->status != LRPOT_OK)
            status = lrpot__fail(partial[t]->status, "%s", partial[t]->message);
    clear(total, what);
    for (int32_t t = 0; t < threads; t++) add_partial(total, partial[t], what);
    if (comm != NULL) status = add_processes(total, comm, status, what);
    finish_errors(&total->errors);
    return status;
}
