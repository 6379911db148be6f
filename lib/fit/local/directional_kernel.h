/* Innermost loops of the gradient along one direction: a lane is an atom. */
#ifndef LRPOT__DIRECTIONAL_KERNEL_H
#define LRPOT__DIRECTIONAL_KERNEL_H

#include "basis/plan/plan.h"

/* Atoms of one batch; columns of radial polynomials are padded to a multiple of this, monomials to
 * a multiple of the second. */
enum { LRPOT__DIRECTIONAL_ATOMS = 8, LRPOT__DIRECTIONAL_MONOMIALS = 4 };

/* Sums over neighbours n of one species, s[a][b] = sum Q_b Y_a, and their derivatives along the
 * directions. */
typedef struct lrpot__directional_sums {
    int64_t count, n_monomials, size; /* padded */
    const double *q, *q_slopes;       /* [count][size] */
    const double *y, *y_slopes;       /* [count][n_monomials] */
    double *s, *s_slopes;             /* [n_monomials][size] */
} lrpot__directional_sums;

/* Radial functions of the neighbours of one species, and the sums that they multiply. */
typedef struct lrpot__directional_radial {
    int64_t size, lane;
    const int32_t *monomials;   /* [n_basic] */
    const double *s, *s_slopes; /* [n_monomials][size] */
    const double *coefficients; /* [F][size] */
    double *gradient;           /* [F][size] */
} lrpot__directional_radial;

typedef struct lrpot__directional_kernel {
    void (*sums)(const lrpot__directional_sums *job);
    /* Adds the basic moments of an atom, and their slopes, to its lane. */
    void (*moments)(const lrpot__plan *plan, const lrpot__directional_radial *job, double *moments,
                    double *slopes);
    /* Moments, and their slopes, from basic ones; all [n_moments][ATOMS]. */
    void (*forward)(const lrpot__plan *plan, double *moments, double *slopes);
    /* Adjoints of both, from those of the scalars. */
    void (*backward)(const lrpot__plan *plan, const double *moments, const double *slopes,
                     double *by_moments, double *by_slopes);
    /* Adds the gradient by the radial coefficients of an atom. */
    void (*radial)(const lrpot__plan *plan, const lrpot__directional_radial *job,
                   const double *by_moments, const double *by_slopes);
} lrpot__directional_kernel;

/* The fastest kernel that the processor can run. */
const lrpot__directional_kernel *lrpot__directional_kernel_get(void);

extern const lrpot__directional_kernel lrpot__directional_kernel_portable,
    lrpot__directional_kernel_avx2, lrpot__directional_kernel_avx512;

#endif
