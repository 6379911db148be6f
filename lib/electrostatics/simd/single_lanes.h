/* Rows of pairs in single precision, included by coulomb_lanes.h. Positions are whole numbers of a
 * unit far below the accuracy, so that differences are exact; each row is summed up in double. */
enum { WIDE = 2 * LANES }; /* floats beside each other */

typedef float wide __attribute__((vector_size(WIDE * sizeof(float))));
typedef int32_t whole __attribute__((vector_size(WIDE * sizeof(float))));
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

/* The first `count` numbers, and zeros. */
INLINE whole whole_load_first(const int32_t *p, int64_t count)
{
    if (count >= WIDE) return whole_load(p);
#if LANES == 8 && defined(__AVX512F__)
    return (whole)_mm512_maskz_loadu_epi32((__mmask16)((1u << count) - 1), p);
#else
    whole v = { 0 };
    for (int64_t l = 0; l < count; l++) v[l] = p[l];
    return v;
#endif
}

/* Turns WIDE rows of four into four vectors. rows: places in `table`. */
INLINE void whole_transpose(const int32_t *table, whole rows, whole *out)
{
    uint32_t row[WIDE];
    memcpy(row, &rows, sizeof row);
#if LANES == 8 && defined(__AVX512F__)
#define ROW(l) _mm_loadu_si128((const __m128i *)(table + 4 * (uint64_t)row[l]))
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
#define ROW(l) _mm_loadu_si128((const __m128i *)(table + 4 * (uint64_t)row[l]))
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
        for (int l = 0; l < WIDE; l++) v[l] = table[4 * (uint64_t)row[l] + k];
        out[k] = v;
    }
#endif
}

/* Vectors from the center to WIDE neighbours, A, and their charges. */
INLINE void wide_fetch(const lrpot__single_row *row, whole j, whole image, const int32_t *center,
                       wide *d)
{
    whole at[4];
    whole_transpose(row->packed, j & row->mask, at);
    if (row->image != NULL && is_any_set(image)) {
        whole t[4];
        whole_transpose(row->translations, image, t);
        for (int a = 0; a < 3; a++) at[a] += t[a];
    }
    for (int a = 0; a < 3; a++)
        d[a] = __builtin_convertvector(at[a] - center[a], wide) * row->pair->unit;
    d[3] = (wide)at[3];
}

/* Value and strength of pairs; see interact(). */
INLINE void wide_interact(const lrpot__single_pair *pair, int tapered, int vectors,
                          const wide *square, wide *value, wide *strength)
{
    wide z[ABREAST], p[ABREAST], d[ABREAST];
    for (int v = 0; v < vectors; v++) {
        z[v] = pair->z_scale * square[v] - 1.0f;
        p[v] = wide_all(pair->value[pair->degree]);
        d[v] = wide_all(0.0f);
    }
    for (int k = pair->degree - 1; k >= 0; k--)
        for (int v = 0; v < vectors; v++) {
            p[v] = p[v] * z[v] + pair->value[k];
            d[v] = d[v] * z[v] + pair->derivative[k];
        }
    for (int v = 0; v < vectors; v++) {
        wide inverse = wide_inverse_root(square[v]);
        value[v] = inverse - p[v];
        strength[v] = inverse * inverse * inverse + d[v];
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

/* Adds `vectors` vectors of neighbours from entry k on. Lanes beyond the row get atom 0, and like
 * those beyond the cutoff charge 0 and a harmless distance. */
INLINE void wide_add(const lrpot__single_row *row, int tapered, int vectors, int64_t k,
                     int64_t count, const int32_t *center, wide_sums *r)
{
    static const int32_t lane[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    wide d[ABREAST][4], square[ABREAST], value[ABREAST], strength[ABREAST];
    for (int v = 0; v < vectors; v++) {
        int64_t here = count - v * WIDE;
        whole j = whole_load_first(row->j + k + v * WIDE, here), image = { 0 };
        if (row->image != NULL) image = whole_load_first(row->image + k + v * WIDE, here);
        wide_fetch(row, j, image, center, d[v]);
        square[v] = d[v][0] * d[v][0] + d[v][1] * d[v][1] + d[v][2] * d[v][2];
        if (here < WIDE)
            square[v] = wide_choose(whole_load(lane) < (int32_t)here, square[v], wide_all(1e30f));
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

INLINE double wide_row(const lrpot__single_row *row, int tapered, const int32_t *center,
                       double *sums)
{
    enum { STEP = ABREAST * WIDE };
    const wide none = wide_all(0.0f);
    wide_sums r = { none, none, none, none, none, none, none, none, none, none,
                    wide_all(INFINITY) };
    int64_t k = 0;
    for (; k + STEP <= row->count; k += STEP) wide_add(row, tapered, ABREAST, k, STEP, center, &r);
    if (k + WIDE < row->count) wide_add(row, tapered, ABREAST, k, row->count - k, center, &r);
    else if (k < row->count) wide_add(row, tapered, 1, k, row->count - k, center, &r);
    const vec halves[10] = {
        wide_halves(r.potential), wide_halves(r.x),  wide_halves(r.y),  wide_halves(r.z),
        wide_halves(r.xx),        wide_halves(r.yy), wide_halves(r.zz), wide_halves(r.yz),
        wide_halves(r.xz),        wide_halves(r.xy)
    };
    totals(halves, 10, sums);
    for (int c = 4; c < 10; c++) sums[c] *= 0.5;
    return wide_least(r.least);
}

static double single_row(const lrpot__single_row *row, const int32_t *center, double *sums)
{
    return row->pair->taper_scale > 0.0f ? wide_row(row, 1, center, sums)
                                         : wide_row(row, 0, center, sums);
}
