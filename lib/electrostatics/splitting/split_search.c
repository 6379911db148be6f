#include "electrostatics/splitting/split_search.h"

#include "core/constants.h"
#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/splitting/screening.h"

#include <math.h>

/* Costs in ns, measured on one core with AVX-512. Only their ratios matter, and only for speed. */
#define COST_PAIR 2.6         /* pair of the vectorised kernel */
#define COST_PAIR_SMEARED 7.0 /* the same between Gaussians */
#define COST_PAIR_ERFC 30.0   /* pair with functions from the C library */
#define COST_SEARCH 0.3       /* finding a pair: lists last for many evaluations */
#define COST_SECOND_LIST 2.0  /* the same if the host has lent a list with too small a cutoff */
#define COST_POINT 12.0       /* mesh point: transforms and product */
#define COST_LINE 2.8         /* line of the window's support, per vector of 8 */
#define COST_ATOM 90.0

/* Part of the accuracy to use. The estimates are means over random charges. Structures differ, and
 * a few atoms have few structure factors, whose squares are far from the mean. */
#define RESERVE 0.5
#define RESERVE_FEW 0.3
#define FEW_ATOMS 200
/* The same for crystals. Their errors are known better, so they need a smaller reserve. */
#define CRYSTAL 0.6

/* Smallest x in [low, high] with error(x) <= bound; error falls. */
static double solve(const lrpot__split_search *search, double alpha, double low, double high)
{
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (search->errors.real(alpha, middle, search->density) > search->bound) low = middle;
        else high = middle;
    }
    return high;
}

double lrpot__split_reach(const lrpot__split_search *search)
{
    if (search->ewald->widest == 0.0) return 0.0;
    double alpha = 0.5 / search->ewald->widest;
    return solve(search, alpha, 0.3 / alpha, 9.0 / alpha);
}

static double cutoff_for(const lrpot__split_search *search, double alpha)
{
    double reach = solve(search, alpha, 0.3 / alpha, 9.0 / alpha);
    /* Wide Gaussians extend further than the screening if alpha was given by the user. */
    return search->ewald->widest > 0.0 && alpha > 0.5 / search->ewald->widest
               ? fmax(reach, lrpot__split_reach(search))
               : reach;
}

static double alpha_for(const lrpot__split_search *search, double cutoff)
{
    double low = 0.05 / cutoff, high = 9.0 / cutoff;
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (search->errors.real(middle, cutoff, search->density) > search->bound) low = middle;
        else high = middle;
    }
    return high;
}

void lrpot__split_gauss(const lrpot__split_search *search, lrpot__split_attempt attempt,
                        const void *ctx, double low, double high, lrpot__split_candidate *best)
{
    /* a kernel without pairs is smooth by itself */
    if (!(search->ewald->kernel->traits & LRPOT_EWALD_KERNEL_PAIRS)) {
        attempt(search, ctx, 0.5 / search->ewald->common, INFINITY, best);
        return;
    }
    double given = search->ewald->options.splitting,
           largest = search->ewald->widest > 0.0 ? 0.5 / search->ewald->widest : INFINITY;
    if (given > 0.0) {
        attempt(search, ctx, given,
                search->cutoff > 0.0 ? search->cutoff : cutoff_for(search, given), best);
    } else if (search->cutoff > 0.0
               && !(search->ewald->alike && alpha_for(search, search->cutoff) >= largest)) {
        attempt(search, ctx, fmin(alpha_for(search, search->cutoff), largest), search->cutoff,
                best);
    } else if (search->cutoff > 0.0) {
        attempt(search, ctx, largest, INFINITY, best);
    } else {
        for (double alpha = low; alpha < high; alpha *= 1.1) {
            double tried = fmin(alpha, largest); /* wider Gaussians are smooth without it */
            attempt(search, ctx, tried, cutoff_for(search, tried), best);
            if (tried < alpha) break;
        }
        if (isinf(best->cost))
            attempt(search, ctx, fmin(low, largest), cutoff_for(search, fmin(low, largest)), best);
        /* Gaussians of one width are the smooth part themselves: no pairs are left. */
        if (search->ewald->alike && largest < high) attempt(search, ctx, largest, INFINITY, best);
    }
}

