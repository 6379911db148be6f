/* Vectors of LANES doubles, whatever the instruction set. For files that are included once per
 * instruction set, with LANES defined; no guard against a second inclusion, which would be a
 * mistake. */
#ifndef LANES
#error "LANES is the number of doubles worked on at once"
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef vec vec_in_memory
    __attribute__((aligned(8), may_alias)); /* doubles of arrays, at any place */
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
