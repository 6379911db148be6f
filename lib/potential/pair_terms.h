/* What a model adds for each pair of atoms beside its basis: core and gap barrier. */
#ifndef LRPOT__PAIR_TERMS_H
#define LRPOT__PAIR_TERMS_H

#include "potential/potential.h"

/* Adds them to energy, energy_atom, forces, virial and virial_atom. close: 0 where no pair is
 * within its core. */
lrpot_status lrpot__pair_terms_add(const lrpot_potential *potential, int close,
                                   lrpot_workspace *work, const lrpot_atoms *atoms,
                                   const lrpot_nlist *list, lrpot_outputs *out);

#endif
