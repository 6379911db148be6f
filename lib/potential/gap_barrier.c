#include "potential/gap_barrier.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>

/* of the end: where a barrier from distance 0 on has its whole height, below the end */
static const double STEP = 0.15;

void lrpot__gap_barrier_free(lrpot__gap_barrier *barrier)
{
    if (barrier == NULL) return;
    lrpot__free(barrier->begin);
    lrpot__free(barrier->end);
    lrpot__free(barrier->height);
    lrpot__free(barrier);
}

static lrpot_status check_pair(const lrpot_potential *p, double cutoff, int32_t a, int32_t b,
                               const lrpot__gap_barrier *barrier)
{
    int32_t k = a * p->n_species + b, mirrored = b * p->n_species + a;
    double begin = barrier->begin[k], end = barrier->end[k], height = barrier->height[k];
    if (!(height >= 0.0) || isinf(height) || height != barrier->height[mirrored])
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "gap barrier of %s-%s has the height %g eV, expected a number from 0, "
                           "alike in both orders",
                           p->symbols[a], p->symbols[b], height);
    if (height == 0.0) return LRPOT_OK;
    if (!(begin >= 0.0) || !(end > begin) || end > cutoff || begin != barrier->begin[mirrored]
        || end != barrier->end[mirrored])
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "gap barrier of %s-%s is from %g to %g A, expected two distances up to "
                           "the cutoff %g A that rise, alike in both orders",
                           p->symbols[a], p->symbols[b], begin, end, cutoff);
    return LRPOT_OK;
}

static lrpot_status check(lrpot__gap_barrier *barrier, const lrpot_potential *potential,
                          double cutoff)
{
    int32_t S = potential->n_species;
    for (int32_t a = 0; a < S; a++)
        for (int32_t b = 0; b < S; b++) {
            LRPOT__TRY(check_pair(potential, cutoff, a, b, barrier));
            if (barrier->height[a * S + b] > 0.0)
                barrier->reach = fmax(barrier->reach, barrier->end[a * S + b]);
        }
    return LRPOT_OK;
}

lrpot_status lrpot__gap_barrier_create(lrpot__gap_barrier **out, const lrpot_potential *potential,
                                       double cutoff, const double *begin, const double *end,
                                       const double *height)
{
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    lrpot__gap_barrier *barrier = lrpot__calloc(1, sizeof *barrier);
    if (barrier == NULL) return LRPOT_E_MEMORY;
    barrier->begin = lrpot__duplicate(begin, pairs, sizeof *begin);
    barrier->end = lrpot__duplicate(end, pairs, sizeof *end);
    barrier->height = lrpot__duplicate(height, pairs, sizeof *height);
    lrpot_status status = LRPOT_E_MEMORY;
    if (barrier->begin != NULL && barrier->end != NULL && barrier->height != NULL)
        status = check(barrier, potential, cutoff);
    if (status != LRPOT_OK) lrpot__gap_barrier_free(barrier);
    else *out = barrier;
    return status;
}

/* A step of height h towards short distances, without slope and curvature at both of its ends. */
static double step(double end, double h, double r, double *derivative)
{
    double width = STEP * end, x = (end - r) / width;
    if (x >= 1.0) return h;
    *derivative = -30.0 * h * x * x * (1.0 - x) * (1.0 - x) / width;
    return h * x * x * x * (10.0 - x * (15.0 - 6.0 * x));
}

/* 64 h x^3 (1 - x)^3: both slopes and curvatures are 0 at the ends, the height is in the middle. */
double lrpot__gap_barrier_eval(const lrpot__gap_barrier *barrier, int32_t pair, double r,
                               double *derivative)
{
    double begin = barrier->begin[pair], end = barrier->end[pair], h = barrier->height[pair];
    *derivative = 0.0;
    if (h == 0.0 || r <= begin || r >= end) return 0.0;
    if (begin == 0.0) return step(end, h, r, derivative);
    double x = (r - begin) / (end - begin), y = x * (1.0 - x);
    *derivative = 192.0 * h * y * y * (1.0 - 2.0 * x) / (end - begin);
    return 64.0 * h * y * y * y;
}
