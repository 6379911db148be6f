/* Response of a self-consistent density to all directions of a fit. With S = settle(x0 - R u)
 * varied at fixed u,
 *
 *   (1 + A R) dv = A S + (dA) x + dexternal,   du = dv - dlevel. */
#include "fit/jacobian/density_tangents.h"

#include "charges/blurred_sums.h"
#include "charges/density_tangent.h"
#include "core/error.h"
#include "core/strain.h"
#include "core/struct_size.h"
#include "fit/data/frame_density.h"

#include <cblas.h>
#include <lapacke.h>
#include <lrpot/multipoles.h>
#include <string.h>

/* Strain of the differences, of fourth order, whose sums are fine. */
#define STRAIN 1e-3

typedef struct {
    lrpot__assembly *assembly;
    const lrpot__frame *frame;
    lrpot__fit_density *d;
    const lrpot__density *density;
    const lrpot__density_terms *terms;
    int64_t n, size, values, directions;
} task;

/* Change of x0 - R u, and of dE/dvalue, by the scalars and places of each direction. */
static void collect_sources(const task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t size = t->size, values = t->values, places = 3 * t->n + LRPOT__DENSITY_STRAINS;
    memset(d->sources, 0, (size_t)(t->directions * size) * sizeof(double));
    memset(d->slopes, 0, (size_t)(t->directions * values) * sizeof(double));
    lrpot__density_by_values(t->terms, t->density->levelled, d->by_value);
    lrpot__density_by_places(t->terms, t->density->levelled, d->sources, d->slopes);
    for (int64_t k = 0; k < values; k++) /* dy/dc */
        cblas_dscal((int)size, t->terms->slopes[k], d->by_value + k * size, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)places, (int)size, (int)values, 1.0,
                d->moved, (int)values, d->by_value, (int)size, 1.0, d->sources, (int)size);
}

/* Turns the sources into changes of moments that keep the charges of the fragments. Their sums move
 * the levels of atoms with a capacity. */
static void settle_sources(const task *t)
{
    for (int64_t p = 0; p < t->directions; p++) {
        double *source = t->d->sources + p * t->size, *excess = t->d->excess + p * t->n;
        memset(excess, 0, (size_t)t->n * sizeof *excess);
        for (int64_t k = 0; k < t->d->widths * t->n; k++)
            excess[t->frame->fragment.of_atom[k % t->n]] +=
                source[k / t->n * t->terms->block + k % t->n];
        lrpot__density_settle(t->terms, 1, source);
    }
}

/* Row of the potential of atom i at a width, or of a derivative of it by the places: c < 0 the
 * first by a, otherwise the one by c and a. */
static int64_t derivative_row(const task *t, int64_t width, int64_t i, int c, int a)
{
    const lrpot__fit_density *d = t->d;
    int64_t n = t->n, row = c < 0 ? n + 3 * i + a : 4 * n + 9 * i + 3 * c + a;
    return lrpot__frame_density_row(width, row, t->terms->block, d->more * n, d->widths);
}

/* Of the moments of atom k at all widths. */
static double row_by_atom(const task *t, int64_t row, int64_t k)
{
    const double *m = t->frame->coulomb.moments + row * t->size, *x = t->density->moments;
    double sum = 0.0;
    for (int64_t w = 0; w < t->d->widths; w++) {
        int64_t first = w * t->terms->block, dipole = first + t->n + 3 * k;
        sum += m[first + k] * x[first + k];
        for (int64_t l = dipole; t->terms->order > 0 && l < dipole + 3; l++) sum += m[l] * x[l];
    }
    return sum;
}

/* Adds (dA) x of the places: an atom carries its moments, so that the change is of one order
 * more. potentials: of the density, up to one order more, by rows of the matrix. */
static void add_places(const task *t, const double *potentials, double *right)
{
    int64_t n = t->n, rows = t->d->widths * n;
    int components = t->terms->order > 0 ? 3 : 0;
    for (int64_t k = 0; k < n; k++)
        for (int a = 0; a < 3; a++) {
            double *out = right + (3 * k + a) * t->size;
            for (int64_t l = 0; l < rows; l++)
                for (int c = -1; c < components; c++) { /* -1: the charge */
                    int64_t w = l / n, i = l % n, row = derivative_row(t, w, i, c, a);
                    double factor = c < 0 ? 1.0 : 2.0;
                    double *to = out + w * t->terms->block + (c < 0 ? i : n + 3 * i + c);
                    *to -= factor * row_by_atom(t, row, k);
                    if (i == k) *to += factor * potentials[row];
                }
        }
}

/* A x of the moments in a strained cell. */
static lrpot_status strained_potentials(const task *t, int row, int column, double strain,
                                        double *positions, double *v)
{
    const double *x = t->density->moments;
    lrpot_atoms atoms;
    double cell[9];
    int64_t n = t->n;
    LRPOT__COPY_INPUT(&atoms, &t->frame->atoms);
    memcpy(cell, t->frame->cell, sizeof cell);
    memcpy(positions, t->frame->positions, (size_t)(3 * n) * sizeof *positions);
    for (int c = 0; c < 3; c++) cell[3 * c + column] += strain * cell[3 * c + row];
    for (int64_t i = 0; i < n; i++) positions[3 * i + column] += strain * positions[3 * i + row];
    atoms.cell = cell, atoms.positions = positions, atoms.stride = 0;
    if (t->d->blurred != NULL)
        return lrpot__blurred_sums_eval(t->d->blurred, t->assembly->work, &atoms, t->terms->order,
                                        t->terms->order, x, v, NULL, NULL, NULL);
    return lrpot_multipoles_eval(t->d->fine, t->assembly->work, &atoms, NULL, NULL, x,
                                 t->terms->order > 0 ? x + n : NULL, NULL, NULL, NULL, NULL, v,
                                 t->terms->order > 0 ? v + n : NULL, NULL);
}

