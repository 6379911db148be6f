/* The loss of a density: the short-ranged energy that suits it best is a least-squares problem of
 * its own, so that its coefficients need no gradient (variable projection). */
#include "water.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double reach = 3.0, widths[2] = { DENSITY_WIDTH, 2 * DENSITY_WIDTH }; /* A */
static const double move = 4e-3; /* A: largest displacement along the residual of the forces */
static const double prior =
    1e-5; /* of the squares of coefficients of size 1, beside the mean squared error */
static const double heads[8] = {
    0.1, 0.1, 0.05, 0.05, 0.01, 0.01, 0.03, 0.03
}; /* sizes of a, chi, beta, gamma; kappa, eta, alpha, zeta */

static double head_size(const lrpot_density_options *o, int64_t head)
{
    return head < 4 ? heads[head] : heads[4 + (head - 4) % (o->gradients ? 4 : 2)];
}

/* Cholesky factor of the covariance of the basis functions over the atoms of a species, in place.
 */
static void factorise(double *l, int64_t n)
{
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b <= a; b++) {
            double sum = l[a * n + b] * (a == b ? 1 + 1e-9 : 1);
            for (int64_t k = 0; k < b; k++) sum -= l[a * n + k] * l[b * n + k];
            l[a * n + b] = a == b ? sqrt(sum) : sum / l[b * n + b];
        }
}

static void add_atom(model *m, int64_t count, int32_t species, const double *features)
{
    double *mean = m->mean + species * count, *l = m->factor + species * count * count;
    for (int64_t a = 0; a < count; a++) {
        mean[a] += features[a];
        for (int64_t b = 0; b <= a; b++) l[a * count + b] += features[a] * features[b];
    }
}

/* Means and covariances of the basis functions over the atoms of each species. */
static int measure(model *m)
{
    const lrpot_basis *basis = lrpot_density_basis(m->density);
    int64_t count = lrpot_basis_count(basis), atoms[SPECIES] = { 0 };
    double *features = malloc((size_t)(MAX_ATOMS * count) * sizeof *features);
    if (features == NULL) return 1;
    for (int64_t k = 0; k < m->set->n; k++) {
        const cluster *c = &m->set->clusters[k];
        lrpot_nlist *list = NULL;
        TRY(lrpot_nlist_build(&list, &c->atoms, lrpot_density_cutoff(m->density), 0));
        TRY(lrpot_basis_eval(basis, m->set->work, &c->atoms, list, features));
        for (int64_t i = 0; i < c->atoms.n_owned; i++)
            add_atom(m, count, c->species[i], features + i * count), atoms[c->species[i]]++;
        lrpot_nlist_free(list);
    }
    for (int64_t z = 0; z < SPECIES; z++) {
        double *mean = m->mean + z * count, *l = m->factor + z * count * count;
        for (int64_t a = 0; a < count; a++) mean[a] /= (double)atoms[z];
        for (int64_t x = 0; x < count * count; x++)
            l[x] = l[x] / (double)atoms[z] - mean[x / count] * mean[x % count];
        factorise(l, count);
    }
    free(features);
    return 0;
}

int create_model(model *m, clusters *set, const lrpot_basis *basis, int32_t n_widths,
                 int32_t gradients)
{
    lrpot_density_options options = LRPOT_DENSITY_OPTIONS_INIT;
    size_t count = (size_t)lrpot_basis_count(basis);
    options.symbols = symbols, options.n_species = SPECIES;
    options.n_widths = n_widths, options.widths = widths, options.gradients = gradients;
    options.width = DENSITY_WIDTH, options.reach = reach, options.tolerance = 1e-7,
    options.mixing = 0.75, options.max_steps = 60;
    *m = (model){ .set = set };
    TRY(lrpot_density_create(&m->density, basis, &options));
    m->mean = calloc(SPECIES * count, sizeof *m->mean);
    m->factor = calloc(SPECIES * count * count, sizeof *m->factor);
    m->linear = calloc((size_t)set->columns, sizeof *m->linear);
    if (m->mean == NULL || m->factor == NULL || m->linear == NULL) return 1;
    for (int64_t k = 0; k < set->n; k++)
        for (int side = 0; side < 3; side++) {
            size_t size =
                (size_t)lrpot_density_feature_count(m->density, set->clusters[k].atoms.n_owned);
            if ((set->clusters[k].features[side] = calloc(size, sizeof(double))) == NULL) return 1;
        }
    return measure(m);
}

