/* Innermost loops of the gradient along one direction. A lane is an atom of a batch; the atoms of a
 * batch are of one species. */
#ifndef LRPOT__DIRECTIONAL_KERNEL_H
#define LRPOT__DIRECTIONAL_KERNEL_H

#include "basis/plan/plan.h"

/* Atoms of a batch; monomials and radial polynomials are padded to multiples of the other two. */
enum {
    LRPOT__DIRECTIONAL_ATOMS = 8,
    LRPOT__DIRECTIONAL_MONOMIALS = 2,
    LRPOT__DIRECTIONAL_POLYNOMIALS = 4
};

/* Slots: the neighbours of one species, one of each atom in a slot. Blocks have the lanes last. */
typedef struct lrpot__directional_slots {
    int64_t count;
    double *vectors, *directions; /* [count][3] */
    double *there;                /* [count] 1, or 0 where the atom has no neighbour left */
    double *q, *q_slopes;         /* [count][size] Q_b and its slope along the direction */
    double *y, *y_slopes;         /* [count][n_monomials] */
} lrpot__directional_slots;

/* Shape of the basis. */
typedef struct lrpot__directional_shape {
    double min_distance, cutoff, scaling;
    int32_t clamped, no_cutoff_factor, radial_size, max_rank;
    int64_t size, n_monomials; /* padded */
    int64_t n_distinct;
    const int32_t *exponents; /* [n_distinct][3] */
    const int32_t *monomials; /* [n_basic] index of the monomial of a basic moment */
} lrpot__directional_shape;

/* Radial coefficients of the neighbours of one species, and the sums that they multiply. */
typedef struct lrpot__directional_radial {
    const double *coefficients; /* [F][size] */
    double *s, *s_slopes;       /* [n_monomials][size] sum Q_b Y_a, and its slope */
    double *gradient;           /* [F][size] */
} lrpot__directional_radial;

typedef struct lrpot__directional_kernel {
    /* Radial and angular functions of the slots. */
    void (*functions)(const lrpot__directional_shape *shape, const lrpot__directional_slots *slots);
    void (*sums)(const lrpot__directional_shape *shape, const lrpot__directional_slots *slots,
                 const lrpot__directional_radial *radial);
    /* Adds to the basic moments and their slopes. */
    void (*moments)(const lrpot__plan *plan, const lrpot__directional_shape *shape,
                    const lrpot__directional_radial *radial, double *moments, double *slopes);
    /* Moments, and their slopes, from basic ones; all [n_moments]. */
    void (*forward)(const lrpot__plan *plan, double *moments, double *slopes);
    /* Adjoints of both, from those of the scalars. */
    void (*backward)(const lrpot__plan *plan, const double *moments, const double *slopes,
                     double *by_moments, double *by_slopes);
    /* Adds the gradient by the radial coefficients. */
    void (*radial)(const lrpot__plan *plan, const lrpot__directional_shape *shape,
                   const lrpot__directional_radial *radial, const double *by_moments,
                   const double *by_slopes);
} lrpot__directional_kernel;

/* The fastest kernel that the processor can run. */
const lrpot__directional_kernel *lrpot__directional_kernel_get(void);

extern const lrpot__directional_kernel lrpot__directional_kernel_portable,
    lrpot__directional_kernel_avx2, lrpot__directional_kernel_avx512;

#endif
