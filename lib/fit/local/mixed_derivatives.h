/* Second derivatives: an atom's gradient differentiated by its parameters. */
#ifndef LRPOT__MIXED_DERIVATIVES_H
#define LRPOT__MIXED_DERIVATIVES_H

#include "fit/local/local.h"

/* Adds the second derivatives of the last atom by its radial and by its linear coefficients. */
void lrpot__local_mixed_radial(lrpot__local *local, const lrpot__scatter *scatter);
void lrpot__local_mixed_linear(lrpot__local *local, const lrpot__scatter *scatter);
/* dB/dr of the last atom, in feature_slopes. */
void lrpot__local_feature_slopes(lrpot__local *local);

#endif
