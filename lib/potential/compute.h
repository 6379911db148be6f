/* Energy and its derivatives: charges, electrostatics, chain rule of the charges, local part. */
#ifndef LRPOT__COMPUTE_H
#define LRPOT__COMPUTE_H

#include "potential/potential.h"

/* What acts from outside; NULL: nothing. */
typedef struct lrpot__acting {
    /* For charges that minimise their energy in them: V [n_owned]; and V/A [3], on the dipoles of
     * atoms. Their energy is included. The caller adds the forces of their own dependence on
     * positions. */
    const double *shift, *field;
    /* V/A [3]: a field on other charges, in a system that repeats in three directions. The forces
     * of their flow are added, of the field on charges that follow their neighbours. */
    const double *lever_arm;
} lrpot__acting;

/* As lrpot_potential_compute(), with what acts, or NULL. */
lrpot_status lrpot__potential_compute_acted(const lrpot_potential *potential, lrpot_workspace *work,
                                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                                            const lrpot_comm *comm, const lrpot__acting *acting,
                                            lrpot_outputs *out);
/* 1 if the pass of the charges' derivatives can take a lever arm along: forces alone are wanted, of
 * moment tensors with one charge per atom. */
int lrpot__potential_takes_lever(const lrpot_potential *potential, const lrpot_outputs *out);

#endif
