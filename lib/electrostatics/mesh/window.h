/* Window that spreads a charge over the mesh: a product of one function along each axis, `order`
 * points wide. */
#ifndef LRPOT__WINDOW_H
#define LRPOT__WINDOW_H

#include "electrostatics/splitting/prolate.h"

#define LRPOT__ORDER_MAX 12
#define LRPOT__ORDER_PAD 16 /* doubles that may be read beyond the end of a line of the mesh */
/* powers of the polynomials beyond the order: needed by prolates, not by B-splines */
#define LRPOT__EXTRA_POWERS 3

/* Cardinal B-spline (shape 0), or a prolate function of c = shape, minus its value at the edge so
 * that it is continuous. */
typedef struct lrpot__window {
    int32_t order;
    double shape, edge;
    lrpot__prolate prolate;
} lrpot__window;

lrpot_status lrpot__window_make(int32_t order, double shape, lrpot__window *out);
/* Fourier transform at f periods per mesh step, 1 at 0. */
double lrpot__window_transform(const lrpot__window *window, double f);
/* Sums over aliases f + m, m != 0, relative to f: eps = sum U_m^2/U^2, first = sum (f+m) U_m^2/U^2,
 * second = sum (f+m)^2 U_m^2/U^2. */
void lrpot__window_aliases(const lrpot__window *window, double f, double *eps, double *first,
                           double *second);
/* Weights of the points as polynomials of the offset t = -1/2..1/2 of the charge in its interval,
 * and their derivatives: rows of LRPOT__ORDER_PAD, highest power first: order + LRPOT__EXTRA_POWERS
 * rows, and one less. */
void lrpot__window_polynomials(const lrpot__window *window, double *values, double *slopes);

#endif
