/* Charges in proportion to their scalars: x_i = slope_i c_i (charge_rules.h), where the slope can
 * have a parameter of its own for each species. Kinds without slopes pass through unchanged. */
#ifndef LRPOT__FIT_CHARGE_SLOPES_H
#define LRPOT__FIT_CHARGE_SLOPES_H

#include "fit/jacobian/assembly.h"

/* slope_i of an atom; 1 where the kind has none. */
double lrpot__charge_slope(const lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i);
/* Replaces c by x in bare; c is kept. */
void lrpot__charge_slopes_apply(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Weights [n] (NULL: 1) times the slopes, for the adjoint of the heads; `weights` itself if the
 * kind has no slopes. */
const double *lrpot__charge_slopes_weights(lrpot__assembly *assembly, const lrpot__frame *frame,
                                           const double *weights);
/* Turns dc, dc_dr and c_strain of an atom from those of c into those of x. The derivative by the
 * slope's parameter is added to dc, and to the rows of the Jacobian with derivatives of x by
 * positions and strain. */
void lrpot__charge_slopes_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        int64_t i);

#endif
