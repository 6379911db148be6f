/* Parameters of the Ewald sum from the accuracy asked for. */
#include "electrostatics/ewald.h"

#include "core/error.h"

#include <math.h>

#define PI 3.14159265358979323846

double lrpot__taper(double x, double start, double end, double *slope)
{
    *slope = 0.0;
    if (x <= start) return 1.0;
    if (x >= end) return 0.0;
    double t = (x - start) / (end - start), t2 = t * t;
    *slope = -30.0 * t2 * (1.0 - t) * (1.0 - t) / (end - start);
    return 1.0 - t2 * t * (10.0 - 15.0 * t + 6.0 * t2);
}

/* Costs of one pair and of one (vector, atom) in ns: only their ratio matters, and only for speed. */
#define COST_PAIR 25.0
#define COST_VECTOR 2.5

lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, int64_t n, double volume, double list_cutoff, lrpot__splitting *out)
{
    const lrpot_ewald_options *options = &ewald->options;
    double relative = options->accuracy / (options->flags & LRPOT_EWALD_RELATIVE ? 1.0 : LRPOT_COULOMB_CONSTANT);
    /* Both truncated tails are proportional to exp(-x^2), x = alpha r_c = k_c / 2 alpha; a tenth leaves room for the sum of
     * many terms of random sign. */
    double x = sqrt(-log(0.1 * fmin(relative, 0.5)));
    *out = (lrpot__splitting) { options->accuracy, options->splitting, options->cutoff, ewald->widest, n, volume, 0.0, 0.0, 0.0 };
    if (volume == 0.0) return LRPOT_OK;
    double density = (double)n / volume;
    double real = 4.0 / 3.0 * PI * x * x * x * density * COST_PAIR, reach = 2.0 * x / 0.95;
    double reciprocal = volume * reach * reach * reach / (12.0 * PI * PI) * COST_VECTOR;
    out->alpha = options->splitting > 0.0 ? options->splitting
        : options->cutoff > 0.0           ? x / options->cutoff
        : list_cutoff > 0.0               ? x / list_cutoff
                                          : pow(real / reciprocal, 1.0 / 6.0);
    /* Wide Gaussians are smooth already: beyond this alpha the real-space part would reach further than theirs. */
    if (ewald->widest > 0.0 && options->splitting == 0.0) out->alpha = fmin(out->alpha, 0.5 / ewald->widest);
    double wanted = x / out->alpha / 0.98;
    out->cutoff = options->cutoff > 0.0 ? options->cutoff : list_cutoff > 0.0 ? list_cutoff : wanted;
    out->k_cut = 2.0 * x * out->alpha / 0.95;
    if (ewald->widest > 0.0 && out->alpha > 0.5 / ewald->widest) out->cutoff = fmax(out->cutoff, 2.0 * x * ewald->widest / 0.98);
    if (list_cutoff > 0.0 && out->cutoff > list_cutoff)
        return lrpot__fail(LRPOT_E_CUTOFF, "the Coulomb sum needs a list of %g A, the list has %g A", out->cutoff, list_cutoff);
    return LRPOT_OK;
}
