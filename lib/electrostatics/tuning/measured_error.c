/* Measured error of an evaluation: a sample of atoms against the exact sum. */
#include "electrostatics/tuning/measured_error.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/threads.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/splitting/split_search.h"
#include "structure/lattice.h"

#include <math.h>
#include <string.h>

#define FINER 1e-4       /* accuracy of the exact sum, relative to the accuracy asked for */
#define FINEST 1e-11     /* eV/A: smallest accuracy asked of it */
#define EXACT_UP_TO 3000 /* largest number of atoms of a slab */

/* ns, to balance the costs of the two parts */
#define COST_IMAGE 3.0
#define COST_PAIR 60.0
#define COST_VECTOR 2.5

struct lrpot__comparison {
    lrpot__sum sum; /* sum over all atoms, with the splitting of the reference */
    lrpot__lattice lattice;
    int64_t m;             /* atoms of the sample */
    int64_t *index;        /* [m] */
    double *positions, *q; /* [m][3], [m] of the sample */
    int32_t *species;
    /* exact, [m], [m][3], [m][9] */
    double *potential, *field, *virial;
    /* of the evaluation, [n], [n][3], [n][9] */
    double *all_potential, *all_field, *all_virial;
    double expected; /* error of the reference, eV/A */
    int with_totals; /* 1: energy and pressure too, which need the virials of atoms */
};
typedef lrpot__comparison comparison;

static uint64_t scramble(uint64_t z) /* splitmix64 */
{
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Draws the sample: one atom of every n/m. */
static void draw(comparison *c, const lrpot_atoms *atoms, const double *q)
{
    int64_t n = atoms->n_owned, stride = atoms->stride > 0 ? atoms->stride : 3;
    for (int64_t s = 0; s < c->m; s++) {
        int64_t low = n / c->m * s + n % c->m * s / c->m,
                high = n / c->m * (s + 1) + n % c->m * (s + 1) / c->m;
        int64_t i = low + (int64_t)(scramble((uint64_t)s) % (uint64_t)(high - low));
        c->index[s] = i;
        c->q[s] = q[i];
        c->species[s] = atoms->species != NULL ? atoms->species[i] : 0;
        memcpy(c->positions + 3 * s, atoms->positions + i * stride, 3 * sizeof(double));
    }
}

static double smallest(lrpot__error_estimate error, double alpha, double density, double bound,
                       double low, double high)
{
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (error(alpha, middle, density) > bound) low = middle;
        else high = middle;
    }
    return high;
}

/* Chooses the splitting of least cost for all structure factors and a few fields. */
static void split(comparison *c, double accuracy)
{
    lrpot__sum *sum = &c->sum;
    double n = sum->totals.count, density = n / sum->volume, best = INFINITY,
           square = fmax(sum->totals.square / n, 1e-6);
    double bound = sqrt(0.5) * accuracy / square;
    lrpot__error_estimates errors = sum->ewald->kernel->errors;
    memset(&sum->split, 0, sizeof sum->split);
    sum->split.method = LRPOT_EWALD_EXACT;
    for (double alpha = 0.02 * cbrt(density); alpha < 4.0 * cbrt(density); alpha *= 1.1) {
        double tried = sum->ewald->widest > 0.0 ? fmin(alpha, 0.5 / sum->ewald->widest) : alpha,
               images = n;
        double cutoff = smallest(errors.real, tried, density, bound, 0.3 / tried, 9.0 / tried);
        if (sum->ewald->alike && tried == 0.5 / sum->ewald->widest) cutoff = 0.0; /* no pairs */
        double k_cut =
            smallest(errors.reciprocal, tried, density, bound, 0.1 * tried, 20.0 * tried);
        for (int d = 0; d < 3; d++) images *= 1.0 + 2.0 * cutoff / c->lattice.height[d];
        double cost =
            (double)c->m
                * (COST_IMAGE * images
                   + COST_PAIR * 4.0 / 3.0 * LRPOT__PI * cutoff * cutoff * cutoff * density)
            + COST_VECTOR * (n + 3.0 * (double)c->m) * sum->volume * k_cut * k_cut * k_cut
                  / (12.0 * LRPOT__PI * LRPOT__PI);
        if (cost >= best) continue;
        best = cost;
        sum->split.alpha = tried;
        sum->split.k_cut = k_cut;
        sum->split.pair.cutoff = cutoff;
    }
    lrpot__screening screening;
    lrpot__splitting_gauss(sum->ewald, sum->split.alpha, &screening);
    lrpot__pair_make(&screening, sum->split.pair.cutoff, 0.0, &sum->split.pair);
}

