/* Handle of a basis: copies, evaluation, checks of its descriptor. */
#ifndef LRPOT__BASIS_H
#define LRPOT__BASIS_H

#include "basis/evaluate.h"

/* The atoms have passed lrpot__atoms_check() for the species of the basis. */
lrpot_status lrpot__basis_run(const lrpot_basis *basis, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot__request *request);
lrpot_status lrpot__basis_clone(lrpot_basis **out, const lrpot_basis *basis);
/* 1: mixed precision, 0: double. LRPOT_E_UNSUPPORTED where a descriptor lacks it. */
lrpot_status lrpot__basis_set_mixed(lrpot_basis *basis, int32_t mixed);
/* Refuses a descriptor that the library cannot train. what: begins the message, "fits" and the
 * like. */
lrpot_status lrpot__basis_trained(const lrpot_basis *basis, const char *what);
/* 1 if both have the same features, so that one pass serves both. */
int lrpot__basis_same(const lrpot_basis *a, const lrpot_basis *b);

#endif
