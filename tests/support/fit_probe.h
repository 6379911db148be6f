/* The loss of a fit as a function of one parameter, for differences. */
#ifndef LRPOT_TEST_FIT_PROBE_H
#define LRPOT_TEST_FIT_PROBE_H

#include "support.h"

typedef struct {
    lrpot_fit *fit;
    double *params;
    int64_t n, at;
} fit_point;

static inline double fit_loss_at(double x, void *ctx)
{
    fit_point *p = ctx;
    double kept = p->params[p->at], loss = 0;
    p->params[p->at] = x;
    ck_ok(lrpot_fit_loss(p->fit, p->n, p->params, &loss, NULL));
    p->params[p->at] = kept;
    return loss;
}

#endif
