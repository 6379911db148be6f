/* First-order changes of frequencies: with the wave vector (group velocities), and with the volume
 * (Grueneisen parameters). Degenerate modes are those that the change does not mix. */
#include "phonons/crystal.h"

#include "core/algebra.h"
#include "core/blas_check.h"
#include "core/central_difference.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/workspace.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

static const lrpot__tag modes_tag = { "modes" };
static const lrpot__tag frequencies_tag = { "frequencies of modes" };
static const lrpot__tag joined_tag = { "modes of one frequency" };
static const lrpot__tag change_tag = { "changes of the dynamical matrix" };
static const lrpot__tag term_tag = { "dynamical matrix beside the wave vector" };
static const lrpot__tag block_tag = { "change among degenerate modes" };
static const lrpot__tag turned_tag = { "degenerate modes" };

static const double two_pi = 6.283185307179586476925;
/* directions of no symmetry */
static const double generic[2][3] = {
    { 0.26726124191242440, 0.53452248382484880, 0.80178372573727320 },
    { 0.80178372573727320, -0.26726124191242440, 0.53452248382484880 }
};
static const double one[2] = { 1.0, 0.0 }, zero[2] = { 0.0, 0.0 };

/* THz: largest difference of degenerate frequencies */
#define DEGENERATE 1e-4
/* of the largest entry of a change: largest difference of changes that are alike */
#define ALIKE 1e-6
/* THz: a smaller frequency has no first-order change */
#define LEAST 1e-3
/* 1/A: distance from the centre of the zone where limits along a direction are taken */
#define NEAR 0.01
/* 1/A: of the differences of matrices */
#define STEP 1e-3

typedef struct {
    const lrpot_phonons *p;
    lrpot_workspace *work;
    int64_t size;
    double wave[3], along[3];
    double *frequencies, *modes; /* [size], [size][size][2] */
    double *joined;         /* [size]: 1 for a mode that is not told apart from the one before */
    double *block, *turned; /* scratch [size][size][2] */
} branches;

/* Moves a vector of the reciprocal lattice along the direction, where modes are those of its
 * limit. */
static lrpot_status choose_wave(branches *b, const double *wave, const double *direction)
{
    LRPOT__TRY(lrpot__crystal_check_wave(b->p, wave, direction));
    memcpy(b->along, direction != NULL ? direction : generic[0], sizeof b->along);
    lrpot__crystal_flatten(b->p, b->along);
    double length = sqrt(lrpot__dot3(b->along, b->along));
    for (int a = 0; a < 3; a++) b->along[a] /= length;
    int at_gamma = lrpot__crystal_at_gamma(b->p, wave);
    if (at_gamma && direction == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a vector of the reciprocal lattice without direction: frequencies "
                           "have no slope there; give the direction of the limit");
    for (int a = 0; a < 3; a++) b->wave[a] = wave[a] + (at_gamma ? NEAR * b->along[a] : 0.0);
    return LRPOT_OK;
}

/* First of all: modes of one frequency belong together. */
static void join_degenerate(branches *b)
{
    b->joined[0] = 0.0;
    for (int64_t m = 1; m < b->size; m++)
        b->joined[m] = b->frequencies[m] - b->frequencies[m - 1] < DEGENERATE;
}

static lrpot_status find_modes(branches *b)
{
    int64_t all = 2 * b->size * b->size;
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &modes_tag, all, &b->modes));
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &frequencies_tag, b->size, &b->frequencies));
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &block_tag, all, &b->block));
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &turned_tag, all, &b->turned));
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &joined_tag, b->size, &b->joined));
    LRPOT__TRY(lrpot_phonons_modes(b->p, b->work, b->wave, NULL, b->frequencies, b->modes));
    join_degenerate(b);
    return LRPOT_OK;
}

/* Divides by the masses, whose roots the modes hold. */
static void weigh(const branches *b, double *matrix)
{
    const double *m = b->p->masses;
    for (int64_t k = 0; k < b->size * b->size; k++) {
        double root = sqrt(m[k / b->size / 3] * m[k % b->size / 3]);
        matrix[2 * k] /= root;
        matrix[2 * k + 1] /= root;
    }
}