/* Adds (dA) x of the strains, by differences. */
static lrpot_status add_strains(const task *t, double *right)
{
    static const double steps[4] = { 1, -1, 2, -2 }, weights[4] = { 8, -8, -1, 1 };
    double *positions = t->d->spare, *v = positions + 3 * t->n;
    for (int s = 0; s < LRPOT__STRAINS; s++) {
        int row = lrpot__strain_row[s], column = lrpot__strain_column[s];
        double *out = right + (3 * t->n + 3 * row + column) * t->size;
        for (int k = 0; k < 4; k++) {
            LRPOT__TRY(strained_potentials(t, row, column, steps[k] * STRAIN, positions, v));
            cblas_daxpy((int)t->size, weights[k] / (12.0 * STRAIN), v, 1, out, 1);
        }
    }
    return LRPOT_OK;
}

/* Potentials of the density and their derivatives up to one order more. */
static const double *felt(const task *t)
{
    int64_t rows = t->d->widths * t->d->more * t->n;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)t->size, 1.0,
                t->frame->coulomb.moments, (int)t->size, t->density->moments, 1, 0.0, t->d->spare,
                1);
    return t->d->spare;
}

/* External potentials of the atoms and fields on the dipoles, of size 1. */
static void add_external(const task *t, double *right)
{
    int64_t first = 3 * t->n + LRPOT__DENSITY_STRAINS;
    for (int64_t w = 0; w < t->d->widths; w++) {
        double *to = right + first * t->size + w * t->terms->block;
        for (int64_t i = 0; i < t->n; i++) to[i * t->size + i] += 1.0;
        for (int64_t k = t->n; t->terms->order > 0 && k < 4 * t->n; k++)
            to[(t->n + (k - t->n) % 3) * t->size + k] += 1.0;
    }
}

static lrpot_status right_sides(const task *t)
{
    double *right = t->d->changes;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)t->directions, (int)t->size,
                (int)t->size, 1.0, t->d->sources, (int)t->size, t->frame->coulomb.moments,
                (int)t->size, 0.0, right, (int)t->size);
    add_external(t, right);
    if (!lrpot__frame_has_forces(t->frame)) return LRPOT_OK;
    add_places(t, felt(t), right);
    return t->frame->periodic ? add_strains(t, right) : LRPOT_OK;
}

/* Solves for the changes of the potentials. Row j of the matrix is column j of 1 + A R, as LAPACK
 * wants it. */
static lrpot_status solve(const task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t size = t->size;
    lapack_int n = (lapack_int)size;
    memset(d->matrix, 0, (size_t)(size * size) * sizeof *d->matrix);
    for (int64_t k = 0; k < size; k++) {
        d->matrix[k] = 1.0;
        lrpot__density_respond(t->terms, d->matrix, d->response + k * size);
        lrpot__density_settle(t->terms, 1, d->response + k * size);
        d->matrix[k] = 0.0;
    }
    for (int64_t k = 0; k < size; k++) d->matrix[k * (size + 1)] = 1.0;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, d->response, n,
                t->frame->coulomb.moments, n, 1.0, d->matrix, n);
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, d->matrix, n, d->pivots) != 0)
        return lrpot__fail(LRPOT_E_SINGULAR,
                           "the density of frame %lld (%lld atoms) responds without limit",
                           (long long)t->frame->number, (long long)t->n);
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', n, (lapack_int)t->directions, d->matrix, n,
                        d->pivots, d->changes,
                        n); /* the only possible errors are wrong arguments */
    return LRPOT_OK;
}

/* du of dv. */
static void level_changes(const task *t)
{
    for (int64_t p = 0; p < t->directions; p++) {
        double *change = t->d->changes + p * t->size;
        lrpot__density_level(t->terms, NULL, change);
        for (int64_t k = 0; k < t->d->widths * t->n; k++) {
            int32_t f = t->frame->fragment.of_atom[k % t->n];
            if (t->terms->capacity[f] > 0.0)
                change[k / t->n * t->terms->block + k % t->n] += t->d->excess[p * t->n + f]
                                                                 / t->terms->capacity[f];
        }
    }
}

/* d/dp dE/dc: by the changed potentials, by the places, and by the slope of the capacities. */
static void combine(const task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t values = t->values;
    for (int64_t p = 0; p < t->directions; p++)
        for (int64_t k = 0; k < values; k++) {
            double slope = t->terms->slopes[k];
            d->slopes[p * values + k] = slope * d->slopes[p * values + k]
                                        + (1.0 - slope) * d->weights[k] * d->moved[p * values + k];
        }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)t->directions, (int)values,
                (int)t->size, 1.0, d->changes, (int)t->size, d->by_value, (int)t->size, 1.0,
                d->slopes, (int)values);
}

lrpot_status lrpot__density_tangents(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__fit_density *d = assembly->density;
    const lrpot__density *density = d->call.density;
    task t = { assembly,
               frame,
               d,
               density,
               &density->terms,
               frame->n,
               d->size * frame->n,
               d->heads * frame->n,
               lrpot__density_directions(frame->n) };
    collect_sources(&t);
    settle_sources(&t);
    LRPOT__TRY(right_sides(&t));
    LRPOT__TRY(solve(&t));
    level_changes(&t);
    combine(&t);
    return LRPOT_OK;
}
