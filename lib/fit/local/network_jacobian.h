/* Networks beside the linear heads in a fit. */
#ifndef LRPOT__NETWORK_JACOBIAN_H
#define LRPOT__NETWORK_JACOBIAN_H

#include "fit/local/local.h"

/* Evaluates the network at the features of the atom, whose moments are complete. */
void lrpot__local_network_expand(lrpot__local *local, lrpot__local_head head, int32_t species);
/* In: tangents of the moments by parameters. Out, in the lanes of the scalars: derivatives of the
 * coefficients by these parameters. */
void lrpot__local_network_curvature(const lrpot__local *local, const double *tangents,
                                    double *lanes);

#endif
