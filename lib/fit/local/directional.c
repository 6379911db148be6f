#include "fit/local/directional.h"

#include "basis/plan/sweeps.h"
#include "core/error.h"
#include "core/memory.h"

#include <string.h>

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS };

static int64_t padded(int64_t count, int64_t pad)
{
    return (count + pad - 1) / pad * pad;
}

/* Doubles of the sums of one species, and of all radial functions of a centre, without lanes. */
static int64_t sums_size(const lrpot__directional *d)
{
    return d->shape.n_monomials * d->shape.size;
}

static int64_t centre_size(const lrpot__directional *d)
{
    return (int64_t)d->basis->options.n_species * d->basis->plan->n_radial * d->shape.size;
}

static void free_slots(lrpot__directional_slots *slots)
{
    double *blocks[] = { slots->vectors,  slots->directions, slots->there,   slots->q,
                         slots->q_slopes, slots->y,          slots->y_slopes };
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) lrpot__free(blocks[b]);
    memset(slots, 0, sizeof *slots);
}

void lrpot__directional_free(lrpot__directional *d)
{
    if (d == NULL) return;
    void *blocks[] = { d->monomials, d->exponents, d->coefficients, d->gradient,   d->sums,
                       d->has,       d->moments,   d->slopes,       d->by_moments, d->by_slopes };
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) lrpot__free(blocks[b]);
    free_slots(&d->slots);
    lrpot__free(d);
}

static void set_shape(lrpot__directional *d)
{
    const lrpot_basis_options *o = &d->basis->options;
    d->shape.min_distance = o->min_distance;
    d->shape.cutoff = o->cutoff;
    d->shape.scaling = o->scaling;
    d->shape.clamped = d->basis->clamp_below;
    d->shape.no_cutoff_factor = d->basis->no_cutoff_factor;
    d->shape.radial_size = o->radial_size;
    d->shape.max_rank = d->basis->plan->max_rank;
    d->shape.size = padded(o->radial_size, LRPOT__DIRECTIONAL_POLYNOMIALS);
    d->shape.n_monomials = padded(d->shape.n_distinct, LRPOT__DIRECTIONAL_MONOMIALS);
    d->shape.exponents = d->exponents;
    d->shape.monomials = d->monomials;
}

static int allocate(lrpot__directional *d)
{
    const lrpot__plan *plan = d->basis->plan;
    int64_t S = d->basis->options.n_species, moments = (int64_t)plan->n_moments * ATOMS;
    d->monomials = lrpot__calloc(plan->n_basic, sizeof *d->monomials);
    d->exponents = lrpot__calloc(3 * (int64_t)plan->n_basic, sizeof *d->exponents);
    if (d->monomials == NULL || d->exponents == NULL) return 0;
    d->shape.n_distinct = lrpot__plan_monomials(plan, d->monomials, d->exponents);
    set_shape(d);
    d->coefficients = lrpot__calloc(S * centre_size(d), sizeof(double));
    d->gradient = lrpot__calloc(S * centre_size(d) * ATOMS, sizeof(double));
    d->sums = lrpot__calloc(2 * S * sums_size(d) * ATOMS, sizeof(double));
    d->has = lrpot__calloc(S, sizeof *d->has);
    d->moments = lrpot__calloc(moments, sizeof(double));
    d->slopes = lrpot__calloc(moments, sizeof(double));
    d->by_moments = lrpot__calloc(moments, sizeof(double));
    d->by_slopes = lrpot__calloc(moments, sizeof(double));
    return d->coefficients && d->gradient && d->sums && d->has && d->moments && d->slopes
           && d->by_moments && d->by_slopes;
}

lrpot_status lrpot__directional_create(lrpot__directional **out, const lrpot_basis *basis)
{
    lrpot__directional *d = lrpot__calloc(1, sizeof *d);
    if (d == NULL) return LRPOT_E_MEMORY;
    d->basis = basis;
    d->kernel = lrpot__directional_kernel_get();
    if (!allocate(d)) {
        lrpot__directional_free(d);
        return LRPOT_E_MEMORY;
    }
    *out = d;
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot__directional *d, int64_t count)
{
    if (count <= d->capacity) return LRPOT_OK;
    int64_t n = count + count / 2;
    lrpot__directional_slots *s = &d->slots;
    struct {
        double **block;
        int64_t count;
    } blocks[] = { { &s->vectors, 3 * n },
                   { &s->directions, 3 * n },
                   { &s->there, n },
                   { &s->q, n * d->shape.size },
                   { &s->q_slopes, n * d->shape.size },
                   { &s->y, n * d->shape.n_monomials },
                   { &s->y_slopes, n * d->shape.n_monomials } };
    d->capacity = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        lrpot__free(*blocks[b].block);
        *blocks[b].block = lrpot__calloc(blocks[b].count * ATOMS, sizeof(double));
        if (*blocks[b].block == NULL) return LRPOT_E_MEMORY;
    }
    d->capacity = n;
    return LRPOT_OK;
}

