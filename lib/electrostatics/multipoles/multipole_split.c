/* Splitting for multipoles. Errors of cutoff and aliasing are concentrated near one wave number k.
 * There an atom of random orientation counts as a charge of the mean square q^2 + k^2 mu^2/3 + k^4
 * (tr(M)^2 + 2 M:M)/60. The estimates for charges are used with this value. */
#include "electrostatics/multipoles/multipole_split.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"

#include <math.h>

/* Number of atoms from which on the mesh is used. */
#define LARGE 400
/* Time of a pair of charges, dipoles, quadrupoles relative to that of the vectorised kernel of
 * charges. */
static const double PAIR_COST[3] = { 30.0, 35.0, 45.0 };
#define ROUNDS 6
#define SETTLED 0.05
/* Wave number of the aliasing error, relative to that of the shortest wave of a mesh. */
#define BEYOND 1.35

/* 1/A: the shortest wave that a mesh resolves. */
static double mesh_edge(const lrpot__splitting *split)
{
    double k = 0.0;
    for (int d = 0; d < 3; d++)
        k = fmax(k, LRPOT__PI * split->size[d]
                        / sqrt(lrpot__dot3(split->basis + 3 * d, split->basis + 3 * d)));
    return k;
}

/* 1/A: wave number at which the errors of a splitting are concentrated. */
static double edge(const lrpot__splitting *split)
{
    if (split->volume == 0.0) return 0.0;
    return split->method == LRPOT_EWALD_EXACT ? split->k_cut : BEYOND * mesh_edge(split);
}

static double square_at(const lrpot__multipole_squares *s, double k)
{
    return s->q + k * k * s->mu / 3.0 + k * k * k * k * s->m / 60.0;
}

void lrpot__multipoles_weights(const lrpot_workspace *work, double weights[3])
{
    const lrpot__splitting *kept = lrpot__sum_kept_split(work);
    double k = kept != NULL ? edge(kept) : 0.0;
    weights[0] = 1.0;
    weights[1] = k > 0.0 ? k * k / 3.0 : 1.0;
    weights[2] = k > 0.0 ? k * k * k * k / 30.0 : 1.0;
}

/* Chooses the splitting of moments that count as charges at wave number k, and again with the
 * resulting wave number. */
static lrpot_status choose_for_wave_number(lrpot__multipoles *p, lrpot_workspace *work,
                                           const lrpot_nlist *list, int parallel)
{
    lrpot__sum *sum = p->sum;
    const lrpot__splitting *kept = lrpot__sum_kept_split(work);
    double k = 0.0;
    if (kept != NULL && sum->volume > 0.0) {
        sum->split = *kept;
        k = edge(kept);
    }
    for (int round = 0; round < ROUNDS; round++) {
        sum->totals.square = square_at(&p->squares, k);
        LRPOT__TRY(lrpot__sum_split(sum, work, list, parallel, sum->boundary.kind == LRPOT__OPEN));
        double now = edge(&sum->split);
        if (fabs(now - k) <= SETTLED * k) break;
        k = now;
    }
    sum->split.pair.taper_start =
        INFINITY; /* the derivatives of a taper would be far larger than the part it removes */
    return LRPOT_OK;
}

lrpot_status lrpot__multipoles_split(lrpot__multipoles *p, lrpot_workspace *work,
                                     const lrpot_nlist *list)
{
    lrpot__sum *sum = p->sum;
    int32_t *method = &p->solver.options.method, parallel = p->comm != NULL && p->comm->sum != NULL,
            chosen = *method == LRPOT_EWALD_AUTO;
    sum->pair_cost = PAIR_COST[p->rank];
    if (parallel && list == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "a parallel host must lend its neighbour list");
    if (sum->boundary.kind == LRPOT__OPEN && parallel
        && sum->totals.count != (double)sum->atoms->n_all)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "an isolated Coulomb sum needs all %.0f atoms, this process knows %lld",
                           sum->totals.count, (long long)sum->atoms->n_all);
    /* Prolates are steep at their edge: every derivative there is c/2 times larger than in the
     * middle. So B-splines are used. */
    if (*method == LRPOT_EWALD_MESH || (chosen && sum->totals.count >= LARGE))
        *method = LRPOT_EWALD_SPLINE;
    lrpot_status status = choose_for_wave_number(p, work, list, parallel);
    if (status != LRPOT_E_ACCURACY || !chosen) return status;
    *method = LRPOT_EWALD_EXACT;
    return choose_for_wave_number(p, work, list, parallel);
}
