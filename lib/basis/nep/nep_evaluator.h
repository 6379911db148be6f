/* NEP prepared for evaluation: the model, its harmonics, its tables for the fast kernels. It never
 * changes, so threads share it. */
#ifndef LRPOT__NEP_EVALUATOR_H
#define LRPOT__NEP_EVALUATOR_H

#include "basis/nep/nep_harmonics.h"
#include "basis/nep/nep_single.h"

#include <stdatomic.h>

typedef struct lrpot__nep_evaluator {
    atomic_int owners;
    lrpot__nep *nep;
    int32_t kernel; /* LRPOT_KERNEL_REFERENCE to LRPOT_KERNEL_AVX512 */
    lrpot__nep_harmonics harmonics;
    lrpot__nep_tables tables;
    /* of mixed precision: NULL until one handle asks for it, then unchanged */
    _Atomic(lrpot__nep_single *) single;
    double reach_zbl; /* A: pairs beyond have no ZBL term */
} lrpot__nep_evaluator;

/* Takes ownership of the model on success. kernel: LRPOT_KERNEL_*; AUTO is the fastest of the
 * processor. */
lrpot_status lrpot__nep_evaluator_create(lrpot__nep_evaluator **out, lrpot__nep *nep,
                                         int32_t kernel);
/* Adds an owner. */
lrpot__nep_evaluator *lrpot__nep_evaluator_share(lrpot__nep_evaluator *evaluator);
/* Makes the tables of mixed precision, if they are not there. LRPOT_E_UNSUPPORTED with the plain
 * kernel, which is of double precision alone. */
lrpot_status lrpot__nep_evaluator_add_single(lrpot__nep_evaluator *evaluator);
/* Drops an owner. The last one frees it, and the model; NULL is allowed. */
void lrpot__nep_evaluator_free(lrpot__nep_evaluator *evaluator);

#endif
