/* Fast kernel, part 1: vectors of LANES values, elementary functions, scratch of a thread.
 * Included once per instruction set, with LANES defined. It evaluates one atom at a time. Lanes are
 * neighbours for functions of distance or direction, and radial functions n, polynomials k or
 * neurons for quantities of the atom: no inner loop sums across lanes.
 *
 * With SINGLE defined it is the kernel of mixed precision: descriptor, network and their adjoint of
 * one atom are floats. Positions are subtracted, pairs selected, and energies, forces and virials
 * added up from atom to atom in double precision. */
#ifndef LANES
#error "LANES is the number of values worked on at once"
#endif

#include "basis/nep/nep_kernel.h"
#include "basis/nep/nep_zbl.h"

#include "core/constants.h"
#include "core/vectors.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

/* Vectors of rows, which no kernel has wider than a row. */
enum { ROW = LRPOT__NEP_ROW };
#define ROW_LANES (LANES < 8 ? LANES : 8)
/* Of polynomials; no less than what one pass of the products below takes. */
#define WIDEST_ROW (4 * LANES > LRPOT__NEP_MAX_BASIS ? 4 * LANES : (int)LRPOT__NEP_MAX_BASIS)
typedef scalar row_vec __attribute__((vector_size(ROW_LANES * sizeof(scalar))));
typedef row_vec row_in_memory __attribute__((aligned(sizeof(scalar)), may_alias));
_Static_assert(ROW % ROW_LANES == 0, "rows are whole vectors");

INLINE row_vec load_row(const scalar *p)
{
    return *(const row_in_memory *)p;
}
INLINE void store_row(scalar *p, row_vec v)
{
    *(row_in_memory *)p = v;
}

#if defined(SINGLE)
typedef lrpot__nep_single tables_of_kernel;
#define TABLES_OF_JOB(job) ((job)->single)
#else
typedef lrpot__nep_tables tables_of_kernel;
#define TABLES_OF_JOB(job) (&(job)->evaluator->tables)
#endif

/* For loops whose length is known in some of the functions that they are inlined into. With
 * sanitizers, unrolled loops take the compiler minutes. */
#if defined(__clang__) || defined(__SANITIZE_ADDRESS__)
#define UNROLL_KNOWN
#else
#define UNROLL_KNOWN UNROLL
#endif

INLINE double sum_of_lanes(vec v)
{
    double sum = 0.0;
#if LANES == 16
    typedef float half_of_floats __attribute__((vector_size(32)));
    typedef double doubles __attribute__((vector_size(64)));
    half_of_floats low = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                   high = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    doubles both = __builtin_convertvector(low, doubles) + __builtin_convertvector(high, doubles);
#elif LANES == 8
    typedef double doubles __attribute__((vector_size(64)));
    doubles both = __builtin_convertvector(v, doubles);
#endif
#if LANES >= 8
    typedef double half __attribute__((vector_size(32)));
    half h = __builtin_shufflevector(both, both, 0, 1, 2, 3)
             + __builtin_shufflevector(both, both, 4, 5, 6, 7);
    sum = (h[0] + h[1]) + (h[2] + h[3]);
#else
    for (int l = 0; l < LANES; l++) sum += (double)v[l];
#endif
    return sum;
}

