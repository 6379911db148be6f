/* Agreement between the processes that share a fit: sums and counts. */
#include "fit/driver/fit_processes.h"

#include "core/comm.h"
#include "core/error.h"
#include "core/struct_size.h"
#include "fit/driver/fit_state.h"

lrpot_status lrpot_fit_set_comm(lrpot_fit *fit, const lrpot_comm *comm)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(comm);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    if (comm->sum == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the fit needs comm->sum, which is NULL");
    if (fit->sums.normal != NULL) return lrpot__fail(LRPOT_E_STATE, "the fit has begun");
    fit->shared = (lrpot_comm)LRPOT_COMM_INIT;
    fit->shared.ctx = comm->ctx;
    fit->shared.sum = comm->sum;
    fit->comm = &fit->shared;
    return LRPOT_OK;
}

lrpot_status lrpot__fit_sum(const lrpot_fit *fit, double *values, int64_t n)
{
    return lrpot__comm_sum(fit->comm, values, n);
}

/* A process may have no frame of a source that others have. */
lrpot_status lrpot__fit_count_frames(lrpot_fit *fit)
{
    double counts[LRPOT__FIT_SOURCES + 2] = { 0.0 };
    counts[fit->data.n_sources - 1] = 1.0;
    counts[LRPOT__FIT_SOURCES] = (double)(fit->data.n_frames - fit->data.n_valid);
    counts[LRPOT__FIT_SOURCES + 1] = (double)fit->data.n_valid;
    LRPOT__TRY(lrpot__fit_sum(fit, counts, LRPOT__FIT_SOURCES + 2));
    for (int64_t s = 0; s < LRPOT__FIT_SOURCES; s++)
        if (counts[s] > 0.0 && s >= fit->data.n_sources) fit->data.n_sources = s + 1;
    lrpot__fit_number_parameters(fit);
    fit->data.n_train_all = (int64_t)counts[LRPOT__FIT_SOURCES];
    fit->data.n_valid_all = (int64_t)counts[LRPOT__FIT_SOURCES + 1];
    return LRPOT_OK;
}
