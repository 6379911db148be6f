/* Self-consistent densities, the local half: what fits need beside first derivatives. Of
 * y = x0 - R u at fixed u, and of the derivatives w of u.x0 - u.R u/2 by the values of the scalars,
 * the derivatives by these values and by the places of the atoms. Where charges flow along bonds u
 * is u + c.r with the vector `linear` c, or NULL, and with the vectors of the bonds fixed in it. */
#ifndef LRPOT__DENSITY_TANGENT_H
#define LRPOT__DENSITY_TANGENT_H

#include "charges/density_terms.h"

/* by_value [heads][n][size]: dy/dvalue, overwritten. */
void lrpot__density_by_values(const lrpot__density_terms *terms, const double *u,
                              const double *linear, double *by_value);

/* Directions in which atoms move: the 3n coordinates, then 9 strains r_b += strain_ab r_a, at
 * 3n + 3a + b. Adds dy to moments [3n + 9][size], and dw to weights [3n + 9][heads][n]. */
void lrpot__density_by_places(const lrpot__density_terms *terms, const double *u,
                              const double *linear, double *moments, double *weights);

#endif
