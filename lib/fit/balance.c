/* Errors that count as equal, from what the first steps leave of each target: the weights of a
 * likelihood with a width per target. */
#include "fit/fit.h"

#include "core/error.h"

#include <math.h>

/* Data of a fit without error, or of one that has hardly begun, shall not take over. */
enum { LARGEST_CHANGE = 30 };

static void follow(double *error, double left, double scale)
{
    if (left > 0.0)
        *error = fmin(fmax(scale * left, *error / LARGEST_CHANGE), *error * LARGEST_CHANGE);
}

static double root_mean_square(const lrpot__deviation *d)
{
    return d->n > 0 ? sqrt(d->squares / (double)d->n) : 0.0;
}

lrpot_status lrpot__fit_auto_weights(lrpot_fit *fit)
{
    lrpot_fit_options *o = &fit->options;
    double loss = 0.0;
    LRPOT__TRY(lrpot__fit_evaluate(fit, fit->params, 0, &loss));
    const lrpot_fit_errors *e = &fit->normal->errors;
    const lrpot__deviation *d = fit->normal->deviations;
    /* one of them stays what it was, so that the prior and the limit of outliers keep their meaning
     */
    double scale = e->forces_rmse > 0.0   ? o->forces_error / e->forces_rmse
                   : e->energy_rmse > 0.0 ? o->energy_error / e->energy_rmse
                                          : 0.0;
    if (scale == 0.0) return LRPOT_OK;
    follow(&o->energy_error, e->energy_rmse, scale);
    follow(&o->stress_error, e->stress_rmse, scale);
    follow(&o->dipole_error, root_mean_square(&d[LRPOT__FIT_DIPOLE]), scale);
    follow(&o->charges_error, root_mean_square(&d[LRPOT__FIT_CHARGES]), scale);
    follow(&o->born_error, root_mean_square(&d[LRPOT__FIT_BORN]), scale);
    follow(&o->potential_error, root_mean_square(&d[LRPOT__FIT_POTENTIAL]), scale);
    lrpot__fit_weigh(fit);
    return lrpot__fit_judge_again(fit);
}
