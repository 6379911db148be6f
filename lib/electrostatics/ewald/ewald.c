#include "electrostatics/ewald/ewald.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "electrostatics/ewald/boundary.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/gaussian_table.h"
#include "electrostatics/kernels/kernel_rules.h"
#include "electrostatics/mesh/mesh.h"
#include "electrostatics/splitting/screening.h"
#include "electrostatics/splitting/split_reuse.h"
#include "electrostatics/splitting/splitting.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const lrpot__tag splitting_tag = { "splitting of the Coulomb sum" };

/* Number of atoms below which isolated systems are summed pair by pair, which is exact and takes at
 * most 36 us per atom. Larger systems use the method with the lower estimated cost. */
#define ISOLATED_MESHED 2000
#define COST_ALL_PAIRS 18.0 /* ns, pair of points (bench/isolated) */
#define COST_ALL_GAUSSIANS 45.0

static lrpot_status check_mesh_options(const lrpot_ewald_options *options)
{
    if (options->method < LRPOT_EWALD_AUTO || options->method > LRPOT_EWALD_SPLINE)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "method = %d, expected LRPOT_EWALD_AUTO, _EXACT, _MESH or _SPLINE",
                           options->method);
    if (options->order != 0 && (options->order < 3 || options->order > LRPOT__ORDER_MAX))
        return lrpot__fail(LRPOT_E_ARGUMENT, "order = %d, expected 0 or 3 to %d", options->order,
                           LRPOT__ORDER_MAX);
    if (options->mesh[0] == 0 && options->mesh[1] == 0 && options->mesh[2] == 0) return LRPOT_OK;
    for (int d = 0; d < 3; d++)
        if (options->mesh[d] < 4 || options->mesh[d] < options->order || options->mesh[d] % 2 != 0
            || options->mesh[d] > 8192)
            return lrpot__fail(
                LRPOT_E_ARGUMENT,
                "mesh[%d] = %d, expected all 0 or even numbers from 4 and from the order to 8192",
                d, options->mesh[d]);
    return LRPOT_OK;
}

/* Refuses values outside the physical range: their squares, and divisions by them, would
 * overflow. */
static lrpot_status check_range(const char *name, const char *unit, double value, double least,
                                double most)
{
    if (value == 0.0 || (value >= least && value <= most)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "%s = %g %s, expected 0 or %g to %g", name, value, unit,
                       least, most);
}

static lrpot_status check_sigma(const lrpot_ewald_options *options,
                                const lrpot__kernel_rules *rules)
{
    if (!(rules->traits & LRPOT_EWALD_KERNEL_SIGMA))
        return options->sigma == 0.0
                   ? LRPOT_OK
                   : lrpot__fail(LRPOT_E_ARGUMENT,
                                 "sigma = %g A: the %s kernel takes none, expected 0",
                                 options->sigma, rules->name);
    if (!(options->sigma > 0.0) || isinf(options->sigma))
        return lrpot__fail(LRPOT_E_ARGUMENT, "sigma = %g A of the %s kernel, expected > 0",
                           options->sigma, rules->name);
    return check_range("sigma", "A", options->sigma, 1e-3, 1e4);
}

static lrpot_status check_kernel(const lrpot_ewald_options *options,
                                 const lrpot__kernel_rules *rules)
{
    LRPOT__TRY(check_sigma(options, rules));
    if (options->n_widths != 0 && !(rules->traits & LRPOT_EWALD_KERNEL_WIDTHS))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "n_widths = %d: the %s kernel takes no widths, expected 0",
                           options->n_widths, rules->name);
    if ((options->flags & ~rules->flags) != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "flags = %d: the %s kernel takes 0 or a sum of bits of %d",
                           options->flags, rules->name, rules->flags);
    if (!(rules->traits & LRPOT_EWALD_KERNEL_PAIRS)
        && (options->splitting != 0.0 || options->cutoff != 0.0))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "the %s kernel has no pairs: splitting = %g 1/A, cutoff = %g A, "
                           "expected 0",
                           rules->name, options->splitting, options->cutoff);
    return LRPOT_OK;
}

