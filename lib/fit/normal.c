#include "fit/normal.h"

#include "charges/charges.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

lrpot_status lrpot__normal_create(lrpot__normal **out, int64_t count, int with_rows)
{
    lrpot__normal *normal = lrpot__calloc(1, sizeof *normal);
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
        lrpot__normal_free(normal);
        return LRPOT_E_MEMORY;
    }
    *out = normal;
    return LRPOT_OK;
}

void lrpot__normal_free(lrpot__normal *normal)
{
    if (normal == NULL) return;
    lrpot__free(normal->gradient);
    lrpot__free(normal->matrix);
    lrpot__free(normal->rows);
    lrpot__free(normal);
}

static void clear(lrpot__normal *normal, int with_matrix)
{
    normal->loss = 0.0;
    memset(&normal->errors, 0, sizeof normal->errors);
    normal->errors.struct_size = sizeof normal->errors;
    memset(normal->deviations, 0, sizeof normal->deviations);
    if (!with_matrix) return;
    normal->n_rows = 0;
    memset(normal->gradient, 0, (size_t)normal->stride * sizeof(double));
    memset(normal->matrix, 0, (size_t)(normal->count * normal->stride) * sizeof(double));
}

/* Sums of squares and of magnitudes; turned into RMSE and MAE by finish_errors(). */
static void count_errors(lrpot_fit_errors *errors, const lrpot__frame *frame,
                         const double *difference)
{
    if (frame->energy != NULL) {
        double e = difference[0] / (double)frame->n;
        errors->energy_rmse += e * e;
        errors->energy_mae += fabs(e);
        errors->n_energies++;
    }
    if (frame->forces != NULL) {
        for (int64_t k = 1; k <= 3 * frame->n; k++) {
            errors->forces_rmse += difference[k] * difference[k];
            errors->forces_mae += fabs(difference[k]);
        }
        errors->n_forces += 3 * frame->n;
    }
    if (frame->stress != NULL) {
        for (int64_t k = 1 + 3 * frame->n; k < 7 + 3 * frame->n; k++) {
            errors->stress_rmse += difference[k] * difference[k];
            errors->stress_mae += fabs(difference[k]);
        }
        errors->n_stresses += 6;
    }
}

static void count_deviation(lrpot__deviation *deviation, const double *difference, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        deviation->squares += difference[k] * difference[k];
        deviation->magnitudes += fabs(difference[k]);
    }
    deviation->n += n;
}

static void count_deviations(lrpot__normal *normal, const lrpot__frame *frame,
                             const double *difference)
{
    if (frame->dipole != NULL)
        count_deviation(&normal->deviations[LRPOT__FIT_DIPOLE], difference + frame->dipole_row, 3);
    if (frame->charges != NULL)
        count_deviation(&normal->deviations[LRPOT__FIT_CHARGES], difference + frame->charges_row,
                        frame->n);
    if (frame->born != NULL)
        count_deviation(&normal->deviations[LRPOT__FIT_BORN], difference + frame->born_row,
                        9 * frame->n);
    if (frame->potential != NULL)
        count_deviation(&normal->deviations[LRPOT__FIT_POTENTIAL],
                        difference + frame->potential_row, frame->n_points);
}

static void finish_errors(lrpot_fit_errors *errors)
{
    double energies = errors->n_energies > 0 ? (double)errors->n_energies : 1.0;
    double forces = errors->n_forces > 0 ? (double)errors->n_forces : 1.0;
    double stresses = errors->n_stresses > 0 ? (double)errors->n_stresses : 1.0;
    errors->energy_rmse = sqrt(errors->energy_rmse / energies);
    errors->energy_mae /= energies;
    errors->forces_rmse = sqrt(errors->forces_rmse / forces);
    errors->forces_mae /= forces;
    errors->stress_rmse = sqrt(errors->stress_rmse / stresses);
    errors->stress_mae /= stresses;
}

