/* Split of the exact sum, over all reciprocal vectors. */
#include "electrostatics/splitting/split_plan.h"

#include "core/constants.h"

#include <math.h>

#define COST_VECTOR 0.9 /* ns, (vector, atom) */

/* Part of the accuracy to use. It is cheap, and it keeps the errors of energy and virial, sums of
 * many errors of one sign, near the same number. */
#define SAFETY 0.1

static double k_cut_for(const lrpot__plan *plan, double alpha)
{
    double low = 0.1 * alpha, high = 20.0 * alpha;
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (plan->errors.reciprocal(alpha, middle, plan->density) > plan->bound) low = middle;
        else high = middle;
    }
    return high;
}

static void attempt(const lrpot__plan *plan, const void *ctx, double alpha, double cutoff,
                    lrpot__choice *best)
{
    (void)ctx;
    double k_cut = k_cut_for(plan, alpha),
           vectors = plan->wanted->volume * k_cut * k_cut * k_cut / (12.0 * LRPOT__PI * LRPOT__PI);
    double cost = COST_VECTOR * ((double)plan->wanted->n + 16.0) * vectors
                  + lrpot__plan_pair_cost(plan, cutoff);
    if (cost >= best->cost) return;
    double real = plan->errors.real(alpha, cutoff, plan->density),
           other = plan->errors.reciprocal(alpha, k_cut, plan->density);
    *best = (lrpot__choice){ .cost = cost,
                             .alpha = alpha,
                             .cutoff = cutoff,
                             .k_cut = k_cut,
                             .method = LRPOT_EWALD_EXACT,
                             .predicted = sqrt(real * real + other * other) };
}

void lrpot__plan_exact(lrpot__plan *plan, lrpot__choice *best)
{
    /* Both parts cost the same where alpha^6 ~ n / V^2. */
    double middle =
        2.2
        * pow((double)plan->wanted->n / (plan->wanted->volume * plan->wanted->volume), 1.0 / 6.0);
    plan->bound = SAFETY * sqrt(0.5) * plan->accuracy;
    lrpot__plan_gauss(plan, attempt, NULL, 0.2 * middle, 8.0 * middle, best);
}
