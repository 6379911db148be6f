/* Response of a self-consistent density to all directions of a fit. With S = settle(x0 - R u)
 * varied at fixed u,
 *
 *   (1 + A R) dv = A S + (dA) x + dexternal,   du = dv - dlevel. */
#include "fit/jacobian/density_tangents.h"

#include "charges/blurred_sums.h"
#include "charges/density_tangent.h"
#include "core/error.h"
#include "core/strain.h"
#include "electrostatics/multipoles/multipoles.h"
#include "fit/data/frame_parts.h"
#include "fit/jacobian/density_answer.h"

#include <cblas.h>
#include <string.h>

/* Change of x0 - R u, and of dE/dvalue, by the scalars and places of each direction. */
static void collect_sources(const lrpot__density_task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t size = t->size, values = t->values, places = lrpot__density_first_field(t->n);
    memset(d->sources, 0, (size_t)(t->directions * size) * sizeof(double));
    memset(d->slopes, 0, (size_t)(t->directions * values) * sizeof(double));
    lrpot__density_by_values(t->terms, t->density->levelled, NULL, d->by_value);
    lrpot__density_by_places(t->terms, t->density->levelled, NULL, d->sources, d->slopes);
    for (int64_t k = 0; k < values; k++) /* dy/dc */
        cblas_dscal((int)size, t->terms->slopes[k], d->by_value + k * size, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)places, (int)size, (int)values, 1.0,
                d->moved, (int)values, d->by_value, (int)size, 1.0, d->sources, (int)size);
}

/* Adds (dA) x of the strains. */
static lrpot_status add_strains(const lrpot__density_task *t, double *right)
{
    const double *x = t->density->moments;
    int32_t order = t->terms->order;
    int64_t n = t->n;
    double *strained = t->d->spare;
    const lrpot__multipole_results out = { .strained = strained };
    LRPOT__TRY(t->d->blurred != NULL
                   ? lrpot__blurred_sums_strains(t->d->blurred, t->assembly->work, &t->frame->atoms,
                                                 order, x, strained)
                   : lrpot__multipoles_evaluate(t->d->fine, t->assembly->work, &t->frame->atoms,
                                                NULL, NULL, x, order > 0 ? x + n : NULL,
                                                order > 1 ? x + 4 * n : NULL, &out));
    for (int s = 0; s < LRPOT__STRAINS; s++) {
        int64_t direction = 3 * n + 3 * lrpot__strain_row[s] + lrpot__strain_column[s];
        cblas_daxpy((int)t->size, 1.0, strained + s * t->size, 1, right + direction * t->size, 1);
    }
    return LRPOT_OK;
}

/* Fields on the dipoles, and external potentials at the moments, of size 1. */
static void add_external(const lrpot__density_task *t, double *right)
{
    int64_t n = t->n, first = lrpot__density_first_moment(n);
    for (int64_t w = 0; w < t->d->widths; w++) {
        double *to = right + w * t->terms->block;
        for (int64_t k = n; t->terms->order > 0 && k < 4 * n; k++)
            to[(lrpot__density_first_field(n) + (k - n) % 3) * t->size + k] += 1.0;
        for (int64_t k = 0; first + k < t->directions; k++) to[(first + k) * t->size + k] += 1.0;
    }
}

static lrpot_status right_sides(const lrpot__density_task *t)
{
    double *right = t->d->changes;
    memset(right, 0, (size_t)(t->directions * t->size) * sizeof *right);
    add_external(t, right);
    if (lrpot__frame_has_forces(t->frame) || lrpot__frame_has(t->frame, LRPOT__TARGET_BORN))
        lrpot__density_add_places(t, t->density->moments, right);
    return lrpot__frame_is_strained(t->frame) ? add_strains(t, right) : LRPOT_OK;
}

/* d/dp dE/dc: by the changed potentials, by the places, and by the slope of the capacities. */
static void combine(const lrpot__density_task *t)
{
    lrpot__fit_density *d = t->d;
    int64_t values = t->values;
    for (int64_t p = 0; p < t->directions; p++)
        for (int64_t k = 0; k < values; k++) {
            double slope = t->terms->slopes[k];
            d->slopes[p * values + k] = slope * d->slopes[p * values + k]
                                        + (1.0 - slope) * d->weights[k] * d->moved[p * values + k];
        }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)t->directions, (int)values,
                (int)t->size, 1.0, d->changes, (int)t->size, d->by_value, (int)t->size, 1.0,
                d->slopes, (int)values);
}

lrpot_status lrpot__density_tangents(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__density_task t = lrpot__density_task_of(assembly, frame);
    collect_sources(&t);
    LRPOT__TRY(right_sides(&t));
    LRPOT__TRY(lrpot__density_factor(&t));
    lrpot__density_answer(&t, t.directions, t.d->sources, t.d->excess, t.d->changes);
    combine(&t);
    return LRPOT_OK;
}
