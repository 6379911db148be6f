#include "electrostatics/kernels/smear.h"

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

static void fill(lrpot__smear *smear)
{
    smear->terms = LRPOT__SMEAR_TERMS;
    lrpot__chebyshev_fit(smeared, NULL, 0.0, LRPOT__SMEAR_END, smear->terms, smear->value);
    while (smear->terms > 2 && fabs(smear->value[smear->terms - 1]) < 1e-17) smear->terms--;
    lrpot__chebyshev_derivative(smear->value, smear->terms, smear->slope);
    for (int k = 0; k < smear->terms; k++) smear->slope[k] *= 2.0 / LRPOT__SMEAR_END;
}

lrpot_status lrpot__smear_create(const double *widths, int32_t n_widths, lrpot__smear **out)
{
    lrpot__smear *smear = lrpot__calloc(1, sizeof *smear);
    if (smear == NULL) return LRPOT_E_MEMORY;
    smear->spreads = lrpot__calloc(n_widths, sizeof *smear->spreads);
    if (smear->spreads == NULL) {
        lrpot__free(smear);
        return LRPOT_E_MEMORY;
    }
    for (int32_t s = 0; s < n_widths; s++) smear->spreads[s] = 2.0 * widths[s] * widths[s];
    fill(smear);
    *out = smear;
    return LRPOT_OK;
}

void lrpot__smear_free(lrpot__smear *smear)
{
    if (smear == NULL) return;
    lrpot__free(smear->spreads);
    lrpot__free(smear);
}