static lrpot_status find_kernel(int32_t kernel, const lrpot__kernel_rules **out)
{
    *out = lrpot__kernel_rules_of(kernel);
    if (*out != NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "kernel = %d, expected 0 to %d (lrpot_ewald_kernel_name tells which)",
                       kernel, lrpot_ewald_kernel_count() - 1);
}

lrpot_status lrpot__ewald_require_trait(const lrpot_ewald *ewald, int32_t trait, const char *what)
{
    if (ewald->kernel->traits & trait) return LRPOT_OK;
    char known[128] = "";
    for (int32_t k = 0; k < lrpot_ewald_kernel_count(); k++) {
        if (!(lrpot_ewald_kernel_traits(k) & trait)) continue;
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "",
                 lrpot_ewald_kernel_name(k));
    }
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: not with the %s kernel, offered: %s; Gaussian widths of the Coulomb "
                       "kernel give the interaction of smeared charges",
                       what, ewald->kernel->name, known);
}

/* eV/A, between unit charges at 1 A. */
static double unit_force(const lrpot_ewald_options *options, const lrpot__kernel_rules *rules)
{
    lrpot__screening none;
    double strength;
    lrpot__screening_gauss(rules, options->sigma, 0.0, &none);
    rules->bare(&none, 1.0, &strength);
    return fabs(rules->constant) * strength;
}

static lrpot_status check_bound(const char *name, double value)
{
    if (value >= 0.0 && isfinite(value)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "%s = %g, expected finite and >= 0", name, value);
}

static lrpot_status check_options(const lrpot_ewald_options *options,
                                  const lrpot__kernel_rules *rules)
{
    if (!(options->accuracy >= 0.0 && options->splitting >= 0.0 && options->cutoff >= 0.0)
        || isinf(options->accuracy) || isinf(options->splitting) || isinf(options->cutoff))
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "accuracy = %g, splitting = %g 1/A, cutoff = %g A: expected finite and >= 0",
            options->accuracy, options->splitting, options->cutoff);
    LRPOT__TRY(check_range("accuracy", "eV/A", options->accuracy, 0.0, 1e6));
    LRPOT__TRY(check_range("splitting", "1/A", options->splitting, 1e-6, 1e3));
    LRPOT__TRY(check_range("cutoff", "A", options->cutoff, 1e-2, 1e5));
    LRPOT__TRY(check_bound("energy_accuracy", options->energy_accuracy));
    LRPOT__TRY(check_bound("pressure_accuracy", options->pressure_accuracy));
    LRPOT__TRY(check_bound("potential_accuracy", options->potential_accuracy));
    double unit = options->flags & LRPOT_EWALD_RELATIVE ? 1.0 : unit_force(options, rules);
    if (options->accuracy > 0.0 && options->accuracy < 0.999e-13 * unit)
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "accuracy = %g is below what double precision gives (%.2g)",
                           options->accuracy, 1e-13 * unit);
    if (options->n_widths < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_widths = %d, expected >= 0", options->n_widths);
    if (options->n_widths > 0 && options->widths == NULL)
        return lrpot__fail(LRPOT_E_NULL, "n_widths = %d, widths is NULL", options->n_widths);
    for (int32_t w = 0; w < options->n_widths; w++)
        if (options->widths[w] != 0.0
            && !(options->widths[w] >= 1e-12 && options->widths[w] <= 1e4))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "width of species %d is %g A, expected 0 or 1e-12 to 1e4", w,
                               options->widths[w]);
    int32_t both = LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM;
    if ((options->flags & both) == both)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "flags = %d: the slab correction and vacuum all around exclude each other",
            options->flags);
    LRPOT__TRY(check_kernel(options, rules));
    return check_mesh_options(options);
}

