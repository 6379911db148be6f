/* Choice of the parameters of the sum with the least cost at the accuracy asked for. */
#include "electrostatics/splitting/splitting.h"

#include "core/constants.h"
#include "core/error.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/splitting/screening.h"
#include "electrostatics/splitting/split_bounds.h"
#include "electrostatics/splitting/split_exact.h"
#include "electrostatics/splitting/split_prolate.h"
#include "electrostatics/splitting/split_reuse.h"
#include "electrostatics/splitting/split_search.h"
#include "electrostatics/splitting/split_spline.h"
#include "structure/lattice.h"

#include <math.h>
#include <string.h>

/* Smallest accuracy, relative to the force between such charges at 1 A. */
#define FINEST 1e-15

static lrpot_status describe(const lrpot__split_search *search, const lrpot__split_candidate *best,
                             const lrpot__lattice *lattice, lrpot__splitting *out)
{
    lrpot__screening screening;
    out->method = best->method;
    out->alpha = best->c > 0.0 ? 0.5 * best->c / best->cutoff : best->alpha;
    out->k_cut = best->k_cut;
    out->order = best->order;
    out->shape = best->shape;
    memcpy(out->size, best->size, sizeof out->size);
    memcpy(out->map, lattice->map, sizeof out->map);
    memcpy(out->basis, lattice->basis, sizeof out->basis);
    for (int d = 0; d < 3; d++)
        out->longest[d] =
            fmax(best->step, LRPOT__LENGTH_HEADROOM * search->length[d] / best->size[d])
            * best->size[d];
    out->predicted = best->predicted * out->charge_square;
    if (best->c > 0.0)
        LRPOT__TRY(
            lrpot__screening_prolate(search->ewald->kernel, best->c, best->cutoff, &screening));
    else lrpot__splitting_gauss(search->ewald, best->alpha, &screening);
    lrpot__pair_make(&screening, best->cutoff, lrpot__split_pair_error(search), &out->pair);
    if (lrpot__split_is_single(search, best->method))
        lrpot__pair_allow_single(&out->pair, lrpot__split_single_error(search), search->density);
    lrpot__split_bounds bounds;
    LRPOT__TRY(lrpot__split_bounds_of(search, best, &screening, &bounds));
    out->potential = bounds.potential * sqrt(out->charge_square);
    out->energy = 0.5 * bounds.potential * out->charge_square;
    out->virial = bounds.virial * out->charge_square;
    return LRPOT_OK;
}

/* Checks that the kernel supports the mesh method. */
static lrpot_status check_mesh(const lrpot__kernel_rules *kernel, int32_t *method)
{
    if (kernel->lanes != LRPOT__LANES_NONE) return LRPOT_OK;
    if (*method != LRPOT_EWALD_AUTO && *method != LRPOT_EWALD_EXACT)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "method = %d: the %s kernel has no mesh, LRPOT_EWALD_EXACT sums it",
                           *method, kernel->name);
    *method = LRPOT_EWALD_EXACT;
    return LRPOT_OK;
}

static lrpot_status find_candidate(lrpot__split_search *search, int32_t method,
                                   lrpot__split_candidate *best)
{
    LRPOT__TRY(check_mesh(search->ewald->kernel, &method));
    int wide = method == LRPOT_EWALD_AUTO && search->wanted->n >= LRPOT__MESH_MIN_ATOMS;
    if (method == LRPOT_EWALD_MESH && search->ewald->options.splitting > 0.0)
        method = LRPOT_EWALD_SPLINE;              /* alpha belongs to a Gaussian split */
    int prolate = search->ewald->kernel->prolate; /* split, not window alone */
    if (method == LRPOT_EWALD_MESH || wide)
        LRPOT__TRY(prolate ? lrpot__split_prolate(search, best)
                           : lrpot__split_smooth(search, best));
    if ((method == LRPOT_EWALD_MESH || wide) && prolate && lrpot__split_is_smooth(search))
        LRPOT__TRY(lrpot__split_smooth(search, best));
    if (method == LRPOT_EWALD_SPLINE || (method == LRPOT_EWALD_MESH && isinf(best->cost)))
        LRPOT__TRY(lrpot__split_spline(search, best));
    if (method == LRPOT_EWALD_EXACT || method == LRPOT_EWALD_AUTO) {
        double before = best->cost, bound = search->bound;
        lrpot__split_exact(search, best);
        /* restores the bound of the method that was taken */
        if (best->cost == before) search->bound = bound;
    }
    if (isinf(best->cost) && search->cutoff > 0.0)
        return lrpot__fail(
            LRPOT_E_ACCURACY,
            "no mesh gives a force error of %g eV/A with pairs to %g A; the exact method may",
            search->ewald->options.accuracy, search->cutoff);
    if (isinf(best->cost))
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "no mesh gives a force error of %g eV/A; the exact method does",
                           search->ewald->options.accuracy);
    return LRPOT_OK;
}