/* Adds the potential, field and virial of a charge at v from atom s of the sample. */
static void add_charge(comparison *c, int64_t s, double charge, double gamma, const double *v)
{
    double value, strength, square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2],
                            half = 0.5 * c->q[s] * charge;
    lrpot__pair_eval(&c->sum.split.pair, gamma, square, &value, &strength);
    c->potential[s] += charge * value;
    for (int a = 0; a < 3; a++) c->field[3 * s + a] -= charge * strength * v[a];
    for (int x = 0; x < 9; x++) c->virial[9 * s + x] += half * strength * v[x / 3] * v[x % 3];
}

/* Adds those of atom j and its images at atom s of the sample; d is the vector between the two. */
static void add_images(comparison *c, int64_t s, int64_t j, const double *d)
{
    const lrpot__sum *sum = &c->sum;
    const lrpot__pair *pair = &sum->split.pair;
    double fraction[3], reach[3], gamma = lrpot__pair_gamma(sum->ewald, sum->atoms, c->index[s], j),
                                  k = lrpot__sum_constant(sum) * sum->q[j];
    lrpot__row_times3(d, c->lattice.inverse, fraction);
    for (int a = 0; a < 3; a++) reach[a] = pair->cutoff / c->lattice.height[a];
    for (double x = ceil(-reach[0] - fraction[0]); x <= reach[0] - fraction[0]; x++)
        for (double y = ceil(-reach[1] - fraction[1]); y <= reach[1] - fraction[1]; y++)
            for (double z = ceil(-reach[2] - fraction[2]); z <= reach[2] - fraction[2]; z++) {
                double v[3];
                lrpot__row_times3((double[3]){ x, y, z }, c->lattice.basis, v);
                for (int a = 0; a < 3; a++) v[a] += d[a];
                double square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
                if (square >= pair->cutoff * pair->cutoff
                    || (j == c->index[s] && x == 0.0 && y == 0.0 && z == 0.0))
                    continue;
                add_charge(c, s, k, gamma, v);
            }
}

static void add_pair(comparison *c, int64_t s, int64_t j, const double *d)
{
    const lrpot__sum *sum = &c->sum;
    if (j != c->index[s])
        add_charge(c, s, lrpot__sum_constant(sum) * sum->q[j],
                   lrpot__pair_gamma(sum->ewald, sum->atoms, c->index[s], j), d);
}

static void add_real_space(comparison *c)
{
    const lrpot_atoms *atoms = c->sum.atoms;
    int64_t n = atoms->n_owned, stride = atoms->stride > 0 ? atoms->stride : 3;
    lrpot__self_energy b;
    lrpot__self_energy_make(&c->sum, &b);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(c->sum.threads))
#endif
    for (int64_t s = 0; s < c->m; s++) {
        for (int64_t j = 0; j < n; j++) {
            double d[3];
            for (int a = 0; a < 3; a++)
                d[a] = atoms->positions[j * stride + a] - c->positions[3 * s + a];
            if (c->sum.volume > 0.0) add_images(c, s, j, d);
            else add_pair(c, s, j, d);
        }
        double mean = lrpot__background_potential(&c->sum, &b, c->index[s], c->sum.totals.charge,
                                                  c->sum.totals.spread);
        c->potential[s] += c->q[s] * lrpot__self_potential(&c->sum, &b, c->index[s]) + mean;
        for (int a = 0; a < 3; a++) c->virial[9 * s + 4 * a] += 0.5 * c->q[s] * mean;
    }
}

/* Structure factors of all atoms, potential and field of the sample. */
static lrpot_status add_reciprocal(comparison *c, lrpot_workspace *work)
{
    lrpot__kspace k;
    lrpot__sum_results sums = { .potential = c->potential,
                                .field = c->field,
                                .virial_atom = c->virial };
    lrpot__sum sample = c->sum;
    lrpot_atoms atoms;
    LRPOT__COPY_INPUT(&atoms, c->sum.atoms);
    LRPOT__TRY(lrpot__kspace_build(&c->sum, work, &k));
    LRPOT__TRY(lrpot__kspace_structure(&c->sum, work, &k));
    memcpy(k.structure, k.own, 2 * (size_t)k.n_vectors * sizeof(double));
    atoms.n_owned = atoms.n_all = c->m;
    atoms.positions = c->positions;
    atoms.species = c->species;
    atoms.stride = 3;
    sample.atoms = &atoms;
    sample.q = c->q;
    return lrpot__kspace_collect(&sample, work, &k, &sums);
}