lrpot_status lrpot_ewald_create(lrpot_ewald **out, const lrpot_ewald_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_ewald_options, options);
    lrpot_ewald_options known;
    LRPOT__COPY_INPUT(&known, options);
    const lrpot__kernel_rules *rules;
    LRPOT__TRY(find_kernel(known.kernel, &rules));
    LRPOT__TRY(check_options(&known, rules));
    lrpot_ewald *ewald = lrpot__calloc(1, sizeof *ewald);
    if (ewald == NULL) return LRPOT_E_MEMORY;
    ewald->kernel = rules;
    if (known.accuracy == 0.0) known.accuracy = 1e-9;
    else if (known.flags & LRPOT_EWALD_RELATIVE) known.accuracy *= unit_force(&known, rules);
    for (int32_t w = 0; w < known.n_widths; w++)
        ewald->widest = fmax(ewald->widest, known.widths[w]);
    ewald->alike = 1;
    for (int32_t w = 0; w < known.n_widths; w++) ewald->alike &= known.widths[w] == ewald->widest;
    if (ewald->widest > 0.0) {
        ewald->widths = lrpot__duplicate(known.widths, known.n_widths, sizeof *known.widths);
        lrpot_status status = ewald->widths != NULL ? lrpot__gaussian_table_create(
                                  ewald->widths, known.n_widths, &ewald->table)
                                                    : LRPOT_E_MEMORY;
        if (status != LRPOT_OK) {
            lrpot_ewald_free(ewald);
            return status;
        }
    }
    if (rules->width != NULL) ewald->widest = ewald->common = rules->width(known.sigma);
    ewald->options = known;
    ewald->options.widths = ewald->widths;
    if (ewald->widths == NULL) ewald->options.n_widths = 0;
    *out = ewald;
    return LRPOT_OK;
}

void lrpot_ewald_free(lrpot_ewald *ewald)
{
    if (ewald == NULL) return;
    lrpot__gaussian_table_free(ewald->table);
    lrpot__free(ewald->widths);
    lrpot__free(ewald);
}

static void set_box(lrpot__sum *sum, const double *box)
{
    double inverse[9];
    memcpy(sum->box, box, sizeof sum->box);
    sum->volume = fabs(lrpot__det3(box));
    lrpot__inverse3(box, inverse);
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3; a++)
            sum->reciprocal[3 * d + a] = 2.0 * LRPOT__PI * inverse[3 * a + d];
}

lrpot_status lrpot__sum_charges(lrpot__sum *sum, const double *q)
{
    lrpot__charge_totals totals = { .count = (double)sum->atoms->n_owned };
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        double s = lrpot__atom_width(sum->ewald, sum->atoms, i);
        if (!isfinite(q[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "charge of atom %lld is %g", (long long)i, q[i]);
        totals.charge += q[i];
        totals.spread += q[i] * s * s;
        totals.square += q[i] * q[i];
    }
    sum->q = q;
    sum->totals = totals;
    return LRPOT_OK;
}

static lrpot_status check_boundary(const lrpot__sum *sum)
{
    const lrpot__kernel_rules *rules = sum->ewald->kernel;
    int crystals = (rules->traits & LRPOT_EWALD_KERNEL_CRYSTALS) != 0,
        slabs = (rules->traits & LRPOT_EWALD_KERNEL_SLABS) != 0;
    if (sum->boundary.kind == LRPOT__OPEN
        || (sum->boundary.kind == LRPOT__REPEATED ? crystals : slabs))
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "periodic_mask = %d: the %s kernel is offered for isolated systems (0)%s%s",
                       sum->atoms->periodic_mask, rules->name, crystals ? " and crystals (7)" : "",
                       slabs ? ", slabs (two bits) and wires (one)" : "");
}

lrpot_status lrpot__sum_prepare(const lrpot_ewald *ewald, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const double *q, lrpot__sum *out)
{
    LRPOT__TRY(lrpot__atoms_check(atoms, ewald->widths != NULL ? ewald->options.n_widths : 0));
    memset(out, 0, sizeof *out);
    out->ewald = ewald;
    out->atoms = atoms;
    out->q = q;
    out->threads = lrpot__workspace_threads(work);
    out->totals.count = (double)atoms->n_owned;
    if (q != NULL) LRPOT__TRY(lrpot__sum_charges(out, q));
    if (atoms->periodic_mask == LRPOT_PERIODIC_ALL) set_box(out, atoms->cell);
    LRPOT__TRY(lrpot__boundary_measure(atoms, NULL, &out->boundary));
    return check_boundary(out);
}

/* The box of a system that does not repeat in all directions comes from the splitting. */
static void take_box(lrpot__sum *sum, const lrpot__splitting *split)
{
    double box[9];
    if (sum->boundary.kind == LRPOT__REPEATED) return;
    lrpot__boundary_box(&sum->boundary, sum->atoms, split, box);
    set_box(sum, box);
}

