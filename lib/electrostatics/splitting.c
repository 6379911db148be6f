/* Parameters of the sum for the least cost at the accuracy asked for. */
#include "electrostatics/splitting.h"

#include "core/error.h"
#include "structure/lattice.h"

#include "electrostatics/split_bounds.h"

#include <math.h>
#include <string.h>

/* Below this many atoms the mesh is not looked at: from about 100 on it is faster, but here the
 * exact sum takes at most some 0.6 ms, and its derivatives are exact. */
#define SMALL 400
/* The mean square charge that a split is made for is HEADROOM times the present one. It may grow by
 * GROWTH beyond that, which the safety of the estimates covers, or shrink, before the split is
 * chosen anew: a run of charges that vary stays smooth. */
#define HEADROOM 1.25
#define GROWTH 1.6
#define SHRINKAGE 5.0
/* Mean square charge below which a system counts as uncharged, e^2. */
#define UNCHARGED 1e-4

#define MOST_NEIGHBOURS 131072.0

/* Relative to the force between such charges at 1 A: what is asked for must be more. */
#define FINEST 1e-15

static int charges_fit(double kept, double wanted)
{
    return wanted == 0.0
           || (wanted <= GROWTH * kept && kept <= SHRINKAGE * fmax(wanted, UNCHARGED));
}

int lrpot__splitting_fits(const lrpot__splitting *kept, const lrpot_ewald *ewald,
                          const lrpot__wanted *wanted)
{
    const lrpot_ewald_options *a = &ewald->options;
    if (kept == NULL || kept->n != wanted->n || kept->widest != ewald->widest
        || kept->list_only != wanted->list_only || kept->periodic_mask != wanted->periodic_mask)
        return 0;
    if (wanted->exact_only ? kept->method != LRPOT_EWALD_EXACT
                           : kept->exact_only && kept->n >= SMALL)
        return 0;
    const lrpot_ewald_options *b = &kept->options;
    return a->accuracy == b->accuracy && a->kernel == b->kernel && a->splitting == b->splitting
           && a->energy_accuracy == b->energy_accuracy
           && a->pressure_accuracy == b->pressure_accuracy
           && a->potential_accuracy == b->potential_accuracy && a->cutoff == b->cutoff
           && a->method == b->method && a->order == b->order
           && memcmp(a->mesh, b->mesh, sizeof a->mesh) == 0
           && (a->n_widths > 0) == (b->n_widths > 0) && wanted->volume < 1.5 * kept->volume
           && kept->volume < 1.5 * wanted->volume
           && charges_fit(kept->charge_square, wanted->charge_square)
           && (wanted->list_cutoff == kept->list_cutoff
               || (kept->method == LRPOT_EWALD_EXACT && !wanted->list_only));
}

static lrpot_status describe(const lrpot__plan *plan, const lrpot__choice *best,
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
    out->predicted = best->predicted * out->charge_square;
    if (best->c > 0.0) LRPOT__TRY(lrpot__screening_prolate(best->c, best->cutoff, &screening));
    else lrpot__splitting_gauss(plan->ewald, best->alpha, &screening);
    lrpot__pair_make(&screening, best->cutoff, lrpot__plan_pair_error(plan), &out->pair);
    lrpot__bounds bounds;
    LRPOT__TRY(lrpot__bounds_of(plan, best, &screening, &bounds));
    out->potential = bounds.potential * sqrt(out->charge_square);
    out->energy = 0.5 * bounds.potential * out->charge_square;
    out->virial = bounds.virial * out->charge_square;
    return LRPOT_OK;
}

void lrpot__splitting_gauss(const lrpot_ewald *ewald, double alpha, lrpot__screening *out)
{
    if (ewald->options.kernel == LRPOT_EWALD_DISPERSION) lrpot__screening_dispersion(alpha, out);
    else lrpot__screening_gauss(alpha, out);
}

