/* Answer of a self-consistent density to changes along many directions. */
#include "fit/jacobian/density_answer.h"

#include "charges/density_matrix.h"
#include "core/error.h"

#include <cblas.h>
#include <lapacke.h>
#include <string.h>

lrpot__density_task lrpot__density_task_of(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__fit_density *d = assembly->density;
    const lrpot__density *density = d->call.density;
    return (lrpot__density_task){ assembly,
                                  frame,
                                  d,
                                  density,
                                  &density->terms,
                                  frame->n,
                                  d->size * frame->n,
                                  d->heads * frame->n,
                                  lrpot__density_directions(frame->n, frame->order) };
}

/* Of the moments of atom k at all widths. */
static double row_by_atom(const lrpot__density_task *t, const double *x, int64_t row, int64_t k)
{
    const double *m = t->frame->coulomb.moments + row * t->size;
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

/* Potentials of moments x and their derivatives up to one order more, by rows of the matrix. */
static const double *felt(const lrpot__density_task *t, const double *x)
{
    int64_t rows = t->d->widths * t->d->more * t->n;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)t->size, 1.0,
                t->frame->coulomb.moments, (int)t->size, x, 1, 0.0, t->d->spare, 1);
    return t->d->spare;
}

void lrpot__density_add_places(const lrpot__density_task *t, const double *x, double *right)
{
    int64_t n = t->n, block = t->terms->block;
    lrpot__density_shape shape = lrpot__density_shape_of(t->assembly->potential->charges, n);
    const double *potentials = felt(t, x);
    for (int64_t k = 0; k < n; k++)
        for (int a = 0; a < 3; a++) {
            double *out = right + (3 * k + a) * t->size;
            for (int64_t l = 0; l < t->size; l++) {
                lrpot__density_slope by = lrpot__density_slope_of(&shape, l / block, l % block, a);
                out[l] -= by.factor * row_by_atom(t, x, by.row, k);
                if (lrpot__density_atom_of(&shape, l % block) == k)
                    out[l] += by.factor * potentials[by.row];
            }
        }
}

/* Row j of the matrix is column j of 1 + A R, as LAPACK wants it. */
lrpot_status lrpot__density_factor(const lrpot__density_task *t)
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
    return LRPOT_OK;
}

/* Turns the sources into changes of moments that keep the charges of the fragments. Their sums move
 * the levels of atoms with a capacity. */
static void settle(const lrpot__density_task *t, double *source, double *excess)
{
    memset(excess, 0, (size_t)t->n * sizeof *excess);
    for (int64_t k = 0; k < t->d->widths * t->n; k++)
        excess[t->frame->fragment.of_atom[k % t->n]] +=
            source[k / t->n * t->terms->block + k % t->n];
    lrpot__density_settle(t->terms, 1, source);
}

/* du of dv. */
static void level(const lrpot__density_task *t, const double *excess, double *change)
{
    lrpot__density_level(t->terms, NULL, change);
    for (int64_t k = 0; k < t->d->widths * t->n; k++) {
        int32_t f = t->frame->fragment.of_atom[k % t->n];
        if (t->terms->capacity[f] > 0.0)
            change[k / t->n * t->terms->block + k % t->n] += excess[f] / t->terms->capacity[f];
    }
}

void lrpot__density_answer(const lrpot__density_task *t, int64_t count, double *sources,
                           double *excess, double *right)
{
    int size = (int)t->size;
    for (int64_t p = 0; p < count; p++) settle(t, sources + p * t->size, excess + p * t->n);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)count, size, size, 1.0, sources,
                size, t->frame->coulomb.moments, size, 1.0, right, size);
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', size, (lapack_int)count, t->d->matrix, size,
                        t->d->pivots, right,
                        size); /* the only possible errors are wrong arguments */
    for (int64_t p = 0; p < count; p++) level(t, excess + p * t->n, right + p * t->size);
}
