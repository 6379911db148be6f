/* Equilibrated charges in a fit. Their equations are solved with the matrices of the frame, and
 * differentiated by the parameters.
 *
 *   (A + eta) q + chi = C lambda, C^T q = Q,   E = chi.q + q.(A + eta).q / 2 stationary,
 *   dq = -P (dchi + q deta),  P = H^-1 - H^-1 C (C^T H^-1 C)^-1 C^T H^-1,  H = A + eta,
 *   C_if = 1 for the atoms i of fragment f,
 *   dF = explicit part of dq - sum_i dq_i dchi_i/dr - d(q_i^2/2 eta'_i) du_i/dr
 *        - second derivatives. */
#ifndef LRPOT__FIT_EQUILIBRATED_H
#define LRPOT__FIT_EQUILIBRATED_H

#include "fit/jacobian/assembly.h"

/* Heads of equilibrated charges: electronegativity chi, and u of the hardness. */
enum { LRPOT__EQUILIBRATED_CHI, LRPOT__EQUILIBRATED_HARDNESS, LRPOT__EQUILIBRATED_HEADS };

struct lrpot__equilibrated {
    int64_t capacity, fragments; /* capacity of the arrays */
    double *scalars;             /* [2][n] chi, u */
    double *weights;             /* [2][n] dE/dchi, dE/du */
    double *slope;               /* [n] eta' */
    double *curvature;           /* [n] eta''/eta' */
    double *inverse;             /* [n][padded] H, then its factor */
    double *projected;           /* [n][n] P */
    double *hardness;            /* [n] eta */
    double *columns;             /* [F][n] H^-1 C */
    double *border;              /* [F][padded] factor of C^T H^-1 C */
    double *sums;                /* [F] */
    double *heads;               /* [K] coefficients of one atom */
    double *slopes;              /* [2][n] weights of the heads in a Born charge */
    /* for Born charges: */
    int64_t flow_capacity; /* atoms */
    double *flow;          /* [3][n] v_a = P m_a */
    double *flow_field;    /* [3][3n] G v_a */
    double *pulled;        /* [3n] */
    double *flow_change;   /* [3][n][charge_stride] dv_a */
    int64_t *rows;         /* [3n] */
};

lrpot_status lrpot__equilibrated_create(lrpot__equilibrated **out);
void lrpot__equilibrated_free(lrpot__equilibrated *equilibrium);
/* Makes room for n atoms, a number of fragments, and features of the heads. */
lrpot_status lrpot__equilibrated_reserve(lrpot__equilibrated *equilibrium, int64_t n,
                                         int64_t fragments, int64_t features);

#endif
