/* Vectors of LANES doubles for any instruction set. For files that are included once per
 * instruction set, with LANES defined. There is no include guard: a second inclusion would be an
 * error. */
#ifndef LANES
#error "LANES is the number of doubles worked on at once"
#endif

#include <math.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef vec vec_in_memory
    __attribute__((aligned(8), may_alias)); /* vectors in arrays of doubles, at any address */
typedef int64_t lane_mask __attribute__((vector_size(LANES * sizeof(double))));

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

INLINE vec load(const double *p)
{
    return *(const vec_in_memory *)p;
}
INLINE void store(double *p, vec v)
{
    *(vec_in_memory *)p = v;
}
INLINE vec where(lane_mask m, vec v)
{
    return (vec)(m & (lane_mask)v);
} /* v or 0 */

INLINE vec zero(void)
{
    return (vec){ 0.0 };
}

INLINE vec square_root(vec v)
{
#if LANES == 8 && defined(__AVX512F__)
    return (vec)_mm512_sqrt_pd((__m512d)v);
#elif LANES == 4 && defined(__AVX__)
    return (vec)_mm256_sqrt_pd((__m256d)v);
#else
    for (int l = 0; l < LANES; l++) v[l] = sqrt(v[l]);
    return v;
#endif
}
