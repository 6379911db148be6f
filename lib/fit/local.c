#include "fit/local.h"

#include "core/error.h"
#include "core/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void lrpot__local_free(lrpot__local *local)
{
    if (local == NULL) return;
    void *blocks[] = { local->angular, local->exponents, local->value_gradient, local->j, local->vectors, local->gradient, local->mixed,
                       local->species, local->monomials, local->slopes, local->polynomials, local->derivatives, local->distances,
                       local->jacobian, local->moments, local->adjoint, local->sums, local->tangents, local->lanes };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__free(local);
}

/* Numbers the distinct monomials ux^a uy^b uz^c of the basic moments. */
static void number_monomials(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const lrpot__moment *m = &plan->basic[k];
        int64_t found = 0;
        while (found < local->n_angular && !(local->exponents[3 * found] == m->a && local->exponents[3 * found + 1] == m->b
                                             && local->exponents[3 * found + 2] == m->c))
            found++;
        if (found == local->n_angular) {
            local->exponents[3 * found] = m->a;
            local->exponents[3 * found + 1] = m->b;
            local->exponents[3 * found + 2] = m->c;
            local->n_angular++;
        }
        local->angular[k] = (int32_t)found;
    }
}

static int allocate_fixed(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    const lrpot_basis_options *options = &local->basis->options;
    local->angular = lrpot__calloc(plan->n_basic, sizeof *local->angular);
    local->exponents = lrpot__calloc(3 * (int64_t)plan->n_basic, sizeof *local->exponents);
    if (local->angular == NULL || local->exponents == NULL) return 0;
    number_monomials(local);
    local->value_gradient = lrpot__calloc(local->n_lanes, sizeof(double));
    local->moments = lrpot__calloc(plan->n_moments, sizeof(double));
    local->adjoint = lrpot__calloc(plan->n_moments, sizeof(double));
    local->sums = lrpot__calloc((int64_t)options->n_species * options->radial_size * local->n_angular, sizeof(double));
    local->tangents = lrpot__calloc(plan->n_moments * local->n_radial, sizeof(double));
    local->lanes = lrpot__calloc(plan->n_moments * local->n_lanes, sizeof(double));
    return local->value_gradient && local->moments && local->adjoint && local->sums && local->tangents && local->lanes;
}

lrpot_status lrpot__local_create(lrpot__local **out, const lrpot_basis *basis)
{
    lrpot__local *local = lrpot__calloc(1, sizeof *local);
    if (local == NULL) return LRPOT_E_MEMORY;
    local->basis = basis;
    local->n_radial = (int64_t)basis->options.n_species * basis->plan->n_radial * basis->options.radial_size;
    local->n_lanes = local->n_radial + basis->plan->n_scalars;
    if (!allocate_fixed(local)) {
        lrpot__local_free(local);
        return LRPOT_E_MEMORY;
    }
    *out = local;
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot__local *local, int64_t count)
{
    if (count <= local->capacity) return LRPOT_OK;
    int64_t n = count + count / 2 + 8;
    void **blocks[] = { (void **)&local->j, (void **)&local->species, (void **)&local->vectors, (void **)&local->gradient,
                        (void **)&local->mixed, (void **)&local->monomials, (void **)&local->slopes, (void **)&local->polynomials,
                        (void **)&local->derivatives, (void **)&local->distances, (void **)&local->jacobian };
    int64_t size = local->basis->options.radial_size;
    int64_t widths[] = { 1, 1, 3, 3, 3 * local->n_lanes, local->n_angular, 3 * local->n_angular, size, size, 1,
                         3 * (int64_t)local->basis->plan->n_basic };
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        lrpot__free(*blocks[b]);
        *blocks[b] = lrpot__calloc(n * widths[b], b < 2 ? sizeof(int32_t) : sizeof(double));
        if (*blocks[b] == NULL) {
            local->capacity = 0;
            return LRPOT_E_MEMORY;
        }
    }
    local->capacity = n;
    return LRPOT_OK;
}

/* Monomials of the unit vector and the derivative of each by the vector itself: (grad Y - nu Y u) / r. */
static void fill_monomials(const lrpot__local *local, const double *u, double inverse_r, double *y, double *slope)
{
    enum { MAX = 16 };
    double power[3][MAX];
    int32_t top = local->basis->plan->max_rank;
    for (int c = 0; c < 3; c++) {
        power[c][0] = 1.0;
        for (int32_t e = 1; e <= top; e++) power[c][e] = power[c][e - 1] * u[c];
    }
    for (int64_t k = 0; k < local->n_angular; k++) {
        const int32_t *e = local->exponents + 3 * k;
        double px = power[0][e[0]], py = power[1][e[1]], pz = power[2][e[2]], value = px * py * pz;
        double gx = e[0] ? e[0] * power[0][e[0] - 1] * py * pz : 0.0;
        double gy = e[1] ? e[1] * px * power[1][e[1] - 1] * pz : 0.0;
        double gz = e[2] ? e[2] * px * py * power[2][e[2] - 1] : 0.0;
        double rank = value * (e[0] + e[1] + e[2]);
        y[k] = value;
        slope[3 * k] = (gx - rank * u[0]) * inverse_r;
        slope[3 * k + 1] = (gy - rank * u[1]) * inverse_r;
        slope[3 * k + 2] = (gz - rank * u[2]) * inverse_r;
    }
}

