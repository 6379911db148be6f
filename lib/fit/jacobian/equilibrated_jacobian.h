/* Equilibrated charges in a fit. Their equations are solved with the matrices of the frame, and
 * differentiated by the parameters.
 *
 *   (A + eta) q + chi = C lambda, C^T q = Q,   E = chi.q + q.(A + eta).q / 2 stationary,
 *   dq = -P (dchi + q deta),  P = H^-1 - H^-1 C (C^T H^-1 C)^-1 C^T H^-1,  H = A + eta,
 *   C_if = 1 for the atoms i of fragment f,
 *   dF = explicit part of dq - sum_i dq_i dchi_i/dr - d(q_i^2/2 eta'_i) du_i/dr
 *        - second derivatives. */
#ifndef LRPOT__EQUILIBRATE_H
#define LRPOT__EQUILIBRATE_H

#include "fit/jacobian/assemble.h"

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
/* x = H^-1 x + a constraint term that makes the sums over the fragments their charges: q from -chi.
 * Leaves factors of H and of the border. */
lrpot_status lrpot__equilibrated_solve(lrpot__equilibrated *equilibrium, const lrpot__frame *frame,
                                       double *x);
/* Replaces x by P x, after solve. */
void lrpot__equilibrated_respond(lrpot__equilibrated *equilibrium, const lrpot__frame *frame,
                                 double *x);
/* P, after solve. */
void lrpot__equilibrated_projector(lrpot__equilibrated *equilibrium, const lrpot__frame *frame);
/* q of a frame. Adds the part of the energy beside the Coulomb energy to the prediction. */
lrpot_status lrpot__equilibrated_charges(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds the forces of the heads, and their virial, to the prediction. */
lrpot_status lrpot__equilibrated_pull(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double virial[9]);
lrpot_status lrpot__equilibrated_differentiate(lrpot__assembly *assembly,
                                               const lrpot__frame *frame);

/* Born charges [n][3][3], after the charges and their field. */
lrpot_status lrpot__equilibrated_born(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double *z);
/* Parts of their Jacobian, in this order: with the derivatives of the hardness in dc and dc_dr; dv
 * and dq through the Coulomb forces; with those of the electronegativity; second derivatives of the
 * heads. */
void lrpot__equilibrated_born_hardness(lrpot__assembly *assembly, const lrpot__frame *frame);
void lrpot__equilibrated_born_explicit(lrpot__assembly *assembly, const lrpot__frame *frame);
void lrpot__equilibrated_born_electronegativity(lrpot__assembly *assembly,
                                                const lrpot__frame *frame);
lrpot_status lrpot__equilibrated_born_mixed(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