lrpot_status lrpot__sum_extent(lrpot__sum *sum, const lrpot_comm *comm)
{
    /* number of processes that lack atoms */
    double lacking = (double)sum->atoms->n_all < sum->totals.count ? 1.0 : 0.0;
    if (comm == NULL || comm->sum == NULL || sum->boundary.kind == LRPOT__REPEATED) return LRPOT_OK;
    LRPOT__TRY(lrpot__boundary_measure(sum->atoms, comm, &sum->boundary));
    LRPOT__TRY(comm->sum(comm->ctx, &lacking, 1));
    sum->scattered = sum->boundary.kind == LRPOT__OPEN && lacking > 0.0;
    return LRPOT_OK;
}

/* 1 if an isolated system may be summed by other means than pair by pair. otherwise: ns, the cost
 * of the pair sum, set where both are possible. */
static int may_mesh(const lrpot__sum *sum, int64_t n, int exact_only, double *otherwise)
{
    const lrpot_ewald *ewald = sum->ewald;
    int32_t method = ewald->options.method;
    if (exact_only || method == LRPOT_EWALD_EXACT || n == 0
        || !(ewald->kernel->traits & LRPOT_EWALD_KERNEL_SLABS))
        return 0;
    if (sum->scattered) return 1;
    if (method == LRPOT_EWALD_AUTO)
        *otherwise = (ewald->widest > 0.0 ? COST_ALL_GAUSSIANS : COST_ALL_PAIRS) * (double)n
                     * (double)n;
    return method != LRPOT_EWALD_AUTO || n >= ISOLATED_MESHED;
}

/* Largest distance from the origin, in cells. Beyond it phases and mesh positions have no
 * significant digits left. */
#define MOST_CELLS 1e8
static lrpot_status check_places(const lrpot__sum *sum)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    for (int64_t i = 0; sum->volume > 0.0 && i < atoms->n_owned; i++)
        for (int d = 0; d < 3; d++) {
            const double *r = atoms->positions + i * stride, *k = sum->reciprocal + 3 * d;
            double cells = fabs(r[0] * k[0] + r[1] * k[1] + r[2] * k[2]) / (2.0 * LRPOT__PI);
            if (!(cells < MOST_CELLS))
                return lrpot__fail(LRPOT_E_ARGUMENT,
                                   "atom %lld is too far away: %g cells from the origin; wrap it "
                                   "into the cell",
                                   (long long)i, cells);
        }
    return LRPOT_OK;
}

const lrpot__splitting *lrpot__sum_kept_split(const lrpot_workspace *work)
{
    return lrpot__workspace_kept(work, &splitting_tag);
}

lrpot_status lrpot__sum_split(lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist *list,
                              int parallel, int exact_only)
{
    const lrpot__boundary *b = &sum->boundary;
    /* One process of a domain-decomposed host chooses the splitting like many: results must not
     * depend on their number. */
    int one_domain = list != NULL && b->kind != LRPOT__OPEN
                     && sum->atoms->n_all > sum->atoms->n_owned;
    lrpot__splitting_inputs wanted = { .n = (int64_t)sum->totals.count,
                                       .list_cutoff = list != NULL ? lrpot_nlist_cutoff(list) : 0.0,
                                       .list_only = parallel || one_domain,
                                       .exact_only = exact_only,
                                       .periodic_mask = sum->atoms->periodic_mask,
                                       .charge_square = sum->totals.square
                                                        / fmax(sum->totals.count, 1.0),
                                       .pair_cost = sum->pair_cost };
    if (b->kind == LRPOT__OPEN && !may_mesh(sum, wanted.n, exact_only, &wanted.otherwise))
        return lrpot__splitting_choose(sum->ewald, &wanted, &sum->split);
    if (wanted.n == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "the Coulomb sum has no atoms: none were given, or a "
                           "simulation lost all of them, as it does when positions "
                           "are no longer finite");
    lrpot__splitting *kept = lrpot__workspace_kept(work, &splitting_tag);
    int fits = kept != NULL && lrpot__boundary_fits(b, kept)
               && !(kept->all_pairs && sum->scattered);
    if (fits) take_box(sum, kept);
    wanted.cell = sum->box;
    wanted.volume = sum->volume;
    if (b->kind != LRPOT__REPEATED)
        wanted.density = lrpot__boundary_density(b, sum->atoms, wanted.n);
    if (!fits || !lrpot__splitting_fits(kept, sum->ewald, &wanted)) {
        LRPOT__TRY(b->kind == LRPOT__REPEATED
                       ? lrpot__splitting_choose(sum->ewald, &wanted, &sum->split)
                       : lrpot__boundary_choose(b, sum->ewald, sum->atoms, &wanted, &sum->split));
        if (kept == NULL) {
            kept = lrpot__calloc(1, sizeof *kept);
            if (kept == NULL) return LRPOT_E_MEMORY;
            LRPOT__TRY(lrpot__workspace_keep(work, &splitting_tag, kept, lrpot__free));
        }
        *kept = sum->split;
    }
    sum->split = *kept;
    take_box(sum, kept);
    if (kept->all_pairs) sum->volume = 0.0;
    return check_places(sum);
}

