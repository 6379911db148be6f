#include "electrostatics/kernels/gaussian_table.h"

#include "core/memory.h"
#include "electrostatics/splitting/chebyshev.h"

#include <math.h>

#define TWO_BY_SQRT_PI 1.12837916709551257390

/* Near 0 the quotient is 0/0; there two terms of the series of erf are enough. */
static double smeared(const void *ctx, double t)
{
    (void)ctx;
    return t > 1e-10 ? erf(sqrt(t)) / sqrt(t) : TWO_BY_SQRT_PI * (1.0 - t / 3.0);
}

static void fill(lrpot__gaussian_table *table)
{
    table->terms = LRPOT__GAUSSIAN_TERMS;
    lrpot__chebyshev_fit(smeared, NULL, 0.0, LRPOT__GAUSSIAN_END, table->terms, table->value);
    while (table->terms > 2 && fabs(table->value[table->terms - 1]) < 1e-17) table->terms--;
    lrpot__chebyshev_derivative(table->value, table->terms, table->slope);
    for (int k = 0; k < table->terms; k++) table->slope[k] *= 2.0 / LRPOT__GAUSSIAN_END;
}

lrpot_status lrpot__gaussian_table_create(const double *widths, int32_t n_widths,
                                          lrpot__gaussian_table **out)
{
    lrpot__gaussian_table *table = lrpot__calloc(1, sizeof *table);
    if (table == NULL) return LRPOT_E_MEMORY;
    table->spreads = lrpot__calloc(n_widths, sizeof *table->spreads);
    if (table->spreads == NULL) {
        lrpot__free(table);
        return LRPOT_E_MEMORY;
    }
    for (int32_t s = 0; s < n_widths; s++) table->spreads[s] = 2.0 * widths[s] * widths[s];
    fill(table);
    *out = table;
    return LRPOT_OK;
}

void lrpot__gaussian_table_free(lrpot__gaussian_table *table)
{
    if (table == NULL) return;
    lrpot__free(table->spreads);
    lrpot__free(table);
}
