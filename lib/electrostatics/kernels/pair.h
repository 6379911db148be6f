/* Interaction of two charges in real space: 1/r, or 1/r^6, minus the smooth part that is summed in
 * reciprocal space. */
#ifndef LRPOT__PAIR_H
#define LRPOT__PAIR_H

#include "electrostatics/splitting/screening.h"

#define LRPOT__PAIR_DEGREE 40 /* largest degree of the polynomial */
/* e^2/A^2: smallest error for which the polynomial is used. Powers lose digits where many are
 * needed */
#define LRPOT__PAIR_FINEST 4e-14

/* Pair interaction. The smooth part is a polynomial of z = scale r^2 - 1, z in [-1, 1] inside the
 * cutoff. It is an entire function and needs few terms. The force is the exact derivative of the
 * same polynomial. */
typedef struct lrpot__pair {
    double cutoff; /* A; 0: none, the whole kernel */
    /* Gauss: the interaction is tapered over u = r^2 from taper_start, over a width of
     * 1/taper_scale; 0: no taper */
    double taper_start, taper_scale;
    /* 0: evaluates the functions themselves, where a polynomial would not be exact enough */
    int degree;
    double z_scale;                            /* z = z_scale r^2 - 1 */
    double value[LRPOT__PAIR_DEGREE + 1];      /* s(r), coefficient of z^k */
    double derivative[LRPOT__PAIR_DEGREE + 1]; /* its derivative by r^2 */
    /* A^2: smallest r^2 at which single precision is exact enough; 0: nowhere */
    double single;
    lrpot__screening screening;
} lrpot__pair;

/* error: largest absolute error of a pair's force from the polynomial, e^2/A^2. */
void lrpot__pair_make(const lrpot__screening *screening, double cutoff, double error,
                      lrpot__pair *out);

/* Allows single precision where its rounding is at most `error` in the force of a pair, e^2/A^2, if
 * that includes all pairs of atoms at their usual distance at this density. */
void lrpot__pair_allow_single(lrpot__pair *pair, double error, double density);

/* Value (1/A) and strength = -(d value/dr)/r (1/A^3) at r^2 < cutoff^2. gamma = 1/sqrt(2 (s_i^2 +
 * s_j^2)) of Gaussians, 0 for points. */
void lrpot__pair_eval(const lrpot__pair *pair, double gamma, double square, double *value,
                      double *strength);

/* Smooth step from 1 (x <= start) to 0 (x >= end) with two continuous derivatives; slope gets its
 * derivative. */
double lrpot__taper(double x, double start, double end, double *slope);

#endif
