/* The split of 1/r: a smooth part s(r), summed in reciprocal space with 4 pi/k^2 g(k), and the
 * rest, summed in real space.
 *
 * Gauss:   s = erf(alpha r)/r, g = exp(-k^2/4 alpha^2): smooth to all orders, for the exact sum and
 * for B-splines (Ewald 1921). Prolate: s = Phi(r/cutoff)/r with Phi the normalised integral of the
 * prolate function, g = that function: the rest vanishes at the cutoff, g nearly so beyond
 * c/cutoff, and no split needs fewer reciprocal vectors (arXiv 2505.09727; 2602.16591).
 *
 * Or of 1/r^6, by a Gaussian: see dispersion.h. The sum is then that of amplitudes that attract
 * each other, so its constant is -1. */
#ifndef LRPOT__SCREENING_H
#define LRPOT__SCREENING_H

#include "electrostatics/splitting/prolate.h"

#include <lrpot/electrostatics.h>

#define LRPOT__SCREENING_TERMS 56

typedef struct lrpot__screening {
    double alpha;     /* 1/A: Gauss; 0: prolate */
    double cutoff;    /* A: prolate */
    int sixth;        /* 1/r^6 instead of 1/r; value holds lrpot__dispersion_series */
    double amplitude; /* of it, see dispersion.h */
    lrpot__prolate prolate;
    /* g of the prolate and its derivative by k^2 as Chebyshev series over 0..top; beyond, g is left
     * out. */
    double top; /* 1/A^2 */
    int terms;
    double value[LRPOT__SCREENING_TERMS], slope[LRPOT__SCREENING_TERMS];
} lrpot__screening;

void lrpot__screening_gauss(double alpha, lrpot__screening *out);
void lrpot__screening_dispersion(double alpha, lrpot__screening *out);
lrpot_status lrpot__screening_prolate(double c, double cutoff, lrpot__screening *out);
/* The same for another cutoff. */
void lrpot__screening_rescale(const lrpot__screening *from, double cutoff, lrpot__screening *out);

/* s(r), 1/A, at r^2; strength = -(ds/dr)/r. */
double lrpot__screening_smooth(const lrpot__screening *s, double square, double *strength);
/* Energy of two unit charges at 1 A, eV. */
static inline double lrpot__screening_constant(const lrpot__screening *s)
{
    return s->sixth ? -1.0 : LRPOT_COULOMB_CONSTANT;
}
/* g(k) at k^2. */
double lrpot__screening_transform(const lrpot__screening *s, double square);
/* What the sum over k != 0 has too much per volume: the integral of 1/r - s(r), A^2, whose mean
 * counts as 0; for 1/r^6, whose mean is there, less than nothing: -integral of s(r). */
double lrpot__screening_mean(const lrpot__screening *s);

#endif