void lrpot__directional_start(lrpot__directional *d)
{
    int64_t S = d->basis->options.n_species, size = d->basis->options.radial_size,
            functions = S * S * d->basis->plan->n_radial;
    for (int64_t f = 0; f < functions; f++)
        memcpy(d->coefficients + f * d->shape.size, d->basis->radial + f * size,
               (size_t)size * sizeof(double));
    memset(d->gradient, 0, (size_t)(functions * d->shape.size * ATOMS) * sizeof(double));
}

void lrpot__directional_end(const lrpot__directional *d, double *radial)
{
    int64_t S = d->basis->options.n_species, size = d->basis->options.radial_size,
            functions = S * S * d->basis->plan->n_radial;
    for (int64_t f = 0; f < functions; f++)
        for (int64_t b = 0; b < size; b++)
            for (int lane = 0; lane < ATOMS; lane++)
                radial[f * size + b] += d->gradient[(f * d->shape.size + b) * ATOMS + lane];
}

static int is_slot(const lrpot__directional *d, const lrpot__directional_atom *atom,
                   const int32_t *species, int32_t z, int64_t k)
{
    const double *r = atom->neighbours.vectors + 3 * k, cutoff = d->basis->options.cutoff;
    return species[atom->neighbours.j[k]] == z
           && r[0] * r[0] + r[1] * r[1] + r[2] * r[2] < cutoff * cutoff;
}

/* Fills lane `lane` with the neighbours of species z. Returns their number. */
static int64_t fill_lane(lrpot__directional *d, const lrpot__directional_atom *atom, int64_t lane,
                         const int32_t *species, int32_t z)
{
    lrpot__directional_slots *s = &d->slots;
    int64_t n = 0;
    for (int64_t k = 0; k < atom->neighbours.count; k++) {
        if (!is_slot(d, atom, species, z, k)) continue;
        for (int a = 0; a < 3; a++) {
            s->vectors[(3 * n + a) * ATOMS + lane] = atom->neighbours.vectors[3 * k + a];
            s->directions[(3 * n + a) * ATOMS + lane] = atom->directions[3 * k + a];
        }
        s->there[n++ * ATOMS + lane] = 1.0;
    }
    return n;
}

/* Slots behind the neighbours of a lane count nothing. Their vector has a length that all functions
 * can take. */
static void fill_rest(lrpot__directional *d, int64_t lane, int64_t n)
{
    lrpot__directional_slots *s = &d->slots;
    for (; n < s->count; n++) {
        for (int a = 0; a < 3; a++) {
            s->vectors[(3 * n + a) * ATOMS + lane] = a == 0 ? d->shape.min_distance : 0.0;
            s->directions[(3 * n + a) * ATOMS + lane] = 0.0;
        }
        s->there[n * ATOMS + lane] = 0.0;
    }
}

static void fill_slots(lrpot__directional *d, int64_t count, const lrpot__directional_atom *atoms,
                       const int32_t *species, int32_t z)
{
    int64_t counts[ATOMS] = { 0 };
    d->slots.count = 0;
    for (int64_t lane = 0; lane < count; lane++) {
        counts[lane] = fill_lane(d, &atoms[lane], lane, species, z);
        if (counts[lane] > d->slots.count) d->slots.count = counts[lane];
    }
    for (int64_t lane = 0; lane < ATOMS; lane++) fill_rest(d, lane, counts[lane]);
}

static lrpot__directional_radial radial_of(const lrpot__directional *d, int32_t centre, int32_t z)
{
    int64_t S = d->basis->options.n_species,
            at = (centre * S + z) * d->basis->plan->n_radial * d->shape.size;
    double *s = d->sums + 2 * z * sums_size(d) * ATOMS;
    lrpot__directional_radial radial = { .coefficients = d->coefficients + at,
                                         .s = s,
                                         .s_slopes = s + sums_size(d) * ATOMS,
                                         .gradient = d->gradient + at * ATOMS };
    return radial;
}