/* block[m][l] = e_m^* change e_l of `count` modes from `first` on; scratch [count][size]. */
static void project(const branches *b, const double *change, int64_t first, int64_t count,
                    double *scratch, double *block)
{
    int n = (int)b->size, c = (int)count;
    const double *modes = b->modes + 2 * first * b->size;
    /* rows (change e_l)^T; then its products with the conjugate rows */
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasTrans, c, n, n, one, modes, n, change, n, zero,
                scratch, n);
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasConjTrans, c, c, n, one, scratch, n, modes, n,
                zero, block, c);
}

/* Turns degenerate modes into those that the change does not mix. */
static lrpot_status separate(branches *b, const double *change, int64_t first, int64_t count)
{
    int n = (int)b->size, c = (int)count;
    project(b, change, first, count, b->turned, b->block);
    /* project() gives block[l][m] = e_m^* change e_l: read by columns, the matrix itself, so that
     * eigenvectors are rows of coefficients */
    lapack_int info = LAPACKE_zheev(LAPACK_COL_MAJOR, 'V', 'U', c,
                                    (lapack_complex_double *)b->block, c, b->turned);
    LRPOT__TRY(lrpot__lapack_memory(info, "zheev"));
    if (info != 0)
        return lrpot__fail(LRPOT_E_NOT_CONVERGED, "zheev ended with info = %d", (int)info);
    double *modes = b->modes + 2 * first * b->size;
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, c, n, c, one, b->block, c, modes, n,
                zero, b->turned, n);
    memcpy(modes, b->turned, (size_t)(2 * count * b->size) * sizeof *modes);
    return LRPOT_OK;
}

/* e_m^* change e_m of one mode */
static double expectation(const branches *b, const double *change, int64_t m)
{
    double value[2];
    project(b, change, m, 1, b->turned, value);
    return value[0];
}

/* Separates modes that belong together; those that change alike still do. */
static lrpot_status separate_all(branches *b, const double *change)
{
    double largest = 0.0;
    for (int64_t k = 0; k < 2 * b->size * b->size; k++) largest = fmax(largest, fabs(change[k]));
    for (int64_t first = 0, next; first < b->size; first = next) {
        for (next = first + 1; next < b->size && b->joined[next] > 0.0;) next++;
        if (next - first == 1) continue;
        LRPOT__TRY(separate(b, change, first, next - first));
        double before = expectation(b, change, first);
        for (int64_t m = first + 1; m < next; m++) {
            double now = expectation(b, change, m);
            b->joined[m] = fabs(now - before) < ALIKE * largest;
            before = now;
        }
    }
    return LRPOT_OK;
}

/* change = dM/d(wave along the axis), by 4th-order differences */
static lrpot_status slope_of_matrix(const branches *b, const double *axis, double *change)
{
    int64_t all = 2 * b->size * b->size;
    double *term = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(b->work, &term_tag, all, &term));
    memset(change, 0, (size_t)all * sizeof *change);
    for (int s = 0; s < LRPOT__DIFFERENCE_POINTS; s++) {
        double wave[3];
        for (int a = 0; a < 3; a++)
            wave[a] = b->wave[a] + lrpot__difference_steps[s] * STEP * axis[a];
        LRPOT__TRY(lrpot_phonons_matrix(b->p, b->work, wave, NULL, term));
        for (int64_t k = 0; k < all; k++)
            change[k] += lrpot__difference_factors[s] / (12.0 * STEP) * term[k];
    }
    weigh(b, change);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_velocities(const lrpot_phonons *phonons, lrpot_workspace *work,
                                      const double *wave_vector, const double *direction,
                                      double *frequencies, double *velocities)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(wave_vector);
    LRPOT__REQUIRE_NOT_NULL(velocities);
    branches b = { .p = phonons, .work = work, .size = 3 * phonons->n };
    int64_t all = 2 * b.size * b.size;
    double *changes = NULL;
    LRPOT__TRY(choose_wave(&b, wave_vector, direction));
    LRPOT__TRY(find_modes(&b));
    LRPOT__TRY(lrpot__workspace_doubles(work, &change_tag, 4 * all, &changes));
    for (int a = 0; a < 3; a++) {
        double axis[3] = { a == 0, a == 1, a == 2 };
        lrpot__crystal_flatten(phonons, axis);
        LRPOT__TRY(slope_of_matrix(&b, axis, changes + a * all));
    }
    for (int pass = 0; pass < 3; pass++) {
        const double *u = pass == 0 ? b.along : generic[pass - 1];
        for (int64_t k = 0; k < all; k++)
            changes[3 * all + k] = u[0] * changes[k] + u[1] * changes[all + k]
                                   + u[2] * changes[2 * all + k];
        LRPOT__TRY(separate_all(&b, changes + 3 * all));
    }
    for (int64_t m = 0; m < b.size; m++)
        for (int a = 0; a < 3; a++) {
            /* f^2 = THZ^2 l, and l changes by e^* dM e */
            double change = expectation(&b, changes + a * all, m), f = b.frequencies[m];
            velocities[3 * m + a] =
                f > LEAST ? 0.1 * two_pi * LRPOT__THZ * LRPOT__THZ * change / (2.0 * f) : NAN;
        }
    if (frequencies != NULL)
        memcpy(frequencies, b.frequencies, (size_t)b.size * sizeof *frequencies);
    return LRPOT_OK;
}

