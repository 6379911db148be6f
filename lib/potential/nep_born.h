/* Born charges of a charged NEP, in two definitions (docs/theory/nep.md). */
#ifndef LRPOT__NEP_BORN_H
#define LRPOT__NEP_BORN_H

#include "potential/nep_potential.h"

/* Z [n_owned][3][3] e, polarization first; with the factor sqrt(epsilon) of the file. */
lrpot_status lrpot__nep_born_charges(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     int32_t form, double *Z);

#endif
