/* Fragments that are held at potentials. */
#ifndef LRPOT__HELD_FRAGMENTS_H
#define LRPOT__HELD_FRAGMENTS_H

#include "charges/charges.h"

/* Number of fragments; the whole system is one if there are none. */
int32_t lrpot__fragments_of(const lrpot_atoms *atoms);
/* Sums of v over the fragments of all processes; v NULL: numbers of atoms. */
lrpot_status lrpot__fragments_sum(const lrpot_atoms *atoms, const lrpot_comm *comm, const double *v,
                                  double *sums);
/* Numbers of atoms in a block of the workspace, until the next call. */
lrpot_status lrpot__fragments_count(const lrpot_atoms *atoms, lrpot_workspace *work,
                                    const lrpot_comm *comm, double **counts);
/* Groups of the call. Potentials at which fragments are held enter its shift; charges that cannot
 * be held at any are refused. */
lrpot_status lrpot__charges_hold(lrpot__charge_call *call);

#endif
