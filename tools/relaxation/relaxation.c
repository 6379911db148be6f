#include "relaxation/relaxation.h"

#include "cli/report.h"
#include "phonons/layer.h"
#include "phonons/zone_path.h"
#include "relaxation/descent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* eV/A^2, of the first step: that of a stiff bond. */
static const double stiffness = 70.0;
static const double longest = 0.2; /* A */

static int64_t cell_numbers(const relaxation *r)
{
    return r->cell == CELL_FULL ? 9 : r->cell == CELL_ISOTROPIC ? 1 : 0;
}

/* Deformation F of the cell: rows of the cell and positions are multiplied by it from the right. */
static void deformation(const relaxation *r, const double *x, double *f)
{
    const double *y = x + 3 * lrpot_structure_count(r->structure);
    for (int k = 0; k < 9; k++) {
        f[k] = k % 4 == 0;
        if (r->cell == CELL_FULL) f[k] += y[k] / r->factor;
        else if (r->cell == CELL_ISOTROPIC && k % 4 == 0) f[k] += y[0] / r->factor;
    }
}

static void times(const double *v, const double *m, double *out)
{
    for (int b = 0; b < 3; b++) out[b] = v[0] * m[b] + v[1] * m[3 + b] + v[2] * m[6 + b];
}

static int place(const relaxation *r, const double *x, const double *f)
{
    double *positions = lrpot_structure_positions(r->structure), cell[9];
    for (int64_t i = 0; i < lrpot_structure_count(r->structure); i++) {
        double at[3];
        for (int a = 0; a < 3; a++) at[a] = r->start[3 * i + a] + x[3 * i + a];
        times(at, f, positions + 3 * i);
    }
    if (r->cell == CELL_FIXED) return GO_ON;
    for (int row = 0; row < 3; row++) times(r->cell_0 + 3 * row, f, cell + 3 * row);
    lrpot_status status =
        lrpot_structure_set_cell(r->structure, cell, lrpot_structure_periodic_mask(r->structure));
    return status == LRPOT_OK ? GO_ON : report_failure(status, r->path);
}

/* Derivatives by F: inverse(F)^T times V (stress + p). */
static void cell_gradient(const relaxation *r, const double *f, double *gradient)
{
    double work[9], volume = lrpot_structure_volume(r->structure), trace = 0.0;
    for (int k = 0; k < 9; k++)
        work[k] = volume * (r->found.stress[k] + (k % 4 == 0 ? r->pressure : 0.0));
    for (int c = 0; c < 3; c++)
        for (int b = 0; b < 3; b++) {
            double unit[3] = { c == 0, c == 1, c == 2 }, sum = 0.0, column[3];
            /* column c of F^-1 by solving rows: e_a F^-1 = row a */
            for (int a = 0; a < 3; a++) {
                double row[3], e[3] = { a == 0, a == 1, a == 2 };
                zone_fractions(f, e, row);
                column[a] = row[0] * unit[0] + row[1] * unit[1] + row[2] * unit[2];
            }
            for (int a = 0; a < 3; a++) sum += column[a] * work[3 * a + b];
            if (r->cell == CELL_FULL) gradient[3 * c + b] = sum / r->factor;
            if (c == b) trace += sum;
        }
    if (r->cell == CELL_ISOTROPIC) gradient[0] = trace / r->factor;
}

static void measure(relaxation *r)
{
    int64_t n = lrpot_structure_count(r->structure);
    double trace = 0.0;
    r->largest_force = r->largest_stress = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double *f = r->found.forces + 3 * i;
        r->largest_force = fmax(r->largest_force, sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
    }
    for (int k = 0; k < 9; k++) {
        double apart = r->found.stress[k] + (k % 4 == 0 ? r->pressure : 0.0);
        if (r->cell == CELL_FULL) r->largest_stress = fmax(r->largest_stress, fabs(apart));
        if (k % 4 == 0) trace += apart / 3.0;
    }
    if (r->cell == CELL_ISOTROPIC) r->largest_stress = fabs(trace);
}

static int evaluate(void *context, const double *x, double *value, double *gradient)
{
    relaxation *r = context;
    double f[9];
    int64_t n = lrpot_structure_count(r->structure);
    deformation(r, x, f);
    if (!(fabs(zone_volume(f)) > 0.05)) {
        *value = INFINITY;
        return GO_ON;
    }
    int code = place(r, x, f);
    if (code != GO_ON) return code;
    lrpot_status status = evaluation_run(&r->found, r->model, r->work, r->structure);
    if (status != LRPOT_OK) return report_failure(status, r->path);
    *value = r->found.energy;
    if (r->cell != CELL_FIXED) *value += r->pressure * lrpot_structure_volume(r->structure);
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++) {
            const double *force = r->found.forces + 3 * i;
            gradient[3 * i + a] =
                -(f[3 * a] * force[0] + f[3 * a + 1] * force[1] + f[3 * a + 2] * force[2]);
        }
    if (r->cell != CELL_FIXED) cell_gradient(r, f, gradient + 3 * n);
    measure(r);
    return GO_ON;
}

static int is_done(void *context)
{
    const relaxation *r = context;
    return r->largest_force <= r->forces_most && r->largest_stress <= r->stress_most;
}

lrpot_status relaxation_scale(lrpot_structure *structure, double factor)
{
    const layer_shape layer = layer_shape_of(structure);
    const int64_t n = lrpot_structure_count(structure);
    double cell[9], *r = lrpot_structure_positions(structure);
    memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
    for (int64_t k = 0; k < 3 + n; k++) {
        double *vector = k < 3 ? cell + 3 * k : r + 3 * (k - 3), height = 0.0;
        for (int a = 0; a < 3; a++) height += vector[a] * layer.normal[a];
        for (int a = 0; a < 3; a++)
            vector[a] = factor * vector[a] + (1.0 - factor) * height * layer.normal[a];
    }
    return lrpot_structure_set_cell(structure, cell, lrpot_structure_periodic_mask(structure));
}

int relaxation_run(relaxation *r)
{
    int64_t n = lrpot_structure_count(r->structure);
    if (r->cell != CELL_FIXED && lrpot_structure_periodic_mask(r->structure) != LRPOT_PERIODIC_ALL)
        return report_error(
            BAD_INPUT,
            "%s: a cell that is not periodic in three directions cannot be relaxed; "
            "use --cell fixed",
            r->path);
    double *x = calloc((size_t)(3 * n + 9), sizeof *x);
    r->start = malloc((size_t)(3 * n) * sizeof *r->start);
    if (x == NULL || r->start == NULL) {
        free(x);
        return report_no_memory();
    }
    memcpy(r->start, lrpot_structure_positions_const(r->structure),
           (size_t)(3 * n) * sizeof *r->start);
    if (r->cell != CELL_FIXED)
        memcpy(r->cell_0, lrpot_structure_cell(r->structure), sizeof r->cell_0);
    r->factor = (double)n;
    descent d = { .n = 3 * n + cell_numbers(r),
                  .steps_most = r->steps_most,
                  .longest = longest,
                  .stiffness = stiffness,
                  .evaluate = evaluate,
                  .is_done = is_done,
                  .context = r };
    int code = descent_run(&d, x);
    r->steps = d.steps;
    r->converged = d.converged;
    free(x);
    return code;
}

void relaxation_free(relaxation *r)
{
    evaluation_free(&r->found);
    free(r->start);
    r->start = NULL;
}
