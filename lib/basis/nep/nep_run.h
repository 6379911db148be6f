/* One pass over the atoms of a NEP: site energies, scalars, and the adjoint of both. */
#ifndef LRPOT__NEP_RUN_H
#define LRPOT__NEP_RUN_H

#include "basis/nep/nep_evaluator.h"

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

/* Request. U_i is the site energy with ZBL, z_i the scalar of a charged model (its charge before
 * neutralisation). The adjoint is of sum_i energy_weights_i U_i + charge_weights_i z_i. Arrays
 * marked
 * += are added to. */
typedef struct lrpot__nep_request {
    int32_t mixed;                /* 1: mixed precision, whose tables the evaluator has */
    double energy_weight;         /* of all atoms, where energy_weights is NULL */
    const double *energy_weights; /* [n_owned] or NULL */
    const double *charge_weights; /* [n_owned] or NULL: 0 */
    double *energies;             /* out [n_owned] eV or NULL: U_i */
    double *charges;              /* out [n_owned] e or NULL: z_i */
    double *forces;               /* += [n_all][3] or NULL; ghosts folded by atoms->ghost_owner */
    /* [3] or NULL. If set, forces and virials are the moments that lrpot__request describes */
    const double *lever_arm;
    double *virial; /* += [3][3] eV or NULL: -sum_i sum_j r_ij (x) g_ij */
    /* += [n_all][3][3] or NULL: the terms of the virial, assigned to the neighbour j */
    double *virial_neighbour;
    /* += [n_all][3][3] or NULL: the same, assigned to the centre i */
    double *virial_centre;
} lrpot__nep_request;

static inline double lrpot__nep_energy_weight(const lrpot__nep_request *request, int64_t i)
{
    return request->energy_weights != NULL ? request->energy_weights[i] : request->energy_weight;
}

lrpot_status lrpot__nep_run(const lrpot__nep_evaluator *evaluator, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            const lrpot__nep_request *request);

#endif
