/* Fast kernel, part 1: vectors of LANES doubles, elementary functions, scratch of a thread.
 * Included once per instruction set, with LANES defined. It evaluates one atom at a time. Lanes are
 * neighbours for functions of distance or direction, and radial functions n, polynomials k or
 * neurons for quantities of the atom: no inner loop sums across lanes. */
#ifndef LANES
#error "LANES is the number of doubles worked on at once"
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

enum { ROW = LRPOT__NEP_ROW, VECTORS_OF_ROW = ROW / LANES };
_Static_assert(ROW % LANES == 0, "rows are whole vectors");

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
#if LANES == 8
    typedef double half __attribute__((vector_size(32)));
    half h = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
    sum = (h[0] + h[1]) + (h[2] + h[3]);
#else
    for (int l = 0; l < LANES; l++) sum += v[l];
#endif
    return sum;
}

/* Transposes LANES vectors as a square matrix. */
INLINE void transpose(vec m[LANES])
{
#if LANES == 8
    vec t[8];
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
        vec low = m[i], high = m[i + 4];
        m[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
        m[i + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
    }
#elif LANES == 4
    vec a = __builtin_shufflevector(m[0], m[1], 0, 4, 2, 6),
        b = __builtin_shufflevector(m[0], m[1], 1, 5, 3, 7),
        c = __builtin_shufflevector(m[2], m[3], 0, 4, 2, 6),
        d = __builtin_shufflevector(m[2], m[3], 1, 5, 3, 7);
    m[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    m[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    m[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    m[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    for (int i = 0; i < LANES; i++)
        for (int l = 0; l < i; l++) {
            double kept = m[i][l];
            m[i][l] = m[l][i];
            m[l][i] = kept;
        }
#endif
}

/* Half the cutoff function, (1 + cos(pi y))/4, and its derivative by y, for 0 <= y < 1: with the
 * angle pi/2 (y - 1/2) they are (cos - sin)^2/4 and -pi/4 (cos^2 - sin^2). Taylor series. */
INLINE void half_cutoff(vec y, vec *value, vec *derivative)
{
    vec a = (0.5 * LRPOT__PI) * (y - 0.5), s = a * a;
    vec sine = -1.0 / 1307674368000.0 + zero(), cosine = 1.0 / 20922789888000.0 + zero();
    static const double sines[] = { 1.0 / 6227020800.0,
                                    -1.0 / 39916800.0,
                                    1.0 / 362880.0,
                                    -1.0 / 5040.0,
                                    1.0 / 120.0,
                                    -1.0 / 6.0,
                                    1.0 };
    static const double cosines[] = { -1.0 / 87178291200.0,
                                      1.0 / 479001600.0,
                                      -1.0 / 3628800.0,
                                      1.0 / 40320.0,
                                      -1.0 / 720.0,
                                      1.0 / 24.0,
                                      -0.5,
                                      1.0 };
    UNROLL
    for (int k = 0; k < 7; k++) sine = sine * s + sines[k];
    UNROLL
    for (int k = 0; k < 8; k++) cosine = cosine * s + cosines[k];
    sine *= a;
    vec difference = cosine - sine;
    *value = 0.25 * difference * difference;
    *derivative = (-0.25 * LRPOT__PI) * (difference * (cosine + sine));
}

/* tanh(x) = sign(x) (1 - e)/(1 + e), e = exp(-2 |x|), absolute error some 1e-16. The exponential is
 * 2^n times the Taylor series of the rest. */
INLINE vec hyperbolic_tangent(vec x)
{
    static const double inverse[] = { 1.0 / 479001600.0,
                                      1.0 / 39916800.0,
                                      1.0 / 3628800.0,
                                      1.0 / 362880.0,
                                      1.0 / 40320.0,
                                      1.0 / 5040.0,
                                      1.0 / 720.0,
                                      1.0 / 120.0,
                                      1.0 / 24.0,
                                      1.0 / 6.0,
                                      0.5,
                                      1.0,
                                      1.0 };
    const double shift = 6755399441055744.0; /* 1.5 2^52: rounds to an integer in the low bits */
    lane_mask sign = (lane_mask)x & INT64_MIN;
    vec t = -2.0 * (vec)((lane_mask)x & INT64_MAX);
    lane_mask small = (lane_mask)(t < -80.0);
    t = where(~small, t) + where(small, zero() - 80.0);
    vec shifted = t * 1.4426950408889634 + shift, n = shifted - shift;
    vec rest = (t - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
    vec e = 1.0 / 6227020800.0 + zero();
    UNROLL
    for (int k = 0; k < 13; k++) e = e * rest + inverse[k];
    lane_mask exponent = ((lane_mask)shifted - (lane_mask)(zero() + shift) + 1023) << 52;
    e *= (vec)exponent;
    return (vec)((lane_mask)((1.0 - e) / (1.0 + e)) | sign);
}

/* out += x m for `n` vectors of columns. */
INLINE void multiply_some(const double *m, int64_t rows, int64_t stride, const double *x,
                          double *out, const int n)
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
INLINE void multiply(const double *m, int64_t rows, int64_t stride, const double *x, double *out)
{
    int64_t at = 0;
    for (; at + 4 * LANES <= stride; at += 4 * LANES)
        multiply_some(m + at, rows, stride, x, out + at, 4);
    int64_t left = (stride - at) / LANES;
    if (left == 3) multiply_some(m + at, rows, stride, x, out + at, 3);
    if (left == 2) multiply_some(m + at, rows, stride, x, out + at, 2);
    if (left == 1) multiply_some(m + at, rows, stride, x, out + at, 1);
}

/* Neighbours in arrays: vectors from the centre, and indices of the atoms; n_all: padding. */
typedef struct {
    double *x, *y, *z;
    int32_t *j;
} places;

/* Vectors of a group of LANES angular neighbours: direction, 1/r, powers of u_x + i u_y, Legendre
 * functions, components. */
enum { SLOT_U, SLOT_INVERSE = 3, SLOT_POWERS };

typedef struct {
    const lrpot__nep_job *job;
    const lrpot__nep *nep;
    const lrpot__nep_tables *tables;
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
    double *argument, *slope, *bend, *radial_inverse; /* x, f/2 dx/dr, f'/2, 1/r of these */
    double *sums_of_polynomials;                      /* [species][polynomials] */
    places angular;                                   /* within their own cutoffs, padded */
    double *angular_cutoff;                           /* 1/A: inverse cutoff of each */
    int32_t *angular_species;
    int64_t n_angular;

    double *slots; /* [groups][slot_vectors][LANES] */
    int64_t slot_vectors, slot_legendre, slot_components, padded_components;
    double *g, *dg;            /* [angular neighbours][tables->angular] */
    double *moments, *adjoint; /* [padded_components][tables->angular] */
    double *features, *slopes; /* [tables->features] */
    double *neurons;           /* [tables->neurons] */

    vec force[3], virial[9]; /* sums of the centre, one per lane; zero before and after each atom */
} environment;

INLINE double *slot_at(const environment *e, int64_t group)
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
    const int64_t bytes = n * (int64_t)sizeof(double);
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
    const int64_t real = sizeof(double), whole = sizeof(int32_t);
    int64_t used = 0, n = job->rows.max_count + LANES, s = job->evaluator->nep->n_species;
    memset(e, 0, sizeof *e);
    e->job = job;
    e->nep = job->evaluator->nep;
    e->tables = &job->evaluator->tables;
    e->harmonics = &job->evaluator->harmonics;
    layout_slots(e);
    int64_t sorted = n + s * LANES, row = e->tables->angular;
    take_places(scratch, &used, n, &e->found);
    e->squares = take(scratch, &used, n * real);
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
