/* Innermost loops, included once per instruction set with LANES and KERNELS defined. */
#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/kernels/dispersion_kernel.h"

#include "core/algebra.h"
#include "core/strain.h"
#include "core/vectors.h"

#include <math.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

INLINE vec all(double x)
{
    return x - (vec){ 0.0 };
}
INLINE vec choose(lane_mask m, vec a, vec b)
{
    return (vec)((m & (lane_mask)a) | (~m & (lane_mask)b));
}

INLINE double total(vec v)
{
    double sum = 0.0;
    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

/* Totals of several vectors. Halves of many at a time are added to halves of others. */
INLINE void totals(const vec *v, int count, double *out)
{
    int c = 0;
#if LANES == 8 && defined(__AVX512F__)
    for (; c + 8 <= count; c += 8) {
        __m512d pairs[4], fours[2];
        for (int k = 0; k < 4; k++) {
            __m512d a = (__m512d)v[c + 2 * k], b = (__m512d)v[c + 2 * k + 1];
            pairs[k] = _mm512_unpacklo_pd(a, b) + _mm512_unpackhi_pd(a, b);
        }
        for (int k = 0; k < 2; k++) {
            __m512d a = pairs[2 * k], b = pairs[2 * k + 1];
            fours[k] = _mm512_shuffle_f64x2(a, b, 0x44) + _mm512_shuffle_f64x2(a, b, 0xee);
        }
        _mm512_storeu_pd(out + c, _mm512_shuffle_f64x2(fours[0], fours[1], 0x88)
                                      + _mm512_shuffle_f64x2(fours[0], fours[1], 0xdd));
    }
    for (; c < count; c++) out[c] = _mm512_reduce_add_pd((__m512d)v[c]);
#elif LANES == 4 && defined(__AVX__)
    for (; c + 4 <= count; c += 4) {
        __m256d a = _mm256_hadd_pd((__m256d)v[c], (__m256d)v[c + 1]),
                b = _mm256_hadd_pd((__m256d)v[c + 2], (__m256d)v[c + 3]);
        _mm256_storeu_pd(out + c,
                         _mm256_permute2f128_pd(a, b, 0x20) + _mm256_permute2f128_pd(a, b, 0x31));
    }
#endif
    for (; c < count; c++) out[c] = total(v[c]);
}

INLINE vec inverse_root(vec v)
{
#if LANES == 8 && defined(__AVX512F__)
    /* A table gives 14 bits, two Newton steps double them twice: cheaper than a root and a
     * division. */
    vec y = (vec)_mm512_rsqrt14_pd((__m512d)v), h = 0.5 * v;
    y = y * (1.5 - h * y * y);
    return y * (1.5 - h * y * y);
#elif LANES == 4 && defined(__AVX__)
    return 1.0 / (vec)_mm256_sqrt_pd((__m256d)v);
#else
    for (int l = 0; l < LANES; l++) v[l] = 1.0 / sqrt(v[l]);
    return v;
#endif
}

/* Turns LANES rows of four into four vectors. */
INLINE void transpose(const double *const *rows, vec *out)
{
#if LANES == 8 && defined(__AVX512F__)
    __m512d r[4];
    for (int k = 0; k < 4; k++)
        r[k] = _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(rows[k])),
                                  _mm256_loadu_pd(rows[k + 4]), 1);
    __m512d a = _mm512_unpacklo_pd(r[0], r[1]), b = _mm512_unpackhi_pd(r[0], r[1]);
    __m512d c = _mm512_unpacklo_pd(r[2], r[3]), d = _mm512_unpackhi_pd(r[2], r[3]);
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13),
                  high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    out[0] = (vec)_mm512_permutex2var_pd(a, low, c);
    out[1] = (vec)_mm512_permutex2var_pd(b, low, d);
    out[2] = (vec)_mm512_permutex2var_pd(a, high, c);
    out[3] = (vec)_mm512_permutex2var_pd(b, high, d);