void free_model(model *m)
{
    for (int64_t k = 0; k < m->set->n; k++)
        for (int side = 0; side < 3; side++) free(m->set->clusters[k].features[side]);
    lrpot_density_free(m->density);
    free(m->mean);
    free(m->factor);
    free(m->linear);
}

/* From p to the density's own coefficients: B less its mean and the constant, in units of the head.
 */
static int set_coefficients(model *m, const double *p)
{
    int64_t n = lrpot_density_param_count(m->density),
            count = lrpot_basis_count(lrpot_density_basis(m->density));
    double *own = malloc((size_t)n * sizeof *own);
    lrpot_density_options o = LRPOT_DENSITY_OPTIONS_INIT;
    if (own == NULL) return 1;
    TRY(lrpot_density_get_options(m->density, &o));
    for (int64_t block = 0; block < n / (count + 1); block++) {
        const double *mean = m->mean + block % SPECIES * count,
                     *l = m->factor + block % SPECIES * count * count,
                     *from = p + block * (count + 1);
        double size = head_size(&o, block / SPECIES), *to = own + block * (count + 1);
        to[count] = size * from[count];
        for (int64_t a = count - 1; a >= 0; a--) {
            to[a] = size * from[a];
            for (int64_t k = a + 1; k < count; k++) to[a] -= l[k * count + a] * to[k];
            to[a] /= l[a * count + a];
            to[count] -= to[a] * mean[a];
        }
    }
    TRY(lrpot_density_set_params(m->density, n, own));
    free(own);
    return 0;
}

/* p of the first head, the charges, from the coefficients [SPECIES][K] and the constants of a
 * charge model. */
void take_charges(const model *m, const double *linear, const double *constants, double *p)
{
    int64_t count = lrpot_basis_count(lrpot_density_basis(m->density));
    for (int64_t z = 0; z < SPECIES; z++, p += count + 1, linear += count) {
        const double *mean = m->mean + z * count, *l = m->factor + z * count * count;
        p[count] = constants[z] / heads[0];
        for (int64_t a = 0; a < count; a++) {
            p[count] += linear[a] * mean[a] / heads[0], p[a] = 0;
            for (int64_t k = a; k < count; k++) p[a] += l[k * count + a] * linear[k] / heads[0];
        }
    }
}

/* The gradient by the density's own coefficients becomes that by p. */
static int chain_back(const model *m, double *g)
{
    int64_t n = lrpot_density_param_count(m->density),
            count = lrpot_basis_count(lrpot_density_basis(m->density));
    lrpot_density_options o = LRPOT_DENSITY_OPTIONS_INIT;
    TRY(lrpot_density_get_options(m->density, &o));
    for (int64_t block = 0; block < n / (count + 1); block++) {
        const double *mean = m->mean + block % SPECIES * count,
                     *l = m->factor + block % SPECIES * count * count;
        double size = head_size(&o, block / SPECIES), *to = g + block * (count + 1);
        for (int64_t a = 0; a < count; a++) {
            to[a] = size * (to[a] - mean[a] * to[count]);
            for (int64_t k = 0; k < a; k++) to[a] -= l[a * count + k] * to[k];
            to[a] /= l[a * count + a];
        }
        to[count] *= size;
    }
    return 0;
}

/* A fixed point that is not found is no error: the coefficients are out of bounds. The next guess
 * starts from nothing. */
