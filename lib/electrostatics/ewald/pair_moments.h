/* First moments of the interaction about each atom, 1/2 sum_j q_j (r_j - r_i) G(r_j - r_i)
 * (docs/theory/heat_flux.md). Both functions add to moments [n_owned][3], V A. */
#ifndef LRPOT__PAIR_MOMENTS_H
#define LRPOT__PAIR_MOMENTS_H

#include "electrostatics/ewald/kspace.h"

/* Part in real space, or all pairs of an isolated system. */
lrpot_status lrpot__pair_moments(const lrpot__sum *sum, lrpot_workspace *work,
                                 const lrpot_nlist *list, double *moments);
/* Reciprocal part, with the structure factors of all processes in k. */
lrpot_status lrpot__kspace_moments(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__kspace *k, double *moments);

#endif