int lrpot__split_is_smooth(const lrpot__split_search *search)
{
    return search->ewald->alike && search->ewald->widest * cbrt(search->density) > 0.2;
}

/* The errors of some hundred pairs add up at random. */
double lrpot__split_pair_error(const lrpot__split_search *search)
{
    return 0.01 * search->bound / fabs(search->ewald->kernel->constant);
}

int lrpot__split_is_single(const lrpot__split_search *search, int32_t method)
{
    return search->ewald->measured.taken && !search->wanted->list_only
           && method != LRPOT_EWALD_EXACT && search->ewald->widths == NULL;
}

/* The errors of the few nearest pairs are most of it, and they add to the others as squares. */
double lrpot__split_single_error(const lrpot__split_search *search)
{
    return 0.7 * search->bound / fabs(search->ewald->kernel->constant);
}

double lrpot__split_pair_cost(const lrpot__split_search *search, double cutoff)
{
    if (isinf(cutoff)) return 0.0;
    double n = 4.0 / 3.0 * LRPOT__PI * cutoff * cutoff * cutoff * search->density;
    double pair = search->ewald->widths != NULL ? COST_PAIR_SMEARED : COST_PAIR;
    if (lrpot__split_pair_error(search) < LRPOT__PAIR_FINEST) pair = COST_PAIR_ERFC;
    if (search->wanted->pair_cost > 0.0) pair *= search->wanted->pair_cost;
    double lent = search->wanted->list_cutoff, found = lent >= cutoff ? 0.0
                                                       : lent > 0.0   ? COST_SECOND_LIST
                                                                      : COST_SEARCH;
    return (double)search->wanted->n * n * (pair + found);
}

double lrpot__split_mesh_cost(const lrpot__split_search *search, int32_t order, const int32_t *size)
{
    double points = (double)size[0] * size[1] * size[2],
           lines = (double)order * order * ((order + 7) / 8);
    return COST_POINT * points + (double)search->wanted->n * (COST_ATOM + COST_LINE * lines);
}

/* Next number of mesh points for which the transform is fast. */
static int32_t good_size(double least)
{
    for (int32_t n = least > 4.0 ? (int32_t)ceil(least) : 4;; n++) {
        int32_t m = n;
        for (int32_t f = 2; f <= 7; f += f == 2 ? 1 : 2)
            while (m % f == 0) m /= f;
        if (m == 1 && n % 2 == 0) return n;
    }
}

int lrpot__split_mesh_size(const lrpot__split_search *search, double h, int32_t order,
                           int32_t *size)
{
    double points = 1.0;
    for (int d = 0; d < 3; d++) {
        double least = fmax(search->length[d] / h, order + 1.0);
        size[d] = search->ewald->options.mesh[d];
        if (size[d] > 0 && size[d] < order) return 0; /* a window would overlap itself */
        if (size[d] > 0) continue;
        if (!(least <= 4096.0)) return 0;
        size[d] = good_size(least);
        points *= size[d];
    }
    return points < LRPOT__MOST_POINTS(search->wanted->n);
}

/* The mean square that stands for multipoles is an upper bound, reserve enough by itself. */
static int is_of_multipoles(const lrpot__split_search *search)
{
    return search->wanted->pair_cost > 1.0;
}

double lrpot__split_mesh_reserve(const lrpot__split_search *search, double split)
{
    if (is_of_multipoles(search)) return RESERVE;
    return split * (search->wanted->n < FEW_ATOMS ? RESERVE_FEW : RESERVE);
}

double lrpot__split_mesh_error(const lrpot__split_search *search, const lrpot__screening *screening,
                               const lrpot__alias_table *table, const double *h)
{
    double random = lrpot__mesh_error_random(screening, table, h, search->length, search->density);
    int too_large = search->ewald->options.mesh[0] == 0
                    && random > LRPOT__BOUND_MET * search->bound;
    if (too_large || is_of_multipoles(search)) return random;
    return fmax(random, CRYSTAL * lrpot__mesh_error_crystal(screening, table, h, search->density));
}

void lrpot__splitting_gauss(const lrpot_ewald *ewald, double alpha, lrpot__screening *out)
{
    lrpot__screening_gauss(ewald->kernel, ewald->options.sigma, alpha, out);
}
