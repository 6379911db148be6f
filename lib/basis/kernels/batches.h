/* Data shared by the fast kernels in one call: batches of atoms, radial tables, contraction
 * weights. */
#ifndef LRPOT__BATCHES_H
#define LRPOT__BATCHES_H

#include "basis/kernels/basis_kernel.h"
#include "basis/plan/schedule.h"

enum { LRPOT__PASS = 4 }; /* neighbours that are accumulated together */

/* Atoms of one species, one lane each. */
typedef struct lrpot__batch {
    int32_t first, count; /* in the order of lrpot__batches.atoms */
    int32_t species;
} lrpot__batch;

typedef struct lrpot__batches {
    const lrpot__schedule *schedule;
    int64_t n_batches;
    /* largest number, over the batches, of neighbours of one lane including padding */
    int64_t max_slots;
    lrpot__batch *batches;
    int32_t *atoms;       /* [n_owned], by species */
    double *positions;    /* [n_all][4], the last zero: one load each */
    double *translations; /* [n_images][4] */
    /* [S][S][F][2][n]: Chebyshev coefficients of the factor of (r - R)^2 and of its derivative by r
     */
    double *radial;
    double *seeds; /* [n_inner_scalars] their coefficients */
    double *form;  /* [n_partners] the symmetric form of the outer products */
    /* offset from the seeds (the form) of one species to those of the next; 0: all have the same */
    int64_t species_stride;
} lrpot__batches;

/* Fills job->prepared. */
lrpot_status lrpot__batches_prepare(lrpot__job *job, lrpot_workspace *work);
int64_t lrpot__batches_units(const lrpot__job *job);

extern const lrpot__basis_kernel lrpot__basis_kernel_portable, lrpot__basis_kernel_avx2,
    lrpot__basis_kernel_avx512;
enum { LRPOT__LANES_PORTABLE = 2, LRPOT__LANES_AVX2 = 4, LRPOT__LANES_AVX512 = 8 };

#endif
