/* Equilibrated charges under fit: their equations are solved with the matrices of the frame, and differentiated by the parameters.
 *
 *   (A + eta) q + chi = lambda, sum q = Q,   E = chi.q + q.(A + eta).q / 2 stationary,
 *   dq = -P (dchi + q deta),  P = H^-1 - H^-1 1 1^T H^-1 / (1^T H^-1 1),  H = A + eta,
 *   dF = explicit part of dq - sum_i dq_i dchi_i/dr - d(q_i^2/2 eta'_i) du_i/dr - second derivatives. */
#ifndef LRPOT__EQUILIBRATE_H
#define LRPOT__EQUILIBRATE_H

#include "fit/assemble.h"

struct lrpot__equilibrium {
    int64_t capacity; /* atoms */
    double *scalars;  /* [2][n] chi, u */
    double *weights;  /* [2][n] dE/dchi, dE/du */
    double *slope;    /* [n] eta' */
    double *inverse;  /* [n][padded] H, then its factor */
    double *projected; /* [n][n] P */
    double *column;   /* [n] */
    double *heads;    /* [K] coefficients of one atom */
};

lrpot_status lrpot__equilibrium_create(lrpot__equilibrium **out);
void lrpot__equilibrium_free(lrpot__equilibrium *equilibrium);
/* q of a frame; the part of the energy that is not Coulomb's is added to the prediction. */
lrpot_status lrpot__equilibrium_charges(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Forces of the heads, added to the prediction, and their virial. */
lrpot_status lrpot__equilibrium_pull(lrpot__assembly *assembly, const lrpot__frame *frame, double virial[9]);
lrpot_status lrpot__equilibrium_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
