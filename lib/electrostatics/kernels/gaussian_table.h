/* Interaction of two Gaussian charges without the split: erf(gamma r)/r = gamma h(gamma^2 r^2),
 * h(t) = erf(sqrt t)/sqrt t, one entire function for all widths. */
#ifndef LRPOT__SMEAR_H
#define LRPOT__SMEAR_H

#include <lrpot/status.h>

#include <stdint.h>

#define LRPOT__GAUSSIAN_TERMS 56
#define LRPOT__GAUSSIAN_END 36.0 /* t beyond which erf is 1 in double precision */

typedef struct lrpot__gaussian_table {
    int terms;
    /* Chebyshev series of h and dh/dt over 0..LRPOT__GAUSSIAN_END */
    double value[LRPOT__GAUSSIAN_TERMS], slope[LRPOT__GAUSSIAN_TERMS];
    /* A^2, [n_widths]: 2 s^2, so that 1/gamma^2 is the sum of two of them */
    double *spreads;
} lrpot__gaussian_table;

lrpot_status lrpot__gaussian_table_create(const double *widths, int32_t n_widths,
                                          lrpot__gaussian_table **out);
void lrpot__gaussian_table_free(lrpot__gaussian_table *table);

#endif