/* Sums over the neighbours of each species, and the basic moments. */
static void begin_batch(lrpot__directional *d, int32_t centre, int64_t count,
                        const lrpot__directional_atom *atoms, const int32_t *species)
{
    for (int32_t z = 0; z < d->basis->options.n_species; z++) {
        fill_slots(d, count, atoms, species, z);
        d->has[z] = d->slots.count > 0;
        if (!d->has[z]) continue;
        lrpot__directional_radial radial = radial_of(d, centre, z);
        d->kernel->functions(&d->shape, &d->slots);
        d->kernel->sums(&d->shape, &d->slots, &radial);
        d->kernel->moments(d->basis->plan, &d->shape, &radial, d->moments, d->slopes);
    }
}

/* Values and slopes, and the seeds of the adjoints. */
static void end_values(lrpot__directional *d, int64_t count, lrpot__directional_atom *atoms)
{
    const lrpot__plan *plan = d->basis->plan;
    for (int64_t lane = 0; lane < count; lane++) {
        lrpot__directional_atom *atom = &atoms[lane];
        atom->value = atom->slope = 0.0;
        for (int32_t s = 0; s < plan->n_scalars; s++) {
            int64_t at = (int64_t)plan->scalars[s] * ATOMS + lane;
            atom->value += atom->coefficients[s] * d->moments[at];
            atom->slope += atom->coefficients[s] * d->slopes[at];
        }
    }
}

static void seed(lrpot__directional *d, int64_t count, const lrpot__directional_atom *atoms)
{
    const lrpot__plan *plan = d->basis->plan;
    size_t bytes = (size_t)plan->n_moments * ATOMS * sizeof(double);
    memset(d->by_moments, 0, bytes);
    memset(d->by_slopes, 0, bytes);
    for (int64_t lane = 0; lane < count; lane++) {
        const lrpot__directional_atom *atom = &atoms[lane];
        for (int32_t s = 0; s < plan->n_scalars; s++) {
            int64_t at = (int64_t)plan->scalars[s] * ATOMS + lane;
            double c = atom->scale * atom->coefficients[s];
            d->by_slopes[at] += c;
            d->by_moments[at] += c * atom->value_weight;
            atom->linear[s] += atom->scale * (atom->value_weight * d->moments[at] + d->slopes[at]);
        }
    }
}

lrpot_status lrpot__directional_run(lrpot__directional *d, int32_t centre, int64_t count,
                                    lrpot__directional_atom *atoms, const int32_t *species,
                                    int with_gradient)
{
    const lrpot__plan *plan = d->basis->plan;
    size_t bytes = (size_t)plan->n_moments * ATOMS * sizeof(double);
    memset(d->moments, 0, bytes);
    memset(d->slopes, 0, bytes);
    for (int64_t lane = 0; lane < count; lane++)
        LRPOT__TRY(reserve(d, atoms[lane].neighbours.count));
    begin_batch(d, centre, count, atoms, species);
    d->kernel->forward(plan, d->moments, d->slopes);
    end_values(d, count, atoms);
    if (!with_gradient) return LRPOT_OK;
    seed(d, count, atoms);
    d->kernel->backward(plan, d->moments, d->slopes, d->by_moments, d->by_slopes);
    for (int32_t z = 0; z < d->basis->options.n_species; z++) {
        if (!d->has[z]) continue;
        lrpot__directional_radial radial = radial_of(d, centre, z);
        d->kernel->radial(plan, &d->shape, &radial, d->by_moments, d->by_slopes);
    }
    return LRPOT_OK;
}

int64_t lrpot__directional_bytes(const lrpot_basis *basis, int64_t neighbours)
{
    const lrpot__plan *plan = basis != NULL ? basis->plan : NULL;
    if (plan == NULL) return 0; /* no moment tensors */
    int64_t S = basis->options.n_species,
            size = padded(basis->options.radial_size, LRPOT__DIRECTIONAL_POLYNOMIALS),
            rank = plan->max_rank + 1,
            most = rank * (rank + 1) * (rank + 2) / 6, /* monomials up to the rank */
        monomials =
            padded(most < plan->n_basic ? most : plan->n_basic, LRPOT__DIRECTIONAL_MONOMIALS);
    return (int64_t)sizeof(double) * ATOMS
           * (S * S * plan->n_radial * size + 2 * S * monomials * size
              + 4 * (int64_t)plan->n_moments
              + (neighbours + neighbours / 2) * (7 + 2 * size + 2 * monomials));
}
