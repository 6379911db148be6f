/* Prolate spheroidal wave function of order zero: of all functions that vanish outside an interval,
 * the one whose Fourier transform is most concentrated in another interval (Slepian and Pollak,
 * Bell Syst. Tech. J. 40, 43 (1961)). */
#ifndef LRPOT__PROLATE_H
#define LRPOT__PROLATE_H

#include <lrpot/status.h>

#define LRPOT__PROLATE_TERMS 48

typedef struct lrpot__prolate {
    double c;                              /* product of the two intervals' half widths */
    double area;                           /* integral of psi over 0..1 */
    double legendre[LRPOT__PROLATE_TERMS]; /* coefficients of P_0, P_2, P_4 ...; psi(0) = 1 */
} lrpot__prolate;

/* c in 0.5..60. */
lrpot_status lrpot__prolate_make(double c, lrpot__prolate *out);
/* psi(x), |x| <= 1. */
double lrpot__prolate_value(const lrpot__prolate *p, double x);
/* Integral of psi over 0..x, |x| <= 1. */
double lrpot__prolate_integral(const lrpot__prolate *p, double x);
/* Integral of psi(t) cos(w t) over 0..1, divided by the area: psi(w/c) for w <= c, and its
 * continuation beyond. */
double lrpot__prolate_transform(const lrpot__prolate *p, double w);
/* Mean of x^2 under psi. */
double lrpot__prolate_mean_square(const lrpot__prolate *p);

#endif
