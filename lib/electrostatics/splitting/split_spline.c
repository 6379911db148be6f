/* Gaussian split with B-splines: smooth particle-mesh Ewald with the influence function of P3M.
 * With prolate windows where the kernel has no prolate split. */
#include "electrostatics/splitting/split_spline.h"

#include "core/error.h"
#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/mesh/window.h"

#include <math.h>

/* Reserve for crystals, where the errors of pairs add up: zinc blende was measured at 1.02 of the
 * accuracy. */
#define GAUSS_RESERVE 0.85

/* Windows of every order. */
typedef struct {
    int32_t method;
    double shape; /* per point; 0: B-splines */
    lrpot__alias_table orders[LRPOT__ORDER_MAX + 1];
} tables;

/* Largest step that keeps the bound; 0 when there is none. */
static double step_for(const lrpot__split_search *search, const lrpot__screening *screening,
                       const lrpot__alias_table *table)
{
    double low = 0.02 / screening->alpha, high = 6.0 / screening->alpha, smallest = low;
    for (int step = 0; step < 14; step++) {
        double middle = 0.5 * (low + high), h[3] = { middle, middle, middle };
        if (lrpot__mesh_error_random(screening, table, h, NULL, search->density) > search->bound)
            high = middle;
        else low = middle;
    }
    return low > 1.2 * smallest ? low : 0.0;
}

static double error_at(const lrpot__split_search *search, const lrpot__screening *screening,
                       const lrpot__alias_table *table, const int32_t *size)
{
    double steps[3];
    for (int d = 0; d < 3; d++) steps[d] = search->length[d] / size[d];
    return lrpot__split_mesh_error(search, screening, table, steps);
}

static void attempt(const lrpot__split_search *search, const void *ctx, double alpha, double cutoff,
                    lrpot__split_candidate *best)
{
    const tables *t = ctx;
    const lrpot_ewald_options *o = &search->ewald->options;
    lrpot__screening screening;
    double pairs = lrpot__split_pair_cost(search, cutoff);
    lrpot__splitting_gauss(search->ewald, alpha, &screening);
    for (int32_t order = 3; order <= LRPOT__ORDER_MAX; order++) {
        int32_t size[3];
        if (o->order > 0 && order != o->order) continue;
        if (o->order == 0 && (order == 3 || (order > 8 && order % 2 != 0)))
            continue; /* never the best */
        double h = o->mesh[0] > 0 ? 0.0 : step_for(search, &screening, &t->orders[order]);
        if (h == 0.0 && o->mesh[0] == 0) continue;
        if (!lrpot__split_mesh_size(search, h / LRPOT__LENGTH_HEADROOM, order, size)) continue;
        double cost = pairs + lrpot__split_mesh_cost(search, order, size);
        if (cost >= best->cost) continue;
        double real = search->errors.real(alpha, cutoff, search->density),
               other = error_at(search, &screening, &t->orders[order], size);
        for (int finer = 0; o->mesh[0] == 0 && other > LRPOT__BOUND_MET * search->bound; finer++) {
            h *= LRPOT__FINER;
            if (finer == LRPOT__FINER_MOST
                || !lrpot__split_mesh_size(search, h / LRPOT__LENGTH_HEADROOM, order, size))
                break;
            other = error_at(search, &screening, &t->orders[order], size);
        }
        cost = pairs + lrpot__split_mesh_cost(search, order, size);
        if (cost >= best->cost || (o->mesh[0] == 0 && other > LRPOT__BOUND_MET * search->bound))
            continue;
        double predicted = sqrt(real * real + other * other);
        if (o->mesh[0] > 0 && predicted > 1.5 * search->bound) {
            /* the mesh that the user gave is taken with its least error */
            cost *= 1e9 * predicted / search->bound;
            if (cost >= best->cost) continue;
        }
        *best = (lrpot__split_candidate){ .cost = cost,
                                          .alpha = alpha,
                                          .cutoff = cutoff,
                                          .method = t->method,
                                          .order = order,
                                          .shape = t->shape * order,
                                          .step = h,
                                          .size = { size[0], size[1], size[2] },
                                          .predicted = predicted };
    }
}

static lrpot_status try_windows(lrpot__split_search *search, int32_t method, double shape,
                                lrpot__split_candidate *best)
{
    tables t = { .method = method, .shape = shape };
    for (int32_t order = 3; order <= LRPOT__ORDER_MAX; order++) {
        lrpot__window window;
        LRPOT__TRY(lrpot__window_make(order, shape * order, &window));
        lrpot__alias_table_make(&window, &t.orders[order]);
    }
    /* Half of the squared error is for the pairs, if there are any. */
    search->bound = lrpot__split_mesh_reserve(search, GAUSS_RESERVE)
                    * (search->ewald->kernel->traits & LRPOT_EWALD_KERNEL_PAIRS ? sqrt(0.5) : 1.0)
                    * search->accuracy;
    lrpot__split_gauss(search, attempt, &t, 0.4 * cbrt(search->density),
                       2.5 * cbrt(search->density), best);
    return LRPOT_OK;
}

lrpot_status lrpot__split_spline(lrpot__split_search *search, lrpot__split_candidate *best)
{
    return try_windows(search, LRPOT_EWALD_SPLINE, 0.0, best);
}

lrpot_status lrpot__split_smooth(lrpot__split_search *search, lrpot__split_candidate *best)
{
    for (double shape = 1.7; shape < 2.7; shape += 0.3)
        LRPOT__TRY(try_windows(search, LRPOT_EWALD_MESH, shape, best));
    return LRPOT_OK;
}
