#include "fit/local/directional.h"

#include "basis/radial.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS };

static int64_t padded(int64_t count, int64_t pad)
{
    return (count + pad - 1) / pad * pad;
}

/* Doubles of the sums of one species around one atom, and of all radial functions of a centre. */
static int64_t sums_size(const lrpot__directional *d)
{
    return d->n_monomials * d->size;
}

static int64_t centre_size(const lrpot__directional *d)
{
    return (int64_t)d->basis->options.n_species * d->basis->plan->n_radial * d->size;
}

void lrpot__directional_free(lrpot__directional *d)
{
    if (d == NULL) return;
    void *blocks[] = { d->monomials, d->exponents,  d->coefficients, d->gradient,
                       d->order,     d->q,          d->q_slopes,     d->y,
                       d->y_slopes,  d->sums,       d->has,          d->moments,
                       d->slopes,    d->by_moments, d->by_slopes };
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) lrpot__free(blocks[b]);
    lrpot__free(d);
}

/* Numbers the distinct monomials ux^a uy^b uz^c of the basic moments. */
static void number_monomials(lrpot__directional *d)
{
    const lrpot__plan *plan = d->basis->plan;
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const lrpot__moment *m = &plan->basic[k];
        const int32_t wanted[3] = { m->a, m->b, m->c };
        int64_t found = 0;
        while (found < d->n_distinct
               && memcmp(d->exponents + 3 * found, wanted, sizeof wanted) != 0)
            found++;
        if (found == d->n_distinct)
            memcpy(d->exponents + 3 * d->n_distinct++, wanted, sizeof wanted);
        d->monomials[k] = (int32_t)found;
    }
    d->n_monomials = padded(d->n_distinct, LRPOT__DIRECTIONAL_MONOMIALS);
}

static int allocate(lrpot__directional *d)
{
    const lrpot__plan *plan = d->basis->plan;
    int64_t S = d->basis->options.n_species, moments = (int64_t)plan->n_moments * ATOMS;
    d->monomials = lrpot__calloc(plan->n_basic, sizeof *d->monomials);
    d->exponents = lrpot__calloc(3 * (int64_t)plan->n_basic, sizeof *d->exponents);
    if (d->monomials == NULL || d->exponents == NULL) return 0;
    number_monomials(d);
    d->size = padded(d->basis->options.radial_size, ATOMS);
    d->coefficients = lrpot__calloc(S * centre_size(d), sizeof(double));
    d->gradient = lrpot__calloc(S * centre_size(d), sizeof(double));
    d->sums = lrpot__calloc(2 * ATOMS * S * sums_size(d), sizeof(double));
    d->has = lrpot__calloc(ATOMS * S, sizeof *d->has);
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
    struct {
        void **block;
        int64_t count;
    } blocks[] = { { (void **)&d->order, n },
                   { (void **)&d->q, n * d->size },
                   { (void **)&d->q_slopes, n * d->size },
                   { (void **)&d->y, n * d->n_monomials },
                   { (void **)&d->y_slopes, n * d->n_monomials } };
    d->capacity = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        lrpot__free(*blocks[b].block);
        *blocks[b].block = lrpot__calloc(blocks[b].count, sizeof(double));
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
        memcpy(d->coefficients + f * d->size, d->basis->radial + f * size,
               (size_t)size * sizeof(double));
    memset(d->gradient, 0, (size_t)(functions * d->size) * sizeof(double));
}

void lrpot__directional_end(const lrpot__directional *d, double *radial)
{
    int64_t S = d->basis->options.n_species, size = d->basis->options.radial_size,
            functions = S * S * d->basis->plan->n_radial;
    for (int64_t f = 0; f < functions; f++)
        for (int64_t b = 0; b < size; b++) radial[f * size + b] += d->gradient[f * d->size + b];
}

/* Neighbours inside the cutoff, ordered by species: from first[z] to first[z + 1]. */
static void order_neighbours(lrpot__directional *d, const lrpot__directional_atom *atom,
                             const int32_t *species, int32_t z, int64_t *n)
{
    double cutoff2 = d->basis->options.cutoff * d->basis->options.cutoff;
    *n = 0;
    for (int64_t k = 0; k < atom->neighbours.count; k++) {
        const double *r = atom->neighbours.vectors + 3 * k;
        if (species[atom->neighbours.j[k]] == z
            && r[0] * r[0] + r[1] * r[1] + r[2] * r[2] < cutoff2)
            d->order[(*n)++] = k;
    }
}

/* Monomials of the unit vector, and their slopes when it moves along `du`. */
static void fill_monomials(const lrpot__directional *d, const double u[3], const double du[3],
                           double *y, double *dy)
{
    double power[3][LRPOT__PLAN_MAX_RANK + 1], slope[3][LRPOT__PLAN_MAX_RANK + 1];
    for (int c = 0; c < 3; c++) {
        power[c][0] = 1.0;
        slope[c][0] = 0.0;
        for (int32_t e = 1; e <= d->basis->plan->max_rank; e++) {
            power[c][e] = power[c][e - 1] * u[c];
            slope[c][e] = e * power[c][e - 1] * du[c];
        }
    }
    for (int64_t a = 0; a < d->n_distinct; a++) {
        const int32_t *e = d->exponents + 3 * a;
        double px = power[0][e[0]], py = power[1][e[1]], pz = power[2][e[2]];
        y[a] = px * py * pz;
        dy[a] = slope[0][e[0]] * py * pz + px * (slope[1][e[1]] * pz + py * slope[2][e[2]]);
    }
}

