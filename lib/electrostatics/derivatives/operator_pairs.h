/* The short-ranged part of the operator as compressed rows. */
#ifndef LRPOT__OPERATOR_PAIRS_H
#define LRPOT__OPERATOR_PAIRS_H

#include "electrostatics/derivatives/ewald_operator.h"

/* Pairs in real space and self-interaction. list NULL: all pairs of an isolated system. */
lrpot_status lrpot__operator_pairs_fill(const lrpot__sum *sum, lrpot_workspace *work,
                                        const lrpot__self_energy *self_energy,
                                        const lrpot_nlist *list, lrpot__operator_pairs *out);
void lrpot__operator_pairs_free(lrpot__operator_pairs *pairs);

#endif