/* eV, between unit charges at 1 A. */
static double unit_energy(const lrpot__splitting *split)
{
    return fabs(lrpot__screening_constant(&split->pair.screening));
}

/* Checks that the accuracy is above the rounding error of forces between charges of this mean
 * square. */
static lrpot_status check_rounding(const lrpot__splitting *split)
{
    double finest = FINEST * unit_energy(split) * split->charge_square;
    if (split->options.accuracy >= finest) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ACCURACY,
        "a force error of %g eV/A is below what double precision gives for charges of %.3g (%.2g)",
        split->options.accuracy, sqrt(split->charge_square / LRPOT__CHARGE_HEADROOM), finest);
}

/* Checks that wide Gaussians fit in the cutoff given; their extent does not depend on the split. If
 * all have one width, the split can use it, and no pairs are left. */
static lrpot_status check_reach(lrpot__split_search *search)
{
    const lrpot_ewald_options *o = &search->ewald->options;
    if (search->ewald->alike || o->splitting > 0.0 || search->cutoff == 0.0) return LRPOT_OK;
    search->bound = search->accuracy;
    double reach = lrpot__split_reach(search), widest = search->ewald->widest;
    if (search->cutoff >= reach) return LRPOT_OK;
    if (search->ewald->options.cutoff > 0.0)
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "Gaussians of %g A need pairs to %.3g A for a force error of %g eV/A, "
                           "the cutoff is %g A",
                           widest, reach, search->ewald->options.accuracy, search->cutoff);
    return lrpot__fail(LRPOT_E_CUTOFF, "Gaussians of %g A need pairs to %.3g A, the list has %g A",
                       widest, reach, search->cutoff);
}

/* Refuses sums that would take memory without bound: Gaussians far wider than the distance of atoms
 * beside narrow ones, cells far smaller than atoms, parameters given by the user. */
static lrpot_status check_size(const lrpot__split_search *search,
                               const lrpot__split_candidate *best)
{
    double n = (double)search->wanted->n, points = 1.0,
           pairs = isinf(best->cutoff) ? 0.0
                                       : 4.0 / 3.0 * LRPOT__PI * n * search->density * best->cutoff
                                             * best->cutoff * best->cutoff,
           vectors = search->wanted->volume * best->k_cut * best->k_cut * best->k_cut
                     / (12.0 * LRPOT__PI * LRPOT__PI);
    for (int d = 0; d < 3; d++) points *= fmax(best->size[d], 1.0);
    if (pairs > LRPOT__MOST_PAIRS(n))
        return lrpot__fail(
            LRPOT_E_ACCURACY,
            "the Coulomb sum needs %.3g pairs to %.4g A (largest width %g A, cell of "
            "%.4g A^3), held are %.3g; LRPOT_EWALD_EXACT, one width for all "
            "Gaussians, or a lesser accuracy need fewer",
            pairs, best->cutoff, search->ewald->widest, search->wanted->volume,
            LRPOT__MOST_PAIRS(n));
    if (best->method == LRPOT_EWALD_EXACT && vectors > LRPOT__MOST_VECTORS(n))
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "the Coulomb sum needs %.3g reciprocal vectors to %.4g 1/A in a cell of "
                           "%.4g A^3, held are %.3g; a mesh, a larger width or a lesser accuracy "
                           "need fewer",
                           vectors, best->k_cut, search->wanted->volume, LRPOT__MOST_VECTORS(n));
    if (points > LRPOT__MOST_POINTS_GIVEN)
        return lrpot__fail(LRPOT_E_MEMORY,
                           "a mesh of %d x %d x %d points, held are %.3g in all; a coarser one or "
                           "none given needs fewer",
                           best->size[0], best->size[1], best->size[2], LRPOT__MOST_POINTS_GIVEN);
    return LRPOT_OK;
}

/* One choice for the present accuracy of the search. */
static lrpot_status choose_once(lrpot__split_search *search, const lrpot__lattice *lattice,
                                lrpot__splitting *out)
{
    const lrpot__splitting_inputs *wanted = search->wanted;
    lrpot__split_candidate best = { .cost = wanted->otherwise > 0.0 ? wanted->otherwise
                                                                    : INFINITY };
    LRPOT__TRY(check_reach(search));
    LRPOT__TRY(find_candidate(
        search, wanted->exact_only ? LRPOT_EWALD_EXACT : search->ewald->options.method, &best));
    out->all_pairs = best.cost == wanted->otherwise;
    if (out->all_pairs) return LRPOT_OK;
    LRPOT__TRY(check_size(search, &best));
    if (isinf(best.cutoff)) best.cutoff = 0.0; /* no pairs */
    if (wanted->list_only && best.cutoff > wanted->list_cutoff * (1.0 + 1e-12))
        return lrpot__fail(LRPOT_E_CUTOFF,
                           "the Coulomb sum needs a list of %g A, the list has %g A", best.cutoff,
                           wanted->list_cutoff);
    return describe(search, &best, lattice, out);
}

