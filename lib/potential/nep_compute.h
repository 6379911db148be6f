/* Energy and its derivatives of a NEP: charges, Coulomb sum, and one adjoint pass for the energy
 * and the response of the charges to the potential. */
#ifndef LRPOT__NEP_COMPUTE_H
#define LRPOT__NEP_COMPUTE_H

#include "potential/nep_potential.h"

/* As lrpot_potential_compute(). The per-atom virial is assigned to the neighbour. */
lrpot_status lrpot__nep_compute(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, lrpot_outputs *out);
/* Charges of owned atoms and ghosts, of sum atoms->total_charge; q [n_all] e. */
lrpot_status lrpot__nep_charges(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *q);

#endif
