/* Gaussian split with B-splines: smooth particle-mesh Ewald with the influence function of P3M.
 * With prolate windows where the kernel has no prolate split. */
#include "core/error.h"
#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/splitting/split_plan.h"

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
static double step_for(const lrpot__plan *plan, const lrpot__screening *screening,
                       const lrpot__alias_table *table)
{
    double low = 0.02 / screening->alpha, high = 6.0 / screening->alpha, smallest = low;
    for (int step = 0; step < 14; step++) {
        double middle = 0.5 * (low + high), h[3] = { middle, middle, middle };
        if (lrpot__error_mesh(screening, table, h, NULL, plan->density) > plan->bound)
            high = middle;
        else low = middle;
    }
    return low > 1.2 * smallest ? low : 0.0;
}

static double error_at(const lrpot__plan *plan, const lrpot__screening *screening,
                       const lrpot__alias_table *table, const int32_t *size)
{
    double steps[3];
    for (int d = 0; d < 3; d++) steps[d] = plan->length[d] / size[d];
    return lrpot__plan_mesh_error(plan, screening, table, steps);
}

static void attempt(const lrpot__plan *plan, const void *ctx, double alpha, double cutoff,
                    lrpot__choice *best)
{
    const tables *t = ctx;
    const lrpot_ewald_options *o = &plan->ewald->options;
    lrpot__screening screening;
    double pairs = lrpot__plan_pair_cost(plan, cutoff);
    lrpot__splitting_gauss(plan->ewald, alpha, &screening);
    for (int32_t order = 3; order <= LRPOT__ORDER_MAX; order++) {
        int32_t size[3];
        if (o->order > 0 && order != o->order) continue;
        if (o->order == 0 && (order == 3 || (order > 8 && order % 2 != 0)))
            continue; /* never the best */
        double h = o->mesh[0] > 0 ? 0.0 : step_for(plan, &screening, &t->orders[order]);
        if (h == 0.0 && o->mesh[0] == 0) continue;
        if (!lrpot__plan_size(plan, h / LRPOT__STRETCH, order, size)) continue;
        double cost = pairs + lrpot__plan_mesh_cost(plan, order, size);
        if (cost >= best->cost) continue;
        double real = plan->errors.real(alpha, cutoff, plan->density),
               other = error_at(plan, &screening, &t->orders[order], size);
        for (int finer = 0; o->mesh[0] == 0 && other > LRPOT__BOUND_MET * plan->bound; finer++) {
            h *= LRPOT__FINER;
            if (finer == LRPOT__FINER_MOST
                || !lrpot__plan_size(plan, h / LRPOT__STRETCH, order, size))
                break;
            other = error_at(plan, &screening, &t->orders[order], size);
        }
        cost = pairs + lrpot__plan_mesh_cost(plan, order, size);
        if (cost >= best->cost || (o->mesh[0] == 0 && other > LRPOT__BOUND_MET * plan->bound))
            continue;
        double predicted = sqrt(real * real + other * other);
        if (o->mesh[0] > 0 && predicted > 1.5 * plan->bound) {
            /* the mesh that the user gave is taken with its least error */
            cost *= 1e9 * predicted / plan->bound;
            if (cost >= best->cost) continue;
        }
        *best = (lrpot__choice){ .cost = cost,
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

static lrpot_status try_windows(lrpot__plan *plan, int32_t method, double shape,
                                lrpot__choice *best)
{
    tables t = { .method = method, .shape = shape };
    for (int32_t order = 3; order <= LRPOT__ORDER_MAX; order++) {
        lrpot__window window;
        LRPOT__TRY(lrpot__window_make(order, shape * order, &window));
        lrpot__alias_table_make(&window, &t.orders[order]);
    }
    /* Half of the squared error is for the pairs, if there are any. */
    plan->bound = lrpot__plan_mesh_reserve(plan, GAUSS_RESERVE)
                  * (plan->ewald->kernel->traits & LRPOT_EWALD_KERNEL_PAIRS ? sqrt(0.5) : 1.0)
                  * plan->accuracy;
    lrpot__plan_gauss(plan, attempt, &t, 0.4 * cbrt(plan->density), 2.5 * cbrt(plan->density),
                      best);
    return LRPOT_OK;
}

lrpot_status lrpot__plan_spline(lrpot__plan *plan, lrpot__choice *best)
{
    return try_windows(plan, LRPOT_EWALD_SPLINE, 0.0, best);
}

lrpot_status lrpot__plan_smooth(lrpot__plan *plan, lrpot__choice *best)
{
    for (double shape = 1.7; shape < 2.7; shape += 0.3)
        LRPOT__TRY(try_windows(plan, LRPOT_EWALD_MESH, shape, best));
    return LRPOT_OK;
}
