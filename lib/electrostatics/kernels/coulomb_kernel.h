/* Kernel 1/r with a Gaussian split: smooth part erf(alpha r)/r, rest erfc(alpha r)/r, g =
 * exp(-k^2/4 alpha^2). Used by the kernels of charges. See kernel_rules.h for the members of the
 * record. */
#ifndef LRPOT__COULOMB_KERNEL_H
#define LRPOT__COULOMB_KERNEL_H

#include "electrostatics/splitting/screening.h"

double lrpot__coulomb_bare(const lrpot__screening *s, double square, double *strength);
double lrpot__coulomb_short_range(const lrpot__screening *s, double square, double *strength);
double lrpot__coulomb_long_range(const lrpot__screening *s, double square, double *strength);
double lrpot__coulomb_transform(const lrpot__screening *s, double square, double *strain);
double lrpot__coulomb_mean(const lrpot__screening *s);
double lrpot__coulomb_self(double width);
double lrpot__coulomb_error_real(double alpha, double cutoff, double density);
double lrpot__coulomb_error_reciprocal(double alpha, double k_cut, double density);

/* erfc(a r)/r and its strength. */
double lrpot__coulomb_erfc(double r, double a, double *strength);

#endif
