/* Rows of pairs in single precision, included by coulomb_lanes.h. Positions are whole numbers of a
 * unit far below the accuracy, so that differences are exact; each row is summed up in double. */
enum { WIDE = 2 * LANES }; /* floats beside each other */

typedef float wide __attribute__((vector_size(WIDE * sizeof(float))));
typedef int32_t whole __attribute__((vector_size(WIDE * sizeof(float))));
typedef uint32_t wrapping __attribute__((vector_size(WIDE * sizeof(float)))); /* modulo 2^32 */
typedef whole whole_in_memory __attribute__((aligned(4), may_alias));

INLINE wide wide_all(float x)
{
    return x - (wide){ 0.0f };
}
INLINE wide wide_choose(whole m, wide a, wide b)
{
    return (wide)((m & (whole)a) | (~m & (whole)b));
}

INLINE wide wide_inverse_root(wide v)
{
#if LANES == 8 && defined(__AVX512F__)
    wide y = (wide)_mm512_rsqrt14_ps((__m512)v);
    return y * (1.5f - 0.5f * v * y * y);
#elif LANES == 4 && defined(__AVX__)
    return 1.0f / (wide)_mm256_sqrt_ps((__m256)v);
#else
    for (int l = 0; l < WIDE; l++) v[l] = 1.0f / sqrtf(v[l]);
    return v;
#endif
}

INLINE whole whole_load(const int32_t *p)
{
    return *(const whole_in_memory *)p;
}

INLINE int is_any_set(whole v)
{
#if LANES == 8 && defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)v, (__m512i)v) != 0;
#elif LANES == 4 && defined(__AVX__)
    return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#else
    int32_t any = 0;
    for (int l = 0; l < WIDE; l++) any |= v[l];
    return any != 0;
#endif
}

/* Turns WIDE rows of four into four vectors. at: places in `table`, of which the bits of `mask`
 * count. */
INLINE void whole_transpose(const int32_t *table, const int32_t *at, int32_t mask, whole *out)
{
#if LANES == 8 && defined(__AVX512F__)
#define ROW(l) _mm_loadu_si128((const __m128i *)(table + 4 * (int64_t)(at[l] & mask)))
    __m512i r[4];
    for (int k = 0; k < 4; k++) {
        __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(ROW(k)), ROW(k + 4), 1),
                high = _mm256_inserti128_si256(_mm256_castsi128_si256(ROW(k + 8)), ROW(k + 12), 1);
        r[k] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    __m512i a = _mm512_unpacklo_epi32(r[0], r[1]), b = _mm512_unpacklo_epi32(r[2], r[3]),
            c = _mm512_unpackhi_epi32(r[0], r[1]), d = _mm512_unpackhi_epi32(r[2], r[3]);
    out[0] = (whole)_mm512_unpacklo_epi64(a, b);
    out[1] = (whole)_mm512_unpackhi_epi64(a, b);
    out[2] = (whole)_mm512_unpacklo_epi64(c, d);
    out[3] = (whole)_mm512_unpackhi_epi64(c, d);
#undef ROW
#elif LANES == 4 && defined(__AVX2__)
#define ROW(l) _mm_loadu_si128((const __m128i *)(table + 4 * (int64_t)(at[l] & mask)))
    __m256i r[4];
    for (int k = 0; k < 4; k++)
        r[k] = _mm256_inserti128_si256(_mm256_castsi128_si256(ROW(k)), ROW(k + 4), 1);
    __m256i a = _mm256_unpacklo_epi32(r[0], r[1]), b = _mm256_unpacklo_epi32(r[2], r[3]),
            c = _mm256_unpackhi_epi32(r[0], r[1]), d = _mm256_unpackhi_epi32(r[2], r[3]);
    out[0] = (whole)_mm256_unpacklo_epi64(a, b);
    out[1] = (whole)_mm256_unpackhi_epi64(a, b);
    out[2] = (whole)_mm256_unpacklo_epi64(c, d);
    out[3] = (whole)_mm256_unpackhi_epi64(c, d);
#undef ROW
#else
    for (int k = 0; k < 4; k++) {
        whole v = { 0 };
        for (int l = 0; l < WIDE; l++) v[l] = table[4 * (int64_t)(at[l] & mask) + k];
        out[k] = v;
    }
#endif
}

