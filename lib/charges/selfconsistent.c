/* Self-consistent Coulomb interactions (arXiv 2406.10915, section 4): features of the potential,
 * and the fixed-point iteration. */
#include "charges/selfconsistent.h"

#include "charges/anderson.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const lrpot__tag species_tag = { "species of a density" };
static const lrpot__tag works_tag = { "workspaces of the sums of a density" };
static const lrpot__tag potentials_tag = { "potentials of a density" };
static const lrpot__tag targets_tag = { "features of a step" };

static lrpot_status check_options(const lrpot_selfconsistent_options *o)
{
    LRPOT__REQUIRE_INPUT(lrpot_selfconsistent_options, o);
    if (o->order < 0 || o->order > 2)
        return lrpot__fail(LRPOT_E_ARGUMENT, "order = %d of the moments, expected 0 to 2",
                           o->order);
    if (o->n_widths < 1 || o->n_widths > LRPOT_SELFCONSISTENT_MAX_WIDTHS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_widths = %d, expected 1 to %d", o->n_widths,
                           LRPOT_SELFCONSISTENT_MAX_WIDTHS);
    if (!(o->width > 0.0) || isinf(o->width))
        return lrpot__fail(LRPOT_E_ARGUMENT, "width = %g A, expected a positive length", o->width);
    for (int32_t k = 0; o->widths != NULL && k < o->n_widths; k++)
        if (!(o->widths[k] > 0.0) || isinf(o->widths[k]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "widths[%d] = %g A, expected a positive length", k,
                               o->widths[k]);
    if (o->widths == NULL && o->n_widths != 1)
        return lrpot__fail(LRPOT_E_NULL, "widths is NULL, but n_widths = %d", o->n_widths);
    if (!(o->mixing >= 0.0 && o->mixing <= 1.0))
        return lrpot__fail(LRPOT_E_ARGUMENT, "mixing = %g, expected 0 to 1", o->mixing);
    if (!(o->tolerance >= 0.0))
        return lrpot__fail(LRPOT_E_ARGUMENT, "tolerance = %g", o->tolerance);
    if (o->max_steps < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "max_steps = %d", o->max_steps);
    if (o->neutrality != LRPOT_NEUTRALITY_EXACT && o->neutrality != LRPOT_NEUTRALITY_OFF)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "neutrality = %d, expected LRPOT_NEUTRALITY_EXACT or _OFF",
                           o->neutrality);
    return LRPOT_OK;
}

