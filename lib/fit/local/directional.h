/* Gradient of values of atoms, and of their derivatives along one direction, by the parameters of
 * a local layer:
 *
 *   L = sum_i s_i (a_i V_i + sum_j d_ij . dV_i/dr_ij).
 *
 * A product of the transposed Jacobian of all forces with one vector is of this form, so that it
 * costs one direction for each atom instead of one for each coordinate of each neighbour. */
#ifndef LRPOT__DIRECTIONAL_H
#define LRPOT__DIRECTIONAL_H

#include "fit/local/directional_kernel.h"
#include "fit/local/local.h"

/* One atom of a batch. */
typedef struct lrpot__directional_atom {
    lrpot__neighbours neighbours;
    const double *directions;   /* [count][3] d_ij */
    const double *coefficients; /* [K] of the linear head */
    double value_weight, scale; /* a_i, s_i */
    double *linear;             /* [K] gradient by the coefficients, added to */
    double value, slope;        /* out: V_i, sum_j d_ij . dV_i/dr_ij */
} lrpot__directional_atom;

/* Scratch of one thread. Blocks marked * have the lanes of a batch last. */
typedef struct lrpot__directional {
    const lrpot_basis *basis;
    const lrpot__directional_kernel *kernel;
    lrpot__directional_shape shape;
    int32_t *monomials, *exponents; /* owned arrays of the shape */
    double *coefficients;           /* [S][S][F][size] radial coefficients with pads */
    double *gradient;               /* * the same: gradient since the last start */
    int64_t capacity;               /* slots */
    lrpot__directional_slots slots; /* * of one species */
    double *sums;                   /* * [S][2][n_monomials][size] */
    uint8_t *has;                   /* [S] 1 where some atom has neighbours of the species */
    double *moments, *slopes;       /* * [n_moments] */
    double *by_moments, *by_slopes; /* * the same */
} lrpot__directional;

lrpot_status lrpot__directional_create(lrpot__directional **out, const lrpot_basis *basis);
void lrpot__directional_free(lrpot__directional *directional);
/* Takes the present radial coefficients over, and clears the gradient by them. */
void lrpot__directional_start(lrpot__directional *directional);
/* Values and slopes of up to LRPOT__DIRECTIONAL_ATOMS atoms of one species; with_gradient also adds
 * the gradients. species: of all atoms of the frame. */
lrpot_status lrpot__directional_run(lrpot__directional *directional, int32_t centre, int64_t count,
                                    lrpot__directional_atom *atoms, const int32_t *species,
                                    int with_gradient);
/* Adds the gradient since the start to that by the radial coefficients [S][S][F][n]. */
void lrpot__directional_end(const lrpot__directional *directional, double *radial);
/* Bytes for atoms with so many neighbours. */
int64_t lrpot__directional_bytes(const lrpot_basis *basis, int64_t neighbours);

#endif
