/* Runs a whole fit, from the caller's data to the best model. */
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "fit/driver/charge_sign.h"
#include "fit/driver/fit_active_set.h"
#include "fit/driver/fit_born_factor.h"
#include "fit/driver/fit_core.h"
#include "fit/driver/fit_gap_barrier.h"
#include "fit/driver/fit_loss.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_stages.h"
#include "fit/driver/fit_state.h"

#include <math.h>
#include <time.h>

/* Iterations with quasi-Newton steps go further than those without. */
static lrpot_status choose_iterations(lrpot_fit *fit)
{
    enum { WITHOUT = 120, WITH_STEPS = 60 };
    int32_t has = 0;
    LRPOT__TRY(lrpot__fit_has_gradient(fit, &has));
    fit->with_steps = has;
    if (fit->usual_iterations) fit->options.max_iterations = has ? WITH_STEPS : WITHOUT;
    return LRPOT_OK;
}

lrpot_status lrpot_fit_run(lrpot_fit *fit, lrpot_fit_callback callback, void *ctx)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__TRY(lrpot__fit_prepare(fit));
    LRPOT__TRY(lrpot__fit_count_frames(fit));
    lrpot__free(fit->thinned.frames);
    fit->thinned.turn = 0;
    fit->thinned.frames = lrpot__calloc(fit->data.n_frames, sizeof *fit->thinned.frames);
    if (fit->thinned.frames == NULL) return LRPOT_E_MEMORY;
    (void)lrpot__workspace_threads(fit->work); /* the log reports a forked child */
    if ((fit->options.flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0 && fit->data.n_valid_all == 0)
        return lrpot__fail(
            LRPOT_E_STATE,
            "the regularization is chosen by validation, but there are no validation data");
    if (fit->options.patience > 0 && fit->data.n_valid_all == 0)
        return lrpot__fail(LRPOT_E_STATE,
                           "patience = %d looks at validation, but there are no validation data",
                           fit->options.patience);
    if (fit->data.n_train_all == 0)
        return lrpot__fail(LRPOT_E_STATE, "the fit has no training data");
    LRPOT__TRY(choose_iterations(fit));
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    fit->progress.started = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    fit->progress.callback = callback;
    fit->progress.ctx = ctx;
    fit->states.best_loss = INFINITY;
    LRPOT__TRY(lrpot__fit_remove_core(fit));
    LRPOT__TRY(lrpot__fit_remove_gap_barrier(fit));
    lrpot_status status = lrpot__fit_stages(fit);
    if (isfinite(fit->states.best_loss)) {
        lrpot_status restored = lrpot__fit_set(fit, fit->states.best);
        if (restored == LRPOT_OK) restored = lrpot__fit_choose_charge_sign(fit);
        if (restored == LRPOT_OK && fit->factor.model != NULL)
            restored = lrpot__fit_return_born_factor(fit);
        if (restored == LRPOT_OK) restored = lrpot__fit_make_core(fit);
        if (restored == LRPOT_OK) restored = lrpot__fit_make_gap_barrier(fit);
        if (restored == LRPOT_OK) restored = lrpot__fit_make_active_set(fit);
        if (status == LRPOT_OK) status = restored;
    }
    return status;
}
