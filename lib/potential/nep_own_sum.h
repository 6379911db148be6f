/* Coulomb sums of charged NEPs beside the solver's. */
#ifndef LRPOT__NEP_OWN_SUM_H
#define LRPOT__NEP_OWN_SUM_H

#include "potential/potential.h"

/* eV A/e^2, the value in the programs that fit NEPs */
#define LRPOT__NEP_COULOMB_CONSTANT 14.399645

extern const lrpot__own_sum lrpot__nep_sum_as_fitted; /* modes 1 and 2 */
extern const lrpot__own_sum lrpot__nep_sum_damped;    /* mode 3 */

#endif