/* Prediction minus reference; rows without reference are zero. */
static void subtract_reference(const lrpot__frame *frame, double *prediction)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    int64_t n3 = 3 * frame->n;
    prediction[0] = frame->energy != NULL ? prediction[0] - frame->energy[0] : 0.0;
    for (int64_t k = 0; k < n3; k++)
        prediction[1 + k] = frame->forces != NULL ? prediction[1 + k] - frame->forces[k] : 0.0;
    for (int c = 0; c < 6; c++) {
        double *p = &prediction[1 + n3 + c];
        *p = frame->stress != NULL ? *p
                                         - 0.5
                                               * (frame->stress[3 * first[c] + second[c]]
                                                  + frame->stress[3 * second[c] + first[c]])
                                   : 0.0;
    }
    for (int64_t k = 0; k < 3 && frame->dipole != NULL; k++)
        prediction[frame->dipole_row + k] -= frame->dipole[k];
    for (int64_t k = 0; k < frame->n && frame->charges != NULL; k++)
        prediction[frame->charges_row + k] -= frame->charges[k];
    for (int64_t k = 0; k < 9 * frame->n && frame->born != NULL; k++)
        prediction[frame->born_row + k] -= frame->born[k];
    for (int64_t k = 0; k < frame->n_points && frame->potential != NULL; k++)
        prediction[frame->potential_row + k] -= frame->potential[k];
}

