/* Moments of a density at the potentials of the reference moments: x = x0 - R u with u known, so
 * that no fixed point is solved and x is linear in what x0 and R are linear in. */
#include "fit/jacobian/density_direct.h"

#include "charges/charge_eval.h"
#include "charges/density_tangent.h"
#include "core/error.h"
#include "fit/jacobian/density_answer.h"
#include "fit/jacobian/density_jacobian.h"
#include "fit/jacobian/target_rows.h"

#include <cblas.h>
#include <string.h>

/* A weight of 0 takes a target away from a frame. */
static lrpot_status check(const lrpot__assembly *assembly, const lrpot__frame *frame)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (lrpot__targets[t]->is_moment && !lrpot__frame_has(frame, t)
            && lrpot__targets[t]->order <= lrpot__charges_order(assembly->potential->charges))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "frame %lld (%lld atoms) has no %s to be fitted, which a direct "
                               "start needs",
                               (long long)frame->number, (long long)frame->n,
                               lrpot__targets[t]->label);
    return LRPOT_OK;
}

/* Potentials of the reference moments, which have the narrowest width: [size], in the scratch of
 * the density. */
static const double *reference_potentials(const lrpot__fit_density *d, const lrpot__frame *frame)
{
    static const int64_t starts[3] = { 0, 1, 4 };
    int64_t size = d->size * frame->n;
    double *x = d->spare, *v = x + size;
    memset(x, 0, (size_t)size * sizeof *x);
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        const lrpot__block *block = &frame->blocks[t];
        if (lrpot__targets[t]->is_moment && block->reference != NULL)
            memcpy(x + starts[lrpot__targets[t]->order] * frame->n, block->reference,
                   (size_t)block->count * sizeof *x);
    }
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)size, (int)size, 1.0, frame->coulomb.moments,
                (int)size, x, 1, 0.0, v, 1);
    return v;
}

/* dx/dc as derivatives along the potentials at the moments: those of all widths are one moment. */
static void slopes_of_moments(const lrpot__density_task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t n = t->n, size = t->size, values = t->values, first = lrpot__density_first_moment(n),
            moments = t->directions - first;
    memset(d->slopes, 0, (size_t)(t->directions * values) * sizeof *d->slopes);
    lrpot__density_by_values(t->terms, t->density->levelled, NULL, d->by_value);
    for (int64_t k = 0; k < values; k++) {
        double *row = d->by_value + k * size, *to = d->slopes + k;
        cblas_dscal((int)size, t->terms->slopes[k], row, 1);
        lrpot__density_settle(t->terms, 1, row);
        for (int64_t w = 0; w < d->widths; w++, row += t->terms->block) {
            for (int64_t m = 0; m < moments; m++) to[(first + m) * values] += row[m];
            for (int64_t m = 0; t->terms->order > 0 && m < 3 * n; m++)
                to[(lrpot__density_first_field(n) + m % 3) * values] += row[n + m];
        }
    }
}

lrpot_status lrpot__density_direct(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   int with_jacobian)
{
    lrpot__fit_density *d = assembly->density;
    LRPOT__TRY(check(assembly, frame));
    LRPOT__TRY(lrpot__fit_density_reserve(d, frame, assembly->charge_stride));
    LRPOT__TRY(lrpot__density_moments_at(assembly, frame, reference_potentials(d, frame)));
    LRPOT__TRY(lrpot__target_rows_predict(assembly, frame));
    if (!with_jacobian) return LRPOT_OK;
    const lrpot__density_task t = lrpot__density_task_of(assembly, frame);
    LRPOT__TRY(lrpot__density_gather_heads(assembly, frame));
    slopes_of_moments(&t);
    lrpot__density_charge_rows(assembly, frame);
    lrpot__target_rows_differentiate(assembly, frame);
    return LRPOT_OK;
}
