/* The split of 1/r: a smooth part s(r), summed in reciprocal space with 4 pi/k^2 g(k), and the rest, summed in real space.
 *
 * Gauss:   s = erf(alpha r)/r, g = exp(-k^2/4 alpha^2): smooth to all orders, for the exact sum and for B-splines (Ewald 1921).
 * Prolate: s = Phi(r/cutoff)/r with Phi the normalised integral of the prolate function, g = that function: the rest vanishes at the
 *          cutoff, g nearly so beyond c/cutoff, and no split needs fewer reciprocal vectors (arXiv 2505.09727; 2602.16591). */
#ifndef LRPOT__SCREENING_H
#define LRPOT__SCREENING_H

#include "electrostatics/prolate.h"

#define LRPOT__SCREENING_TERMS 56

typedef struct lrpot__screening {
    double alpha;  /* 1/A: Gauss; 0: prolate */
    double cutoff; /* A: prolate */
    lrpot__prolate prolate;
    /* g of the prolate and its derivative by k^2 as Chebyshev series over 0..top; beyond, g is left out. */
    double top; /* 1/A^2 */
    int terms;
    double value[LRPOT__SCREENING_TERMS], slope[LRPOT__SCREENING_TERMS];
} lrpot__screening;

void lrpot__screening_gauss(double alpha, lrpot__screening *out);
lrpot_status lrpot__screening_prolate(double c, double cutoff, lrpot__screening *out);
/* The same for another cutoff. */
void lrpot__screening_rescale(const lrpot__screening *from, double cutoff, lrpot__screening *out);

/* s(r), 1/A, at r^2; strength = -(ds/dr)/r. */
double lrpot__screening_smooth(const lrpot__screening *s, double square, double *strength);
/* g(k) at k^2. */
double lrpot__screening_transform(const lrpot__screening *s, double square);
/* Integral of 1/r - s(r) over space, A^2. */
double lrpot__screening_mean(const lrpot__screening *s);

#endif
