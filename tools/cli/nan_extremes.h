/* Maximum and minimum that return NaN if an argument is NaN, unlike fmax() and fmin(). */
#ifndef LRPOT_TOOL_EXTREMES_H
#define LRPOT_TOOL_EXTREMES_H

#include <math.h>

/* The larger one; NaN if either is. */
static inline double larger(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return -larger(-a, -b);
}

#endif
