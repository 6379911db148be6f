/* Anderson mixing of a fixed point. */
#include "charges/anderson.h"

#include "core/error.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* A difference of residuals of which less than this is new would only add rounding errors. */
#define LEAST_NEW 1e-10
/* Far from the fixed point of a model that is not linear the last steps say little: a step is at
 * most this many times as long as the residual, and one that makes the residual that much larger
 * is the first of a new history. */
#define LONGEST 4.0

static const lrpot__tag pairs_tag = { "steps of a fixed point" };

lrpot_status lrpot__anderson_start(lrpot__anderson *a, lrpot_workspace *work, int64_t n,
                                   double mixing)
{
    double *block = NULL;
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &pairs_tag, 2 * (LRPOT__ANDERSON_DEPTH + 1) * n, &block));
    *a = (lrpot__anderson){ .n = n, .mixing = mixing };
    a->last_x = block, a->last_r = block + n;
    a->dx = block + 2 * n, a->dr = a->dx + LRPOT__ANDERSON_DEPTH * n;
    return LRPOT_OK;
}

/* Keeps the last change of x and r as a pair, r orthogonal to that of the others. A pair that is a
 * combination of the others is dropped. */
static void keep_pair(lrpot__anderson *a, const double *x, const double *r)
{
    int n = (int)a->n;
    double *dx = a->dx + a->next * a->n, *dr = a->dr + a->next * a->n;
    for (int64_t k = 0; k < a->n; k++) {
        dx[k] = x[k] - a->last_x[k];
        dr[k] = r[k] - a->last_r[k];
    }
    double size = cblas_dnrm2(n, dr, 1), rest = size;
    for (int pass = 0; pass < 2; pass++) /* twice: the first leaves rounding errors */
        for (int32_t p = 0; p < a->used; p++) {
            if (p == a->next) continue; /* the oldest, which the new pair replaces */
            double part = cblas_ddot(n, a->dr + p * a->n, 1, dr, 1);
            cblas_daxpy(n, -part, a->dr + p * a->n, 1, dr, 1);
            cblas_daxpy(n, -part, a->dx + p * a->n, 1, dx, 1);
        }
    rest = cblas_dnrm2(n, dr, 1);
    if (!(rest > LEAST_NEW * size)) {
        memset(dr, 0, (size_t)a->n * sizeof *dr);
        memset(dx, 0, (size_t)a->n * sizeof *dx);
        return;
    }
    cblas_dscal(n, 1.0 / rest, dr, 1);
    cblas_dscal(n, 1.0 / rest, dx, 1);
    if (a->used < LRPOT__ANDERSON_DEPTH) a->used++;
    a->next = (a->next + 1) % LRPOT__ANDERSON_DEPTH;
}

void lrpot__anderson_step(lrpot__anderson *a, double *x, double *r)
{
    int n = (int)a->n;
    double size = cblas_dnrm2(n, r, 1), moved = 0.0;
    if (a->residuals.steps > 1 && size > LONGEST * cblas_dnrm2(n, a->last_r, 1))
        a->used = a->next = 0;
    else if (a->residuals.steps > 1) keep_pair(a, x, r);
    memcpy(a->last_x, x, (size_t)a->n * sizeof *x);
    memcpy(a->last_r, r, (size_t)a->n * sizeof *r);
    for (int32_t p = 0; p < a->used; p++) {
        double part = cblas_ddot(n, a->dr + p * a->n, 1, r, 1);
        cblas_daxpy(n, -part, a->dr + p * a->n, 1, r, 1);
        cblas_daxpy(n, -part, a->dx + p * a->n, 1, x, 1);
    }
    cblas_daxpy(n, a->mixing, r, 1, x, 1);
    for (int64_t k = 0; k < a->n; k++) moved += (x[k] - a->last_x[k]) * (x[k] - a->last_x[k]);
    moved = sqrt(moved);
    for (int64_t k = 0; moved > LONGEST * size && k < a->n; k++)
        x[k] = a->last_x[k] + LONGEST * size / moved * (x[k] - a->last_x[k]);
}
