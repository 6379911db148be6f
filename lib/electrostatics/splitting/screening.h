/* Split of 1/r into a smooth part s(r), summed in reciprocal space with 4 pi/k^2 g(k), and the
 * rest, summed in real space.
 *
 * Gauss: s = erf(alpha r)/r, g = exp(-k^2/4 alpha^2). It is smooth to all orders, for the exact sum
 * and for B-splines (Ewald 1921).
 *
 * Prolate: s = Phi(r/cutoff)/r, with Phi the normalised integral of the prolate function, and g =
 * that function. The rest vanishes at the cutoff, g nearly vanishes beyond c/cutoff, and no split
 * needs fewer reciprocal vectors (arXiv 2505.09727; 2602.16591).
 *
 * Other kernels have a Gaussian split: the record of the kernel has the functions. */
#ifndef LRPOT__SCREENING_H
#define LRPOT__SCREENING_H

#include "electrostatics/kernels/kernel_rules.h"
#include "electrostatics/splitting/prolate.h"

#define LRPOT__SCREENING_TERMS 56

typedef struct lrpot__screening {
    const lrpot__kernel_rules *kernel;
    double sigma;     /* A: width of the kernel, as in the options */
    double alpha;     /* 1/A: Gauss; 0: prolate, or no split */
    double cutoff;    /* A: prolate; 0: Gauss */
    double amplitude; /* amplitude for 1/r^6, whose series is in value, see dispersion_kernel.h */
    lrpot__prolate prolate;
    /* g of the prolate and its derivative by k^2 as Chebyshev series over 0..top. Beyond it g is
     * neglected. */
    double top; /* 1/A^2 */
    int terms;
    double value[LRPOT__SCREENING_TERMS], slope[LRPOT__SCREENING_TERMS];
} lrpot__screening;

/* The sums are tapered over the last few per cent of their cutoff. Their error is that of a sharp
 * end at this part of the cutoff. */
#define LRPOT__FADE 0.97

/* A Gaussian split of the kernel; alpha 0: none. */
void lrpot__screening_gauss(const lrpot__kernel_rules *kernel, double sigma, double alpha,
                            lrpot__screening *out);
/* A prolate split, for a kernel that has one. */
lrpot_status lrpot__screening_prolate(const lrpot__kernel_rules *kernel, double c, double cutoff,
                                      lrpot__screening *out);
/* The same for another cutoff. */
void lrpot__screening_rescale(const lrpot__screening *from, double cutoff, lrpot__screening *out);

/* s(r), 1/A, at r^2; strength = -(ds/dr)/r. */
double lrpot__screening_smooth(const lrpot__screening *s, double square, double *strength);
/* Energy of two unit charges at 1 A, eV. */
static inline double lrpot__screening_constant(const lrpot__screening *s)
{
    return s->kernel->constant;
}
/* g(k) at k^2. */
double lrpot__screening_transform(const lrpot__screening *s, double square);
/* 2/k^2 - 2 d ln g/dk^2 at k^2 > 0: the strain derivative of the weight g/k^2 per k_a k_b, and the
 * slope of its logarithm by k over -k. 0 where g vanishes. */
double lrpot__screening_logarithmic(const lrpot__screening *s, double square);
/* Excess of the sum over k != 0, per volume: the integral of 1/r - s(r), A^2, whose mean counts as
 * 0. For 1/r^6, whose mean is included, it is negative: -integral of s(r). */
double lrpot__screening_mean(const lrpot__screening *s);

#endif
