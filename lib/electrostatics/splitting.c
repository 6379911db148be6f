/* Parameters of the sum for the least cost at the accuracy asked for. */
#include "electrostatics/splitting.h"

#include "core/error.h"
#include "structure/lattice.h"

#include "electrostatics/coulomb_kernels.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Costs in ns, measured on one core with AVX-512: only their ratios matter, and only for speed. */
#define COST_PAIR 2.6        /* pair of the vectorised kernel */
#define COST_PAIR_ERFC 30.0  /* pair with erfc from the C library */
#define COST_SEARCH 0.3      /* finding a pair: lists last for many evaluations */
#define COST_VECTOR 2.5      /* (vector, atom) of the exact sum */
#define COST_POINT 12.0      /* mesh point: transforms and product */
#define COST_LINE 2.8        /* line of the spline's support, per vector of 8 */
#define COST_ATOM 90.0

/* The estimates are for charges at random; crystals were measured at up to 1.6 times as much. */
#define SAFETY_MESH 0.55
/* Cheap enough to keep energy and virial, sums of many errors of one sign, near the same number. */
#define SAFETY_EXACT 0.1

/* Below this many atoms the mesh is not even looked at. */
#define SMALL 600

/* Smallest x in [low, high] with error(x) <= bound; error falls. */
typedef struct {
    double (*error)(double alpha, double x, double density);
    double alpha, density, bound;
} search;

static double solve(const search *s, double low, double high)
{
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (s->error(s->alpha, middle, s->density) > s->bound) low = middle;
        else high = middle;
    }
    return high;
}

/* What all candidates share. */
typedef struct {
    const lrpot_ewald *ewald;
    const lrpot__wanted *wanted;
    double bound; /* eV/A for each of the two parts */
    double density, length[3]; /* A, edges of the reduced cell */
} problem;

static double cutoff_for(const problem *p, double alpha)
{
    search s = { lrpot__error_real, alpha, p->density, p->bound };
    double reach = solve(&s, 0.3 / alpha, 9.0 / alpha);
    /* Wide Gaussians reach further than the screening when alpha was given by hand. */
    if (p->ewald->widest > 0.0 && alpha > 0.5 / p->ewald->widest) {
        s.alpha = 0.5 / p->ewald->widest;
        reach = fmax(reach, solve(&s, 0.3 / s.alpha, 9.0 / s.alpha));
    }
    return reach;
}

static double alpha_for(const problem *p, double cutoff)
{
    double low = 0.05 / cutoff, high = 9.0 / cutoff;
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        if (lrpot__error_real(middle, cutoff, p->density) > p->bound) low = middle;
        else high = middle;
    }
    return high;
}

/* What the polynomial may add to the force of a pair, e^2/A^2: some hundred pairs add up at random. */
static double pair_error(const problem *p) { return 0.01 * p->bound / LRPOT_COULOMB_CONSTANT; }

static double pair_cost(const problem *p, double cutoff)
{
    double n = 4.0 / 3.0 * PI * cutoff * cutoff * cutoff * p->density;
    int slow = p->ewald->widths != NULL || pair_error(p) < LRPOT__PAIR_FINEST;
    int found = p->wanted->list_cutoff >= cutoff;
    return (double)p->wanted->n * n * ((slow ? COST_PAIR_ERFC : COST_PAIR) + (found ? 0.0 : COST_SEARCH));
}

static double exact_cost(const problem *p, double alpha, double *k_cut)
{
    search s = { lrpot__error_reciprocal, alpha, p->density, p->bound };
    *k_cut = solve(&s, 0.1 * alpha, 20.0 * alpha);
    double vectors = p->wanted->volume * *k_cut * *k_cut * *k_cut / (12.0 * PI * PI);
    return COST_VECTOR * ((double)p->wanted->n + 16.0) * vectors;
}

/* Next number of mesh points that transforms well. */
static int32_t good_size(double least)
{
    for (int32_t n = least > 4.0 ? (int32_t)ceil(least) : 4;; n++) {
        int32_t m = n;
        for (int32_t f = 2; f <= 7; f += f == 2 ? 1 : 2)
            while (m % f == 0) m /= f;
        if (m == 1 && n % 2 == 0) return n;
    }
}

