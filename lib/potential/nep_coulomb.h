/* Coulomb energy of a charged NEP for given charges. */
#ifndef LRPOT__NEP_COULOMB_H
#define LRPOT__NEP_COULOMB_H

#include "potential/nep_potential.h"

/* eV A/e^2, the value in the programs that fit NEPs */
#define LRPOT__NEP_COULOMB_CONSTANT 14.399645

/* Adds energy, energy_atom, forces, virial, virial_atom, field; overwrites `potential`, which must
 * be given. q [n_all] e. */
lrpot_status lrpot__nep_coulomb(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, const double *q, lrpot_outputs *out);

#endif
