/* Reciprocal part of the exact sum: vectors, structure factors, and potential, field and virial at
 * the atoms. */
#ifndef LRPOT__KSPACE_H
#define LRPOT__KSPACE_H

#include "electrostatics/ewald/ewald.h"

/* Largest |n_d| of vectors up to `end`; refuses a cell and cutoff whose vectors cannot be counted.
 */
lrpot_status lrpot__kspace_reach(const lrpot__sum *sum, double end, int32_t *reach);
/* Factor of a single vector k != 0 of a Gauss screening. In a slab k need not be of the reciprocal
 * lattice along the directions that repeat. */
double lrpot__kspace_weight(const lrpot__sum *sum, const double *k);
lrpot_status lrpot__kspace_build(const lrpot__sum *sum, lrpot_workspace *work, lrpot__kspace *out);
/* Structure factor of the owned atoms into `own`. */
lrpot_status lrpot__kspace_structure(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot__kspace *k);
/* Adds potential, field and virial of the reciprocal part. */
lrpot_status lrpot__kspace_collect(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__kspace *k, lrpot__sum_results *out);

#endif
