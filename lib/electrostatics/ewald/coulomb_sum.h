/* The Coulomb sum with the first moments of the interaction, which the heat flux needs. */
#ifndef LRPOT__COULOMB_SUM_H
#define LRPOT__COULOMB_SUM_H

#include <lrpot/ewald.h>

/* lrpot_ewald_eval_channels(), the virials of the atoms being those of their halves of the pairs,
 * and
 *   moments[c][i] = 1/2 sum_j q_j (r_j - r_i) G(r_j - r_i), V A, [n_channels][n_owned][3],
 * overwritten, with the same interaction G: without its mean over a crystal
 * (docs/theory/heat_flux.md). Isolated systems, by all pairs, and crystals in tin-foil
 * surroundings.
 */
lrpot_status lrpot__ewald_moments(const lrpot_ewald *ewald, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, int32_t n_channels, const double *q,
                                  double *moments, lrpot_outputs *out);

#endif