/* Reference for slabs: the same sum at a higher accuracy. */
static lrpot_status finer_sum(comparison *c, double accuracy)
{
    const lrpot_atoms *atoms = c->sum.atoms;
    lrpot_ewald_options options = c->sum.ewald->options;
    lrpot_ewald *finer = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.potential = lrpot__calloc(atoms->n_owned, sizeof(double));
    out.field = lrpot__calloc(3 * atoms->n_owned, sizeof(double));
    if (c->with_totals) out.virial_atom = lrpot__calloc(9 * atoms->n_owned, sizeof(double));
    options.accuracy = accuracy;
    options.flags &= ~LRPOT_EWALD_RELATIVE;
    options.splitting = options.cutoff = 0.0;
    options.order = 0;
    memset(options.mesh, 0, sizeof options.mesh);
    options.method = atoms->n_owned <= EXACT_UP_TO ? LRPOT_EWALD_EXACT : LRPOT_EWALD_AUTO;
    lrpot_status status = out.potential != NULL && out.field != NULL
                                  && (out.virial_atom != NULL || !c->with_totals)
                              ? lrpot_ewald_create(&finer, &options)
                              : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = lrpot_workspace_create(&work, c->sum.threads);
    if (status == LRPOT_OK)
        status = lrpot_ewald_eval(finer, work, atoms, NULL, NULL, c->sum.q, &out);
    for (int64_t s = 0; status == LRPOT_OK && s < c->m; s++) {
        c->potential[s] = out.potential[c->index[s]];
        memcpy(c->field + 3 * s, out.field + 3 * c->index[s], 3 * sizeof(double));
        if (c->with_totals)
            memcpy(c->virial + 9 * s, out.virial_atom + 9 * c->index[s], 9 * sizeof(double));
    }
    lrpot_workspace_free(work);
    lrpot_ewald_free(finer);
    lrpot__free(out.potential);
    lrpot__free(out.field);
    lrpot__free(out.virial_atom);
    return status;
}

static lrpot_status exact_values(comparison *c, lrpot_workspace *work, double finer)
{
    c->expected = fmax(finer * c->sum.ewald->options.accuracy, FINEST);
    int around = c->sum.ewald->options.flags & (LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM);
    if (around
        || (c->sum.atoms->periodic_mask != 0 && c->sum.atoms->periodic_mask != LRPOT_PERIODIC_ALL))
        return finer_sum(c, c->expected);
    if (c->sum.atoms->periodic_mask == 0) {
        c->expected = 0.0;
        memset(&c->sum.split, 0, sizeof c->sum.split);
        lrpot__splitting_gauss(c->sum.ewald, 0.0, &c->sum.split.pair.screening);
        add_real_space(c);
        return LRPOT_OK;
    }
    lrpot__lattice_reduce(c->sum.atoms->cell, LRPOT_PERIODIC_ALL, &c->lattice);
    split(c, c->expected);
    add_real_space(c);
    return add_reciprocal(c, work);
}

/* Errors of energy and pressure, which are sums over atoms: the mean error of the sample's shares
 * is used for all atoms. */
static void compare_totals(const comparison *c, lrpot_ewald_error_report *report)
{
    double energy = 0.0, virial = 0.0, n = c->sum.totals.count;
    for (int64_t s = 0; s < c->m; s++) {
        int64_t i = c->index[s];
        energy += 0.5 * c->q[s] * (c->all_potential[i] - c->potential[s]);
        for (int a = 0; a < 9; a += 4)
            virial += (c->all_virial[9 * i + a] - c->virial[9 * s + a]) / 3.0;
    }
    report->energy = energy / (double)c->m;
    if (c->sum.boundary.kind == LRPOT__REPEATED)
        report->pressure = virial / (double)c->m * n / c->sum.volume;
}

static void compare(const comparison *c, lrpot_ewald_error_report *report)
{
    if (c->with_totals) compare_totals(c, report);
    for (int64_t s = 0; s < c->m; s++) {
        int64_t i = c->index[s];
        double square = 0.0, q2 = c->q[s] * c->q[s],
               potential = c->all_potential[i] - c->potential[s];
        for (int a = 0; a < 3; a++) {
            double error = c->all_field[3 * i + a] - c->field[3 * s + a];
            square += q2 * error * error;
            report->size += q2 * c->field[3 * s + a] * c->field[3 * s + a];
        }
        report->forces += square;
        report->largest = fmax(report->largest, sqrt(square));
        report->potential += potential * potential;
    }
    report->forces = sqrt(report->forces / (double)c->m);
    report->potential = sqrt(report->potential / (double)c->m);
    report->size = sqrt(report->size / (double)c->m);
    report->reference = c->expected;
    report->n_sample = c->m;
}