static int failure(model *m, cluster *c, lrpot_status status)
{
    m->failed = status == LRPOT_E_NOT_CONVERGED || status == LRPOT_E_NOT_FINITE;
    for (int side = 0; m->failed && side < 3; side++)
        memset(c->features[side], 0,
               (size_t)lrpot_density_feature_count(m->density, c->atoms.n_owned) * sizeof(double));
    return status == LRPOT_OK || m->failed ? 0 : fprintf(stderr, "%s\n", lrpot_last_error());
}

/* Results of the density for a cluster, less the reference: energy, forces; then the dipole. */
static int answer(model *m, cluster *c, double *rest)
{
    int64_t n = c->atoms.n_owned;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    out.energy = rest, out.forces = rest + 1, out.dipole = rest + 1 + 3 * n;
    TRY(lrpot_nlist_build(&list, &c->atoms, lrpot_density_cutoff(m->density), 0));
    lrpot_status status = lrpot_density_compute(m->density, m->set->work, &c->atoms, list,
                                                c->features[0], &out, NULL);
    lrpot_nlist_free(list);
    rest[0] -= c->energy[0];
    for (int64_t x = 0; x < 3 * n; x++) rest[1 + x] -= c->forces[x];
    for (int a = 0; a < 3; a++) rest[1 + 3 * n + a] -= c->dipole[a];
    return failure(m, c, status);
}

static int gradient_at(model *m, cluster *c, const double *places, int side, double energy,
                       const double *dipole, double *gradient)
{
    lrpot_atoms atoms = c->atoms;
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_status status = LRPOT_OK;
    atoms.positions = places;
    TRY(lrpot_nlist_build(&list, &atoms, lrpot_density_cutoff(m->density), 0));
    if (side > 0)
        status = lrpot_density_compute(m->density, m->set->work, &atoms, list, c->features[side],
                                       &none, NULL);
    if (status == LRPOT_OK)
        status = lrpot_density_gradient(m->density, m->set->work, &atoms, list, c->features[side],
                                        energy, dipole, gradient);
    lrpot_nlist_free(list);
    return failure(m, c, status);
}

/* The gradient of the energy's share and, from two displaced places, of that of forces: -d.F = dE(r
 * + h d)/dh. weights: of energy, forces, dipole. */
static int add_gradient(model *m, cluster *c, const double *rest, const double weights[3],
                        double *gradient)
{
    int64_t n = c->atoms.n_owned;
    double places[3 * MAX_ATOMS], push[3], largest = 1e-12;
    const double *d = rest + 1;
    for (int64_t x = 0; x < 3 * n; x++) largest = fmax(largest, fabs(d[x]));
    for (int a = 0; a < 3; a++) push[a] = weights[2] * rest[1 + 3 * n + a];
    if (gradient_at(m, c, c->atoms.positions, 0, weights[0] * rest[0], push, gradient) != 0)
        return 1;
    for (int side = 1; side <= 2 && !m->failed; side++) {
        double h = (side == 1 ? 1 : -1) * move / largest;
        for (int64_t x = 0; x < 3 * n; x++) places[x] = c->atoms.positions[x] + h * d[x];
        if (gradient_at(m, c, places, side, -weights[1] / (2 * h), NULL, gradient) != 0) return 1;
    }
    return 0;
}

static void add_short_range(const model *m, const cluster *c, double *rest)
{
    for (int64_t row = 0; row < 1 + 3 * c->atoms.n_owned; row++)
        for (int64_t k = 0; k < m->set->columns; k++)
            rest[row] += c->design[row * m->set->columns + k] * m->linear[k];
}

static void suit_short_range(model *m, double (*rests)[3 * MAX_ATOMS + 4])
{
    int64_t columns = m->set->columns;
    memset(m->linear, 0, (size_t)columns * sizeof *m->linear);
    for (int64_t k = 0; k < m->set->n; k++) {
        const cluster *c = &m->set->clusters[k];
        for (int64_t row = 0; !c->valid && row < 1 + 3 * c->atoms.n_owned; row++) {
            double weight = row == 0 ? 1 / ((double)c->atoms.n_owned * ENERGY_ERROR)
                                     : 1 / FORCES_ERROR;
            for (int64_t a = 0; a < columns; a++)
                m->linear[a] -= weight * weight * c->design[row * columns + a] * rests[k][row];
        }
    }
    solve_design(m->set, m->linear);
}