static double mesh_cost(const problem *p, int32_t order, const int32_t *size)
{
    double points = (double)size[0] * size[1] * size[2], lines = (double)order * order * ((order + 7) / 8);
    return COST_POINT * points + (double)p->wanted->n * (COST_ATOM + COST_LINE * lines);
}

/* Coarsest mesh that keeps the bound; 0 when there is none. */
static int mesh_for(const problem *p, double alpha, int32_t order, int32_t *size)
{
    double low = 0.02, high = 6.0; /* alpha h */
    for (int step = 0; step < 14; step++) {
        double middle = 0.5 * (low + high), h[3] = { middle / alpha, middle / alpha, middle / alpha };
        if (lrpot__error_mesh(alpha, h, order, p->density) > p->bound) high = middle;
        else low = middle;
    }
    if (low < 0.025) return 0;
    double points = 1.0;
    for (int d = 0; d < 3; d++) {
        double least = fmax(p->length[d] * alpha / low, order + 1.0);
        if (least > 4096.0) return 0;
        size[d] = good_size(least);
        points *= size[d];
    }
    return points < 1e9;
}

static double mesh_error(const problem *p, double alpha, int32_t order, const int32_t *size)
{
    double h[3];
    for (int d = 0; d < 3; d++) h[d] = p->length[d] / size[d];
    return lrpot__error_mesh(alpha, h, order, p->density);
}

/* The best of what is known so far. */
typedef struct {
    double cost, alpha, cutoff, k_cut;
    int32_t method, order, size[3];
} choice;

static void try_exact(const problem *p, double alpha, double cutoff, choice *best)
{
    double k_cut, cost = exact_cost(p, alpha, &k_cut) + pair_cost(p, cutoff);
    if (cost < best->cost) *best = (choice) { cost, alpha, cutoff, k_cut, LRPOT_EWALD_EXACT, 0, { 0, 0, 0 } };
}

static void try_mesh(const problem *p, double alpha, double cutoff, choice *best)
{
    const lrpot_ewald_options *o = &p->ewald->options;
    double pairs = pair_cost(p, cutoff);
    for (int32_t order = 3; order <= LRPOT__ORDER_MAX; order++) {
        int32_t size[3] = { o->mesh[0], o->mesh[1], o->mesh[2] };
        if (o->order > 0 && order != o->order) continue;
        if (o->order == 0 && (order == 3 || (order > 8 && order % 2 != 0))) continue; /* never the best */
        if (size[0] == 0 && !mesh_for(p, alpha, order, size)) continue;
        double cost = pairs + mesh_cost(p, order, size);
        if (cost < best->cost) *best = (choice) { cost, alpha, cutoff, 0.0, LRPOT_EWALD_MESH, order, { size[0], size[1], size[2] } };
    }
}

/* Screening and cutoff as given, or all that make sense. */
static void try_all(problem *p, int32_t method, choice *best)
{
    const lrpot_ewald_options *o = &p->ewald->options;
    void (*attempt)(const problem *, double, double, choice *) = method == LRPOT_EWALD_MESH ? try_mesh : try_exact;
    p->bound = (method == LRPOT_EWALD_MESH ? SAFETY_MESH : SAFETY_EXACT) * sqrt(0.5) * o->accuracy;
    double cutoff = o->cutoff > 0.0 ? o->cutoff : p->wanted->list_only ? p->wanted->list_cutoff : 0.0;
    double largest = p->ewald->widest > 0.0 ? 0.5 / p->ewald->widest : INFINITY; /* wider Gaussians are smooth already */
    if (o->splitting > 0.0) {
        attempt(p, o->splitting, cutoff > 0.0 ? cutoff : cutoff_for(p, o->splitting), best);
    } else if (cutoff > 0.0) {
        attempt(p, fmin(alpha_for(p, cutoff), largest), cutoff, best);
    } else {
        /* The exact sum balances where alpha^6 ~ n / V^2. */
        double middle = 2.2 * pow((double)p->wanted->n / (p->wanted->volume * p->wanted->volume), 1.0 / 6.0);
        double low = method == LRPOT_EWALD_MESH ? 0.4 * cbrt(p->density) : 0.2 * middle;
        for (double alpha = low; alpha < (method == LRPOT_EWALD_MESH ? 2.5 * cbrt(p->density) : 8.0 * middle); alpha *= 1.1) {
            double tried = fmin(alpha, largest);
            attempt(p, tried, cutoff_for(p, tried), best);
            if (tried < alpha) break;
        }
        if (isinf(best->cost)) attempt(p, fmin(low, largest), cutoff_for(p, fmin(low, largest)), best);
    }
}

