/* Prolate split and windows (arXiv 2505.09727). The split ends at the cutoff exactly, so the whole
 * error is that of the mesh. In units of kappa = c/cutoff the error depends on four numbers only:
 * c, order and shape of the window, and sigma = h kappa/pi, the mesh step relative to one that just
 * resolves kappa. It is tabulated over sigma once. For each cutoff the tables are then looked
 * up. */
#include "electrostatics/splitting/split_prolate.h"

#include "core/constants.h"
#include "core/error.h"
#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/mesh/window.h"
#include "electrostatics/splitting/screening.h"

#include <math.h>
#include <string.h>

#define ORDER_MIN 4
#define CANDIDATES 4 /* values of c */
#define SHAPES 4
#define SIGMAS 8
static const double C_STEP = 0.8, SIGMA[SIGMAS] = { 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.1 };
/* Shape of a window per point. A larger one damps aliases more, but also the modes themselves. */
static const double SHAPE[SHAPES] = { 1.7, 2.0, 2.3, 2.6 };

typedef struct {
    lrpot__screening split[CANDIDATES]; /* with the cutoff c, so that kappa = 1 */
    lrpot__alias_table tables[LRPOT__ORDER_MAX + 1][SHAPES];
    double curve[CANDIDATES][LRPOT__ORDER_MAX + 1][SHAPES]
                [SIGMAS]; /* log of the error at density 1, kappa = 1 */
} catalogue;

static int order_is_tried(const lrpot__split_search *search, int32_t order)
{
    const lrpot_ewald_options *o = &search->ewald->options;
    if (o->order > 0) return order == o->order;
    /* One more point gains about 0.9 digits. */
    double guess = 2.0 - 1.15 * log10(search->bound / LRPOT_COULOMB_CONSTANT);
    return order >= ORDER_MIN && order >= guess - 2.5
           && (order <= guess + 2.5 || order == ORDER_MIN);
}

/* Error of the split alone on a mesh that just resolves kappa, density 1. */
static lrpot_status error_of_split(const lrpot__kernel_rules *kernel, double c,
                                   lrpot__screening *split, double *error)
{
    lrpot__alias_table none;
    double h[3] = { LRPOT__PI, LRPOT__PI, LRPOT__PI };
    memset(&none, 0, sizeof none);
    lrpot_status status = lrpot__screening_prolate(kernel, c, c, split);
    if (status == LRPOT_OK) *error = lrpot__mesh_error_random(split, &none, h, NULL, 1.0);
    return status;
}

/* Logarithm of the error allowed at density 1 and kappa = 1. */
static double log_bound(const lrpot__split_search *search, double kappa)
{
    return log(search->bound / sqrt(search->density * kappa));
}

static lrpot_status fill(const lrpot__split_search *search, double middle, catalogue *cat)
{
    const lrpot__kernel_rules *kernel = search->ewald->kernel;
    double c = 4.0, error = INFINITY;
    /* c grows until one more digit is reached, or the limit of double precision */
    while (log(error) > log_bound(search, c / middle) - 0.5) {
        if ((c += C_STEP) > 36.0) break;
        LRPOT__TRY(error_of_split(kernel, c, &cat->split[0], &error));
    }
    for (int s = 1; s < CANDIDATES; s++)
        LRPOT__TRY(lrpot__screening_prolate(kernel, c + (s - 1) * C_STEP, c + (s - 1) * C_STEP,
                                            &cat->split[s]));
    if (c > 4.0 + C_STEP)
        LRPOT__TRY(lrpot__screening_prolate(kernel, c - C_STEP, c - C_STEP, &cat->split[0]));
    for (int32_t order = ORDER_MIN - 1; order <= LRPOT__ORDER_MAX; order++) {
        if (!order_is_tried(search, order)) continue;
        for (int w = 0; w < SHAPES; w++) {
            lrpot__window window;
            LRPOT__TRY(lrpot__window_make(order, SHAPE[w] * order, &window));
            lrpot__alias_table_make(&window, &cat->tables[order][w]);
            for (int s = 0; s < CANDIDATES; s++)
                for (int g = 0; g < SIGMAS; g++) {
                    double h[3] = { LRPOT__PI * SIGMA[g], LRPOT__PI * SIGMA[g],
                                    LRPOT__PI * SIGMA[g] };
                    cat->curve[s][order][w][g] = log(lrpot__mesh_error_random(
                        &cat->split[s], &cat->tables[order][w], h, NULL, 1.0));
                }
        }
    }
    return LRPOT_OK;
}

/* Largest sigma whose error is within the bound; 0 when there is none. */
static double sigma_for(const double *curve, double bound)
{
    if (curve[0] > bound) return 0.0;
    for (int g = 1; g < SIGMAS; g++)
        if (curve[g] > bound)
            return SIGMA[g - 1]
                   + (SIGMA[g] - SIGMA[g - 1]) * (bound - curve[g - 1]) / (curve[g] - curve[g - 1]);
    return SIGMA[SIGMAS - 1];
}