#elif LANES == 4 && defined(__AVX__)
    __m256d r[4];
    for (int k = 0; k < 4; k++) r[k] = _mm256_loadu_pd(rows[k]);
    __m256d a = _mm256_unpacklo_pd(r[0], r[1]), b = _mm256_unpackhi_pd(r[0], r[1]);
    __m256d c = _mm256_unpacklo_pd(r[2], r[3]), d = _mm256_unpackhi_pd(r[2], r[3]);
    out[0] = (vec)_mm256_permute2f128_pd(a, c, 0x20);
    out[1] = (vec)_mm256_permute2f128_pd(b, d, 0x20);
    out[2] = (vec)_mm256_permute2f128_pd(a, c, 0x31);
    out[3] = (vec)_mm256_permute2f128_pd(b, d, 0x31);
#else
    for (int k = 0; k < 4; k++) {
        vec v = all(0.0);
        for (int l = 0; l < LANES; l++) v[l] = rows[l][k];
        out[k] = v;
    }
#endif
}

/* Vectors from the center to LANES neighbours from entry k on, and their charges. Entries beyond
 * the row repeat the last. */
INLINE void fetch(const lrpot__pair_row *row, int64_t k, int64_t count, const double *center,
                  vec *d)
{
    const double *rows[LANES];
    const int32_t *j = row->j + k, *image = row->image + k;
    int32_t images = 0;
    for (int l = 0; l < LANES; l++)
        rows[l] = row->packed + 4 * (int64_t)(j[l < count ? l : count - 1] & row->mask);
    transpose(rows, d);
    if (row->image != NULL) {
        for (int l = 0; l < LANES; l++) images |= image[l < count ? l : count - 1];
        /* seldom true in large boxes: most neighbours are in the cell of the atom */
        if (images != 0) {
            vec t[4];
            for (int l = 0; l < LANES; l++)
                rows[l] = row->translations + 4 * (int64_t)image[l < count ? l : count - 1];
            transpose(rows, t);
            for (int a = 0; a < 3; a++) d[a] += t[a];
        }
    }
    for (int a = 0; a < 3; a++) d[a] -= center[a];
}

/* Number of vectors processed together, so that dependent multiplications overlap. */
#define ABREAST 2

/* 1/gamma^2 of the center with LANES neighbours from entry k on. */
INLINE vec spreads(const lrpot__pair_row *row, int64_t k, int64_t count)
{
    vec v = all(row->spread);
    for (int l = 0; l < LANES; l++)
        v[l] +=
            row->table->spreads[row->species[row->j[k + (l < count ? l : count - 1)] & row->mask]];
    return v;
}

/* erf(gamma r)/r and its strength where the Gaussians overlap, instead of those of 1/r. */
INLINE void smeared_pair(const lrpot__gaussian_table *s, const vec *square, const vec *spread,
                         vec *whole, vec *strength)
{
    vec z[ABREAST], gamma[ABREAST], next[ABREAST], after[ABREAST], slope[ABREAST], before[ABREAST];
    lane_mask overlap[ABREAST], any = { 0 };
    for (int v = 0; v < ABREAST; v++) {
        overlap[v] = square[v] < LRPOT__GAUSSIAN_END * spread[v];
        any |= overlap[v];
        gamma[v] = inverse_root(choose(overlap[v], spread[v], all(1.0)));
        z[v] =
            where(overlap[v], (2.0 / LRPOT__GAUSSIAN_END) * square[v] * gamma[v] * gamma[v] - 1.0);
        next[v] = after[v] = slope[v] = before[v] = all(0.0);
    }
    for (int l = 1; l < LANES; l++) any[0] |= any[l];
    if (any[0] == 0) return;
    for (int k = s->terms - 1; k > 0; k--) /* Clenshaw: powers would lose half of the digits */
        for (int v = 0; v < ABREAST; v++) {
            vec now = (s->value[k] - after[v]) + 2.0 * z[v] * next[v],
                other = (s->slope[k] - before[v]) + 2.0 * z[v] * slope[v];
            after[v] = next[v], before[v] = slope[v];
            next[v] = now, slope[v] = other;
        }
    for (int v = 0; v < ABREAST; v++) {
        vec h = (s->value[0] - after[v]) + z[v] * next[v],
            dh = (s->slope[0] - before[v]) + z[v] * slope[v];
        whole[v] = choose(overlap[v], gamma[v] * h, whole[v]);
        strength[v] = choose(overlap[v], -2.0 * gamma[v] * gamma[v] * gamma[v] * dh, strength[v]);
    }
}