static void collect(lrpot__local *local, const int32_t *species, lrpot__neighbours neighbours)
{
    double cutoff2 = local->basis->options.cutoff * local->basis->options.cutoff;
    int64_t size = local->basis->options.radial_size, n = 0;
    for (int64_t k = 0; k < neighbours.count; k++) {
        const double *d = neighbours.vectors + 3 * k;
        double r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (r2 >= cutoff2) continue;
        double r = sqrt(r2), u[3] = { d[0] / r, d[1] / r, d[2] / r };
        memcpy(local->vectors + 3 * n, d, 3 * sizeof *d);
        local->j[n] = neighbours.j[k];
        local->species[n] = species[neighbours.j[k]];
        local->distances[n] = r;
        lrpot__radial_polynomials(local->basis, r, local->polynomials + n * size, local->derivatives + n * size);
        fill_monomials(local, u, 1.0 / r, local->monomials + n * local->n_angular, local->slopes + 3 * n * local->n_angular);
        n++;
    }
    local->count = n;
}

/* Basic moments, their position derivatives, and the sums that the radial coefficients multiply. */
static void basic_moments(lrpot__local *local, const double *radial)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, width = 3 * local->count;
    memset(local->moments, 0, (size_t)plan->n_moments * sizeof(double));
    memset(local->sums, 0, (size_t)(local->basis->options.n_species * size * local->n_angular) * sizeof(double));
    for (int64_t n = 0; n < local->count; n++) {
        const double *q = local->polynomials + n * size, *dq = local->derivatives + n * size;
        const double *y = local->monomials + n * local->n_angular, *slope = local->slopes + 3 * n * local->n_angular;
        const double *c = radial + (int64_t)local->species[n] * plan->n_radial * size;
        double *sums = local->sums + (int64_t)local->species[n] * size * local->n_angular;
        for (int64_t b = 0; b < size; b++)
            for (int64_t k = 0; k < local->n_angular; k++) sums[b * local->n_angular + k] += q[b] * y[k];
        double u[3] = { local->vectors[3 * n] / local->distances[n], local->vectors[3 * n + 1] / local->distances[n],
                        local->vectors[3 * n + 2] / local->distances[n] };
        int32_t mu = -1;
        double f = 0.0, df = 0.0;
        for (int32_t k = 0; k < plan->n_basic; k++) {
            if (plan->basic[k].mu != mu) {
                mu = plan->basic[k].mu;
                f = df = 0.0;
                for (int64_t b = 0; b < size; b++) {
                    f += c[mu * size + b] * q[b];
                    df += c[mu * size + b] * dq[b];
                }
            }
            int32_t a = local->angular[k];
            local->moments[k] += f * y[a];
            double *row = local->jacobian + k * width + 3 * n;
            for (int d = 0; d < 3; d++) row[d] = df * y[a] * u[d] + f * slope[3 * a + d];
        }
    }
}

static void contract(lrpot__local *local, const double *coefficients)
{
    const lrpot__plan *plan = local->basis->plan;
    double *m = local->moments, *d = local->adjoint;
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        m[p->target] += p->factor * m[p->left] * m[p->right];
    }
    memset(d, 0, (size_t)plan->n_moments * sizeof *d);
    local->value = 0.0;
    for (int32_t s = 0; s < plan->n_scalars; s++) {
        local->value += coefficients[s] * m[plan->scalars[s]];
        d[plan->scalars[s]] += coefficients[s];
    }
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        double w = p->factor * d[p->target];
        d[p->left] += w * m[p->right];
        d[p->right] += w * m[p->left];
    }
}

static void value_derivatives(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size;
    double *out = local->value_gradient;
    memset(out, 0, (size_t)local->n_radial * sizeof *out);
    for (int32_t z = 0; z < local->basis->options.n_species; z++)
        for (int32_t k = 0; k < plan->n_basic; k++) {
            double *row = out + ((int64_t)z * plan->n_radial + plan->basic[k].mu) * size;
            for (int64_t b = 0; b < size; b++)
                row[b] += local->adjoint[k] * local->sums[((int64_t)z * size + b) * local->n_angular + local->angular[k]];
        }
    for (int32_t s = 0; s < plan->n_scalars; s++) out[local->n_radial + s] = local->moments[plan->scalars[s]];
}