lrpot_status lrpot__sum_exact(lrpot__sum *sum, lrpot_workspace *work, const char *what, int slabs)
{
    const lrpot_atoms *atoms = sum->atoms;
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: %lld ghosts; only whole systems in one process are offered", what,
                           (long long)(atoms->n_all - atoms->n_owned));
    if (sum->ewald->options.flags & (LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: flags = %d, tin-foil surroundings are offered",
                           what, sum->ewald->options.flags);
    LRPOT__TRY(lrpot__ewald_require_trait(sum->ewald, LRPOT_EWALD_KERNEL_DERIVATIVES, what));
    if (sum->boundary.kind == LRPOT__WIRE || (sum->boundary.kind == LRPOT__SLAB && !slabs))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: periodic_mask = %d, offered are 0 and 7%s",
                           what, atoms->periodic_mask, slabs ? ", and two bits" : "");
    return lrpot__sum_split(sum, work, NULL, 0, 1);
}

/* The error that the tuner has measured goes with the square of the charges. */
static double predicted_error(const lrpot__sum *sum)
{
    const lrpot__measured_choice *measured = &sum->ewald->measured;
    double square = sum->totals.square / fmax(sum->totals.count, 1.0);
    if (!(measured->error > 0.0)) return sum->split.predicted;
    return measured->error
           * (square > measured->charge_square ? square / measured->charge_square : 1.0);
}

lrpot_status lrpot__ewald_plan_for(const lrpot_ewald *ewald, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const double *q, lrpot_ewald_report *report)
{
    LRPOT__REQUIRE_RESULT(lrpot_ewald_report, report);
    lrpot__sum sum;
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, q, &sum));
    LRPOT__TRY(lrpot__sum_split(&sum, work, list, 0, 0));
    lrpot_ewald_report filled = LRPOT_EWALD_REPORT_INIT;
    filled.splitting = sum.split.alpha;
    filled.real_cutoff = sum.split.pair.cutoff;
    filled.k_cutoff = sum.split.k_cut;
    filled.predicted_error = predicted_error(&sum);
    filled.predicted_potential = sum.split.potential;
    filled.predicted_energy = sum.split.energy;
    if (sum.boundary.kind == LRPOT__REPEATED)
        filled.predicted_pressure = sum.split.virial * sum.totals.count / sum.volume;
    filled.method = sum.split.method;
    filled.order = sum.split.order;
    memcpy(filled.mesh, sum.split.size, sizeof filled.mesh);
    if (sum.volume > 0.0 && sum.split.method == LRPOT_EWALD_EXACT) {
        lrpot__kspace k;
        LRPOT__TRY(lrpot__kspace_build(&sum, work, &k));
        filled.n_vectors = k.n_vectors;
    }
    LRPOT__FILL_RESULT(report, &filled);
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_plan(const lrpot_ewald *ewald, lrpot_workspace *work,
                              const lrpot_atoms *atoms, lrpot_ewald_report *report)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(report);
    return lrpot__ewald_plan_for(ewald, work, atoms, NULL, NULL, report);
}