/* The same coordinates along the reciprocal vectors of another cell. */
static void carry(const lrpot_phonons *from, const lrpot_phonons *to, const double *wave,
                  double *out)
{
    double inverse[9], along[3];
    lrpot__inverse3(to->cell, inverse);
    for (int d = 0; d < 3; d++)
        along[d] = wave[0] * from->cell[3 * d] + wave[1] * from->cell[3 * d + 1]
                   + wave[2] * from->cell[3 * d + 2];
    for (int a = 0; a < 3; a++)
        out[a] = inverse[3 * a] * along[0] + inverse[3 * a + 1] * along[1]
                 + inverse[3 * a + 2] * along[2];
}

static lrpot_status check_volumes(const lrpot_phonons *p, const lrpot_phonons *smaller,
                                  const lrpot_phonons *larger)
{
    if (smaller->n != p->n || larger->n != p->n)
        return lrpot__fail(LRPOT_E_SIZE, "crystals of %lld, %lld and %lld atoms",
                           (long long)smaller->n, (long long)p->n, (long long)larger->n);
    if (!(smaller->volume < p->volume && p->volume < larger->volume))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "volumes (A^3; of layers areas, A^2) of %.9g, %.9g and %.9g, expected "
                           "ascending ones",
                           smaller->volume, p->volume, larger->volume);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_grueneisen(const lrpot_phonons *phonons, const lrpot_phonons *smaller,
                                      const lrpot_phonons *larger, lrpot_workspace *work,
                                      const double *wave_vector, const double *direction,
                                      double *frequencies, double *parameters)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    LRPOT__REQUIRE_NOT_NULL(smaller);
    LRPOT__REQUIRE_NOT_NULL(larger);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(wave_vector);
    LRPOT__REQUIRE_NOT_NULL(parameters);
    LRPOT__TRY(check_volumes(phonons, smaller, larger));
    branches b = { .p = phonons, .work = work, .size = 3 * phonons->n };
    const lrpot_phonons *sides[2] = { smaller, larger };
    int64_t all = 2 * b.size * b.size;
    double *change = NULL, *term = NULL, wave[3];
    LRPOT__TRY(choose_wave(&b, wave_vector, direction));
    LRPOT__TRY(find_modes(&b));
    LRPOT__TRY(lrpot__workspace_doubles(work, &change_tag, all, &change));
    LRPOT__TRY(lrpot__workspace_doubles(work, &term_tag, all, &term));
    for (int s = 0; s < 2; s++) {
        carry(phonons, sides[s], b.wave, wave);
        LRPOT__TRY(lrpot_phonons_matrix(sides[s], work, wave, NULL, term));
        for (int64_t k = 0; k < all; k++) change[k] = s == 0 ? -term[k] : change[k] + term[k];
    }
    weigh(&b, change);
    LRPOT__TRY(separate_all(&b, change));
    for (int64_t m = 0; m < b.size; m++) {
        /* -V/(2 l) dl/dV, l = f |f| / THZ^2 */
        double f = b.frequencies[m], value = f * fabs(f) / (LRPOT__THZ * LRPOT__THZ);
        parameters[m] = fabs(f) > LEAST ? -phonons->volume / (larger->volume - smaller->volume)
                                              * expectation(&b, change, m) / (2.0 * value)
                                        : NAN;
    }
    if (frequencies != NULL)
        memcpy(frequencies, b.frequencies, (size_t)b.size * sizeof *frequencies);
    return LRPOT_OK;
}
