/* Coulomb sums of densities whose atoms have Gaussians of several widths. Two Gaussians of widths s
 * and t interact as two of width sqrt((s^2 + t^2)/2), so that each pair of widths has a sum. */
#ifndef LRPOT__BLURRED_SUMS_H
#define LRPOT__BLURRED_SUMS_H

#include "charges/charges.h"

/* Creates the sums of all pairs of n_widths widths, or NULL for one width. */
lrpot_status lrpot__blurred_sums_create(struct lrpot__blurred_sums **out,
                                        const lrpot_charges *charges, double accuracy);
void lrpot__blurred_sums_free(struct lrpot__blurred_sums *sums);

/* One sum over moments x of any widths, [widths][components of the order][n]: v = A x (or NULL) of
 * derivatives up to order `more`, x.A x/2, its forces [n][3] and virial [9] (or NULL), all
 * overwritten. order: of x; more: order or order + 1. atoms: owned ones alone. */
lrpot_status lrpot__blurred_sums_eval(const struct lrpot__blurred_sums *sums, lrpot_workspace *work,
                                      const lrpot_atoms *atoms, int32_t order, int32_t more,
                                      const double *x, double *v, double *energy, double *forces,
                                      double *virial);
/* The same of a piece of a system: x with the moments of ghosts, blocks of n_all, and the list and
 * the processes of the host, or NULL. */
lrpot_status lrpot__blurred_sums_of_pieces(const struct lrpot__blurred_sums *sums,
                                           lrpot_workspace *work, const lrpot_atoms *atoms,
                                           const lrpot_nlist *list, const lrpot_comm *comm,
                                           int32_t order, int32_t more, const double *x, double *v,
                                           double *energy, double *forces, double *virial);
/* Derivatives of A x by the strains of strain.h at fixed moments, of a crystal: strained
 * [6][moments], overwritten. */
lrpot_status lrpot__blurred_sums_strains(const struct lrpot__blurred_sums *sums,
                                         lrpot_workspace *work, const lrpot_atoms *atoms,
                                         int32_t order, const double *x, double *strained);

#endif
