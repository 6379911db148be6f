/* Fast kernel, part 1: vectors of LANES doubles and the scratch of a thread. Included once per
 * instruction set, with LANES defined. A lane is an atom: all arrays are [...][LANES], so that sums
 * never cross lanes and every load is contiguous. */
#ifndef LANES
#error "LANES is the number of atoms worked on at once"
#endif

#include "basis/kernels/batches.h"
#include "basis/radial.h"

#include "core/vectors.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

enum { PASS = LRPOT__PASS };

/* A neighbour within the cutoff before it has a slot, or a force before it is added to an atom:
 * rows of four doubles, one load each. */
typedef struct {
    double d[3];
    int64_t j;
} found;

typedef double quad __attribute__((vector_size(4 * sizeof(double))));
typedef quad quad_in_memory __attribute__((may_alias));

INLINE quad load_quad(const void *p)
{
    return *(const quad_in_memory *)p;
}
INLINE void store_quad(void *p, quad v)
{
    *(quad_in_memory *)p = v;
}

/* Transposes rows of LANES lists, `stride` apart, to vectors. */
INLINE void rows_to_vectors(const found *list, int64_t stride, vec d[3], int32_t *j)
{
#if LANES == 8 && defined(__AVX512F__)
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13),
                  high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512d r[4];
    for (int i = 0; i < 4; i++)
        r[i] = _mm512_insertf64x4(_mm512_castpd256_pd512((__m256d)load_quad(list + i * stride)),
                                  (__m256d)load_quad(list + (i + 4) * stride), 1);
    __m512d xz01 = _mm512_unpacklo_pd(r[0], r[1]), xz23 = _mm512_unpacklo_pd(r[2], r[3]);
    __m512d yj01 = _mm512_unpackhi_pd(r[0], r[1]), yj23 = _mm512_unpackhi_pd(r[2], r[3]);
    d[0] = (vec)_mm512_permutex2var_pd(xz01, low, xz23);
    d[1] = (vec)_mm512_permutex2var_pd(yj01, low, yj23);
    d[2] = (vec)_mm512_permutex2var_pd(xz01, high, xz23);
    _mm256_store_si256((__m256i *)(void *)j, _mm512_cvtepi64_epi32(_mm512_castpd_si512(
                                                 _mm512_permutex2var_pd(yj01, high, yj23))));
#elif LANES == 4 && defined(__AVX__)
    __m256d r[4];
    for (int i = 0; i < 4; i++) r[i] = (__m256d)load_quad(list + i * stride);
    __m256d xz01 = _mm256_unpacklo_pd(r[0], r[1]), xz23 = _mm256_unpacklo_pd(r[2], r[3]);
    __m256d yj01 = _mm256_unpackhi_pd(r[0], r[1]), yj23 = _mm256_unpackhi_pd(r[2], r[3]);
    d[0] = (vec)_mm256_permute2f128_pd(xz01, xz23, 0x20);
    d[1] = (vec)_mm256_permute2f128_pd(yj01, yj23, 0x20);
    d[2] = (vec)_mm256_permute2f128_pd(xz01, xz23, 0x31);
    for (int lane = 0; lane < LANES; lane++) j[lane] = (int32_t)list[lane * stride].j;
#else
    for (int c = 0; c < 3; c++) {
        vec v = zero();
        for (int lane = 0; lane < LANES; lane++) v[lane] = list[lane * stride].d[c];
        d[c] = v;
    }
    for (int lane = 0; lane < LANES; lane++) j[lane] = (int32_t)list[lane * stride].j;
#endif
}