/* Largest ratio of a bound to the accuracy asked for; <= 1 is within it. */
static double excess(const lrpot__splitting *split, const char **name, double *asked, double *got)
{
    const lrpot_ewald_options *o = &split->options;
    double density = (double)split->n / split->volume, worst = 0.0;
    const struct {
        const char *name;
        double asked, got;
    } bounds[] = {
        { "energy_accuracy", o->energy_accuracy, split->energy },
        { "pressure_accuracy", o->pressure_accuracy,
          split->periodic_mask == LRPOT_PERIODIC_ALL ? split->virial * density : 0.0 },
        { "potential_accuracy", o->potential_accuracy, split->potential },
    };
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        if (bounds[b].asked == 0.0 || bounds[b].got <= worst * bounds[b].asked) continue;
        worst = bounds[b].got / bounds[b].asked;
        *name = bounds[b].name;
        *asked = bounds[b].asked;
        *got = bounds[b].got;
    }
    return worst;
}

/* Makes the force accuracy stricter until energy, pressure and potential are as accurate as asked
 * for. A mesh that the user gave is taken with its least error, which is reported. */
static lrpot_status choose_within(lrpot__split_search *search, const lrpot__lattice *lattice,
                                  lrpot__splitting *out)
{
    const char *name = "";
    double asked = 0.0, got = 0.0, before = INFINITY, unit = unit_energy(out);
    for (;;) {
        lrpot_status status = choose_once(search, lattice, out);
        if (isinf(before) || status != LRPOT_E_ACCURACY) LRPOT__TRY(status);
        if (status == LRPOT_OK && out->all_pairs) return LRPOT_OK;
        double now = status == LRPOT_OK ? excess(out, &name, &asked, &got) : before;
        if (now <= 1.0) return LRPOT_OK;
        if (now > 0.99 * before) break;
        before = now;
        search->accuracy *= fmin(0.7, 0.9 / now);
        if (search->accuracy < FINEST * unit) break;
    }
    if (search->ewald->options.mesh[0] > 0) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ACCURACY,
        "%s = %g cannot be reached with this cell, cutoff and method: the smallest bound is %g",
        name, asked, got);
}

lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald,
                                     const lrpot__splitting_inputs *wanted, lrpot__splitting *out)
{
    const lrpot_ewald_options *o = &ewald->options;
    memset(out, 0, sizeof *out);
    out->options = *o;
    out->widest = ewald->widest;
    out->volume = wanted->volume;
    out->list_cutoff = wanted->list_cutoff;
    out->n = wanted->n;
    out->list_only = wanted->list_only;
    out->exact_only = wanted->exact_only;
    out->alike = ewald->alike;
    out->measured = ewald->measured;
    out->density = wanted->density > 0.0 ? wanted->density
                                         : (double)wanted->n / fmax(wanted->volume, 1e-300);
    out->charge_square = wanted->charge_square > 0.0
                             ? LRPOT__CHARGE_HEADROOM
                                   * fmax(wanted->charge_square, LRPOT__UNCHARGED)
                             : 1.0;
    out->periodic_mask = wanted->periodic_mask;
    out->method = LRPOT_EWALD_EXACT;
    lrpot__splitting_gauss(ewald, 0.0, &out->pair.screening); /* no split: all pairs */
    if (wanted->volume == 0.0) return LRPOT_OK;
    LRPOT__TRY(check_rounding(out));
    lrpot__lattice lattice;
    lrpot__lattice_reduce(wanted->cell, LRPOT_PERIODIC_ALL, &lattice);
    /* Squared errors are proportional to the density. Where the kernel is truncated all around, the
     * mean square of 1 - cos(k R) adds a factor. */
    double reserve = LRPOT__DENSITY_HEADROOM * (wanted->periodic_mask == 0 ? 1.5 : 1.0);
    lrpot__split_search search = { .ewald = ewald,
                                   .wanted = wanted,
                                   .errors = ewald->kernel->errors,
                                   .accuracy = o->accuracy / (out->charge_square * sqrt(reserve)),
                                   .density = out->density,
                                   .cutoff = o->cutoff > 0.0     ? o->cutoff
                                             : wanted->list_only ? wanted->list_cutoff
                                                                 : 0.0 };
    lrpot__splitting_mesh_edges(lattice.basis, search.length, out->oblique);
    return choose_within(&search, &lattice, out);
}
