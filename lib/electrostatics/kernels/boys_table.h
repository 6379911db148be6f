/* Boys functions F_n(x) = int_0^1 t^2n exp(-x t^2) dt from a table: erf(a r)/r and its derivatives
 * of any order without erf (values: simd/boys_lanes.h). F_0(a^2 r^2) is sqrt(pi)/(2 a) of it, and
 * dF_n/dx = -F_{n+1}. */
#ifndef LRPOT__BOYS_TABLE_H
#define LRPOT__BOYS_TABLE_H

#include "electrostatics/kernels/pair_orders.h"

#define LRPOT__BOYS_STEPS 16 /* rows for each unit of x */
#define LRPOT__BOYS_END 40   /* x beyond which erf(sqrt x) is 1 in double precision */
#define LRPOT__BOYS_TERMS 8  /* of the series about a row: at most 1/32 away the next is 2e-17 */
#define LRPOT__BOYS_ORDERS 8 /* LRPOT__PAIR_ORDERS_MAX, and one that fills a vector */
#define LRPOT__BOYS_COUNT (LRPOT__BOYS_ORDERS + LRPOT__BOYS_TERMS)

typedef struct lrpot__boys_table {
    double rows[LRPOT__BOYS_END * LRPOT__BOYS_STEPS + 1][LRPOT__BOYS_COUNT]; /* F_n */
} lrpot__boys_table;

void lrpot__boys_table_fill(lrpot__boys_table *table);

/* f[n] = F_n(x), n < count, by their series, which converges for x up to some 60. */
void lrpot__boys_series(double x, int count, double *f);

#endif
