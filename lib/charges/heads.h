/* Heads: scalars linear in the basis, with or without a network, all of them from one pass; and
 * their forces by one adjoint pass. */
#ifndef LRPOT__HEADS_H
#define LRPOT__HEADS_H

#include "charges/charges.h"

/* Request to the basis for the values or derivatives of one head. */
lrpot__request lrpot__head_request(const lrpot_charges *charges, int32_t head);
/* Heads forward and backward: c [m][n_owned]; and the forces of dE/dc [m][n_owned], added to
 * out. */
lrpot_status lrpot__heads_eval(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, double *scalars);
lrpot_status lrpot__heads_pull(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *weights, lrpot_outputs *out);
/* The same for forces of a single head, with those of the field of the call in one pass; slopes
 * [n_owned] of the charges by the scalars, NULL: 1. */
lrpot_status lrpot__heads_pull_in_field(const lrpot__charge_call *call, const double *weights,
                                        const double *slopes, double *forces);

#endif