/* Vectors from the center to WIDE neighbours, A, and their charges. */
INLINE void wide_fetch(const lrpot__single_row *row, int oblique, const int32_t *j,
                       const int32_t *image, const int32_t *center, wide *d)
{
    const float *step = row->pair->step;
    whole at[4];
    wide s[3];
    whole_transpose(row->packed, j, row->mask, at);
    if (image != NULL && is_any_set(whole_load(image))) {
        whole t[4];
        whole_transpose(row->translations, image, -1, t);
        for (int a = 0; a < 3; a++) at[a] = (whole)((wrapping)at[a] + (wrapping)t[a]);
    }
    for (int a = 0; a < 3; a++) {
        whole between = (whole)((wrapping)at[a] - (uint32_t)center[a]);
        s[a] = __builtin_convertvector(between, wide);
    }
    for (int a = 0; a < 3; a++)
        d[a] = oblique ? s[0] * step[a] + s[1] * step[3 + a] + s[2] * step[6 + a]
                       : s[a] * step[4 * a];
    d[3] = (wide)at[3];
}

/* Value and strength of pairs; see interact(). */
INLINE void wide_interact(const lrpot__single_pair *pair, int tapered, int vectors,
                          const wide *square, wide *value, wide *strength)
{
    /* even and odd powers: chains of half the length */
    int last = pair->degree / 2 * 2;
    wide z[ABREAST], z2[ABREAST], p[ABREAST][2], d[ABREAST][2];
    for (int v = 0; v < vectors; v++) {
        z[v] = pair->z_scale * square[v] - 1.0f;
        z2[v] = z[v] * z[v];
        for (int odd = 0; odd < 2; odd++) {
            p[v][odd] = wide_all(pair->value[last + odd]);
            d[v][odd] = wide_all(pair->derivative[last + odd]);
        }
    }
    for (int k = last - 2; k >= 0; k -= 2)
        for (int v = 0; v < vectors; v++)
            for (int odd = 0; odd < 2; odd++) {
                p[v][odd] = p[v][odd] * z2[v] + pair->value[k + odd];
                d[v][odd] = d[v][odd] * z2[v] + pair->derivative[k + odd];
            }
    for (int v = 0; v < vectors; v++) {
        wide inverse = wide_inverse_root(square[v]);
        value[v] = inverse - (p[v][1] * z[v] + p[v][0]);
        strength[v] = inverse * inverse * inverse + (d[v][1] * z[v] + d[v][0]);
        if (!tapered) continue;
        wide t = (square[v] - pair->taper_start) * pair->taper_scale;
        t = (wide)((t > 0.0f) & (whole)t);
        wide t2 = t * t, taper = 1.0f - t2 * t * (10.0f - t * (15.0f - 6.0f * t)),
             slope = (-30.0f * pair->taper_scale) * t2 * (1.0f - t) * (1.0f - t);
        strength[v] = strength[v] * taper - 2.0f * value[v] * slope;
        value[v] = value[v] * taper;
    }
}

/* Sums of a row as in row_sums: scalars, which the compiler keeps in registers. */
typedef struct {
    wide potential, x, y, z, xx, yy, zz, yz, xz, xy, least;
} wide_sums;

/* Adds `vectors` vectors of neighbours, of which the lanes first .. last-1 count. The other lanes,
 * like those beyond the cutoff, get charge 0 and a harmless distance. */