/* Creates the sums. Gaussians of widths s and t interact like two of width sqrt((s^2 + t^2)/2). */
static lrpot_status create_sums(lrpot_selfconsistent *scheme, const double *widths)
{
    const lrpot_selfconsistent_options *o = &scheme->options;
    for (int32_t k = 0; k <= o->n_widths; k++) {
        double other = k == 0 || widths == NULL ? o->width : widths[k - 1],
               width = sqrt(0.5 * (o->width * o->width + other * other));
        lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
        options.accuracy = o->accuracy, options.n_widths = 1, options.widths = &width,
        options.flags = LRPOT_EWALD_SELF;
        LRPOT__TRY(lrpot_ewald_create(&scheme->sums[k], &options));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_selfconsistent_create(lrpot_selfconsistent **out,
                                         const lrpot_selfconsistent_options *options)
{
    static const int32_t components[3] = { 1, 4, 13 };
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__TRY(check_options(options));
    lrpot_selfconsistent *scheme = lrpot__calloc(1, sizeof *scheme);
    if (scheme == NULL) return LRPOT_E_MEMORY;
    LRPOT__COPY_INPUT(&scheme->options, options);
    scheme->options.widths = NULL;
    scheme->components = components[options->order];
    if (options->mixing == 0.0) scheme->options.mixing = 0.3;
    if (options->tolerance == 0.0) scheme->options.tolerance = 1e-9;
    if (options->accuracy == 0.0) scheme->options.accuracy = 1e-9;
    if (options->max_steps == 0) scheme->options.max_steps = 500;
    lrpot_status status = create_sums(scheme, options->widths);
    if (status != LRPOT_OK) {
        lrpot_selfconsistent_free(scheme);
        return status;
    }
    *out = scheme;
    return LRPOT_OK;
}

void lrpot_selfconsistent_free(lrpot_selfconsistent *scheme)
{
    if (scheme == NULL) return;
    for (int32_t k = 0; k <= LRPOT_SELFCONSISTENT_MAX_WIDTHS; k++)
        lrpot_ewald_free(scheme->sums[k]);
    lrpot__free(scheme);
}

lrpot_status lrpot__selfconsistent_begin(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, lrpot_atoms *view)
{
    int32_t *species = NULL;
    LRPOT__REQUIRE_NOT_NULL(scheme);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__TRY(lrpot__atoms_check(atoms, 0));
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "self-consistent densities are of owned atoms: no ghosts");
    LRPOT__TRY(lrpot__workspace_int32s(work, &species_tag, atoms->n_owned, &species));
    if (atoms->n_owned > 0) memset(species, 0, (size_t)atoms->n_owned * sizeof *species);
    LRPOT__COPY_INPUT(view, atoms);
    view->species = species;
    return LRPOT_OK;
}

/* One workspace for each sum: each keeps its own list. */
typedef struct {
    lrpot_workspace *works[1 + LRPOT_SELFCONSISTENT_MAX_WIDTHS];
} kept_works;

static void free_works(void *object)
{
    kept_works *kept = object;
    for (int32_t k = 0; k <= LRPOT_SELFCONSISTENT_MAX_WIDTHS; k++)
        lrpot_workspace_free(kept->works[k]);
    lrpot__free(kept);
}

static lrpot_status work_of(lrpot_workspace *work, int32_t which, lrpot_workspace **out)
{
    kept_works *kept = lrpot__workspace_kept(work, &works_tag);
    if (kept == NULL) {
        kept = lrpot__calloc(1, sizeof *kept);
        if (kept == NULL) return LRPOT_E_MEMORY;
        LRPOT__TRY(lrpot__workspace_keep(work, &works_tag, kept, free_works));
    }
    if (kept->works[which] == NULL)
        LRPOT__TRY(lrpot_workspace_create(&kept->works[which], lrpot__workspace_threads(work)));
    *out = kept->works[which];
    return LRPOT_OK;
}

lrpot_status lrpot__selfconsistent_sum(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                       const lrpot_atoms *view, int32_t which,
                                       const double *moments, double *derivatives, double *energy,
                                       double *forces, double *virial)
{
    int64_t n = view->n_owned;
    int32_t order = scheme->options.order;
    lrpot_workspace *own = NULL;
    LRPOT__TRY(work_of(work, which, &own));
    if (order > 0)
        return lrpot_multipoles_eval(scheme->sums[which], own, view, NULL, NULL, moments,
                                     moments + n, order > 1 ? moments + 4 * n : NULL, energy,
                                     forces, virial, derivatives, derivatives + n,
                                     order > 1 ? derivatives + 4 * n : NULL);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial, out.potential = derivatives;
    return lrpot_ewald_eval(scheme->sums[which], own, view, NULL, NULL, moments, &out);
}

void lrpot__selfconsistent_neutralise(const lrpot_selfconsistent *scheme, int64_t n, double total,
                                      double *charges)
{
    double sum = -total;
    if (scheme->options.neutrality == LRPOT_NEUTRALITY_OFF) return;
    for (int64_t i = 0; i < n; i++) sum += charges[i];
    for (int64_t i = 0; i < n; i++) charges[i] -= sum / (double)n;
}

double lrpot__selfconsistent_residual(int64_t count, const double *features, double *target)
{
    double largest = 0.0;
    for (int64_t k = 0; k < count; k++) {
        target[k] -= features[k];
        if (!(fabs(target[k]) <= largest) && !isnan(largest))
            largest = fabs(target[k]); /* NaN stays */
    }
    return largest;
}

static lrpot_status features_of(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                const lrpot_atoms *view, const double *moments, double *features)
{
    int64_t size = scheme->components * view->n_owned;
    for (int32_t k = 0; k < scheme->options.n_widths; k++)
        LRPOT__TRY(lrpot__selfconsistent_sum(scheme, work, view, k + 1, moments,
                                             features + k * size, NULL, NULL, NULL));
    return LRPOT_OK;
}

static lrpot_status own_energy(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                               const lrpot_atoms *view, const double *moments, double *energy)
{
    double *unused = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &potentials_tag, scheme->components * view->n_owned,
                                        &unused));
    return lrpot__selfconsistent_sum(scheme, work, view, 0, moments, unused, energy, NULL, NULL);
}

