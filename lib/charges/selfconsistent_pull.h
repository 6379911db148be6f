/* Derivatives at a fixed point. */
#ifndef LRPOT__SELFCONSISTENT_PULL_H
#define LRPOT__SELFCONSISTENT_PULL_H

#include "charges/selfconsistent.h"

/* Adjoint fixed point: multipliers w = de/dv + y.df/dv and y = direct + sum_n A_n w_n. direct:
 * derivative by the moments at fixed features. */
lrpot_status lrpot__selfconsistent_adjoint(const lrpot_selfconsistent *scheme,
                                           lrpot_workspace *work, const lrpot_atoms *view,
                                           const lrpot_local_model *local, const double *features,
                                           const double *direct, double *multipliers, double *y);

#endif