static lrpot_status search(lrpot__plan *plan, int32_t method, lrpot__choice *best)
{
    int wide = method == LRPOT_EWALD_AUTO && plan->wanted->n >= SMALL;
    if (method == LRPOT_EWALD_MESH && plan->ewald->options.splitting > 0.0)
        method = LRPOT_EWALD_SPLINE;                                  /* alpha is a Gaussian's */
    int prolate = plan->ewald->options.kernel == LRPOT_EWALD_COULOMB; /* split, not window alone */
    if (method == LRPOT_EWALD_MESH || wide)
        LRPOT__TRY(prolate ? lrpot__plan_prolate(plan, best) : lrpot__plan_smooth(plan, best));
    if (method == LRPOT_EWALD_SPLINE || (method == LRPOT_EWALD_MESH && isinf(best->cost)))
        LRPOT__TRY(lrpot__plan_spline(plan, best));
    if (method == LRPOT_EWALD_EXACT || method == LRPOT_EWALD_AUTO) {
        double before = best->cost, bound = plan->bound;
        lrpot__plan_exact(plan, best);
        if (best->cost == before) plan->bound = bound; /* the bound of the method that was taken */
    }
    if (isinf(best->cost) && plan->cutoff > 0.0)
        return lrpot__fail(
            LRPOT_E_ACCURACY,
            "no mesh gives a force error of %g eV/A with pairs to %g A; the exact method may",
            plan->ewald->options.accuracy, plan->cutoff);
    if (isinf(best->cost))
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "no mesh gives a force error of %g eV/A; the exact method does",
                           plan->ewald->options.accuracy);
    return LRPOT_OK;
}

static double unit_energy(const lrpot_ewald_options *options)
{
    return options->kernel == LRPOT_EWALD_DISPERSION ? 1.0 : LRPOT_COULOMB_CONSTANT;
}

/* What rounding leaves of forces between charges of this mean square. */
static lrpot_status check_rounding(const lrpot__splitting *split)
{
    double finest = FINEST * unit_energy(&split->options) * split->charge_square;
    if (split->options.accuracy >= finest) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ACCURACY,
        "a force error of %g eV/A is below what double precision gives for charges of %.3g (%.2g)",
        split->options.accuracy, sqrt(split->charge_square / HEADROOM), finest);
}

/* Wide Gaussians reach as far as they do, whatever the split: whether that fits in the cutoff that
 * is given. Where all have one width the split can be theirs, and nothing is left for pairs. */
static lrpot_status check_reach(lrpot__plan *plan)
{
    const lrpot_ewald_options *o = &plan->ewald->options;
    int alike = 1;
    for (int32_t w = 0; w < o->n_widths; w++) alike &= o->widths[w] == plan->ewald->widest;
    if (alike || o->splitting > 0.0 || plan->cutoff == 0.0) return LRPOT_OK;
    plan->bound = plan->accuracy;
    double reach = lrpot__plan_reach(plan), widest = plan->ewald->widest;
    if (plan->cutoff >= reach) return LRPOT_OK;
    if (plan->ewald->options.cutoff > 0.0)
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "Gaussians of %g A need pairs to %.3g A for a force error of %g eV/A, "
                           "the cutoff is %g A",
                           widest, reach, plan->ewald->options.accuracy, plan->cutoff);
    return lrpot__fail(LRPOT_E_CUTOFF, "Gaussians of %g A need pairs to %.3g A, the list has %g A",
                       widest, reach, plan->cutoff);
}

/* Pairs are counted before they are searched. */
static lrpot_status check_neighbours(const lrpot__wanted *wanted, const lrpot_ewald_options *o,
                                     double cutoff)
{
    double count = 4.18879020478639098 * cutoff * cutoff * cutoff * (double)wanted->n
                   / wanted->volume;
    if (count <= MOST_NEIGHBOURS) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ACCURACY,
                       "pairs to %.4g A are %.3g neighbours of each atom, at most %.3g are offered: "
                       "cutoff = %g A, splitting = %g 1/A, accuracy = %g eV/A",
                       cutoff, count, MOST_NEIGHBOURS, o->cutoff, o->splitting, o->accuracy);
}

