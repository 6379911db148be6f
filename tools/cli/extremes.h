/* Extremes that keep what is not a number: fmax() and fmin() would pass over it. */
#ifndef LRPOT_TOOL_EXTREMES_H
#define LRPOT_TOOL_EXTREMES_H

#include <math.h>

/* The larger one; NaN when either is. */
static inline double larger(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return -larger(-a, -b);
}

#endif
