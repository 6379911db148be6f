#include "basis/nep/nep_evaluator.h"

#include "basis/nep/nep_harmonics.h"
#include "basis/nep/nep_kernel.h"
#include "basis/nep/nep_model.h"
#include "basis/nep/nep_tables.h"
#include "basis/nep/nep_zbl.h"
#include "core/error.h"
#include "core/memory.h"

#include <lrpot/basis.h>

static lrpot_status prepare(lrpot__nep_evaluator *evaluator, const lrpot__nep *nep, int32_t kernel)
{
    LRPOT__TRY(lrpot__nep_kernel_resolve(kernel, &evaluator->kernel));
    LRPOT__TRY(lrpot__nep_harmonics_make(nep, &evaluator->harmonics));
    evaluator->reach_zbl = lrpot__nep_zbl_reach(nep);
    return lrpot__nep_tables_make(nep, &evaluator->tables);
}

lrpot_status lrpot__nep_evaluator_create(lrpot__nep_evaluator **out, lrpot__nep *nep,
                                         int32_t kernel)
{
    lrpot__nep_evaluator *evaluator = lrpot__calloc(1, sizeof *evaluator);
    if (evaluator == NULL) return LRPOT_E_MEMORY;
    atomic_init(&evaluator->owners, 1);
    lrpot_status status = prepare(evaluator, nep, kernel);
    if (status != LRPOT_OK) {
        lrpot__nep_evaluator_free(evaluator);
        return status;
    }
    evaluator->nep = nep;
    *out = evaluator;
    return LRPOT_OK;
}

lrpot__nep_evaluator *lrpot__nep_evaluator_share(lrpot__nep_evaluator *evaluator)
{
    atomic_fetch_add(&evaluator->owners, 1);
    return evaluator;
}

lrpot_status lrpot__nep_evaluator_add_single(lrpot__nep_evaluator *evaluator)
{
    lrpot__nep_single *made = NULL, *none = NULL;
    if (evaluator->kernel == LRPOT_KERNEL_REFERENCE)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "mixed precision is not offered by the reference kernel");
    if (atomic_load(&evaluator->single) != NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__nep_single_create(&made, evaluator->nep, &evaluator->tables));
    /* another thread may have been quicker */
    if (!atomic_compare_exchange_strong(&evaluator->single, &none, made))
        lrpot__nep_single_free(made);
    return LRPOT_OK;
}

void lrpot__nep_evaluator_free(lrpot__nep_evaluator *evaluator)
{
    if (evaluator == NULL || atomic_fetch_sub(&evaluator->owners, 1) > 1) return;
    lrpot__nep_free(evaluator->nep);
    lrpot__nep_harmonics_free(&evaluator->harmonics);
    lrpot__nep_tables_free(&evaluator->tables);
    lrpot__nep_single_free(evaluator->single);
    lrpot__free(evaluator);
}