static lrpot_status reserve(comparison *c, int64_t n)
{
    c->index = lrpot__calloc(c->m, sizeof *c->index);
    c->species = lrpot__calloc(c->m, sizeof *c->species);
    c->positions = lrpot__calloc(3 * c->m, sizeof(double));
    c->q = lrpot__calloc(c->m, sizeof(double));
    c->potential = lrpot__calloc(c->m, sizeof(double));
    c->field = lrpot__calloc(3 * c->m, sizeof(double));
    c->virial = lrpot__calloc(9 * c->m, sizeof(double));
    c->all_potential = lrpot__calloc(n, sizeof(double));
    c->all_field = lrpot__calloc(3 * n, sizeof(double));
    if (c->with_totals) c->all_virial = lrpot__calloc(9 * n, sizeof(double));
    return c->index != NULL && c->species != NULL && c->positions != NULL && c->q != NULL
                   && c->potential != NULL && c->field != NULL && c->virial != NULL
                   && c->all_potential != NULL && c->all_field != NULL
                   && (c->all_virial != NULL || !c->with_totals)
               ? LRPOT_OK
               : LRPOT_E_MEMORY;
}

static void release(comparison *c)
{
    void *arrays[] = { c->index, c->species, c->positions,     c->q,         c->potential,
                       c->field, c->virial,  c->all_potential, c->all_field, c->all_virial };
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++) lrpot__free(arrays[a]);
}

static lrpot_status evaluate(comparison *c, const lrpot_ewald *ewald, lrpot_workspace *work,
                             const lrpot_nlist *list)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.potential = c->all_potential;
    out.field = c->all_field;
    out.virial_atom = c->all_virial;
    return lrpot_ewald_eval(ewald, work, c->sum.atoms, list, NULL, c->sum.q, &out);
}

/* Sample and memory of a comparison. */
static lrpot_status open_sample(comparison *c, int64_t n_sample)
{
    const lrpot_atoms *atoms = c->sum.atoms;
    c->m = n_sample == 0 || n_sample > atoms->n_owned ? atoms->n_owned : n_sample;
    LRPOT__TRY(reserve(c, atoms->n_owned));
    draw(c, atoms, c->sum.q);
    return LRPOT_OK;
}

lrpot_status lrpot__comparison_open(const lrpot_ewald *ewald, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const double *q, int64_t n_sample,
                                    double finer, lrpot__comparison **out)
{
    lrpot_workspace *own = NULL; /* the vectors of the exact sum need not stay */
    comparison *c = lrpot__calloc(1, sizeof *c);
    if (c == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__sum_prepare(ewald, work, atoms, q, &c->sum);
    if (status == LRPOT_OK) status = lrpot_workspace_create(&own, c->sum.threads);
    if (status == LRPOT_OK) status = open_sample(c, n_sample);
    if (status == LRPOT_OK) status = exact_values(c, own, finer);
    lrpot_workspace_free(own);
    if (status != LRPOT_OK) lrpot__comparison_close(c);
    else *out = c;
    return status;
}

lrpot_status lrpot__comparison_measure(lrpot__comparison *c, const lrpot_ewald *ewald,
                                       lrpot_workspace *work, const lrpot_nlist *list,
                                       double *error)
{
    lrpot_ewald_error_report report = LRPOT_EWALD_ERROR_REPORT_INIT;
    LRPOT__TRY(evaluate(c, ewald, work, list));
    compare(c, &report);
    *error = report.forces + report.reference;
    return LRPOT_OK;
}

void lrpot__comparison_close(lrpot__comparison *c)
{
    if (c == NULL) return;
    release(c);
    lrpot__free(c);
}

lrpot_status lrpot_ewald_error(const lrpot_ewald *ewald, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, const double *q,
                               int64_t n_sample, lrpot_ewald_error_report *report)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__REQUIRE_NOT_NULL(report);
    LRPOT__REQUIRE_RESULT(lrpot_ewald_error_report, report);
    if (n_sample < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_sample = %lld, expected >= 0", (long long)n_sample);
    comparison c = { .with_totals = 1 };
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, q, &c.sum));
    if (atoms->n_all != atoms->n_owned || atoms->n_owned == 0)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "an error is measured of whole systems in one process: %lld atoms, %lld of them ghosts",
            (long long)atoms->n_all, (long long)(atoms->n_all - atoms->n_owned));
    lrpot_status status = open_sample(&c, n_sample);
    if (status == LRPOT_OK) status = evaluate(&c, ewald, work, list);
    if (status == LRPOT_OK) status = exact_values(&c, work, FINER);
    if (status == LRPOT_OK) {
        lrpot_ewald_error_report filled = LRPOT_EWALD_ERROR_REPORT_INIT;
        compare(&c, &filled);
        LRPOT__FILL_RESULT(report, &filled);
    }
    release(&c);
    return status;
}
