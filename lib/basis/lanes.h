/* Fast kernel, part 1: vectors of LANES doubles and the scratch of a thread. Included once per instruction set, with LANES defined.
 *
 * A lane is an atom: all arrays are [...][LANES], so that no sum runs across lanes and every load is contiguous. */
#ifndef LANES
#error "LANES is the number of atoms worked on at once"
#endif

#include "basis/batches.h"

#include <math.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef vec vec_in_memory __attribute__((may_alias)); /* doubles of arrays */
typedef int64_t mask __attribute__((vector_size(LANES * sizeof(double))));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const double *p) { return *(const vec_in_memory *)p; }
INLINE void store(double *p, vec v) { *(vec_in_memory *)p = v; }
INLINE vec zero(void) { return (vec){ 0.0 }; }
INLINE vec where(mask m, vec v) { return (vec)(m & (mask)v); } /* v or 0 */

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

/* Vectors of a slot (a neighbour of each lane): unit vector, 1/r, r, then f and df of every mu. While neighbours are
 * collected, the first three are the vector itself. */
enum { SLOT_X, SLOT_Y, SLOT_Z, SLOT_INVERSE, SLOT_R, SLOT_F };

/* A neighbour within the cutoff, before it has a slot. */
typedef struct {
    double d[3];
    int32_t j, species;
} found;

typedef struct {
    const lrpot__job *job;
    const lrpot__batches *batches;
    const lrpot__schedule *schedule;
    lrpot__sums *sums;
    double *moments, *adjoint;        /* [n_moments][LANES], [n_adjoint][LANES] */
    double *slots;                    /* [max_slots][slot_size], slot_size = (SLOT_F + 2 F) LANES */
    int64_t slot_size, n_slots;
    int32_t *neighbours;              /* [max_slots][LANES]; n_all stands for none */
    found *list;                      /* [LANES][list_size] */
    int64_t list_size;
    int32_t *count, *cursor, *first;  /* [LANES][S] neighbours, [S], [S + 1] first slot of each species */
    int64_t atoms[LANES];
    int32_t species, n_lanes;
} environment;

INLINE double *slot_at(const environment *e, int64_t slot) { return e->slots + slot * e->slot_size; }

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
    e->list_size = job->rows.max_count + 1;
    e->moments = place(scratch, &used, s->n_moments * vector);
    e->adjoint = place(scratch, &used, s->n_adjoint * vector);
    e->slots = place(scratch, &used, batches->max_slots * e->slot_size * (int64_t)sizeof(double));
    e->neighbours = place(scratch, &used, batches->max_slots * LANES * (int64_t)sizeof(int32_t));
    e->list = place(scratch, &used, e->list_size * LANES * (int64_t)sizeof(found));
    e->count = place(scratch, &used, n_species * LANES * (int64_t)sizeof(int32_t));
    e->cursor = place(scratch, &used, n_species * (int64_t)sizeof(int32_t));
    e->first = place(scratch, &used, (n_species + 1) * (int64_t)sizeof(int32_t));
    return used;
}
