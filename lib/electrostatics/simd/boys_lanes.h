/* Boys functions of many arguments: the orders of one fill vectors, and have the same terms of the
 * series about a row of the table. */

enum { BOYS_VECTORS = LRPOT__BOYS_ORDERS / LANES };

INLINE void boys_near(const lrpot__boys_table *table, double x, double *f)
{
    static const double inverse[LRPOT__BOYS_TERMS] = { 1.0,       1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0,
                                                       1.0 / 5.0, 1.0 / 6.0, 1.0 / 7.0, 1.0 / 8.0 };
    int k = (int)(x * LRPOT__BOYS_STEPS + 0.5);
    const double *row = table->rows[k];
    double back = (double)k / LRPOT__BOYS_STEPS - x, factor = back;
    vec sums[BOYS_VECTORS];
    for (int v = 0; v < BOYS_VECTORS; v++) sums[v] = load(row + v * LANES);
    for (int t = 1; t < LRPOT__BOYS_TERMS; t++) {
        for (int v = 0; v < BOYS_VECTORS; v++) sums[v] += factor * load(row + t + v * LANES);
        factor *= back * inverse[t];
    }
    for (int v = 0; v < BOYS_VECTORS; v++) store(f + v * LANES, sums[v]);
}

/* Beyond the table erf is 1. Upward recurrence, which loses digits where x is small alone. */
INLINE void boys_far(double x, double *f)
{
    double gauss = exp(-x), part = 0.5 / x;
    f[0] = 0.88622692545275801365 / sqrt(x); /* sqrt(pi)/2 */
    for (int n = 1; n < LRPOT__BOYS_ORDERS; n++) f[n] = ((2 * n - 1) * f[n - 1] - gauss) * part;
}

static void boys(const lrpot__boys_table *table, int64_t count, const double *x, double *f)
{
    for (int64_t k = 0; k < count; k++) {
        double *to = f + LRPOT__BOYS_ORDERS * k;
        if (x[k] < LRPOT__BOYS_END) boys_near(table, x[k], to);
        else boys_far(x[k], to);
    }
}
