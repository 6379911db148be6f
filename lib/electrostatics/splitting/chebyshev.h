/* Chebyshev series of smooth functions of one variable. */
#ifndef LRPOT__CHEBYSHEV_H
#define LRPOT__CHEBYSHEV_H

#define LRPOT__CHEBYSHEV_MAX 64

typedef double (*lrpot__function)(const void *ctx, double y);

/* Coefficients c[count], count <= LRPOT__CHEBYSHEV_MAX, of f over low..high; the first one whole,
 * not halved. */
void lrpot__chebyshev_fit(lrpot__function f, const void *ctx, double low, double high, int count,
                          double *c);
/* The same polynomial in powers of z = -1..1. Loses digits where many terms are needed. */
void lrpot__chebyshev_powers(const double *c, int count, double *out);
/* Series of the derivative by z. */
void lrpot__chebyshev_derivative(const double *c, int count, double *out);
/* Value at z = -1..1 (Clenshaw). */
double lrpot__chebyshev_value(const double *c, int count, double z);

#endif
