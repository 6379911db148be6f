/* A sparse factor G with (A + eta)^-1 ~ G^T G, to precondition conjugate gradients. */
#ifndef LRPOT__LOCAL_INVERSE_H
#define LRPOT__LOCAL_INVERSE_H

#include "charges/charges.h"

typedef struct lrpot__preconditioner {
    int64_t n;
    int64_t *offsets; /* [n + 1] */
    int32_t *columns; /* of row i: atoms below i, then i itself */
    double *values;
    int64_t capacities[3];
    lrpot_nlist *list;
} lrpot__preconditioner;

/* Makes G for the owned atoms of the call. */
lrpot_status lrpot__preconditioner_make(lrpot__preconditioner *inverse,
                                        const lrpot__charge_call *call, const double *hardness);
/* out = G^T G x, [n] each. */
void lrpot__preconditioner_apply(const lrpot__preconditioner *inverse, const double *x,
                                 double *out);
void lrpot__preconditioner_free(lrpot__preconditioner *inverse);

#endif
