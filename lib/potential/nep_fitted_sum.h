/* Coulomb sums of the programs that fit charged NEPs: pairs within the radial cutoff, and a fixed
 * sphere of reciprocal vectors. */
#ifndef LRPOT__NEP_FITTED_SUM_H
#define LRPOT__NEP_FITTED_SUM_H

#include "basis/nep/nep_model.h"

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

/* Terms per owned atom, for unit Coulomb constant; all are added to. */
typedef struct lrpot__nep_terms {
    double *potential; /* [n] e/A */
    double *field;     /* [n][3] e/A^2 */
    double *virial;    /* [n][3][3] e^2/A */
} lrpot__nep_terms;

/* Pairs of modes LRPOT__NEP_EWALD and LRPOT__NEP_DAMPED; q [n_all]. */
lrpot_status lrpot__nep_pair_sum(const lrpot__nep *nep, int32_t threads, const lrpot_atoms *atoms,
                                 const lrpot_nlist *list, const double *q,
                                 const lrpot__nep_terms *out);
/* Reciprocal vectors; crystals in one process only. O(n^2). */
lrpot_status lrpot__nep_sphere_sum(const lrpot__nep *nep, int32_t threads, const lrpot_atoms *atoms,
                                   const double *q, const lrpot__nep_terms *out);
/* Subtracts the self energy in mode LRPOT__NEP_EWALD. */
void lrpot__nep_self_sum(const lrpot__nep *nep, const lrpot_atoms *atoms, const double *q,
                         const lrpot__nep_terms *out);

#endif
