/* Barrier below the distances of free atoms, where no frame of a fit has a pair of species: down to
 * its bonds, or to 0 where it has none. */
#ifndef LRPOT__GAP_BARRIER_H
#define LRPOT__GAP_BARRIER_H

#include "potential/potential.h"

typedef struct lrpot__gap_barrier {
    double reach;                 /* A: largest end */
    double *begin, *end, *height; /* [S][S] A, A, eV */
} lrpot__gap_barrier;

/* cutoff: of the model. */
lrpot_status lrpot__gap_barrier_create(lrpot__gap_barrier **out, const lrpot_potential *potential,
                                       double cutoff, const double *begin, const double *end,
                                       const double *height);
void lrpot__gap_barrier_free(lrpot__gap_barrier *barrier);
/* Energy in eV of a pair of species (index into [S][S]) at r (A), and its derivative by r. */
double lrpot__gap_barrier_eval(const lrpot__gap_barrier *barrier, int32_t pair, double r,
                               double *derivative);

#endif
