/* Vectors of LANES doubles, or with SINGLE defined floats, for any instruction set. For files that
 * are included once per instruction set, with LANES defined. There is no include guard: a second
 * inclusion would be an error. */
#ifndef LANES
#error "LANES is the number of values worked on at once"
#endif

#include <math.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

#if defined(SINGLE)
typedef float scalar;
typedef int32_t lane_integer;
#else
typedef double scalar;
typedef int64_t lane_integer;
#endif
typedef scalar vec __attribute__((vector_size(LANES * sizeof(scalar))));
typedef vec vec_in_memory __attribute__((
    aligned(sizeof(scalar)), may_alias)); /* vectors in arrays of scalars, at any address */
typedef lane_integer lane_mask __attribute__((vector_size(LANES * sizeof(scalar))));

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

INLINE vec load(const scalar *p)
{
    return *(const vec_in_memory *)p;
}
INLINE void store(scalar *p, vec v)
{
    *(vec_in_memory *)p = v;
}
INLINE vec where(lane_mask m, vec v)
{
    return (vec)(m & (lane_mask)v);
} /* v or 0 */

INLINE vec zero(void)
{
    return (vec){ 0 };
}

/* 1 if a lane is below the limit. */
INLINE int any_below(vec v, scalar limit)
{
#if !defined(SINGLE) && LANES == 8 && defined(__AVX512F__)
    return _mm512_cmp_pd_mask((__m512d)v, _mm512_set1_pd(limit), _CMP_LT_OQ) != 0;
#elif !defined(SINGLE) && LANES == 4 && defined(__AVX__)
    return _mm256_movemask_pd(_mm256_cmp_pd((__m256d)v, _mm256_set1_pd(limit), _CMP_LT_OQ)) != 0;
#else
    int any = 0;
    for (int l = 0; l < LANES; l++) any |= v[l] < limit;
    return any;
#endif
}

INLINE vec square_root(vec v)
{
#if defined(SINGLE) && LANES == 16 && defined(__AVX512F__)
    return (vec)_mm512_sqrt_ps((__m512)v);
#elif defined(SINGLE) && LANES == 8 && defined(__AVX__)
    return (vec)_mm256_sqrt_ps((__m256)v);
#elif defined(SINGLE)
    for (int l = 0; l < LANES; l++) v[l] = sqrtf(v[l]);
    return v;
#elif LANES == 8 && defined(__AVX512F__)
    return (vec)_mm512_sqrt_pd((__m512d)v);
#elif LANES == 4 && defined(__AVX__)
    return (vec)_mm256_sqrt_pd((__m256d)v);
#else
    for (int l = 0; l < LANES; l++) v[l] = sqrt(v[l]);
    return v;
#endif
}