/* Kinds of pairs: points, Gaussians with widths, 1/r^6. */
enum { POINTS, SMEARED, SIXTH };

/* Value and strength of pairs, as lrpot__pair_eval. spread: 1/gamma^2 of Gaussians, with s. */
INLINE void interact(const lrpot__pair *pair, int tapered, int kind, const lrpot__gaussian_table *s,
                     const vec *square, const vec *spread, vec *value, vec *strength)
{
    vec z[ABREAST], p[ABREAST], d[ABREAST];
    for (int v = 0; v < ABREAST; v++) {
        z[v] = pair->z_scale * square[v] - 1.0;
        p[v] = all(pair->value[pair->degree]);
        d[v] = all(0.0);
    }
    for (int k = pair->degree - 1; k >= 0; k--)
        for (int v = 0; v < ABREAST; v++) {
            p[v] = p[v] * z[v] + pair->value[k];
            d[v] = d[v] * z[v] + pair->derivative[k];
        }
    for (int v = 0; v < ABREAST; v++) {
        vec inverse = inverse_root(square[v]), third = inverse * inverse * inverse;
        value[v] = kind == SIXTH ? third * third : inverse;
        strength[v] = kind == SIXTH ? 6.0 * third * third * inverse * inverse : third;
    }
    if (kind == SMEARED) smeared_pair(s, square, spread, value, strength);
    for (int v = 0; v < ABREAST; v++) {
        vec whole = value[v] - p[v];
        strength[v] += 2.0 * d[v];
        value[v] = whole;
        if (!tapered) continue;
        vec t = (square[v] - pair->taper_start) * pair->taper_scale;
        t = where(t > 0.0, t);
        vec t2 = t * t, taper = 1.0 - t2 * t * (10.0 - t * (15.0 - 6.0 * t)),
            slope = (-30.0 * pair->taper_scale) * t2 * (1.0 - t) * (1.0 - t);
        strength[v] = strength[v] * taper - 2.0 * whole * slope;
        value[v] = whole * taper;
    }
}

/* Sums of a row: potential, field, virial, and the smallest r^2. */
typedef struct { /* scalars, which the compiler keeps in registers */
    vec potential, x, y, z, xx, yy, zz, yz, xz, xy, least;
} row_sums;