/* One choice for the present accuracy of the plan. */
static lrpot_status choose_once(lrpot__plan *plan, const lrpot__lattice *lattice,
                                lrpot__splitting *out)
{
    const lrpot__wanted *wanted = plan->wanted;
    lrpot__choice best = { .cost = wanted->otherwise > 0.0 ? wanted->otherwise : INFINITY };
    LRPOT__TRY(check_reach(plan));
    LRPOT__TRY(
        search(plan, wanted->exact_only ? LRPOT_EWALD_EXACT : plan->ewald->options.method, &best));
    out->all_pairs = best.cost == wanted->otherwise;
    if (out->all_pairs) return LRPOT_OK;
    if (isinf(best.cutoff)) best.cutoff = 0.0; /* no pairs */
    LRPOT__TRY(check_neighbours(wanted, &plan->ewald->options, best.cutoff));
    if (wanted->list_only && best.cutoff > wanted->list_cutoff * (1.0 + 1e-12))
        return lrpot__fail(LRPOT_E_CUTOFF,
                           "the Coulomb sum needs a list of %g A, the list has %g A", best.cutoff,
                           wanted->list_cutoff);
    return describe(plan, &best, lattice, out);
}

/* How far the bound of one quantity lies above what was asked for: <= 1 is kept. */
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

/* The forces' accuracy is made stricter until energy, pressure and potential are as asked for. A
 * mesh that is given is taken with the least error it has, which is reported. */
static lrpot_status choose_within(lrpot__plan *plan, const lrpot__lattice *lattice,
                                  lrpot__splitting *out)
{
    const char *name = "";
    double asked = 0.0, got = 0.0, before = INFINITY, unit = unit_energy(&out->options);
    for (;;) {
        lrpot_status status = choose_once(plan, lattice, out);
        if (isinf(before) || status != LRPOT_E_ACCURACY) LRPOT__TRY(status);
        if (status == LRPOT_OK && out->all_pairs) return LRPOT_OK;
        double now = status == LRPOT_OK ? excess(out, &name, &asked, &got) : before;
        if (now <= 1.0) return LRPOT_OK;
        if (now > 0.99 * before) break;
        before = now;
        plan->accuracy *= fmin(0.7, 0.9 / now);
        if (plan->accuracy < FINEST * unit) break;
    }
    if (plan->ewald->options.mesh[0] > 0) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ACCURACY,
        "%s = %g is not kept by any parameters of this cell, cutoff and method: their "
        "least bound is %g",
        name, asked, got);
}

lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, const lrpot__wanted *wanted,
                                     lrpot__splitting *out)
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
    out->charge_square =
        wanted->charge_square > 0.0 ? HEADROOM * fmax(wanted->charge_square, UNCHARGED) : 1.0;
    out->periodic_mask = wanted->periodic_mask;
    out->method = LRPOT_EWALD_EXACT;
    lrpot__splitting_gauss(ewald, 0.0, &out->pair.screening); /* no split: all pairs */
    if (wanted->volume == 0.0) return LRPOT_OK;
    LRPOT__TRY(check_rounding(out));
    lrpot__lattice lattice;
    lrpot__lattice_reduce(wanted->cell, LRPOT_PERIODIC_ALL, &lattice);
    lrpot__plan plan = { .ewald = ewald,
                         .wanted = wanted,
                         .errors = lrpot__errors_of(ewald),
                         .accuracy = o->accuracy / out->charge_square,
                         .density = wanted->density > 0.0 ? wanted->density
                                                          : (double)wanted->n / wanted->volume,
                         .cutoff = o->cutoff > 0.0     ? o->cutoff
                                   : wanted->list_only ? wanted->list_cutoff
                                                       : 0.0 };
    for (int d = 0; d < 3; d++) {
        const double *row = lattice.basis + 3 * d;
        plan.length[d] = sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
    }
    return choose_within(&plan, &lattice, out);
}