/* Mean squares of each set, and the loss: the sum of the three means in units of the errors that
 * count as equal. */
static void measure_errors(model *m, double (*rests)[3 * MAX_ATOMS + 4], int64_t atoms[2],
                           int64_t n[2])
{
    memset(m->found, 0, sizeof m->found);
    for (int64_t k = 0; k < m->set->n; k++) {
        const cluster *c = &m->set->clusters[k];
        errors *e = &m->found[c->valid];
        int64_t size = c->atoms.n_owned;
        e->energy += pow(rests[k][0] / (double)size, 2);
        for (int64_t x = 0; x < 3 * size; x++) e->forces += pow(rests[k][1 + x], 2);
        for (int a = 0; a < 3; a++) e->dipole += pow(rests[k][1 + 3 * size + a], 2);
        atoms[c->valid] += size, n[c->valid]++;
    }
    for (int v = 0; v < 2; v++) {
        m->found[v].energy = sqrt(m->found[v].energy / (double)n[v]);
        m->found[v].forces = sqrt(m->found[v].forces / (double)(3 * atoms[v]));
        m->found[v].dipole = sqrt(m->found[v].dipole / (double)(3 * n[v]));
    }
}

/* Rows of the least-squares problem count alike, and so does the dipole. */
static int whole_gradient(model *m, double (*rests)[3 * MAX_ATOMS + 4], double scale,
                          double *gradient)
{
    for (int64_t k = 0; k < m->set->n && !m->failed; k++) {
        cluster *c = &m->set->clusters[k];
        double size = (double)c->atoms.n_owned;
        double weights[3] = { 2 * scale / pow(size * ENERGY_ERROR, 2),
                              2 * scale / pow(FORCES_ERROR, 2), 2 * scale / pow(DIPOLE_ERROR, 2) };
        if (!c->valid && add_gradient(m, c, rests[k], weights, gradient) != 0) return 1;
    }
    return m->failed ? 0 : chain_back(m, gradient);
}

int evaluate(model *m, const double *p, double *loss, double *gradient)
{
    int64_t n = lrpot_density_param_count(m->density), atoms[2] = { 0 }, frames[2] = { 0 };
    double(*rests)[3 * MAX_ATOMS + 4] = calloc((size_t)m->set->n, sizeof *rests);
    if (rests == NULL || set_coefficients(m, p) != 0) return 1;
    m->failed = 0;
    for (int64_t k = 0; k < m->set->n && !m->failed; k++)
        if (answer(m, &m->set->clusters[k], rests[k]) != 0) return 1;
    if (!m->failed) {
        suit_short_range(m, rests);
        for (int64_t k = 0; k < m->set->n; k++) add_short_range(m, &m->set->clusters[k], rests[k]);
        measure_errors(m, rests, atoms, frames);
        memset(gradient, 0, (size_t)n * sizeof *gradient);
    }
    double scale = 1 / (double)(frames[0] + 3 * atoms[0]);
    if (whole_gradient(m, rests, scale, gradient) != 0) return 1;
    free(rests);
    const errors *e = m->found;
    *loss = m->failed ? INFINITY
                      : scale
                            * ((double)frames[0] * pow(e->energy / ENERGY_ERROR, 2)
                               + (double)(3 * atoms[0]) * pow(e->forces / FORCES_ERROR, 2)
                               + (double)(3 * frames[0]) * pow(e->dipole / DIPOLE_ERROR, 2));
    for (int64_t k = 0; !m->failed && k < n; k++)
        *loss += prior * p[k] * p[k], gradient[k] += 2 * prior * p[k];
    return 0;
}
