/* Coulomb sum of a density as a matrix of unit moments, for fixed places: rows of the potentials at
 * the moments, then, for each width, those of one order more, by which places move them. */
#ifndef LRPOT__DENSITY_MATRIX_H
#define LRPOT__DENSITY_MATRIX_H

#include "charges/charges.h"

/* Shape of the matrix: atoms, widths; moments and potentials of a width, of all atoms. */
typedef struct lrpot__density_shape {
    int64_t n, widths, block, more;
} lrpot__density_shape;

/* Row of the derivative of a potential by the places, and its factor. */
typedef struct lrpot__density_slope {
    int64_t row;
    double factor;
} lrpot__density_slope;

lrpot__density_shape lrpot__density_shape_of(const lrpot_charges *charges, int64_t n);
/* Row of potential number `row` of a width. */
int64_t lrpot__density_row(const lrpot__density_shape *shape, int64_t width, int64_t row);
/* Of moment k of a width: derivative of its potential by the place of its atom along axis a. */
lrpot__density_slope lrpot__density_slope_of(const lrpot__density_shape *shape, int64_t width,
                                             int64_t k, int a);
/* Atom of moment k of a width. */
int64_t lrpot__density_atom_of(const lrpot__density_shape *shape, int64_t k);
/* From the matrix of the call: v = A x (or NULL), x.A x/2 (or NULL), and its forces [n][3] at fixed
 * moments. */
lrpot_status lrpot__density_matrix_forces(const lrpot__charge_call *call, const double *x,
                                          double *v, double *energy, double *forces);

#endif
