/* Derivatives at a fixed point. With multipliers w of v = A_n f(v), the energy e(v) + f.A f/2
 * changes by
 *
 *   dE = de + y.df + sum_n w_n.dA_n f + f.dA f/2,
 *   y = A f + sum_n A_n w_n,   w = de/dv + y.df/dv,
 *
 * de and df at fixed v. The last equation is a fixed point of its own, with the same rate as that
 * of the density. */
#include "charges/selfconsistent_pull.h"

#include "charges/anderson.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag targets_tag = { "multipliers of a step" };
static const lrpot__tag potentials_tag = { "potentials of the multipliers" };
static const lrpot__tag multipliers_tag = { "multipliers" };
static const lrpot__tag direct_tag = { "derivatives by the moments" };
static const lrpot__tag mixed_tag = { "moments of mixed sums" };

typedef struct {
    const lrpot_selfconsistent *scheme;
    lrpot_workspace *work;
    const lrpot_atoms *view;
    const lrpot_local_model *local;
    const double *features, *moments;
    int64_t n, size; /* atoms; moments */
} task;

/* y of the multipliers. f contains no common shift of all charges, so the mean is subtracted.
 * direct: A f. */
static lrpot_status adjoint_right_side(const task *t, const double *direct,
                                       const double *multipliers, double *scratch, double *y)
{
    memcpy(y, direct, (size_t)t->size * sizeof *y);
    for (int32_t k = 0; k < t->scheme->options.n_widths; k++) {
        LRPOT__TRY(lrpot__selfconsistent_sum(t->scheme, t->work, t->view, k + 1,
                                             multipliers + k * t->size, scratch, NULL, NULL, NULL));
        for (int64_t x = 0; x < t->size; x++) y[x] += scratch[x];
    }
    lrpot__selfconsistent_neutralise(t->scheme, t->n, 0.0, y);
    return LRPOT_OK;
}

static lrpot_status solve_multipliers(const task *t, const double *direct, double *multipliers,
                                      double *y)
{
    lrpot__anderson mixer;
    double *target = NULL, *scratch = NULL, change = INFINITY,
           tolerance = t->scheme->options.tolerance;
    int64_t count = t->scheme->options.n_widths * t->size;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &targets_tag, count, &target));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &potentials_tag, t->size, &scratch));
    LRPOT__TRY(lrpot__anderson_start(&mixer, t->work, count, t->scheme->options.mixing));
    memset(multipliers, 0, (size_t)count * sizeof *multipliers);
    while (mixer.residuals.steps < t->scheme->options.max_steps) {
        LRPOT__TRY(adjoint_right_side(t, direct, multipliers, scratch, y));
        LRPOT__TRY(t->local->pull(t->local->ctx, t->features, y, target));
        change = lrpot__selfconsistent_residual(count, multipliers, target);
        lrpot__residuals_note(&mixer.residuals, change);
        if (!isfinite(change) || change <= tolerance) break;
        lrpot__anderson_step(&mixer, multipliers, target);
    }
    if (!(change <= tolerance))
        return lrpot__residuals_failed(&mixer.residuals, "the adjoint", "e", tolerance);
    return adjoint_right_side(t, direct, multipliers, scratch, y);
}

lrpot_status lrpot__selfconsistent_adjoint(const lrpot_selfconsistent *scheme,
                                           lrpot_workspace *work, const lrpot_atoms *view,
                                           const lrpot_local_model *local, const double *features,
                                           const double *direct, double *multipliers, double *y)
{
    task t = { scheme,   work, view,          local,
               features, NULL, view->n_owned, scheme->components * view->n_owned };
    return solve_multipliers(&t, direct, multipliers, y);
}

static double norm(const double *x, int64_t n)
{
    double sum = 0.0;
    for (int64_t k = 0; k < n; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* Adds forces and virials of w.dA_n f by (f + s w).A.(f + s w) - (f - s w).A.(f - s w) = 4 s w.A.f,
 * with s w half as large as f. */
static lrpot_status add_mixed(const task *t, int32_t which, const double *w, double *forces,
                              double *virial)
{
    double *x = NULL, sizes[2] = { norm(t->moments, t->size), norm(w, t->size) }, part[9];
    if (sizes[0] == 0.0 || sizes[1] == 0.0) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &mixed_tag, 2 * t->size + 3 * t->n, &x));
    double s = 0.5 * sizes[0] / sizes[1], *unused = x + t->size, *pull = unused + t->size;
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int64_t k = 0; k < t->size; k++) x[k] = t->moments[k] + sign * s * w[k];
        LRPOT__TRY(lrpot__selfconsistent_sum(t->scheme, t->work, t->view, which, x, unused, NULL,
                                             pull, virial != NULL ? part : NULL));
        for (int64_t k = 0; k < 3 * t->n; k++) forces[k] += 0.5 * sign / s * pull[k];
        for (int k = 0; virial != NULL && k < 9; k++) virial[k] += 0.5 * sign / s * part[k];
    }
    return LRPOT_OK;
}

lrpot_status lrpot_selfconsistent_pull(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_local_model *local,
                                       const double *features, const double *moments,
                                       double *dE_dmoments, double *dE_dfeatures, double *forces,
                                       double *virial)
{
    lrpot_atoms view;
    double *multipliers = NULL, *direct = NULL;
    LRPOT__TRY(lrpot__selfconsistent_begin(scheme, work, atoms, &view));
    LRPOT__REQUIRE_NOT_NULL(local);
    LRPOT__REQUIRE_INPUT(lrpot_local_model, local);
    LRPOT__REQUIRE_NOT_NULL(local->pull);
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__REQUIRE_NOT_NULL(moments);
    LRPOT__REQUIRE_NOT_NULL(dE_dmoments);
    LRPOT__REQUIRE_NOT_NULL(forces);
    task t = { scheme,   work,    &view,        local,
               features, moments, view.n_owned, scheme->components * view.n_owned };
    int64_t count = scheme->options.n_widths * t.size;
    LRPOT__TRY(lrpot__workspace_doubles(work, &multipliers_tag, count, &multipliers));
    LRPOT__TRY(lrpot__workspace_doubles(work, &direct_tag, t.size, &direct));
    LRPOT__TRY(
        lrpot__selfconsistent_sum(scheme, work, &view, 0, moments, direct, NULL, forces, virial));
    LRPOT__TRY(solve_multipliers(&t, direct, multipliers, dE_dmoments));
    for (int32_t k = 0; k < scheme->options.n_widths; k++)
        LRPOT__TRY(add_mixed(&t, k + 1, multipliers + k * t.size, forces, virial));
    if (dE_dfeatures != NULL)
        memcpy(dE_dfeatures, multipliers, (size_t)count * sizeof *multipliers);
    LRPOT__TRY(lrpot__finite("force", view.n_owned, 3, forces));
    return lrpot__finite_total("virial", 9, virial);
}
