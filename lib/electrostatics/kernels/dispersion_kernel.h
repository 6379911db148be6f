/* Split of 1/r^6 with a Gaussian (Williams, Acta Cryst. A 27, 452 (1971); Karasawa and Goddard,
 * J. Phys. Chem. 93, 7320 (1989)). With u = alpha^2 r^2 and b = k/2 alpha:
 *
 *   1/r^6 = exp(-u) (1 + u + u^2/2)/r^6 + s(r),   s(0) = alpha^6/6,
 *   transform of s: pi^(3/2) alpha^3/3 f(b),
 *   f = (1 - 2 b^2) exp(-b^2) + 2 sqrt(pi) b^3 erfc(b).
 *
 * The rest of the library sums 4 pi g(k)/k^2, so here g = k^2/(4 pi) times that transform. */
#ifndef LRPOT__DISPERSION_KERNEL_H
#define LRPOT__DISPERSION_KERNEL_H

#include "electrostatics/splitting/screening.h"

/* For the vectorised loops:
 *
 *   g = amplitude k^2 exp(-b^2) (1 - 2 c),   dg/dk^2 = amplitude exp(-b^2) (1 - 5 c),
 *   c = b^2 (1 - sqrt(pi) b exp(b^2) erfc(b)), 0 .. 1/2,
 *
 * with c as a Chebyshev series of (b - LRPOT__DISPERSION_MIDDLE)/(b + LRPOT__DISPERSION_MIDDLE) in
 * `value` of the screening. */
#define LRPOT__DISPERSION_TERMS 24
#define LRPOT__DISPERSION_MIDDLE 3.0

#endif
