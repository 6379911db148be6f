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
#include "electrostatics/multipoles/multipoles.h"
#include "fit/data/frame_density.h"

#include <cblas.h>
#include <lapacke.h>
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
    int64_t size = t->size, values = t->values, places = lrpot__density_first_field(t->n);
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

/* Row of the derivative of a potential by the places, and its factor. */
typedef struct {
    int64_t row;
    double factor;
} derivative;

/* Of moment k of a width, whose potential is one of the block: derivative by the place a of its
 * atom. */
static derivative derivative_of(const task *t, int64_t width, int64_t k, int a)
{
    int64_t n = t->n, row;
    double factor;
    if (k < n) {
        row = n + 3 * k + a, factor = 1.0;
    } else if (k < 4 * n) { /* half the second derivatives stand there */
        row = 4 * n + 3 * (k - n) + a, factor = 2.0;
    } else {
        int64_t c = (k - 4 * n) % 9;
        row = 13 * n + 10 * ((k - 4 * n) / 9) + lrpot__third_index[c / 3][c % 3][a], factor = 0.5;
    }
    return (derivative){
        lrpot__frame_density_row(width, row, t->terms->block, t->d->more * n, t->d->widths), factor
    };
}

/* Atom of moment k of a width. */
static int64_t atom_of(const task *t, int64_t k)
{
    int64_t n = t->n;
    return k < n ? k : k < 4 * n ? (k - n) / 3 : (k - 4 * n) / 9;
}

/* Of the moments of atom k at all widths. */
static double row_by_atom(const task *t, int64_t row, int64_t k)
{
    const double *m = t->frame->coulomb.moments + row * t->size, *x = t->density->moments;
    double sum = 0.0;
    for (int64_t w = 0; w < t->d->widths; w++) {
        int64_t first = w * t->terms->block, dipole = first + t->n + 3 * k,
                quadrupole = first + 4 * t->n + 9 * k;
        sum += m[first + k] * x[first + k];
        for (int64_t l = dipole; t->terms->order > 0 && l < dipole + 3; l++) sum += m[l] * x[l];
        for (int64_t l = quadrupole; t->terms->order > 1 && l < quadrupole + 9; l++)
            sum += m[l] * x[l];
    }
    return sum;
}

/* Adds (dA) x of the places: an atom carries its moments, so that the change is of one order
 * more. potentials: of the density, up to one order more, by rows of the matrix. */
static void add_places(const task *t, const double *potentials, double *right)
{
    int64_t n = t->n, block = t->terms->block;
    for (int64_t k = 0; k < n; k++)
        for (int a = 0; a < 3; a++) {
            double *out = right + (3 * k + a) * t->size;
            for (int64_t l = 0; l < t->size; l++) {
                derivative by = derivative_of(t, l / block, l % block, a);
                out[l] -= by.factor * row_by_atom(t, by.row, k);
                if (atom_of(t, l % block) == k) out[l] += by.factor * potentials[by.row];
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
    int32_t order = t->terms->order;
    return lrpot_multipoles_eval(t->d->fine, t->assembly->work, &atoms, NULL, NULL, x,
                                 order > 0 ? x + n : NULL, order > 1 ? x + 4 * n : NULL, NULL, NULL,
                                 NULL, v, order > 0 ? v + n : NULL, order > 1 ? v + 4 * n : NULL);
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

/* Fields on the dipoles, and external potentials at the moments, of size 1. */
static void add_external(const task *t, double *right)
{
    int64_t n = t->n, first = lrpot__density_first_moment(n);
    for (int64_t w = 0; w < t->d->widths; w++) {
        double *to = right + w * t->terms->block;
        for (int64_t k = n; t->terms->order > 0 && k < 4 * n; k++)
            to[(lrpot__density_first_field(n) + (k - n) % 3) * t->size + k] += 1.0;
        for (int64_t k = 0; first + k < t->directions; k++) to[(first + k) * t->size + k] += 1.0;
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
               lrpot__density_directions(frame->n, frame->order) };
    collect_sources(&t);
    settle_sources(&t);
    LRPOT__TRY(right_sides(&t));
    LRPOT__TRY(solve(&t));
    level_changes(&t);
    combine(&t);
    return LRPOT_OK;
}
