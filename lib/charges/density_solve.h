/* Self-consistent densities: Coulomb sums of their moments, and the fixed point. */
#ifndef LRPOT__DENSITY_SOLVE_H
#define LRPOT__DENSITY_SOLVE_H

#include "charges/density_terms.h"

/* One evaluation, in the workspace. */
typedef struct lrpot__density {
    lrpot__density_terms terms;
    double *resting;  /* x0 [size] */
    double *moments;  /* x */
    double *total;    /* [block]: x of an atom, summed over the widths */
    double *external; /* of the field, or NULL */
    double *answered; /* v of x = x0 - R u: what the moments are the answer to */
    double *levelled; /* u of A x + external */
    int32_t steps;    /* Coulomb sums that the fixed point took */
} lrpot__density;

/* Coulomb sum of moments x: v = A x (or NULL), x.A x/2, its forces [n][3] and virial [9] (or NULL),
 * all overwritten. */
lrpot_status lrpot__density_sum(const lrpot__charge_call *call, const double *x, double *v,
                                double *energy, double *forces, double *virial);
/* Adds the forces and the virial of x.A y at fixed moments x and y. */
lrpot_status lrpot__density_sum_mixed(const lrpot__charge_call *call, const double *x,
                                      const double *y, lrpot_outputs *out);
/* Solves x = base - R v, v = A x + external. v holds the guess, then potentials to which x is the
 * answer; they differ from felt, A x + external without its level, by the tolerance and by
 * what R does not see.
 * external: or NULL. of_response: base and external are changes, and charges sum to zero. */
lrpot_status lrpot__density_solve(const lrpot__charge_call *call, const lrpot__density_terms *terms,
                                  int of_response, const double *base, const double *external,
                                  double *x, double *v, double *felt, int32_t *steps);

#endif
