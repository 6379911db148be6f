/* Modified Bessel functions of the second kind. */
#ifndef LRPOT__BESSEL_H
#define LRPOT__BESSEL_H

/* K_0(x) and K_1(x), x > 0, to some units in the last place of a double. */
void lrpot__bessel_k(double x, double *k0, double *k1);

#endif