INLINE void wide_add(const lrpot__single_row *row, int tapered, int oblique, int vectors,
                     const int32_t *j, const int32_t *image, int32_t first, int32_t last,
                     const int32_t *center, wide_sums *r)
{
    static const int32_t lane[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    wide d[ABREAST][4], square[ABREAST], value[ABREAST], strength[ABREAST];
    for (int v = 0; v < vectors; v++) {
        wide_fetch(row, oblique, j + v * WIDE, image != NULL ? image + v * WIDE : NULL, center,
                   d[v]);
        square[v] = d[v][0] * d[v][0] + d[v][1] * d[v][1] + d[v][2] * d[v][2];
        if (first > 0 || last < vectors * WIDE) {
            whole at = whole_load(lane) + v * WIDE;
            square[v] = wide_choose((at >= first) & (at < last), square[v], wide_all(1e30f));
        }
        r->least = wide_choose(square[v] < r->least, square[v], r->least);
        whole inside = square[v] < row->pair->square;
        d[v][3] = (wide)(inside & (whole)d[v][3]);
        square[v] = wide_choose(inside, square[v], wide_all(1.0f));
    }
    wide_interact(row->pair, tapered, vectors, square, value, strength);
    for (int v = 0; v < vectors; v++) {
        wide f = d[v][3] * strength[v], fx = f * d[v][0], fy = f * d[v][1], fz = f * d[v][2];
        r->potential += d[v][3] * value[v];
        r->x -= fx, r->y -= fy, r->z -= fz;
        r->xx += fx * d[v][0], r->yy += fy * d[v][1], r->zz += fz * d[v][2];
        r->yz += fy * d[v][2], r->xz += fx * d[v][2], r->xy += fx * d[v][1];
    }
}

INLINE double wide_least(wide v)
{
#if LANES == 8 && defined(__AVX512F__)
    return _mm512_reduce_min_ps((__m512)v);
#else
    float least = INFINITY;
    for (int l = 0; l < WIDE; l++) least = v[l] < least ? v[l] : least;
    return least;
#endif
}

/* Both halves of a vector added in double. */
INLINE vec wide_halves(wide v)
{
#if LANES == 8 && defined(__AVX512F__)
    __m512d a = (__m512d)v;
    return (vec)_mm512_add_pd(_mm512_cvtps_pd((__m256)_mm512_castpd512_pd256(a)),
                              _mm512_cvtps_pd((__m256)_mm512_extractf64x4_pd(a, 1)));
#else
    vec sum;
    for (int l = 0; l < LANES; l++) sum[l] = (double)v[l] + (double)v[l + LANES];
    return sum;
#endif
}

/* A row shorter than a vector; entries beyond it are those of atom 0. */
INLINE void wide_add_short(const lrpot__single_row *row, int tapered, int oblique,
                           const int32_t *center, wide_sums *r)
{
    int32_t j[WIDE] = { 0 }, image[WIDE] = { 0 }, count = (int32_t)row->count;
    for (int32_t l = 0; l < count; l++) {
        j[l] = row->j[l];
        image[l] = row->image != NULL ? row->image[l] : 0;
    }
    wide_add(row, tapered, oblique, 1, j, row->image != NULL ? image : NULL, 0, count, center, r);
}

INLINE double wide_row(const lrpot__single_row *row, int tapered, int oblique,
                       const int32_t *center, double *sums)
{
    enum { STEP = ABREAST * WIDE };
    const wide none = wide_all(0.0f);
    wide_sums r = {
        none, none, none, none, none, none, none, none, none, none, wide_all(INFINITY)
    };
    const int32_t *j = row->j, *image = row->image;
    int64_t count = row->count, k = 0;
    for (; k + STEP <= count; k += STEP)
        wide_add(row, tapered, oblique, ABREAST, j + k, image != NULL ? image + k : NULL, 0, STEP,
                 center, &r);
    /* the last vectors end with the row: their first lanes have been added */
    if (k + WIDE < count && count < STEP) {
        wide_add(row, tapered, oblique, 1, j, image, 0, WIDE, center, &r);
        k = WIDE;
    }
    if (k + WIDE < count) {
        int64_t from = count - STEP;
        wide_add(row, tapered, oblique, ABREAST, j + from, image != NULL ? image + from : NULL,
                 (int32_t)(k - from), STEP, center, &r);
    } else if (k < count && count >= WIDE) {
        int64_t from = count - WIDE;
        wide_add(row, tapered, oblique, 1, j + from, image != NULL ? image + from : NULL,
                 (int32_t)(k - from), WIDE, center, &r);
    } else if (k < count) {
        wide_add_short(row, tapered, oblique, center, &r);
    }
    const vec halves[10] = { wide_halves(r.potential), wide_halves(r.x),  wide_halves(r.y),
                             wide_halves(r.z),         wide_halves(r.xx), wide_halves(r.yy),
                             wide_halves(r.zz),        wide_halves(r.yz), wide_halves(r.xz),
                             wide_halves(r.xy) };
    totals(halves, 10, sums);
    for (int c = 4; c < 10; c++) sums[c] *= 0.5;
    return wide_least(r.least);
}

static double single_row(const lrpot__single_row *row, const int32_t *center, double *sums)
{
    int oblique = row->pair->oblique;
    if (row->pair->taper_scale > 0.0f)
        return oblique ? wide_row(row, 1, 1, center, sums) : wide_row(row, 1, 0, center, sums);
    return oblique ? wide_row(row, 0, 1, center, sums) : wide_row(row, 0, 0, center, sums);
}
