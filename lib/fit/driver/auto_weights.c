/* Automatic weights: errors that count as equal, from the residual errors of each target after the
 * first steps. These are the weights of a likelihood with one width per target. */
#include "fit/driver/auto_weights.h"

#include "core/error.h"
#include "fit/driver/fit_loss.h"
#include "fit/driver/fit_merit.h"
#include "fit/driver/fit_state.h"

#include <math.h>

/* Largest factor of a change. It limits the weight of a target without error, or of a fit after a
 * few steps. */
enum { LARGEST_CHANGE = 30 };

static void scale_error(double *error, double left, double scale)
{
    if (left > 0.0)
        *error = fmin(fmax(scale * left, *error / LARGEST_CHANGE), *error * LARGEST_CHANGE);
}

lrpot_status lrpot__fit_auto_weights(lrpot_fit *fit)
{
    double loss = 0.0;
    LRPOT__TRY(lrpot__fit_evaluate(fit, fit->descent.params, 0, &loss));
    const double *left = fit->sums.normal->errors.rmse;
    double *errors = fit->options.errors;
    /* one error is unchanged, so that the prior and the limit of outliers keep their meaning */
    int kept = left[LRPOT_FIT_FORCES] > 0.0 ? LRPOT_FIT_FORCES : LRPOT_FIT_ENERGY;
    if (!(left[kept] > 0.0)) return LRPOT_OK;
    double scale = errors[kept] / left[kept];
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (t != kept) scale_error(&errors[t], left[t], scale);
    lrpot__fit_set_weights(fit);
    return lrpot__fit_reevaluate_best(fit);
}