int lrpot__splitting_fits(const lrpot__splitting *kept, const lrpot_ewald *ewald, const lrpot__wanted *wanted)
{
    const lrpot_ewald_options *a = &ewald->options;
    if (kept == NULL || kept->n != wanted->n || kept->widest != ewald->widest || kept->list_only != wanted->list_only
        || kept->exact_only != wanted->exact_only)
        return 0;
    const lrpot_ewald_options *b = &kept->options;
    return a->accuracy == b->accuracy && a->splitting == b->splitting && a->cutoff == b->cutoff && a->method == b->method
        && a->order == b->order && memcmp(a->mesh, b->mesh, sizeof a->mesh) == 0 && (a->n_widths > 0) == (b->n_widths > 0)
        && wanted->volume < 1.5 * kept->volume && kept->volume < 1.5 * wanted->volume
        && (wanted->list_cutoff == kept->list_cutoff || (kept->method == LRPOT_EWALD_EXACT && !wanted->list_only));
}

static void describe(const problem *p, const choice *best, const lrpot__lattice *lattice, lrpot__splitting *out)
{
    double real = lrpot__error_real(best->alpha, best->cutoff, p->density);
    double other = best->method == LRPOT_EWALD_MESH ? mesh_error(p, best->alpha, best->order, best->size)
                                                    : lrpot__error_reciprocal(best->alpha, best->k_cut, p->density);
    out->method = best->method;
    out->alpha = best->alpha;
    out->k_cut = best->k_cut;
    out->order = best->order;
    memcpy(out->size, best->size, sizeof out->size);
    memcpy(out->map, lattice->map, sizeof out->map);
    out->predicted = sqrt(real * real + other * other);
    lrpot__pair_make(best->alpha, best->cutoff, pair_error(p), &out->pair);
}

lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, const lrpot__wanted *wanted, lrpot__splitting *out)
{
    memset(out, 0, sizeof *out);
    out->options = ewald->options;
    out->widest = ewald->widest;
    out->volume = wanted->volume;
    out->list_cutoff = wanted->list_cutoff;
    out->n = wanted->n;
    out->list_only = wanted->list_only;
    out->exact_only = wanted->exact_only;
    out->method = LRPOT_EWALD_EXACT;
    if (wanted->volume == 0.0) return LRPOT_OK;
    lrpot__lattice lattice;
    lrpot__lattice_reduce(wanted->cell, LRPOT_PERIODIC_ALL, &lattice);
    problem p = { ewald, wanted, 0.0, (double)wanted->n / wanted->volume, { 0, 0, 0 } };
    for (int d = 0; d < 3; d++) {
        const double *row = lattice.basis + 3 * d;
        p.length[d] = sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
    }
    choice best = { INFINITY, 0, 0, 0, 0, 0, { 0, 0, 0 } };
    int32_t method = wanted->exact_only ? LRPOT_EWALD_EXACT : ewald->options.method;
    if (method == LRPOT_EWALD_MESH || (method == LRPOT_EWALD_AUTO && wanted->n >= SMALL)) try_all(&p, LRPOT_EWALD_MESH, &best);
    if (method != LRPOT_EWALD_MESH) try_all(&p, LRPOT_EWALD_EXACT, &best);
    if (isinf(best.cost))
        return lrpot__fail(LRPOT_E_ACCURACY, "no mesh gives a force error of %g eV/A; the exact method does", ewald->options.accuracy);
    if (wanted->list_only && best.cutoff > wanted->list_cutoff * (1.0 + 1e-12))
        return lrpot__fail(LRPOT_E_CUTOFF, "the Coulomb sum needs a list of %g A, the list has %g A", best.cutoff, wanted->list_cutoff);
    describe(&p, &best, &lattice, out);
    return LRPOT_OK;
}
