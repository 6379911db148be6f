/* Local model of polarizable densities: charges flow between neighbours, dipoles align with the
 * field. */
#ifndef LRPOT__DENSITY_LOCAL_H
#define LRPOT__DENSITY_LOCAL_H

#include "potential/density.h"

/* The callbacks of lrpot_local_model; ctx is a lrpot__density_local. */
lrpot_status lrpot__density_eval(void *ctx, const double *v, double *x, double *energy);
lrpot_status lrpot__density_pull(void *ctx, const double *v, const double *y, double *w);
/* Derivatives of scale e + y.x by the heads, [n][count]. If forces are asked for, adds those of the
 * pairs to forces [n][3] and virial [3][3] (or NULL). */
void lrpot__density_slopes(const lrpot__density_local *local, const double *v, const double *y,
                           double *slopes, double *forces, double *virial);

#endif
