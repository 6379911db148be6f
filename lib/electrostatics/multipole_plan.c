/* The splitting for multipoles. What is cut off and what aliases sits near one wave number k; there, an atom of random orientation counts as
 * a charge of the mean square q^2 + k^2 mu^2/3 + k^4 (tr(M)^2 + 2 M:M)/60, which is what the estimates for charges are given. */
#include "electrostatics/multipoles.h"

#include "core/error.h"
#include "core/workspace.h"

#include <math.h>

#define ROUNDS 6
#define SETTLED 0.05

/* Of the step that pairs fade out by: its fourth derivative, in units of the cutoff, to the power of 1/4. */
#define STEP 110.0

/* 1/A: where the errors of a splitting are. */
static double edge(const lrpot__splitting *split)
{
    return split->pair.cutoff > 0.0 ? fmax(split->k_cut, STEP / split->pair.cutoff) : 0.0;
}

static double square_at(const lrpot__squares *s, double k) { return s->q + k * k * s->mu / 3.0 + k * k * k * k * s->m / 60.0; }

lrpot_status lrpot__multipoles_split(lrpot__multipoles *p, lrpot_workspace *work, const lrpot_nlist *list)
{
    lrpot__sum *sum = p->sum;
    int parallel = p->comm != NULL && p->comm->sum != NULL;
    if (parallel && list == NULL) return lrpot__fail(LRPOT_E_ARGUMENT, "a parallel host must lend its neighbour list");
    if (sum->boundary.kind == LRPOT__OPEN && parallel && sum->totals.count != (double)sum->atoms->n_all)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "an isolated Coulomb sum needs all %.0f atoms, this process knows %lld", sum->totals.count,
                           (long long)sum->atoms->n_all);
    const lrpot__splitting *kept = lrpot__workspace_kept(work, LRPOT__KEEP_EWALD);
    double k = kept != NULL ? edge(kept) : 0.0;
    for (int round = 0; round < ROUNDS; round++) { /* the wave number depends on the accuracy, and that on it */
        sum->totals.square = square_at(&p->squares, k);
        LRPOT__TRY(lrpot__sum_split(sum, work, list, parallel, 1));
        double now = edge(&sum->split);
        if (fabs(now - k) <= SETTLED * k) break;
        k = now;
    }
    return LRPOT_OK;
}