static double row_weight(const lrpot__frame *frame, const lrpot__weights *weights, int64_t row)
{
    enum { ENERGY, FORCES, STRESS, DIPOLE, CHARGES, BORN, POTENTIAL };
    const double *factors = frame->factors;
    if (row == 0)
        return frame->energy != NULL ? factors[ENERGY] * weights->energy / (double)frame->n : 0.0;
    if (row <= 3 * frame->n) {
        double relative = weights->forces * weights->relative * frame->force_size;
        return frame->forces != NULL
                   ? factors[FORCES] * weights->forces / sqrt(1.0 + relative * relative)
                   : 0.0;
    }
    if (frame->potential_row >= 0 && row >= frame->potential_row)
        return factors[POTENTIAL] * weights->potential;
    if (frame->born_row >= 0 && row >= frame->born_row) return factors[BORN] * weights->born;
    if (frame->charges_row >= 0 && row >= frame->charges_row)
        return factors[CHARGES] * weights->charges;
    if (frame->dipole_row >= 0 && row >= frame->dipole_row)
        return factors[DIPOLE] * weights->dipole;
    if (row >= 7 + 3 * frame->n) return sqrt(frame->weight) * weights->sum_rule;
    /* off-diagonal components stand for two of the nine */
    double twice = row >= 4 + 3 * frame->n ? sqrt(2.0) : 1.0;
    return frame->stress != NULL ? factors[STRESS] * twice * weights->stress : 0.0;
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

/* Weights the residuals in place and returns the frame's loss. */
static double weigh(const lrpot__frame *frame, const lrpot__weights *weights, double *residual,
                    double *row_weights)
{
    int64_t rows = lrpot__frame_rows(frame);
    for (int64_t row = 0; row < rows; row++) {
        row_weights[row] = row_weight(frame, weights, row);
        residual[row] *= row_weights[row];
    }
    double loss = add_group(weights->kappa, residual, row_weights, 1);
    for (int64_t i = 0; i < frame->n; i++)
        loss += add_group(weights->kappa, residual + 1 + 3 * i, row_weights + 1 + 3 * i, 3);
    loss +=
        add_group(weights->kappa, residual + 1 + 3 * frame->n, row_weights + 1 + 3 * frame->n, 6);
    loss += add_group(INFINITY, residual + 7 + 3 * frame->n, row_weights + 7 + 3 * frame->n, 7);
    if (frame->dipole != NULL)
        loss += add_group(weights->kappa, residual + frame->dipole_row,
                          row_weights + frame->dipole_row, 3);
    for (int64_t i = 0; i < frame->n && frame->charges != NULL; i++)
        loss += add_group(weights->kappa, residual + frame->charges_row + i,
                          row_weights + frame->charges_row + i, 1);
    for (int64_t i = 0; i < frame->n && frame->born != NULL; i++)
        loss += add_group(weights->kappa, residual + frame->born_row + 9 * i,
                          row_weights + frame->born_row + 9 * i, 9);
    for (int64_t k = 0; k < frame->n_points && frame->potential != NULL; k++)
        loss += add_group(weights->kappa, residual + frame->potential_row + k,
                          row_weights + frame->potential_row + k, 1);
    return loss;
}

/* What is frozen in front needs no matrix. */
static int64_t first_panel(const lrpot__assembly *assembly)
{
    return assembly->frozen ? assembly->layout.energy_linear / LRPOT__GRAM_PANEL : 0;
}

static void add_rows(lrpot__normal *normal, int64_t panel)
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

/* One row, weighted, from a panel on. */
static void keep_row(lrpot__normal *normal, const double *row, double weight, int64_t panel)
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

/* Rows that nothing is compared with are left out. */
static void add_matrix(lrpot__normal *normal, const lrpot__assembly *assembly,
                       const lrpot__frame *frame)
{
    int64_t panel = first_panel(assembly);
    for (int64_t row = 0; row < lrpot__frame_rows(frame); row++) {
        double weight = assembly->row_weights[row];
        const double *from = assembly->jacobian + row * assembly->stride;
        if (weight == 0.0) continue;
        cblas_daxpy((int)normal->count, weight * assembly->prediction[row], from, 1,
                    normal->gradient, 1);
        keep_row(normal, from, weight, panel);
        if (normal->n_rows == LRPOT__NORMAL_ROWS) add_rows(normal, panel);
    }
}

static lrpot_status add_frame(lrpot__normal *normal, lrpot__assembly *assembly,
                              const lrpot__frame *frame, const lrpot__weights *weights,
                              int with_matrix)
{
    LRPOT__TRY(lrpot__assembly_frame(assembly, frame, with_matrix));
    subtract_reference(frame, assembly->prediction);
    count_errors(&normal->errors, frame, assembly->prediction);
    count_deviations(normal, frame, assembly->prediction);
    normal->loss += weigh(frame, weights, assembly->prediction, assembly->row_weights);
    if (with_matrix) add_matrix(normal, assembly, frame);
    return LRPOT_OK;
}

static void add_partial(lrpot__normal *total, const lrpot__normal *part, int with_matrix)
{
    lrpot_fit_errors *t = &total->errors;
    const lrpot_fit_errors *p = &part->errors;
    total->loss += part->loss;
    t->energy_rmse += p->energy_rmse, t->energy_mae += p->energy_mae,
        t->n_energies += p->n_energies;
    t->forces_rmse += p->forces_rmse, t->forces_mae += p->forces_mae, t->n_forces += p->n_forces;
    t->stress_rmse += p->stress_rmse, t->stress_mae += p->stress_mae,
        t->n_stresses += p->n_stresses;
    for (int k = 0; k < LRPOT__FIT_DEVIATIONS; k++) {
        total->deviations[k].squares += part->deviations[k].squares;
        total->deviations[k].magnitudes += part->deviations[k].magnitudes;
        total->deviations[k].n += part->deviations[k].n;
    }
    if (!with_matrix) return;
    for (int64_t i = 0; i < total->count; i++) total->gradient[i] += part->gradient[i];
    for (int64_t i = 0; i < total->count * total->stride; i++) total->matrix[i] += part->matrix[i];
}

/* Sums over processes, and whether one has failed. */
static lrpot_status add_processes(lrpot__normal *total, const lrpot_comm *comm, lrpot_status status,
                                  int with_matrix)
{
    enum { FIXED = 11, SIZE = FIXED + 3 * LRPOT__FIT_DEVIATIONS };
    lrpot_fit_errors *e = &total->errors;
    double sums[SIZE] = { status != LRPOT_OK,  total->loss,          e->energy_rmse,
                          e->energy_mae,       e->forces_rmse,       e->forces_mae,
                          e->stress_rmse,      e->stress_mae,        (double)e->n_energies,
                          (double)e->n_forces, (double)e->n_stresses };
    for (int k = 0; k < LRPOT__FIT_DEVIATIONS; k++) {
        const lrpot__deviation *d = &total->deviations[k];
        double *at = sums + FIXED + 3 * k;
        at[0] = d->squares, at[1] = d->magnitudes, at[2] = (double)d->n;
    }
    LRPOT__TRY(lrpot__comm_sum(comm, sums, SIZE));
    if (status != LRPOT_OK) return status;
    if (sums[0] > 0.0) return lrpot__fail(LRPOT_E_STATE, "another process of the fit has failed");
    total->loss = sums[1];
    e->energy_rmse = sums[2], e->energy_mae = sums[3], e->n_energies = (int64_t)sums[8];
    e->forces_rmse = sums[4], e->forces_mae = sums[5], e->n_forces = (int64_t)sums[9];
    e->stress_rmse = sums[6], e->stress_mae = sums[7], e->n_stresses = (int64_t)sums[10];
    for (int k = 0; k < LRPOT__FIT_DEVIATIONS; k++) {
        const double *at = sums + FIXED + 3 * k;
        total->deviations[k] = (lrpot__deviation){ at[0], at[1], (int64_t)at[2] };
    }
    if (!with_matrix) return LRPOT_OK;
    LRPOT__TRY(lrpot__comm_sum(comm, total->gradient, total->stride));
    return lrpot__comm_sum(comm, total->matrix, total->count * total->stride);
}

static void accumulate_here(lrpot__normal **partial, lrpot__assembly **assemblies, int32_t threads,
                            lrpot__frame *const *frames, int64_t n_frames, int32_t set,
                            const lrpot__weights *weights, int with_matrix)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__team(threads))