lrpot_status lrpot_selfconsistent_features(const lrpot_selfconsistent *scheme,
                                           lrpot_workspace *work, const lrpot_atoms *atoms,
                                           const double *moments, double *features, double *energy)
{
    lrpot_atoms view;
    LRPOT__TRY(lrpot__selfconsistent_begin(scheme, work, atoms, &view));
    LRPOT__REQUIRE_NOT_NULL(moments);
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__TRY(features_of(scheme, work, &view, moments, features));
    if (energy != NULL) LRPOT__TRY(own_energy(scheme, work, &view, moments, energy));
    LRPOT__TRY(lrpot__finite_total(
        "features", scheme->options.n_widths * scheme->components * view.n_owned, features));
    return lrpot__finite_total("energy", 1, energy);
}

lrpot_status lrpot_selfconsistent_solve(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_local_model *local,
                                        double *features, double *moments, double *energy,
                                        int32_t *steps)
{
    lrpot_atoms view;
    lrpot__anderson mixer;
    double *target = NULL, local_energy = 0.0, coulomb = 0.0, change = INFINITY,
           tolerance = scheme != NULL ? scheme->options.tolerance : 0.0;
    LRPOT__TRY(lrpot__selfconsistent_begin(scheme, work, atoms, &view));
    LRPOT__REQUIRE_NOT_NULL(local);
    LRPOT__REQUIRE_INPUT(lrpot_local_model, local);
    LRPOT__REQUIRE_NOT_NULL(local->eval);
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__REQUIRE_NOT_NULL(moments);
    int64_t n = view.n_owned, size = scheme->options.n_widths * scheme->components * n;
    LRPOT__TRY(lrpot__workspace_doubles(work, &targets_tag, size, &target));
    LRPOT__TRY(lrpot__anderson_start(&mixer, work, size, scheme->options.mixing));
    while (mixer.residuals.steps < scheme->options.max_steps) {
        LRPOT__TRY(local->eval(local->ctx, features, moments, &local_energy));
        lrpot__selfconsistent_neutralise(scheme, n, view.total_charge, moments);
        LRPOT__TRY(features_of(scheme, work, &view, moments, target));
        change = lrpot__selfconsistent_residual(size, features, target);
        lrpot__residuals_note(&mixer.residuals, change);
        if (!isfinite(change) || change <= tolerance) break;
        lrpot__anderson_step(&mixer, features, target);
    }
    if (!(change <= tolerance))
        return lrpot__residuals_failed(&mixer.residuals, "the density", "V", tolerance);
    LRPOT__TRY(local->eval(local->ctx, features, moments, &local_energy));
    lrpot__selfconsistent_neutralise(scheme, n, view.total_charge, moments);
    if (energy != NULL) LRPOT__TRY(own_energy(scheme, work, &view, moments, &coulomb));
    if (energy != NULL) *energy = local_energy + coulomb;
    if (steps != NULL) *steps = mixer.residuals.steps;
    LRPOT__TRY(lrpot__finite_total("moments", scheme->components * n, moments));
    return lrpot__finite_total("energy", 1, energy);
}
