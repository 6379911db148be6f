#include "electrostatics/splitting/screening.h"

#include "core/constants.h"
#include "core/error.h"
#include "electrostatics/splitting/chebyshev.h"
#include "electrostatics/splitting/prolate.h"

#include <math.h>
#include <string.h>

/* g is tabulated up to this times c/cutoff: the corners of a mesh that just resolves c/cutoff, and
 * a reserve for cells that shrink. */
#define REACH 2.4
/* Coefficients below this part of g at the edge c/cutoff, the error of the split, are left out. */
#define NEGLIGIBLE 1e-3

void lrpot__screening_gauss(const lrpot__kernel_rules *kernel, double sigma, double alpha,
                            lrpot__screening *out)
{
    memset(out, 0, sizeof *out);
    out->kernel = kernel;
    out->sigma = sigma;
    out->alpha = alpha;
    if (kernel->prepare != NULL) kernel->prepare(out);
}

static double transform_of_square(const void *ctx, double y)
{
    return lrpot__prolate_transform(ctx, sqrt(y));
}

lrpot_status lrpot__screening_prolate(const lrpot__kernel_rules *kernel, double c, double cutoff,
                                      lrpot__screening *out)
{
    memset(out, 0, sizeof *out);
    out->kernel = kernel;
    LRPOT__TRY(lrpot__prolate_make(c, &out->prolate));
    double top = REACH * REACH * c * c;
    out->cutoff = 1.0;
    out->top = top;
    lrpot__chebyshev_fit(transform_of_square, &out->prolate, 0.0, top, LRPOT__SCREENING_TERMS,
                         out->value);
    out->terms = LRPOT__SCREENING_TERMS;
    double least = NEGLIGIBLE * fabs(lrpot__prolate_value(&out->prolate, 1.0));
    while (out->terms > 4 && fabs(out->value[out->terms - 1]) < least) out->terms--;
    lrpot__chebyshev_derivative(out->value, out->terms, out->slope);
    for (int t = 0; t < out->terms; t++) out->slope[t] *= 2.0 / top;
    lrpot__screening_rescale(out, cutoff, out);
    return LRPOT_OK;
}

void lrpot__screening_rescale(const lrpot__screening *from, double cutoff, lrpot__screening *out)
{
    double factor = cutoff / from->cutoff;
    if (out != from) *out = *from;
    out->cutoff = cutoff;
    out->top /= factor * factor;
    for (int t = 0; t < out->terms; t++) out->slope[t] *= factor * factor;
}

double lrpot__screening_smooth(const lrpot__screening *s, double square, double *strength)
{
    if (s->cutoff == 0.0) return s->kernel->long_range(s, square, strength);
    double r = sqrt(square), size = r / s->cutoff, center = 1.0 / (s->prolate.area * s->cutoff),
           value, here = 0.0;
    if (size < 1.0) {
        value = size > 1e-6 ? lrpot__prolate_integral(&s->prolate, size) / (s->prolate.area * r)
                            : center;
        here = lrpot__prolate_value(&s->prolate, size) * center;
    } else {
        value = 1.0 / r;
    }
    if (strength != NULL) *strength = (value - here) / fmax(square, 1e-8);
    return value;
}

double lrpot__screening_transform(const lrpot__screening *s, double square)
{
    if (s->cutoff == 0.0) return s->kernel->transform(s, square, NULL);
    return square < s->top ? lrpot__chebyshev_value(s->value, s->terms, 2.0 * square / s->top - 1.0)
                           : 0.0;
}

double lrpot__screening_logarithmic(const lrpot__screening *s, double square)
{
    double logarithmic = 0.0, at = 2.0 * square / s->top - 1.0;
    if (s->cutoff == 0.0) {
        (void)s->kernel->transform(s, square, &logarithmic);
        return logarithmic;
    }
    double g = lrpot__screening_transform(s, square);
    if (g == 0.0) return 0.0;
    return 2.0 / square - 2.0 * lrpot__chebyshev_value(s->slope, s->terms, at) / g;
}

double lrpot__screening_mean(const lrpot__screening *s)
{
    if (s->cutoff == 0.0) return s->kernel->mean(s);
    return 2.0 * LRPOT__PI * s->cutoff * s->cutoff * lrpot__prolate_mean_square(&s->prolate);
}