#endif
    for (int32_t t = 0; t < threads; t++) {
        lrpot__normal *mine = partial[t];
        int64_t seen = 0;
        clear(mine, with_matrix);
        mine->status = LRPOT_OK;
        for (int64_t f = 0; f < n_frames && mine->status == LRPOT_OK; f++)
            if (frames[f]->set == set && seen++ % threads == t)
                mine->status = add_frame(mine, assemblies[t], frames[f], weights, with_matrix);
        if (with_matrix) add_rows(mine, first_panel(assemblies[t]));
        if (mine->status != LRPOT_OK)
            (void)lrpot_last_error_copy(mine->message, sizeof mine->message);
    }
}

lrpot_status lrpot__normal_accumulate(lrpot__normal *total, lrpot__normal **partial,
                                      lrpot__assembly **assemblies, int32_t threads,
                                      lrpot__frame *const *frames, int64_t n_frames, int32_t set,
                                      lrpot__weights weights, int with_matrix,
                                      const lrpot_comm *comm)
{
    lrpot_status status = LRPOT_OK;
    accumulate_here(partial, assemblies, threads, frames, n_frames, set, &weights, with_matrix);
    /* messages are the failing thread's own: hand the first to the caller's */
    for (int32_t t = 0; t < threads && status == LRPOT_OK; t++)
        if (partial[t]->status != LRPOT_OK)
            status = lrpot__fail(partial[t]->status, "%s", partial[t]->message);
    clear(total, with_matrix);
    for (int32_t t = 0; t < threads; t++) add_partial(total, partial[t], with_matrix);
    if (comm != NULL) status = add_processes(total, comm, status, with_matrix);
    finish_errors(&total->errors);
    return status;
}
