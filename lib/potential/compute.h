/* Energy and its derivatives: charges, electrostatics, chain rule of the charges, local part. */
#ifndef LRPOT__COMPUTE_H
#define LRPOT__COMPUTE_H

#include "potential/potential.h"

/* As lrpot_potential_compute(), with an external potential shift [n_owned], V, or NULL, and a field
 * [3], V/A, or NULL, on the dipoles of atoms, for charges that minimise their energy in them. Its
 * energy is included. The caller adds the forces of its own dependence on positions. */
lrpot_status lrpot__potential_compute_shifted(const lrpot_potential *potential,
                                              lrpot_workspace *work, const lrpot_atoms *atoms,
                                              const lrpot_nlist *list, const lrpot_comm *comm,
                                              const double *shift, const double *field,
                                              lrpot_outputs *out);

#endif
