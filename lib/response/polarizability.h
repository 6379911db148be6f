/* Polarizability of charges that respond to a field, for callers that have evaluated them. */
#ifndef LRPOT__POLARIZABILITY_H
#define LRPOT__POLARIZABILITY_H

#include "charges/charges.h"
#include "core/constants.h"

/* alpha [3][3], e A^2/V. unwrapped: positions to which charges flow, or NULL for dielectric charges
 * in a system that repeats. */
lrpot_status lrpot__polarizability(lrpot__charge_call *call, const double *unwrapped,
                                   double *alpha);
/* Derivative of the dielectric tensor by the polarizability of a cell, V/(e A^2). */
static inline double lrpot__dielectric_slope(double volume)
{
    return 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / volume;
}

#endif