/* Transposes ROW_LANES vectors as a square matrix. */
INLINE void transpose(row_vec m[ROW_LANES])
{
#if ROW_LANES == 8 && defined(SINGLE)
    row_vec t[8], quarters[8];
    UNROLL
    for (int i = 0; i < 8; i += 2) {
        t[i] = __builtin_shufflevector(m[i], m[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        t[i + 1] = __builtin_shufflevector(m[i], m[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        int from = i & 2 ? i + 2 : i; /* pairs (0, 2), (1, 3), (4, 6), (5, 7) */
        int to = 4 * (i / 2) + 2 * (i % 2);
        quarters[to] = __builtin_shufflevector(t[from], t[from + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        quarters[to + 1] =
            __builtin_shufflevector(t[from], t[from + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        row_vec low = quarters[i], high = quarters[i + 4];
        m[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
        m[i + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
    }
#elif ROW_LANES == 8
    row_vec t[8];
    UNROLL
    for (int i = 0; i < 8; i += 2) {
        t[i] = __builtin_shufflevector(m[i], m[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        t[i + 1] = __builtin_shufflevector(m[i], m[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    UNROLL
    for (int i = 0; i < 8; i++) {
        int low = i & 5; /* pairs (0, 2), (1, 3), (4, 6), (5, 7) */
        m[i] = i & 2 ? __builtin_shufflevector(t[low], t[low + 2], 2, 3, 10, 11, 6, 7, 14, 15)
                     : __builtin_shufflevector(t[low], t[low + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        row_vec low = m[i], high = m[i + 4];
        m[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
        m[i + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
    }
#elif ROW_LANES == 4
    row_vec a = __builtin_shufflevector(m[0], m[1], 0, 4, 2, 6),
            b = __builtin_shufflevector(m[0], m[1], 1, 5, 3, 7),
            c = __builtin_shufflevector(m[2], m[3], 0, 4, 2, 6),
            d = __builtin_shufflevector(m[2], m[3], 1, 5, 3, 7);
    m[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    m[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    m[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    m[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    for (int i = 0; i < ROW_LANES; i++)
        for (int l = 0; l < i; l++) {
            scalar kept = m[i][l];
            m[i][l] = m[l][i];
            m[l][i] = kept;
        }
#endif
}

/* First terms of the series below: with floats the higher ones are below rounding. */
#if defined(SINGLE)
enum { SINE_FIRST = 3, COSINE_FIRST = 4, EXPONENTIAL_FIRST = 6 };
#else
enum { SINE_FIRST, COSINE_FIRST = 0, EXPONENTIAL_FIRST = 0 };
#endif

/* Half the cutoff function, (1 + cos(pi y))/4, and its derivative by y, for 0 <= y < 1: with the
 * angle pi/2 (y - 1/2) they are (cos - sin)^2/4 and -pi/4 (cos^2 - sin^2). Taylor series. */
INLINE void half_cutoff(vec y, vec *value, vec *derivative)
{
    static const scalar sines[] = { (scalar)(-1.0 / 1307674368000.0),
                                    (scalar)(1.0 / 6227020800.0),
                                    (scalar)(-1.0 / 39916800.0),
                                    (scalar)(1.0 / 362880.0),
                                    (scalar)(-1.0 / 5040.0),
                                    (scalar)(1.0 / 120.0),
                                    (scalar)(-1.0 / 6.0),
                                    (scalar)1.0 };
    static const scalar cosines[] = { (scalar)(1.0 / 20922789888000.0),
                                      (scalar)(-1.0 / 87178291200.0),
                                      (scalar)(1.0 / 479001600.0),
                                      (scalar)(-1.0 / 3628800.0),
                                      (scalar)(1.0 / 40320.0),
                                      (scalar)(-1.0 / 720.0),
                                      (scalar)(1.0 / 24.0),
                                      (scalar)-0.5,
                                      (scalar)1.0 };
    vec a = (scalar)(0.5 * LRPOT__PI) * (y - (scalar)0.5), s = a * a;
    vec sine = sines[SINE_FIRST] + zero(), cosine = cosines[COSINE_FIRST] + zero();
    UNROLL
    for (int k = SINE_FIRST + 1; k < 8; k++) sine = sine * s + sines[k];
    UNROLL
    for (int k = COSINE_FIRST + 1; k < 9; k++) cosine = cosine * s + cosines[k];
    sine *= a;
    vec difference = cosine - sine;
    *value = (scalar)0.25 * difference * difference;
    *derivative = (scalar)(-0.25 * LRPOT__PI) * (difference * (cosine + sine));
}

/* tanh(x) = sign(x) (1 - e)/(1 + e), e = exp(-2 |x|), with an absolute error of rounding. The
 * exponential is 2^n times the Taylor series of the rest. */
INLINE vec hyperbolic_tangent(vec x)
{
    static const scalar inverse[] = { (scalar)(1.0 / 6227020800.0),
                                      (scalar)(1.0 / 479001600.0),
                                      (scalar)(1.0 / 39916800.0),
                                      (scalar)(1.0 / 3628800.0),
                                      (scalar)(1.0 / 362880.0),
                                      (scalar)(1.0 / 40320.0),
                                      (scalar)(1.0 / 5040.0),
                                      (scalar)(1.0 / 720.0),
                                      (scalar)(1.0 / 120.0),
                                      (scalar)(1.0 / 24.0),
                                      (scalar)(1.0 / 6.0),
                                      (scalar)0.5,
                                      (scalar)1.0,
                                      (scalar)1.0 };
#if defined(SINGLE)
    /* shift: 1.5 2^23 rounds to an integer in the low bits; log 2 in two parts */
    const scalar shift = 12582912.0F, least = -80.0F, high = 0.693359375F, low = -2.12194440e-4F;
    enum { BIAS = 127, MANTISSA = 23 };
    const lane_integer sign_bit = INT32_MIN;
#else
    const scalar shift = 6755399441055744.0, least = -80.0, high = 0.693147180369123816490,
                 low = 1.90821492927058770002e-10; /* shift: 1.5 2^52 */
    enum { BIAS = 1023, MANTISSA = 52 };
    const lane_integer sign_bit = INT64_MIN;
#endif
    lane_mask sign = (lane_mask)x & sign_bit;
    vec t = (scalar)-2.0 * (vec)((lane_mask)x & ~sign_bit);
    lane_mask small = (lane_mask)(t < least);
    t = where(~small, t) + where(small, zero() + least);
    vec shifted = t * (scalar)1.4426950408889634 + shift, n = shifted - shift;
    vec rest = (t - n * high) - n * low;
    vec e = inverse[EXPONENTIAL_FIRST] + zero();
    UNROLL
    for (int k = EXPONENTIAL_FIRST + 1; k < 14; k++) e = e * rest + inverse[k];
    lane_mask exponent = ((lane_mask)shifted - (lane_mask)(zero() + shift) + BIAS) << MANTISSA;
    e *= (vec)exponent;
    return (vec)((lane_mask)(((scalar)1.0 - e) / ((scalar)1.0 + e)) | sign);
}

/* out += x m for `n` vectors of columns. */
INLINE void multiply_some(const scalar *m, int64_t rows, int64_t stride, const scalar *x,
                          scalar *out, const int n)
{
    vec sum[4];
    UNROLL
    for (int v = 0; v < n; v++) sum[v] = load(out + v * LANES);
    for (int64_t k = 0; k < rows; k++) {
        UNROLL
        for (int v = 0; v < n; v++) sum[v] += x[k] * load(m + k * stride + v * LANES);
    }
    UNROLL
    for (int v = 0; v < n; v++) store(out + v * LANES, sum[v]);
}

/* out[c] += sum_k x[k] m[k][c], for rows of `stride` numbers. */
INLINE void multiply(const scalar *m, int64_t rows, int64_t stride, const scalar *x, scalar *out)
{
    int64_t at = 0;
    for (; at + 4 * LANES <= stride; at += 4 * LANES)
        multiply_some(m + at, rows, stride, x, out + at, 4);
    int64_t left = (stride - at) / LANES;
    if (left == 3) multiply_some(m + at, rows, stride, x, out + at, 3);
    if (left == 2) multiply_some(m + at, rows, stride, x, out + at, 2);
    if (left == 1) multiply_some(m + at, rows, stride, x, out + at, 1);
    at += left * LANES;
    if (at == stride) return;
    row_vec sum = load_row(out + at); /* rows are shorter than the widest vectors */
    for (int64_t k = 0; k < rows; k++) sum += x[k] * load_row(m + k * stride + at);
    store_row(out + at, sum);
}

/* Neighbours in arrays: vectors from the centre, and indices of the atoms; n_all and more: padding.
 */
typedef struct {
    scalar *x, *y, *z;
    int32_t *j;
} places;

/* Vectors of a group of LANES angular neighbours: direction, 1/r, powers of u_x + i u_y, Legendre
 * functions, components. */
enum { SLOT_U, SLOT_INVERSE = 3, SLOT_POWERS };

typedef struct {
    const lrpot__nep_job *job;
    const lrpot__nep *nep;
    const tables_of_kernel *tables;
    const lrpot__nep_harmonics *harmonics;
    lrpot__nep_sums *sums;
    int64_t i;
    int32_t species;

    places found;    /* within the largest cutoff, in the order of the list */
    double *squares; /* A^2 */
    double nearest;  /* A^2: least of them */
    int32_t *found_species;
    int32_t *count, *first; /* [species], [species + 1]: of the radial neighbours */
    int64_t n_found;
    places radial;                                    /* sorted by species, padded */
    scalar *argument, *slope, *bend, *radial_inverse; /* x, f/2 dx/dr, f'/2, 1/r of these */
    scalar *sums_of_polynomials;                      /* [species][polynomials] */
    places angular;                                   /* within their own cutoffs, padded */
    scalar *angular_cutoff;                           /* 1/A: inverse cutoff of each */
    int32_t *angular_species;
    int64_t n_angular;

    scalar *slots; /* [groups][slot_vectors][LANES] */
    int64_t slot_vectors, slot_legendre, slot_components, padded_components;
    scalar *g, *dg;            /* [angular neighbours][tables->angular] */
    scalar *moments, *adjoint; /* [padded_components][tables->angular] */
    scalar *features, *slopes; /* [tables->features] */
    scalar *neurons;           /* [tables->neurons] */

    vec force[3];  /* sum of the centre, one per lane; zero before and after each atom */
    vec virial[9]; /* sum of all atoms, of floats of the present atom, one per lane */
} environment;

INLINE scalar *slot_at(const environment *e, int64_t group)
{
    return e->slots + group * e->slot_vectors * LANES;
}
INLINE int64_t legendre_at(int32_t l, int32_t m)
{
    return (int64_t)l * (l + 1) / 2 + m - 1;
}

/* Takes `bytes` from the scratch. NULL: only counts. */
static void *take(char *scratch, int64_t *used, int64_t bytes)
{
    char *at = scratch != NULL ? scratch + *used : NULL;
    *used += (bytes + 63) / 64 * 64;
    return at;
}

static void take_places(char *scratch, int64_t *used, int64_t n, places *out)
{
    const int64_t bytes = n * (int64_t)sizeof(scalar);
    out->x = take(scratch, used, bytes);
    out->y = take(scratch, used, bytes);
    out->z = take(scratch, used, bytes);
    out->j = take(scratch, used, n * (int64_t)sizeof(int32_t));
}

static void layout_slots(environment *e)
{
    int64_t l = e->nep->l_max;
    e->padded_components = (e->harmonics->n_components + ROW - 1) / ROW * ROW;
    e->slot_legendre = SLOT_POWERS + 2 * l;
    e->slot_components = e->slot_legendre + (l + 1) * (l + 2) / 2 - 1;
    e->slot_vectors = e->slot_components + e->padded_components;
}

static int64_t divide_scratch(const lrpot__nep_job *job, environment *e, char *scratch)
{
    const int64_t real = sizeof(scalar), whole = sizeof(int32_t);
    int64_t used = 0, n = job->rows.max_count + LANES, s = job->evaluator->nep->n_species;
    memset(e, 0, sizeof *e);
    e->job = job;
    e->nep = job->evaluator->nep;
    e->tables = TABLES_OF_JOB(job);
    e->harmonics = &job->evaluator->harmonics;
    layout_slots(e);
    int64_t sorted = n + s * LANES, row = e->tables->angular;
    take_places(scratch, &used, n, &e->found);
    e->squares = take(scratch, &used, n * (int64_t)sizeof(double));
    e->found_species = take(scratch, &used, n * whole);
    e->count = take(scratch, &used, s * whole);
    e->first = take(scratch, &used, (s + 1) * whole);
    take_places(scratch, &used, sorted, &e->radial);
    e->argument = take(scratch, &used, sorted * real);
    e->slope = take(scratch, &used, sorted * real);
    e->bend = take(scratch, &used, sorted * real);
    e->radial_inverse = take(scratch, &used, sorted * real);
    e->sums_of_polynomials = take(scratch, &used, s * e->tables->polynomials * real);
    take_places(scratch, &used, n, &e->angular);
    e->angular_cutoff = take(scratch, &used, n * real);
    e->angular_species = take(scratch, &used, n * whole);
    e->slots = take(scratch, &used, (n / LANES + 1) * e->slot_vectors * LANES * real);
    e->g = take(scratch, &used, (n + LANES) * row * real);
    e->dg = take(scratch, &used, (n + LANES) * row * real);
    e->moments = take(scratch, &used, e->padded_components * row * real);
    e->adjoint = take(scratch, &used, e->padded_components * row * real);
    e->features = take(scratch, &used, e->tables->features * real);
    e->slopes = take(scratch, &used, e->tables->features * real);
    e->neurons = take(scratch, &used, e->tables->neurons * real);
    return used;
}
