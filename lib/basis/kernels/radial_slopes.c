/* Derivatives of a head's value by the radial coefficients of the atom's species: rows of the
 * extrapolation grade. A basic moment is linear in the coefficients,
 *     M = sum_zb c_z,mu,b S_zb,  S_zb = sum over neighbours of species z of Q_b(r) ux^a uy^b uz^c,
 * so that dV/dc = sum over the moments of mu of dV/dM S. */
#include "basis/kernels/basis_kernel.h"

#include "basis/kernels/environment.h"
#include "basis/plan/sweeps.h"
#include "basis/radial.h"
#include "core/error.h"

#include <string.h>

static const lrpot__tag monomials_tag = { "monomials of the basic moments" };

/* For all threads. */
typedef struct {
    int32_t count;      /* number of monomials */
    int32_t *of;        /* [n_basic] monomial of a basic moment */
    int32_t *exponents; /* [count][3] */
} monomials;

/* The environment of one atom, and its sums S [monomial][S n]. */
typedef struct {
    lrpot__environment site;
    double *sums;
    int64_t width; /* S n */
} environment;

static lrpot_status prepare(lrpot__job *job, lrpot_workspace *work)
{
    int64_t n = job->basis->plan->n_basic;
    void *block;
    LRPOT__TRY(lrpot__workspace_block(
        work, &monomials_tag, 0, 1, sizeof(monomials) + (size_t)(4 * n) * sizeof(int32_t), &block));
    monomials *m = block;
    m->of = (int32_t *)(m + 1);
    m->exponents = m->of + n;
    m->count = lrpot__plan_monomials(job->basis->plan, m->of, m->exponents);
    job->prepared = m;
    return LRPOT_OK;
}

static int64_t width_of(const lrpot_basis *basis)
{
    return (int64_t)basis->options.n_species * basis->options.radial_size;
}

static int64_t units(const lrpot__job *job)
{
    return job->atoms->n_owned;
}

static int64_t scratch_bytes(const lrpot__job *job)
{
    const monomials *m = job->prepared;
    return lrpot__environment_bytes(job)
           + m->count * width_of(job->basis) * (int64_t)sizeof(double);
}

static void add_neighbour(const lrpot__job *job, int64_t i, const lrpot__site_neighbour *n,
                          environment *e, lrpot__sums *sums)
{
    const lrpot_basis *basis = job->basis;
    const monomials *m = job->prepared;
    int64_t size = basis->options.radial_size;
    int32_t z = job->atoms->species[n->j];
    double q[LRPOT__MAX_RADIAL_SIZE], dq[LRPOT__MAX_RADIAL_SIZE], powers[3][LRPOT__POWERS], pace;
    int64_t pair = (int64_t)job->atoms->species[i] * basis->options.n_species + z;
    lrpot__radial_polynomials(basis, lrpot__radial_rest(basis, pair, n->r, &pace), q, dq);
    if (pace < 1.0) sums->resting = 1;
    lrpot__fill_powers(n->u, powers);
    for (int32_t k = 0; k < m->count; k++) {
        const int32_t *exponent = m->exponents + 3 * k;
        double y = powers[0][exponent[0]] * powers[1][exponent[1]] * powers[2][exponent[2]];
        double *row = e->sums + k * e->width + z * size;
        for (int64_t b = 0; b < size; b++) row[b] += y * q[b];
    }
}

static void evaluate_moments(const lrpot__job *job, int64_t i, environment *e)
{
    const lrpot_basis *basis = job->basis;
    const lrpot__plan *plan = basis->plan;
    const monomials *m = job->prepared;
    int64_t size = basis->options.radial_size, species = basis->options.n_species;
    const double *radial = basis->radial + job->atoms->species[i] * species * plan->n_radial * size;
    memset(e->site.moments, 0, (size_t)plan->n_moments * sizeof *e->site.moments);
    for (int32_t k = 0; k < plan->n_basic; k++)
        for (int64_t z = 0; z < species; z++) {
            const double *c = radial + (z * plan->n_radial + plan->basic[k].mu) * size,
                         *s = e->sums + m->of[k] * e->width + z * size;
            for (int64_t b = 0; b < size; b++) e->site.moments[k] += c[b] * s[b];
        }
    lrpot__plan_forward(plan, e->site.moments);
}

static void write_slopes(const lrpot__job *job, const environment *e, double *out)
{
    const lrpot__plan *plan = job->basis->plan;
    const monomials *m = job->prepared;
    int64_t size = job->basis->options.radial_size, species = job->basis->options.n_species;
    memset(out, 0, (size_t)(species * plan->n_radial * size) * sizeof *out);
    for (int32_t k = 0; k < plan->n_basic; k++)
        for (int64_t z = 0; z < species; z++) {
            double *row = out + (z * plan->n_radial + plan->basic[k].mu) * size,
                   w = e->site.adjoint[k];
            const double *s = e->sums + m->of[k] * e->width + z * size;
            for (int64_t b = 0; b < size; b++) row[b] += w * s[b];
        }
}

static void run(const lrpot__job *job, int64_t begin, int64_t end, void *scratch, lrpot__sums *sums)
{
    const lrpot__plan *plan = job->basis->plan;
    const monomials *m = job->prepared;
    environment e = { .width = width_of(job->basis) };
    e.site = lrpot__environment_divide(job, scratch, &e.sums);
    for (int64_t i = begin; i < end; i++) {
        double value;
        lrpot__environment_collect(job, i, &e.site, sums);
        if (sums->status != LRPOT_OK) return;
        memset(e.sums, 0, (size_t)(m->count * e.width) * sizeof *e.sums);
        for (int64_t k = 0; k < e.site.n; k++)
            add_neighbour(job, i, &e.site.neighbours[k], &e, sums);
        evaluate_moments(job, i, &e);
        const double *coefficients = lrpot__environment_head(job, i, &e.site, &value);
        lrpot__plan_backward(plan, coefficients, e.site.moments, e.site.adjoint);
        write_slopes(job, &e, job->request->radial_slopes + i * plan->n_radial * e.width);
    }
}

const lrpot__basis_kernel lrpot__radial_slopes_kernel = { prepare, scratch_bytes, units, run };
