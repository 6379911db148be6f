/* Radial functions of a pair for any order of derivative. */
#ifndef LRPOT__PAIR_ORDERS_H
#define LRPOT__PAIR_ORDERS_H

#include "electrostatics/kernels/pair.h"

#define LRPOT__PAIR_ORDERS_MAX 7 /* orders 0 .. 6: force constants between quadrupoles */

/* b[n], n < count: B_0 the interaction in real space (Gauss screening or none, taper included),
 * B_{n+1} = -(1/r) dB_n/dr, so that d_a B_n = -r_a B_{n+1}. gamma as for lrpot__pair_eval. r^2 > 0,
 * or Gaussians both. */
void lrpot__pair_orders(const lrpot__pair *pair, double gamma, double square, int count, double *b);

/* The same from the Boys functions of gamma^2 r^2 (not looked at where gamma is 0) and alpha^2 r^2,
 * to 1e-14 of the interaction without the split, where the other is exact to digits of its own
 * value: without erfc, for sums over all pairs. */
void lrpot__pair_orders_boys(const lrpot__pair *pair, double gamma, double square,
                             const double *of_gamma, const double *of_alpha, int count, double *b);

#endif
