#include "electrostatics/kernels/boys_table.h"

#include <math.h>

/* Downward recurrence, in which all terms are positive: f[count - 1] is there. */
static void downward(double x, double gauss, int count, double *f)
{
    for (int n = count - 2; n >= 0; n--) f[n] = (2.0 * x * f[n + 1] + gauss) / (2 * n + 1);
}

void lrpot__boys_series(double x, int count, double *f)
{
    double term = 1.0 / (2 * count - 1), sum = 0.0, gauss = exp(-x);
    for (int k = 0; term > 1e-17 * sum && k < 200; k++) {
        sum += term;
        term *= 2.0 * x / (2 * (count + k) + 1);
    }
    f[count - 1] = gauss * sum;
    downward(x, gauss, count, f);
}

void lrpot__boys_table_fill(lrpot__boys_table *table)
{
    for (int k = 0; k <= LRPOT__BOYS_END * LRPOT__BOYS_STEPS; k++)
        lrpot__boys_series((double)k / LRPOT__BOYS_STEPS, LRPOT__BOYS_COUNT, table->rows[k]);
}