static double error_at(const lrpot__split_search *search, const catalogue *cat, int s,
                       int32_t order, int w, double cutoff, const int32_t *size)
{
    lrpot__screening split;
    double h[3];
    for (int d = 0; d < 3; d++) h[d] = search->length[d] / size[d];
    lrpot__screening_rescale(&cat->split[s], cutoff, &split);
    return lrpot__split_mesh_error(search, &split, &cat->tables[order][w], h);
}

static void try_window(const lrpot__split_search *search, const catalogue *cat, int s,
                       int32_t order, int w, double cutoff, lrpot__split_candidate *best)
{
    int32_t size[3];
    double kappa = cat->split[s].prolate.c / cutoff,
           sigma = sigma_for(cat->curve[s][order][w], log_bound(search, kappa));
    int given = search->ewald->options.mesh[0] > 0;
    double h = sigma * LRPOT__PI / kappa;
    if ((sigma == 0.0 && !given)
        || !lrpot__split_mesh_size(search, h / LRPOT__LENGTH_HEADROOM, order, size))
        return;
    double cost = lrpot__split_pair_cost(search, cutoff)
                  + lrpot__split_mesh_cost(search, order, size);
    if (cost >= best->cost) return;
    double predicted = error_at(search, cat, s, order, w, cutoff, size);
    for (int finer = 0; !given && predicted > LRPOT__BOUND_MET * search->bound; finer++) {
        h *= LRPOT__FINER;
        if (finer == LRPOT__FINER_MOST
            || !lrpot__split_mesh_size(search, h / LRPOT__LENGTH_HEADROOM, order, size))
            return;
        cost = lrpot__split_pair_cost(search, cutoff) + lrpot__split_mesh_cost(search, order, size);
        if (cost >= best->cost) return;
        predicted = error_at(search, cat, s, order, w, cutoff, size);
    }
    if (predicted > LRPOT__BOUND_MET * search->bound) {
        if (!given) return;
        /* a mesh that the user gave is taken with its least error, which is reported */
        cost *= 1e9 * predicted / search->bound;
        if (cost >= best->cost) return;
    }
    *best = (lrpot__split_candidate){ .cost = cost,
                                      .cutoff = cutoff,
                                      .c = cat->split[s].prolate.c,
                                      .shape = SHAPE[w] * order,
                                      .step = given ? 0.0 : h,
                                      .predicted = predicted,
                                      .method = LRPOT_EWALD_MESH,
                                      .order = order,
                                      .size = { size[0], size[1], size[2] } };
}

static void try_cutoff(const lrpot__split_search *search, const catalogue *cat, double cutoff,
                       lrpot__split_candidate *best)
{
    for (int s = 0; s < CANDIDATES; s++)
        for (int32_t order = ORDER_MIN - 1; order <= LRPOT__ORDER_MAX; order++)
            for (int w = 0; order_is_tried(search, order) && w < SHAPES; w++)
                try_window(search, cat, s, order, w, cutoff, best);
}

/* The split and window that the tuner has measured. */
static lrpot_status take_measured(const lrpot__split_search *search, lrpot__split_candidate *best)
{
    const lrpot__measured_choice *measured = &search->ewald->measured;
    int32_t order = search->ewald->options.order, size[3];
    lrpot__screening split;
    lrpot__window window;
    lrpot__alias_table table;
    double h[3];
    if (!lrpot__split_mesh_size(search, INFINITY, order, size)) return LRPOT_OK;
    for (int d = 0; d < 3; d++) h[d] = search->length[d] / size[d];
    LRPOT__TRY(
        lrpot__screening_prolate(search->ewald->kernel, measured->c, search->cutoff, &split));
    LRPOT__TRY(lrpot__window_make(order, measured->shape, &window));
    lrpot__alias_table_make(&window, &table);
    *best =
        (lrpot__split_candidate){ .cost = lrpot__split_pair_cost(search, search->cutoff)
                                          + lrpot__split_mesh_cost(search, order, size),
                                  .cutoff = search->cutoff,
                                  .c = measured->c,
                                  .shape = measured->shape,
                                  .predicted = lrpot__split_mesh_error(search, &split, &table, h),
                                  .method = LRPOT_EWALD_MESH,
                                  .order = order,
                                  .size = { size[0], size[1], size[2] } };
    return LRPOT_OK;
}

lrpot_status lrpot__split_prolate(lrpot__split_search *search, lrpot__split_candidate *best)
{
    catalogue cat;
    double atom = cbrt(1.0 / search->density);
    search->bound = lrpot__split_mesh_reserve(search, 1.0) * search->accuracy;
    if (search->ewald->measured.c > 0.0) return take_measured(search, best);
    LRPOT__TRY(fill(search, search->cutoff > 0.0 ? search->cutoff : 2.5 * atom, &cat));
    if (search->cutoff > 0.0) {
        if (search->cutoff >= lrpot__split_reach(search))
            try_cutoff(search, &cat, search->cutoff, best);
        return LRPOT_OK;
    }
    double low = fmax(1.4 * atom, lrpot__split_reach(search));
    for (double cutoff = low; cutoff < fmax(5.0 * atom, 1.01 * low); cutoff *= 1.06)
        try_cutoff(search, &cat, cutoff, best);
    return LRPOT_OK;
}
