/* Split of the exact sum, over all reciprocal vectors. */
#include "electrostatics/splitting/split_exact.h"

#include "core/constants.h"

#include <math.h>

#define COST_VECTOR 0.9 /* ns, (vector, atom) */

/* Part of the accuracy to use. It is cheap, and it keeps the errors of energy and virial, sums of
 * many errors of one sign, near the same number. */
#define SAFETY 0.1

static double k_cut_for(const lrpot__split_search *search, double alpha)
{
    double low = 0.1 * alpha, high = 20.0 * alpha;
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (search->errors.reciprocal(alpha, middle, search->density) > search->bound) low = middle;
        else high = middle;
    }
    return high;
}

static void attempt(const lrpot__split_search *search, const void *ctx, double alpha, double cutoff,
                    lrpot__split_candidate *best)
{
    (void)ctx;
    double k_cut = k_cut_for(search, alpha), vectors = search->wanted->volume * k_cut * k_cut
                                                       * k_cut / (12.0 * LRPOT__PI * LRPOT__PI);
    double cost = COST_VECTOR * ((double)search->wanted->n + 16.0) * vectors
                  + lrpot__split_pair_cost(search, cutoff);
    if (cost >= best->cost) return;
    double real = search->errors.real(alpha, cutoff, search->density),
           other = search->errors.reciprocal(alpha, k_cut, search->density);
    *best = (lrpot__split_candidate){ .cost = cost,
                                      .alpha = alpha,
                                      .cutoff = cutoff,
                                      .k_cut = k_cut,
                                      .method = LRPOT_EWALD_EXACT,
                                      .predicted = sqrt(real * real + other * other) };
}

void lrpot__split_exact(lrpot__split_search *search, lrpot__split_candidate *best)
{
    /* Both parts cost the same where alpha^6 ~ n / V^2. */
    double middle =
        2.2
        * pow((double)search->wanted->n / (search->wanted->volume * search->wanted->volume),
              1.0 / 6.0);
    search->bound = SAFETY * sqrt(0.5) * search->accuracy;
    lrpot__split_gauss(search, attempt, NULL, 0.2 * middle, 8.0 * middle, best);
}
