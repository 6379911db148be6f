#include "potential/maxvol.h"

#include "core/blas_check.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/matrix_product.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Size of an initial row, relative to the features. Features that vary less than this count as
 * noise. */
#define FLOOR 1e-6
/* Smallest size of a feature, relative to the mean. In a perfect crystal some features vanish by
 * symmetry. */
#define WEAK 1e-3

/* Number of replacements after which the inverse is computed anew, to remove rounding errors. */
#define REFRESH 32

enum { SMALL = 512 };

/* Blocks of rows that are expanded at once. */
enum { BLOCK_ROWS = 64, BLOCK_COLUMNS = 64 };

lrpot_status lrpot__maxvol_create(int64_t n, lrpot__maxvol *out)
{
    *out = (lrpot__maxvol){ .n = n };
    out->rows = lrpot__calloc(n * n, sizeof(double));
    out->inverse =
        /* the product reads beyond its last row */
        lrpot__calloc(n * n + LRPOT__PRODUCT_PAD, sizeof(double));
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

void lrpot__maxvol_copy(lrpot__maxvol *to, const lrpot__maxvol *from)
{
    size_t square = (size_t)(from->n * from->n) * sizeof(double);
    memcpy(to->rows, from->rows, square);
    memcpy(to->inverse, from->inverse, square);
    memcpy(to->frames, from->frames, (size_t)from->n * sizeof *from->frames);
    memcpy(to->atoms, from->atoms, (size_t)from->n * sizeof *from->atoms);
    to->swaps = from->swaps;
    to->started = from->started;
}

/* Start: small rows along the axes for directions without a row yet. Their scale follows from the
 * first rows. */
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

static void swap_rows(double *a, double *b, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        double kept = a[k];
        a[k] = b[k];
        b[k] = kept;
    }
}

/* Replaces column p of the matrix by that of the inverse of the columns eliminated so far
 * (Gauss-Jordan, in place). Returns 0 if there is no pivot left. */
static int eliminate(double *a, int64_t n, int64_t p, int64_t *pivot)
{
    *pivot = p;
    for (int64_t i = p + 1; i < n; i++)
        if (fabs(a[i * n + p]) > fabs(a[*pivot * n + p])) *pivot = i;
    if (!(fabs(a[*pivot * n + p]) > 0.0)) return 0;
    if (*pivot != p) swap_rows(a + p * n, a + *pivot * n, n);
    double *row = a + p * n, scale = 1.0 / row[p];
    row[p] = 1.0;
    for (int64_t k = 0; k < n; k++) row[k] *= scale;
    for (int64_t i = 0; i < n; i++) {
        double *other = a + i * n, factor = other[p];
        if (i == p || factor == 0.0) continue;
        other[p] = 0.0;
        for (int64_t k = 0; k < n; k++) other[k] -= factor * row[k];
    }
    return 1;
}

/* Inverts small matrices, as needed when a model is loaded: LAPACK may wake all threads of a BLAS.
 * Returns the row where it fails, from 1 on; 0 on success. */
static int64_t invert_small(double *a, int64_t n, int64_t *pivots)
{
    for (int64_t p = 0; p < n; p++)
        if (!eliminate(a, n, p, pivots + p)) return p + 1;
    for (int64_t p = n - 1; p >= 0; p--)
        for (int64_t i = 0; i < n && pivots[p] != p; i++) {
            double kept = a[i * n + p];
            a[i * n + p] = a[i * n + pivots[p]];
            a[i * n + pivots[p]] = kept;
        }
    return 0;
}

static int64_t invert_large(double *a, int64_t n, void *pivots)
{
    lapack_int order = (lapack_int)n,
               info = LAPACKE_dgetrf(LAPACK_ROW_MAJOR, order, order, a, order, pivots);
    return info == 0 ? LAPACKE_dgetri(LAPACK_ROW_MAJOR, order, a, order, pivots) : info;
}

lrpot_status lrpot__maxvol_invert(lrpot__maxvol *m)
{
    int64_t n = m->n, *pivots = lrpot__calloc(n, sizeof *pivots);
    if (pivots == NULL) return LRPOT_E_MEMORY;
    memcpy(m->inverse, m->rows, (size_t)(n * n) * sizeof(double));
    int64_t failed = n <= SMALL ? invert_small(m->inverse, n, pivots)
                                : invert_large(m->inverse, n, pivots);
    lrpot__free(pivots);
    m->swaps = 0;
    LRPOT__TRY(lrpot__lapack_memory((lapack_int)failed, "dgetri"));
    return failed == 0
               ? LRPOT_OK
               : lrpot__fail(LRPOT_E_ARGUMENT,
                             "the rows of an active set are linearly dependent (row %lld of %lld)",
                             (long long)failed, (long long)n);
}

/* Uses the library's own product: a BLAS may wake all its threads for each of many small
 * structures. The product takes the rows by columns. */
static void expand_block(const lrpot__maxvol *m, int64_t count, const double *rows,
                         double *coefficients)
{
    double turned[BLOCK_COLUMNS * BLOCK_ROWS];
    for (int64_t first = 0; first < m->n; first += BLOCK_COLUMNS) {
        int64_t depth = m->n - first < BLOCK_COLUMNS ? m->n - first : BLOCK_COLUMNS;
        for (int64_t k = 0; k < depth; k++)
            for (int64_t i = 0; i < count; i++)
                turned[k * BLOCK_ROWS + i] = rows[i * m->n + first + k];
        lrpot__matrix_product job = { .depth = depth,
                                      .rows = count,
                                      .columns = m->n,
                                      .a = turned,
                                      .b = m->inverse + first * m->n,
                                      .c = coefficients,
                                      .stride_a = BLOCK_ROWS,
                                      .stride_b = m->n,
                                      .stride_c = m->n };
        lrpot__matrix_product_run(&job);
    }
}

void lrpot__maxvol_expand(const lrpot__maxvol *m, int64_t count, const double *rows,
                          double *coefficients)
{
    memset(coefficients, 0, (size_t)(count * m->n) * sizeof *coefficients);
    for (int64_t first = 0; first < count; first += BLOCK_ROWS) {
        int64_t here = count - first < BLOCK_ROWS ? count - first : BLOCK_ROWS;
        expand_block(m, here, rows + first * m->n, coefficients + first * m->n);
    }
}

double lrpot__maxvol_largest(int64_t n, const double *coefficients, int64_t *column)
{
    *column = (int64_t)cblas_idamax((int)n, coefficients, 1);
    return fabs(coefficients[*column]);
}

/* Replaces row `column` by row `candidate`: both matrices change by a product of two vectors. */
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
        LRPOT__TRY(lrpot__maxvol_invert(m)); /* the end is confirmed by a fresh inverse */
        lrpot__maxvol_expand(m, count, rows, coefficients);
        *n_changes -= done;
    }
}