INLINE void add_pairs(const lrpot__pair_row *row, const lrpot__pair *pair, int tapered, int kind,
                      int64_t k, int64_t count, const double *center, row_sums *r)
{
    static const double lane[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    vec d[ABREAST][4], square[ABREAST], spread[ABREAST], value[ABREAST], strength[ABREAST];
    for (int v = 0; v < ABREAST; v++) {
        int64_t here = count - v * LANES,
                from = here > 0 ? v * LANES : 0; /* a vector without entries repeats the first */
        fetch(row, k + from, here >= LANES ? LANES : here > 0 ? here : 1, center, d[v]);
        if (kind == SMEARED)
            spread[v] = spreads(row, k + from, here >= LANES ? LANES : here > 0 ? here : 1);
        square[v] = d[v][0] * d[v][0] + d[v][1] * d[v][1] + d[v][2] * d[v][2];
        r->least = choose(square[v] < r->least, square[v], r->least);
        lane_mask inside = square[v] < pair->cutoff * pair->cutoff;
        if (here < LANES) inside &= load(lane) < (double)here;
        /* Lanes beyond the cutoff get charge 0 and a harmless distance. */
        d[v][3] = where(inside, d[v][3]);
        square[v] = choose(inside, square[v], all(1.0));
    }
    interact(pair, tapered, kind, row->table, square, spread, value, strength);
    for (int v = 0; v < ABREAST; v++) {
        vec f = d[v][3] * strength[v], fx = f * d[v][0], fy = f * d[v][1], fz = f * d[v][2];
        r->potential += d[v][3] * value[v];
        r->x -= fx, r->y -= fy, r->z -= fz;
        r->xx += fx * d[v][0], r->yy += fy * d[v][1], r->zz += fz * d[v][2];
        r->yz += fy * d[v][2], r->xz += fx * d[v][2], r->xy += fx * d[v][1];
    }
}

INLINE double add_row(const lrpot__pair_row *row, int tapered, int kind, const double *center,
                      double *sums)
{
    enum { STEP = ABREAST * LANES };
    const lrpot__pair *pair = row->pair;
    const vec none = all(0.0);
    row_sums r = { none, none, none, none, none, none, none, none, none, none, all(INFINITY) };
    int64_t even = row->count / STEP * STEP;
    for (int64_t k = 0; k < even; k += STEP)
        add_pairs(row, pair, tapered, kind, k, STEP, center, &r);
    if (even < row->count) add_pairs(row, pair, tapered, kind, even, row->count - even, center, &r);
    const vec all_sums[10] = { r.potential, r.x, r.y, r.z, r.xx, r.yy, r.zz, r.yz, r.xz, r.xy };
    totals(all_sums, 10, sums);
    for (int c = 4; c < 10; c++) sums[c] *= 0.5;
    double smallest = INFINITY;
    for (int l = 0; l < LANES; l++) smallest = r.least[l] < smallest ? r.least[l] : smallest;
    return smallest;
}

static double pair_row(const lrpot__pair_row *row, const double *center, double *sums)
{
    int tapered = row->pair->taper_scale > 0.0;
    if (row->pair->screening.kernel->lanes == LRPOT__LANES_SIXTH)
        return add_row(row, 1, SIXTH, center, sums);
    if (row->table != NULL)
        return tapered ? add_row(row, 1, SMEARED, center, sums)
                       : add_row(row, 0, SMEARED, center, sums);
    return tapered ? add_row(row, 1, POINTS, center, sums) : add_row(row, 0, POINTS, center, sums);
}

INLINE double value_row(const lrpot__pair_row *row, int tapered, int kind, const double *center,
                        double *values)
{
    enum { STEP = ABREAST * LANES };
    double smallest = INFINITY, kept[STEP];
    for (int64_t k = 0; k < row->count; k += STEP) {
        int64_t count = row->count - k < STEP ? row->count - k : STEP;
        vec d[4], square[ABREAST], spread[ABREAST], value[ABREAST], strength[ABREAST];
        for (int v = 0; v < ABREAST; v++) {
            int64_t here = count - v * LANES, from = here > 0 ? v * LANES : 0;
            fetch(row, k + from, here >= LANES ? LANES : here > 0 ? here : 1, center, d);
            if (kind == SMEARED)
                spread[v] = spreads(row, k + from, here >= LANES ? LANES : here > 0 ? here : 1);
            square[v] = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            for (int l = 0; l < LANES; l++)
                smallest = square[v][l] < smallest ? square[v][l] : smallest;
        }
        interact(row->pair, tapered, kind, row->table, square, spread, value, strength);
        for (int v = 0; v < ABREAST; v++)
            store(kept + v * LANES,
                  where(square[v] < row->pair->cutoff * row->pair->cutoff, value[v]));
        memcpy(values + k, kept, (size_t)count * sizeof *values);
    }
    return smallest;
}

static double pair_values(const lrpot__pair_row *row, const double *center, double *values)
{
    int tapered = row->pair->taper_scale > 0.0;
    if (row->pair->screening.kernel->lanes == LRPOT__LANES_SIXTH)
        return value_row(row, 1, SIXTH, center, values);
    if (row->table != NULL)
        return tapered ? value_row(row, 1, SMEARED, center, values)
                       : value_row(row, 0, SMEARED, center, values);
    return tapered ? value_row(row, 1, POINTS, center, values)
                   : value_row(row, 0, POINTS, center, values);
}

INLINE vec pick(const int32_t *columns, const double *q)
{
#if LANES == 8 && defined(__AVX512F__)
    return (vec)_mm512_i32gather_pd(_mm256_loadu_si256((const __m256i *)columns), q, 8);
#elif LANES == 4 && defined(__AVX2__)
    return (vec)_mm256_i32gather_pd(q, _mm_loadu_si128((const __m128i *)columns), 8);
#else
    vec v = all(0.0);
    for (int l = 0; l < LANES; l++) v[l] = q[columns[l]];
    return v;
#endif
}

static double product(int64_t count, const int32_t *columns, const double *values, const double *q)
{
    vec sum[2] = { all(0.0), all(0.0) };
    double rest = 0.0;
    int64_t k = 0;
    for (; k + 2 * LANES <= count; k += 2 * LANES)
        for (int v = 0; v < 2; v++)
            sum[v] += load(values + k + v * LANES) * pick(columns + k + v * LANES, q);
    for (; k < count; k++) rest += values[k] * q[columns[k]];
    return total(sum[0] + sum[1]) + rest;
}

/* exp(x) for x <= 0: 2^n times a polynomial of the rest. Below -700 it is exp(-700), which is
 * negligible. */
INLINE vec exponential(vec x)
{
    const double magic = 0x1.8p52,
                 by_factorial[12] = { 1.0,         1.0,          1.0 / 2,       1.0 / 6,
                                      1.0 / 24,    1.0 / 120,    1.0 / 720,     1.0 / 5040,
                                      1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800 };
    x = choose(x < -700.0, all(-700.0), x);
    vec shifted = x * 1.44269504088896340736 + magic, n = shifted - magic;
    vec rest = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10,
        p = all(by_factorial[11]);
    for (int k = 10; k >= 0; k--) p = p * rest + by_factorial[k];
    lane_mask exponent = ((lane_mask)shifted + 1023) << 52; /* the low bits of shifted are n */
    return p * (vec)exponent;
}

/* Kinds of splits. */
enum { PROLATE, GAUSS, DISPERSION };

/* Same function as the transform of the dispersion kernel. */
INLINE void screen_dispersion(const lrpot__screening *screening, vec square, vec *value, vec *slope)
{
    double half = 0.5 / screening->alpha;
    vec b = half * square * inverse_root(square),
        t = (b - LRPOT__DISPERSION_MIDDLE) / (b + LRPOT__DISPERSION_MIDDLE);
    vec next = all(0.0), after = all(0.0), scale = screening->amplitude * exponential(-b * b);
    for (int j = LRPOT__DISPERSION_TERMS - 1; j > 0; j--) { /* Clenshaw */
        vec now = screening->value[j] + 2.0 * t * next - after;
        after = next;
        next = now;
    }
    vec c = screening->value[0] + t * next - after;
    *value = scale * square * (1.0 - 2.0 * c);
    *slope = scale * (1.0 - 5.0 * c);
}

/* g and dg/dk^2 of the screening. */
INLINE void screen(const lrpot__screening *screening, int split, vec square, vec *value, vec *slope)
{
    if (split == DISPERSION) {
        screen_dispersion(screening, square, value, slope);
        return;
    }
    if (split == GAUSS) {
        double quarter = 0.25 / (screening->alpha * screening->alpha);
        *value = exponential(-quarter * square);
        *slope = -quarter * *value;
        return;
    }
    vec z = square * (2.0 / screening->top) - 1.0, next[2] = { all(0.0), all(0.0) },
        after[2] = { all(0.0), all(0.0) };
    lane_mask inside = z < 1.0;
    z = where(inside, z);
    for (int j = screening->terms - 1; j > 0; j--) { /* Clenshaw */
        vec now = screening->value[j] + 2.0 * z * next[0] - after[0],
            other = screening->slope[j] + 2.0 * z * next[1] - after[1];
        after[0] = next[0], after[1] = next[1];
        next[0] = now, next[1] = other;
    }
    *value = where(inside, screening->value[0] + z * next[0] - after[0]);
    *slope = where(inside, screening->slope[0] + z * next[1] - after[1]);
}

/* Influence function of Hockney and Eastwood for forces by differentiated windows; see
 * mesh_influence.c. */
INLINE void mode_row(const lrpot__mode_row *row, int component, int split, double *virial)
{
    static const double lane[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    vec sum[6];
    for (int c = 0; c < 6; c++) sum[c] = all(0.0);
    for (int32_t z = row->first; z <= row->last; z += LANES) {
        vec n = load(lane) + (double)z, k[3], tensor[6], square = all(0.0);
        vec u = load(row->moments[0] + z), m0 = load(row->moments[1] + z),
            m1 = load(row->moments[2] + z), m2 = load(row->moments[3] + z);
        for (int a = 0; a < 3; a++) {
            k[a] = row->base[a] + n * row->step[a];
            square += k[a] * k[a];
        }
        for (int c = 0; c < 6; c++)
            tensor[c] = row->tensor[c][0] * m0 + row->tensor[c][1] * m1 + row->tensor[c][2] * m2;
        vec trace = tensor[0] + tensor[1] + tensor[2];
        lane_mask wanted = (n <= (double)row->last);
        /* Tables are padded with ones, so that the lanes beyond the end do not divide by zero. */
        vec inverse = 1.0 / (m0 * row->other * trace), by_trace = inverse * m0 * row->other;
        vec value, slope, bare = where(wanted, u * row->weight * inverse);
        screen(row->screening, split, square, &value, &slope);
        vec g = bare * value;
        slope *= 2.0 * bare;
        if (component >= 0) {
            g = g
                    * ((lrpot__strain_row[component] == lrpot__strain_column[component] ? 1.0 : 0.0)
                       - 2.0 * tensor[component] * by_trace)
                + slope * k[lrpot__strain_row[component]] * k[lrpot__strain_column[component]];
        } else {
            vec strength = where(wanted, load(row->squares + z));
            for (int c = 0; c < 6; c++)
                sum[c] += strength
                          * (g * ((c < 3 ? 1.0 : 0.0) - 2.0 * tensor[c] * by_trace)
                             + slope * k[lrpot__strain_row[c]] * k[lrpot__strain_column[c]]);
        }
        store(row->squares + z, g);
    }
    for (int c = 0; component < 0 && c < 6; c++) virial[c] += total(sum[c]);
}

INLINE void mode_component(const lrpot__mode_row *row, int split, double *virial)
{
    switch (row->component) {
    case 0: mode_row(row, 0, split, virial); break;
    case 1: mode_row(row, 1, split, virial); break;
    case 2: mode_row(row, 2, split, virial); break;
    case 3: mode_row(row, 3, split, virial); break;
    case 4: mode_row(row, 4, split, virial); break;
    case 5: mode_row(row, 5, split, virial); break;
    default: mode_row(row, -1, split, virial); break;
    }
}

static void modes(const lrpot__mode_row *row, double *virial)
{
    if (row->screening->kernel->lanes == LRPOT__LANES_SIXTH)
        mode_component(row, DISPERSION, virial);
    else if (row->screening->alpha > 0.0) mode_component(row, GAUSS, virial);
    else mode_component(row, PROLATE, virial);
}

/* Number of vectors kept in registers during the loop over a line of reciprocal vectors. */
#define HELD (32 / LANES)

static void structure_line(const lrpot__phase_line *line, double *structure)
{
    for (int from = 0; from < LRPOT__PHASES_BLOCK; from += HELD * LANES) {
        vec re[HELD], im[HELD];
        for (int v = 0; v < HELD; v++)
            re[v] = load(line->real + from + v * LANES),
            im[v] = load(line->imag + from + v * LANES);
        for (int32_t c = 0; c < line->count; c++) {
            const double *z = line->along + (int64_t)c * 2 * LRPOT__PHASES_BLOCK + from;
            vec sum[2] = { all(0.0), all(0.0) };
            for (int v = 0; v < HELD; v++) {
                vec zr = load(z + v * LANES), zi = load(z + LRPOT__PHASES_BLOCK + v * LANES);
                sum[0] += re[v] * zr - im[v] * zi;
                sum[1] += re[v] * zi + im[v] * zr;
            }
            structure[2 * c] += total(sum[0]);
            structure[2 * c + 1] += total(sum[1]);
        }
    }
}

static void collect_line(const lrpot__phase_line *line, const double *wave, double *potential,
                         double *pull, double *pull_along)
{
    enum { TOGETHER = HELD / 2 };
    for (int from = 0; from < LRPOT__PHASES_BLOCK; from += TOGETHER * LANES) {
        vec re[TOGETHER], im[TOGETHER], along_re[TOGETHER], along_im[TOGETHER];
        for (int v = 0; v < TOGETHER; v++) re[v] = im[v] = along_re[v] = along_im[v] = all(0.0);
        for (int32_t c = 0; c < line->count;
             c++) { /* conjugate wave times phase, before the line's own phase */
            const double *z = line->along + (int64_t)c * 2 * LRPOT__PHASES_BLOCK + from;
            double sr = wave[2 * c], si = wave[2 * c + 1], n = line->first + c;
            for (int v = 0; v < TOGETHER; v++) {
                vec zr = load(z + v * LANES), zi = load(z + LRPOT__PHASES_BLOCK + v * LANES);
                vec tr = zr * sr + zi * si, ti = zi * sr - zr * si;
                re[v] += tr, im[v] += ti;
                along_re[v] += n * tr, along_im[v] += n * ti;
            }
        }
        for (int v = 0; v < TOGETHER; v++) {
            int at = from + v * LANES;
            vec lr = load(line->real + at), li = load(line->imag + at);
            store(potential + at, lr * re[v] - li * im[v]);
            store(pull + at, lr * im[v] + li * re[v]);
            store(pull_along + at, lr * along_im[v] + li * along_re[v]);
        }
    }
}

#include "electrostatics/simd/boys_lanes.h"
#include "electrostatics/simd/mesh_lanes.h"
#include "electrostatics/simd/single_lanes.h"

#define FOR_ORDER(p)                                                                             \
    static void spread_##p(const lrpot__mesh_grid *g, const lrpot__mesh_atoms *a, int64_t first, \
                           int64_t last, int32_t low, int32_t high)                              \
    {                                                                                            \
        spread(p, g, a, first, last, low, high);                                                 \
    }                                                                                            \
    static void gather_##p(const lrpot__mesh_grid *g, const lrpot__mesh_atoms *a, int64_t first, \
                           int64_t last, double *values)                                         \
    {                                                                                            \
        gather(p, g, a, first, last, values);                                                    \
    }                                                                                            \
    static void sample_##p(const lrpot__mesh_grid *g, const lrpot__mesh_atoms *a, int64_t first, \
                           int64_t last, double *values)                                         \
    {                                                                                            \
        sample(p, g, a, first, last, values);                                                    \
    }
FOR_ORDER(3)
FOR_ORDER(4)
FOR_ORDER(5)
FOR_ORDER(6)
FOR_ORDER(7)
FOR_ORDER(8)
FOR_ORDER(9)
FOR_ORDER(10)
FOR_ORDER(11)
FOR_ORDER(12)

const lrpot__coulomb_kernels KERNELS = {
    pair_row,
    modes,
    structure_line,
    collect_line,
    { NULL, NULL, NULL, spread_3, spread_4, spread_5, spread_6, spread_7, spread_8, spread_9,
      spread_10, spread_11, spread_12 },
    { NULL, NULL, NULL, gather_3, gather_4, gather_5, gather_6, gather_7, gather_8, gather_9,
      gather_10, gather_11, gather_12 },
    { NULL, NULL, NULL, sample_3, sample_4, sample_5, sample_6, sample_7, sample_8, sample_9,
      sample_10, sample_11, sample_12 },
    pair_values,
    product,
    single_row,
    locate,
    boys,
};
