/* The factor of the charges in the Born charges where it is fitted along: gamma_i = c_z + sum_k
 * c_zk B_k(i), with the c among the parameters (docs/theory/polar_tensors.md). */
#ifndef LRPOT__FIT_FACTOR_H
#define LRPOT__FIT_FACTOR_H

#include "fit/jacobian/assembly.h"

/* Scratch of one thread. */
struct lrpot__born_factor {
    lrpot__local *local;        /* local layer of the functions B_k */
    int64_t functions, count;   /* K, and all coefficients [S][K + 1] */
    const double *coefficients; /* borrowed; the caller keeps them up to date */
    int64_t capacity;           /* atoms */
    double *gamma, *unit_born;  /* [n], [9n][n]: as those of a frame */
    double *values;             /* [K + 1] B_k of an atom, and 1 */
    double *mean;               /* [count] sum_i q_i dgamma_i/dc over n */
    /* [3][count] sum_i share_i (r_i - centre) dgamma_i/dc over the shares' sum */
    double *moments;
};

/* basis must outlive the factor. */
lrpot_status lrpot__born_factor_create(lrpot__born_factor **out, const lrpot_basis *basis,
                                       int32_t n_species, const double *coefficients);
void lrpot__born_factor_free(lrpot__born_factor *factor);
/* gamma and unit_born of a frame. */
lrpot_status lrpot__born_factor_evaluate(lrpot__born_factor *factor, const lrpot__frame *frame);
/* Adds to the Jacobian: the Born charges by the coefficients, after those by the charges. */
lrpot_status lrpot__born_factor_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
