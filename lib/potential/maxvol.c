#include "potential/maxvol.h"

#include "core/blas_check.h"
#include "core/error.h"
#include "core/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Size of a row from nowhere, relative to the features: what varies less than this is taken for
 * noise. */
#define FLOOR 1e-6
/* In a perfect crystal some features vanish by symmetry; they count as this much of the mean. */
#define WEAK 1e-3

/* Replacements after which rounding in the inverse is taken off. */
#define REFRESH 32

lrpot_status lrpot__maxvol_create(int64_t n, lrpot__maxvol *out)
{
    *out = (lrpot__maxvol){ .n = n };
    out->rows = lrpot__calloc(n * n, sizeof(double));
    out->inverse = lrpot__calloc(n * n, sizeof(double));
    out->step = lrpot__calloc(n, sizeof(double));
    out->frames = lrpot__calloc(n, sizeof(int64_t));
    out->atoms = lrpot__calloc(n, sizeof(int64_t));
    if (out->rows != NULL && out->inverse != NULL && out->step != NULL && out->frames != NULL
        && out->atoms != NULL) {
        for (int64_t k = 0; k < n; k++) out->frames[k] = out->atoms[k] = -1;
        return LRPOT_OK;
    }
    lrpot__maxvol_free(out);
    return LRPOT_E_MEMORY;
}

void lrpot__maxvol_free(lrpot__maxvol *m)
{
    lrpot__free(m->rows);
    lrpot__free(m->inverse);
    lrpot__free(m->step);
    lrpot__free(m->frames);
    lrpot__free(m->atoms);
    memset(m, 0, sizeof *m);
}

/* Small rows along the axes stand for directions that nothing has filled yet; their scale follows
 * from the first rows seen. */
static void start(lrpot__maxvol *m, int64_t count, const double *rows)
{
    double mean = cblas_dnrm2((int)(count * m->n), rows, 1) / sqrt((double)(count * m->n));
    for (int64_t k = 0; k < m->n; k++) {
        double size = cblas_dnrm2((int)count, rows + k, (int)m->n) / sqrt((double)count);
        double entry = FLOOR * fmax(size, WEAK * mean);
        m->rows[k * m->n + k] = entry;
        m->inverse[k * m->n + k] = 1.0 / entry;
    }
    m->started = 1;
}

lrpot_status lrpot__maxvol_invert(lrpot__maxvol *m)
{
    int n = (int)m->n;
    lapack_int *pivots = lrpot__calloc(n, sizeof *pivots);
    if (pivots == NULL) return LRPOT_E_MEMORY;
    memcpy(m->inverse, m->rows, (size_t)(m->n * m->n) * sizeof(double));
    lapack_int info = LAPACKE_dgetrf(LAPACK_ROW_MAJOR, n, n, m->inverse, n, pivots);
    if (info == 0) info = LAPACKE_dgetri(LAPACK_ROW_MAJOR, n, m->inverse, n, pivots);
    lrpot__free(pivots);
    m->swaps = 0;
    LRPOT__TRY(lrpot__lapack_memory(info, "dgetri"));
    return info == 0
               ? LRPOT_OK
               : lrpot__fail(LRPOT_E_ARGUMENT,
                             "the rows of an active set are linearly dependent (row %d of %d)",
                             (int)info, n);
}

void lrpot__maxvol_expand(const lrpot__maxvol *m, int64_t count, const double *rows,
                          double *coefficients)
{
    int n = (int)m->n;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)count, n, n, 1.0, rows, n,
                m->inverse, n, 0.0, coefficients, n);
}

double lrpot__maxvol_largest(int64_t n, const double *coefficients, int64_t *column)
{
    *column = (int64_t)cblas_idamax((int)n, coefficients, 1);
    return fabs(coefficients[*column]);
}

/* Row `candidate` takes the place of row `column`: both matrices change by a product of two
 * vectors. */
static void replace(lrpot__maxvol *m, int64_t count, const double *rows, double *coefficients,
                    int64_t candidate, int64_t column)
{
    int n = (int)m->n;
    double pivot = coefficients[candidate * m->n + column];
    memcpy(m->step, coefficients + candidate * m->n, (size_t)m->n * sizeof(double));
    m->step[column] -= 1.0;
    cblas_dscal(n, 1.0 / pivot, m->step, 1);
    for (int64_t k = 0; k < m->n; k++)
        cblas_daxpy(n, -m->inverse[k * m->n + column], m->step, 1, m->inverse + k * m->n, 1);
    for (int64_t k = 0; k < count; k++)
        cblas_daxpy(n, -coefficients[k * m->n + column], m->step, 1, coefficients + k * m->n, 1);
    memcpy(m->rows + column * m->n, rows + candidate * m->n, (size_t)m->n * sizeof(double));
    m->swaps++;
}

lrpot_status lrpot__maxvol_add(lrpot__maxvol *m, int64_t count, const double *rows,
                               double *coefficients, int64_t frame, const int64_t *atoms,
                               double threshold, int64_t *n_changes)
{
    if (count == 0) return LRPOT_OK;
    if (!m->started) start(m, count, rows);
    for (lrpot__maxvol_expand(m, count, rows, coefficients);; (*n_changes)++) {
        int64_t candidate = 0, column = 0, at = 0;
        double largest = 0.0;
        for (int64_t k = 0; k < count; k++) {
            double here = lrpot__maxvol_largest(m->n, coefficients + k * m->n, &at);
            if (here > largest) largest = here, candidate = k, column = at;
        }
        int done = !(largest > threshold);
        if (done && m->swaps == 0) return LRPOT_OK;
        if (!done) {
            replace(m, count, rows, coefficients, candidate, column);
            m->frames[column] = frame;
            m->atoms[column] = atoms[candidate];
            if (m->swaps < REFRESH) continue;
        }
        LRPOT__TRY(lrpot__maxvol_invert(m)); /* an end is an end only by a fresh inverse */
        lrpot__maxvol_expand(m, count, rows, coefficients);
        *n_changes -= done;
    }
}