/* dM/dc for every radial coefficient, one lane each. */
static void forward_tangents(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, n = local->n_radial;
    memset(local->tangents, 0, (size_t)(plan->n_moments * n) * sizeof(double));
    for (int32_t k = 0; k < plan->n_basic; k++)
        for (int32_t z = 0; z < local->basis->options.n_species; z++)
            for (int64_t b = 0; b < size; b++)
                local->tangents[k * n + ((int64_t)z * plan->n_radial + plan->basic[k].mu) * size + b]
                    = local->sums[((int64_t)z * size + b) * local->n_angular + local->angular[k]];
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        double left = p->factor * local->moments[p->left], right = p->factor * local->moments[p->right];
        const double *restrict tl = local->tangents + p->left * n, *restrict tr = local->tangents + p->right * n;
        double *restrict target = local->tangents + p->target * n;
        for (int64_t i = 0; i < n; i++) target[i] += right * tl[i] + left * tr[i];
    }
}

/* d(dV/dM)/dparameter: reverse sweep with one lane per parameter. */
static void backward_lanes(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t n = local->n_radial, width = local->n_lanes;
    memset(local->lanes, 0, (size_t)(plan->n_moments * width) * sizeof(double));
    for (int32_t s = 0; s < plan->n_scalars; s++) local->lanes[plan->scalars[s] * width + n + s] += 1.0;
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        double left = p->factor * local->moments[p->left], right = p->factor * local->moments[p->right];
        double w = p->factor * local->adjoint[p->target];
        const double *target = local->lanes + p->target * width;
        const double *tl = local->tangents + p->left * n, *tr = local->tangents + p->right * n;
        double *dl = local->lanes + p->left * width, *dr = local->lanes + p->right * width;
        for (int64_t i = 0; i < width; i++) dl[i] += right * target[i];
        for (int64_t i = 0; i < width; i++) dr[i] += left * target[i];
        for (int64_t i = 0; i < n; i++) dl[i] += w * tr[i];
        for (int64_t i = 0; i < n; i++) dr[i] += w * tl[i];
    }
}

/* The part of dg/dc in which the derivative falls on the radial function of the neighbour itself. */
static void direct_radial(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, width = 3 * local->count;
    for (int64_t n = 0; n < local->count; n++) {
        const double *y = local->monomials + n * local->n_angular, *slope = local->slopes + 3 * n * local->n_angular;
        const double *q = local->polynomials + n * size, *dq = local->derivatives + n * size;
        double r = local->distances[n];
        int32_t k = 0;
        for (int32_t mu = 0; mu < plan->n_radial; mu++) {
            double sum = 0.0, vector[3] = { 0.0, 0.0, 0.0 };
            for (; k < plan->n_basic && plan->basic[k].mu == mu; k++) {
                int32_t a = local->angular[k];
                sum += local->adjoint[k] * y[a];
                for (int d = 0; d < 3; d++) vector[d] += local->adjoint[k] * slope[3 * a + d];
            }
            double *rows = local->mixed + ((int64_t)local->species[n] * plan->n_radial + mu) * size * width + 3 * n;
            for (int64_t b = 0; b < size; b++)
                for (int d = 0; d < 3; d++) rows[b * width + d] += dq[b] * sum * local->vectors[3 * n + d] / r + q[b] * vector[d];
        }
    }
}

lrpot_status lrpot__local_atom(lrpot__local *local, const double *coefficients, const int32_t *species, int64_t centre,
                               lrpot__neighbours neighbours, int derivatives, int mixed)
{
    const lrpot_basis *basis = local->basis;
    const lrpot__plan *plan = basis->plan;
    LRPOT__TRY(reserve(local, neighbours.count));
    collect(local, species, neighbours);
    basic_moments(local, basis->radial + (int64_t)species[centre] * local->n_radial);
    contract(local, coefficients);
    int width = (int)(3 * local->count);
    if (width > 0)
        cblas_dgemv(CblasRowMajor, CblasTrans, plan->n_basic, width, 1.0, local->jacobian, width, local->adjoint, 1, 0.0, local->gradient, 1);
    if (derivatives || mixed) value_derivatives(local);
    if (!mixed) return LRPOT_OK;
    forward_tangents(local);
    backward_lanes(local);
    if (width == 0) return LRPOT_OK;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)local->n_lanes, width, plan->n_basic, 1.0, local->lanes,
                (int)local->n_lanes, local->jacobian, width, 0.0, local->mixed, width);
    direct_radial(local);
    return LRPOT_OK;
}