/* Radial and angular functions of neighbour n of the order. */
static void fill_neighbour(lrpot__directional *d, const lrpot__directional_atom *atom, int64_t n)
{
    const double *r = atom->neighbours.vectors + 3 * d->order[n],
                 *along = atom->directions + 3 * d->order[n];
    double distance = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]), u[3], du[3], radial = 0.0;
    double *q = d->q + n * d->size, *dq = d->q_slopes + n * d->size;
    for (int a = 0; a < 3; a++) {
        u[a] = r[a] / distance;
        radial += u[a] * along[a];
    }
    for (int a = 0; a < 3; a++) du[a] = (along[a] - radial * u[a]) / distance;
    lrpot__radial_polynomials(d->basis, distance, q, dq);
    for (int32_t b = 0; b < d->basis->options.radial_size; b++) dq[b] *= radial;
    fill_monomials(d, u, du, d->y + n * d->n_monomials, d->y_slopes + n * d->n_monomials);
}

static lrpot__directional_radial radial_job(const lrpot__directional *d,
                                            const lrpot__directional_atom *atom, int64_t lane,
                                            int64_t z)
{
    int64_t S = d->basis->options.n_species, width = (int64_t)d->basis->plan->n_radial * d->size,
            at = (atom->species * S + z) * width;
    double *s = d->sums + 2 * (lane * S + z) * sums_size(d);
    lrpot__directional_radial job = { .size = d->size,
                                      .lane = lane,
                                      .monomials = d->monomials,
                                      .s = s,
                                      .s_slopes = s + sums_size(d),
                                      .coefficients = d->coefficients + at,
                                      .gradient = d->gradient + at };
    return job;
}

/* Sums of one atom, and its basic moments. */
static void begin_atom(lrpot__directional *d, const lrpot__directional_atom *atom, int64_t lane,
                       const int32_t *species)
{
    int32_t S = d->basis->options.n_species;
    for (int32_t z = 0; z < S; z++) {
        int64_t n = 0;
        order_neighbours(d, atom, species, z, &n);
        d->has[lane * S + z] = n > 0;
        if (n == 0) continue;
        for (int64_t k = 0; k < n; k++) fill_neighbour(d, atom, k);
        lrpot__directional_radial job = radial_job(d, atom, lane, z);
        const lrpot__directional_sums sums = { .count = n,
                                               .n_monomials = d->n_monomials,
                                               .size = d->size,
                                               .q = d->q,
                                               .q_slopes = d->q_slopes,
                                               .y = d->y,
                                               .y_slopes = d->y_slopes,
                                               .s = (double *)job.s,
                                               .s_slopes = (double *)job.s_slopes };
        d->kernel->sums(&sums);
        d->kernel->moments(d->basis->plan, &job, d->moments, d->slopes);
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

lrpot_status lrpot__directional_run(lrpot__directional *d, int64_t count,
                                    lrpot__directional_atom *atoms, const int32_t *species,
                                    int with_gradient)
{
    const lrpot__plan *plan = d->basis->plan;
    size_t bytes = (size_t)plan->n_moments * ATOMS * sizeof(double);
    memset(d->moments, 0, bytes);
    memset(d->slopes, 0, bytes);
    for (int64_t lane = 0; lane < count; lane++) {
        LRPOT__TRY(reserve(d, atoms[lane].neighbours.count));
        begin_atom(d, &atoms[lane], lane, species);
    }
    d->kernel->forward(plan, d->moments, d->slopes);
    end_values(d, count, atoms);
    if (!with_gradient) return LRPOT_OK;
    seed(d, count, atoms);
    d->kernel->backward(plan, d->moments, d->slopes, d->by_moments, d->by_slopes);
    for (int64_t lane = 0; lane < count; lane++)
        for (int32_t z = 0; z < d->basis->options.n_species; z++) {
            if (!d->has[lane * d->basis->options.n_species + z]) continue;
            lrpot__directional_radial job = radial_job(d, &atoms[lane], lane, z);
            d->kernel->radial(plan, &job, d->by_moments, d->by_slopes);
        }
    return LRPOT_OK;
}

int64_t lrpot__directional_bytes(const lrpot_basis *basis, int64_t neighbours)
{
    const lrpot__plan *plan = basis->plan;
    int64_t S = basis->options.n_species, size = padded(basis->options.radial_size, ATOMS),
            rank = plan->max_rank + 1,
            most = rank * (rank + 1) * (rank + 2) / 6, /* monomials up to the rank */
        monomials =
            padded(most < plan->n_basic ? most : plan->n_basic, LRPOT__DIRECTIONAL_MONOMIALS);
    return (int64_t)sizeof(double)
           * (2 * S * S * plan->n_radial * size + 2 * ATOMS * S * monomials * size
              + 4 * ATOMS * (int64_t)plan->n_moments
              + (neighbours + neighbours / 2) * (1 + 2 * size + 2 * monomials));
}