/* The reverse: a row (x, y, z, 0) of each lane. */
INLINE void vectors_to_rows(const vec d[3], quad rows[LANES])
{
#if LANES == 8 && defined(__AVX512F__)
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
                  high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    __m512d x = (__m512d)d[0], y = (__m512d)d[1], z = (__m512d)d[2], none = _mm512_setzero_pd();
    __m512d xy[2] = { _mm512_unpacklo_pd(x, y), _mm512_unpackhi_pd(x, y) },
            z0[2] = { _mm512_unpacklo_pd(z, none), _mm512_unpackhi_pd(z, none) };
    for (int odd = 0; odd < 2; odd++) {
        __m512d first = _mm512_permutex2var_pd(xy[odd], low, z0[odd]),
                second = _mm512_permutex2var_pd(xy[odd], high, z0[odd]);
        rows[odd] = (quad)_mm512_castpd512_pd256(first);
        rows[odd + 2] = (quad)_mm512_extractf64x4_pd(first, 1);
        rows[odd + 4] = (quad)_mm512_castpd512_pd256(second);
        rows[odd + 6] = (quad)_mm512_extractf64x4_pd(second, 1);
    }
#elif LANES == 4 && defined(__AVX__)
    __m256d x = (__m256d)d[0], y = (__m256d)d[1], z = (__m256d)d[2], none = _mm256_setzero_pd();
    __m256d xy[2] = { _mm256_unpacklo_pd(x, y), _mm256_unpackhi_pd(x, y) },
            z0[2] = { _mm256_unpacklo_pd(z, none), _mm256_unpackhi_pd(z, none) };
    for (int odd = 0; odd < 2; odd++) {
        rows[odd] = (quad)_mm256_permute2f128_pd(xy[odd], z0[odd], 0x20);
        rows[odd + 2] = (quad)_mm256_permute2f128_pd(xy[odd], z0[odd], 0x31);
    }
#else
    for (int lane = 0; lane < LANES; lane++)
        rows[lane] = (quad){ d[0][lane], d[1][lane], d[2][lane], 0.0 };
#endif
}

/* Vectors of a slot (a neighbour of each lane): unit vector, 1/r, r, then f and df of every mu. */
enum { SLOT_X, SLOT_Y, SLOT_Z, SLOT_INVERSE, SLOT_R, SLOT_F };

typedef struct {
    const lrpot__job *job;
    const lrpot__batches *batches;
    const lrpot__schedule *schedule;
    lrpot__sums *sums;
    double *moments, *adjoint; /* [n_moments][LANES], [n_adjoint][LANES] */
    double *slots;             /* [max_slots][slot_size], slot_size = (SLOT_F + 2 F) LANES */
    int64_t slot_size, n_slots;
    int32_t *neighbours; /* [max_slots][LANES]; n_all: no neighbour */
    found *list;         /* [S][LANES][list_size] */
    int64_t list_size;
    int32_t *count, *n_slots_of; /* [S][LANES] neighbours; [S] slots of each species */
    int64_t atoms[LANES];
    int32_t species, n_lanes;
    double *features, *tangents; /* [K], [LANES][K] of heads with a network */
    const double *rows[LANES];   /* [K] coefficients of each lane, where they differ */
} environment;

INLINE double *slot_at(const environment *e, int64_t slot)
{
    return e->slots + slot * e->slot_size;
}

/* Next array of the scratch, on whole cache lines; NULL while only the size is counted. */
static void *place(char *scratch, int64_t *used, int64_t bytes)
{
    char *array = scratch == NULL ? NULL : scratch + *used;
    *used += (bytes + 63) / 64 * 64;
    return array;
}

/* Divides the scratch; returns its size (scratch may be NULL then). */
static int64_t divide_scratch(const lrpot__job *job, environment *e, void *scratch)
{
    const lrpot__batches *batches = job->prepared;
    const lrpot__schedule *s = batches->schedule;
    int64_t vector = LANES * (int64_t)sizeof(double), n_species = job->basis->options.n_species;
    int64_t used = 0;
    memset(e, 0, sizeof *e);
    e->job = job;
    e->batches = batches;
    e->schedule = s;
    e->slot_size = (SLOT_F + 2 * s->n_radial) * LANES;
    e->list_size = job->rows.max_count + PASS;
    e->moments = place(scratch, &used, s->n_moments * vector);
    e->adjoint = place(scratch, &used, s->n_adjoint * vector);
    e->slots = place(scratch, &used, batches->max_slots * e->slot_size * (int64_t)sizeof(double));
    e->neighbours = place(scratch, &used, batches->max_slots * LANES * (int64_t)sizeof(int32_t));
    e->list = place(scratch, &used, n_species * LANES * e->list_size * (int64_t)sizeof(found));
    e->count = place(scratch, &used, n_species * LANES * (int64_t)sizeof(int32_t));
    e->n_slots_of = place(scratch, &used, n_species * (int64_t)sizeof(int32_t));
    if (job->request->network == NULL) return used;
    e->features = place(scratch, &used, s->n_scalars * (int64_t)sizeof(double));
    e->tangents = place(scratch, &used, s->n_scalars * vector);
    return used;
}
