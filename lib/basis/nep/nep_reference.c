/* Reference kernel: the definition of a NEP, term by term (docs/theory/nep.md). It checks the fast
 * kernels. */
#include "basis/nep/nep_harmonics.h"
#include "basis/nep/nep_kernel.h"
#include "basis/nep/nep_model.h"
#include "basis/nep/nep_zbl.h"
#include "core/algebra.h"
#include "core/constants.h"
#include "structure/nlist.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { LS = LRPOT__NEP_MAX_L + 1 };

typedef struct {
    double d[3], u[3], r; /* A, 1, A */
    int64_t j;
    int32_t species;
    double gradient[3]; /* eV/A: dU_i/dr_ij */
} neighbour;

/* A_lm of one n, and the derivative by it: dU = sum Re(adjoint dA). */
typedef struct {
    double complex value[LS][LS], adjoint[LS][LS];
} harmonics;

typedef struct {
    const lrpot__nep_job *job;
    const lrpot__nep *nep;
    int64_t i, n_neighbours;
    int32_t species;
    neighbour *neighbours; /* [max_count] */
    harmonics *angular;    /* [n_angular] */
    double *features;      /* [n_features], without the scale */
    /* [n_features]: derivatives, by the features, of the weighted energy and charge of the adjoint
     * pass */
    double *slopes;
} environment;

static int64_t divide_scratch(const lrpot__nep_job *job, environment *e, char *scratch)
{
    const lrpot__nep *nep = job->evaluator->nep;
    int64_t neighbours = job->rows.max_count * (int64_t)sizeof(neighbour),
            angular = nep->n_angular * (int64_t)sizeof(harmonics),
            features = nep->n_features * (int64_t)sizeof(double);
    if (scratch != NULL) {
        e->angular = (void *)scratch;
        e->neighbours = (void *)(scratch + angular);
        e->features = (void *)(scratch + angular + neighbours);
        e->slopes = (void *)(scratch + angular + neighbours + features);
    }
    return neighbours + angular + 2 * features;
}

static int64_t scratch_bytes(const lrpot__nep_job *job)
{
    return divide_scratch(job, NULL, NULL);
}

static void displacement(const environment *e, const lrpot__row *row, int64_t k, double *d)
{
    int64_t j = row->j[k] & e->job->rows.mask;
    for (int c = 0; c < 3; c++) {
        d[c] = e->job->positions[4 * j + c] - e->job->positions[4 * e->i + c];
        if (row->image != NULL) d[c] += e->job->translations[4 * (int64_t)row->image[k] + c];
        for (int a = 0; a < 3 && row->shifts != NULL; a++)
            d[c] += row->shifts[3 * k + a] * e->job->atoms->cell[3 * a + c];
    }
}

static void find_neighbours(environment *e, lrpot__nep_sums *sums)
{
    lrpot__row row = lrpot__nlist_get_row(&e->job->rows, e->i);
    e->n_neighbours = 0;
    for (int64_t k = 0; k < row.count; k++) {
        neighbour *to = &e->neighbours[e->n_neighbours];
        *to = (neighbour){ .j = row.j[k] & e->job->rows.mask };
        displacement(e, &row, k, to->d);
        double square = to->d[0] * to->d[0] + to->d[1] * to->d[1] + to->d[2] * to->d[2];
        if (square < LRPOT__NEP_COINCIDENT) {
            sums->failed = 1;
            sums->failed_i = e->i;
            sums->failed_j = to->j;
            return;
        }
        to->r = sqrt(square);
        to->species = e->job->atoms->species[to->j];
        for (int c = 0; c < 3; c++) to->u[c] = to->d[c] / to->r;
        if (to->r < e->nep->cutoff) e->n_neighbours++;
    }
}

/* g_n(r) and dg_n/dr of one pair of species. */
static void radial_functions(const double *coefficients, int32_t n_count, int32_t k_count, double r,
                             double cutoff, double *g, double *dg)
{
    double t[LRPOT__NEP_MAX_BASIS], dt[LRPOT__NEP_MAX_BASIS];
    double x = 2.0 * (r / cutoff - 1.0) * (r / cutoff - 1.0) - 1.0,
           dx = 4.0 * (r / cutoff - 1.0) / cutoff;
    double cut = r < cutoff ? 0.5 * (1.0 + cos(LRPOT__PI * r / cutoff)) : 0.0,
           dcut = r < cutoff ? -0.5 * LRPOT__PI / cutoff * sin(LRPOT__PI * r / cutoff) : 0.0;
    t[0] = 1.0, t[1] = x, dt[0] = 0.0, dt[1] = 1.0;
    for (int32_t k = 2; k < k_count; k++) {
        t[k] = 2.0 * x * t[k - 1] - t[k - 2];
        dt[k] = 2.0 * t[k - 1] + 2.0 * x * dt[k - 1] - dt[k - 2];
    }
    for (int32_t n = 0; n < n_count; n++) {
        g[n] = dg[n] = 0.0;
        for (int32_t k = 0; k < k_count; k++) {
            double c = coefficients[n * k_count + k];
            g[n] += c * 0.5 * (t[k] + 1.0) * cut;
            dg[n] += c * 0.5 * (dt[k] * dx * cut + (t[k] + 1.0) * dcut);
        }
    }
}

static void radial_of(const environment *e, const neighbour *to, double *g, double *dg)
{
    const lrpot__nep *nep = e->nep;
    int64_t pair = (int64_t)e->species * nep->n_species + to->species;
    radial_functions(
        nep->radial + pair * nep->n_radial * nep->k_radial, nep->n_radial, nep->k_radial, to->r,
        0.5 * (nep->cutoffs_radial[e->species] + nep->cutoffs_radial[to->species]), g, dg);
}

static int angular_of(const environment *e, const neighbour *to, double *g, double *dg)
{
    const lrpot__nep *nep = e->nep;
    int64_t pair = (int64_t)e->species * nep->n_species + to->species;
    double cutoff = 0.5 * (nep->cutoffs_angular[e->species] + nep->cutoffs_angular[to->species]);
    if (to->r >= cutoff) return 0;
    radial_functions(nep->angular + pair * nep->n_angular * nep->k_angular, nep->n_angular,
                     nep->k_angular, to->r, cutoff, g, dg);
    return 1;
}

/* d^m P_l(z)/dz^m from the monomials of P_l. */
static double legendre(int32_t l, int32_t m, double z)
{
    double sum = 0.0;
    for (int32_t k = 0; l - 2 * k >= m; k++) {
        int32_t power = l - 2 * k;
        double c = ldexp(k % 2 ? -1.0 : 1.0, -l);
        for (int32_t f = 1; f <= l; f++) c *= (double)(l + f - 2 * k) / f;
        for (int32_t f = 1; f <= k; f++) c *= (double)(l - f + 1) / f;
        for (int32_t f = 0; f < m; f++) c *= power - f;
        sum += c * pow(z, power - m);
    }
    return sum;
}

/* N_lm a_lm p_lm(u_z) (u_x + i u_y)^m and its derivatives by u. */
static double complex harmonic(int32_t l, int32_t m, const double *u, double complex *gradient)
{
    double norm = lrpot__nep_norm(l, m), p = norm * legendre(l, m, u[2]);
    double complex w = u[0] + u[1] * I, power = 1.0, lower = 0.0; /* w^m, m w^(m-1) */
    for (int32_t k = 0; k < m; k++) {
        lower = (k + 1) * power;
        power *= w;
    }
    gradient[0] = p * lower;
    gradient[1] = p * lower * I;
    gradient[2] = norm * legendre(l, m + 1, u[2]) * power;
    return p * power;
}

static void sum_neighbours(environment *e)
{
    const lrpot__nep *nep = e->nep;
    double g[LRPOT__NEP_MAX_FUNCTIONS], dg[LRPOT__NEP_MAX_FUNCTIONS];
    double complex unused[3];
    memset(e->features, 0, (size_t)nep->n_features * sizeof *e->features);
    memset(e->angular, 0, (size_t)nep->n_angular * sizeof *e->angular);
    for (int64_t k = 0; k < e->n_neighbours; k++) {
        const neighbour *to = &e->neighbours[k];
        radial_of(e, to, g, dg);
        for (int32_t n = 0; n < nep->n_radial; n++) e->features[n] += g[n];
        if (!angular_of(e, to, g, dg)) continue;
        for (int32_t l = 1; l <= nep->l_max; l++)
            for (int32_t m = 0; m <= l; m++) {
                double complex y = harmonic(l, m, to->u, unused);
                for (int32_t n = 0; n < nep->n_angular; n++) e->angular[n].value[l][m] += g[n] * y;
            }
    }
}

static double complex any_order(const harmonics *a, int32_t l, int32_t m)
{
    if (m >= 0) return a->value[l][m];
    return (m % 2 ? -1.0 : 1.0) * conj(a->value[l][-m]);
}

static double three_body(const harmonics *a, int32_t l)
{
    double q = creal(a->value[l][0]) * creal(a->value[l][0]);
    for (int32_t m = 1; m <= l; m++) q += 2.0 * creal(a->value[l][m] * conj(a->value[l][m]));
    return q;
}

static void pull_three_body(harmonics *a, int32_t l, double slope)
{
    a->adjoint[l][0] += slope * 2.0 * creal(a->value[l][0]);
    for (int32_t m = 1; m <= l; m++) a->adjoint[l][m] += slope * 4.0 * conj(a->value[l][m]);
}

/* Adds to the derivative by A_lm. A_l,-m = (-1)^m conj(A_lm) is not independent. */
static void pull_order(harmonics *a, int32_t l, int32_t m, double complex slope)
{
    if (m == 0) a->adjoint[l][0] += creal(slope);
    else if (m > 0) a->adjoint[l][m] += slope;
    else a->adjoint[l][-m] += (m % 2 ? -1.0 : 1.0) * conj(slope);
}

/* Sum of products of three A_lm coupled by 3j symbols; slope: adds slope times its derivative. */
static double four_body(const environment *e, harmonics *a, int32_t extra, const double *slope)
{
    const int32_t *l = lrpot__nep_degrees(extra);
    double q = 0.0;
    if (l[2] > e->nep->l_max) return 0.0;
    for (int32_t m0 = -l[0]; m0 <= l[0]; m0++)
        for (int32_t m1 = -l[1]; m1 <= l[1]; m1++) {
            int32_t m[3] = { m0, m1, -m0 - m1 };
            double c = lrpot__nep_wigner(l, m);
            double complex f[3];
            if (c == 0.0) continue;
            for (int k = 0; k < 3; k++) f[k] = any_order(a, l[k], m[k]);
            q += creal(c * f[0] * f[1] * f[2]);
            for (int k = 0; k < 3 && slope != NULL; k++)
                pull_order(a, l[k], m[k], *slope * c * f[(k + 1) % 3] * f[(k + 2) % 3]);
        }
    return q;
}

static void make_features(environment *e)
{
    const lrpot__nep *nep = e->nep;
    for (int32_t n = 0; n < nep->n_angular; n++) {
        double *q = e->features + nep->n_radial + n;
        harmonics *a = &e->angular[n];
        int32_t invariant = 0;
        for (int32_t l = 1; l <= nep->l_max; l++)
            q[nep->n_angular * invariant++] = three_body(a, l);
        for (int32_t x = 0; x < LRPOT__NEP_EXTRAS; x++) {
            if (!nep->extras[x]) continue;
            double one = three_body(a, 1);
            q[nep->n_angular * invariant++] = x == LRPOT__NEP_1111 ? 7.0 / 15.0 * one * one
                                                                   : four_body(e, a, x, NULL);
        }
    }
}

static void pull_features(environment *e)
{
    const lrpot__nep *nep = e->nep;
    for (int32_t n = 0; n < nep->n_angular; n++) {
        const double *slope = e->slopes + nep->n_radial + n;
        harmonics *a = &e->angular[n];
        int32_t invariant = 0;
        for (int32_t l = 1; l <= nep->l_max; l++)
            pull_three_body(a, l, slope[nep->n_angular * invariant++]);
        for (int32_t x = 0; x < LRPOT__NEP_EXTRAS; x++) {
            if (!nep->extras[x]) continue;
            const double *g = &slope[nep->n_angular * invariant++];
            if (x == LRPOT__NEP_1111) pull_three_body(a, 1, *g * 14.0 / 15.0 * three_body(a, 1));
            else (void)four_body(e, a, x, g);
        }
    }
}

/* U_i and z_i; slopes of energy_weight U_i + charge_weight z_i by the features. */
static void run_network(environment *e, double energy_weight, double charge_weight, double *energy,
                        double *charge)
{
    const lrpot__nep *nep = e->nep;
    int32_t d_count = nep->n_features, h_count = nep->n_neurons;
    int charged = nep->charge_mode != LRPOT__NEP_UNCHARGED;
    const double *w0 = lrpot__nep_network(nep, e->species), *b0 = w0 + h_count * d_count,
                 *w1 = b0 + h_count, *wq = w1 + h_count;
    *energy = -e->job->evaluator->tables.shift[e->species];
    *charge = 0.0;
    memset(e->slopes, 0, (size_t)d_count * sizeof *e->slopes);
    for (int32_t h = 0; h < h_count; h++) {
        double sum = -b0[h];
        for (int32_t d = 0; d < d_count; d++)
            sum += w0[h * d_count + d] * nep->scale[d] * e->features[d];
        double x = tanh(sum), slope = energy_weight * w1[h];
        *energy += w1[h] * x;
        if (charged) {
            *charge += wq[h] * x;
            slope += charge_weight * wq[h];
        }
        for (int32_t d = 0; d < d_count; d++)
            e->slopes[d] += slope * (1.0 - x * x) * w0[h * d_count + d] * nep->scale[d];
    }
}

static void pull_angular(const environment *e, neighbour *to)
{
    double g[LRPOT__NEP_MAX_FUNCTIONS], dg[LRPOT__NEP_MAX_FUNCTIONS];
    if (!angular_of(e, to, g, dg)) return;
    for (int32_t l = 1; l <= e->nep->l_max; l++)
        for (int32_t m = 0; m <= l; m++) {
            double complex by_u[3], y = harmonic(l, m, to->u, by_u);
            for (int32_t n = 0; n < e->nep->n_angular; n++) {
                double complex a = e->angular[n].adjoint[l][m];
                double t[3], along = 0.0;
                for (int c = 0; c < 3; c++) {
                    t[c] = creal(a * by_u[c]);
                    along += t[c] * to->u[c];
                }
                for (int c = 0; c < 3; c++)
                    to->gradient[c] += dg[n] * creal(a * y) * to->u[c]
                                       + g[n] / to->r * (t[c] - along * to->u[c]);
            }
        }
}

static void pull_radial(const environment *e, neighbour *to)
{
    double g[LRPOT__NEP_MAX_FUNCTIONS], dg[LRPOT__NEP_MAX_FUNCTIONS];
    radial_of(e, to, g, dg);
    for (int32_t n = 0; n < e->nep->n_radial; n++)
        for (int c = 0; c < 3; c++) to->gradient[c] += e->slopes[n] * dg[n] * to->u[c];
}

/* Half of each pair energy belongs to the centre. */
static double add_zbl(const environment *e, double energy_weight)
{
    double energy = 0.0, slope;
    for (int64_t k = 0; k < e->n_neighbours; k++) {
        neighbour *to = &e->neighbours[k];
        if (to->r >= e->job->evaluator->reach_zbl) continue;
        energy += 0.5 * lrpot__nep_zbl_eval(e->nep, e->species, to->species, to->r, &slope);
        for (int c = 0; c < 3; c++) to->gradient[c] += 0.5 * energy_weight * slope * to->u[c];
    }
    return energy;
}

static void add_gradients(const environment *e, lrpot__nep_sums *sums)
{
    const double *arm = e->job->request->lever_arm;
    for (int64_t k = 0; k < e->n_neighbours; k++) {
        const neighbour *to = &e->neighbours[k];
        const double *d = to->d, *g = to->gradient;
        double reach = arm != NULL ? lrpot__dot3(arm, d) : 1.0,
               turned = arm != NULL ? lrpot__dot3(arm, g) : 0.0;
        for (int c = 0; c < 3 && sums->forces != NULL; c++) {
            if (arm == NULL) sums->forces[4 * e->i + c] += g[c];
            sums->forces[4 * to->j + c] -= reach * g[c];
        }
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                double w = -d[a] * g[b];
                if (arm != NULL)
                    w = 0.5 * (d[a] * d[b] * turned - reach * (d[a] * g[b] + d[b] * g[a]));
                sums->virial[3 * a + b] += w;
                if (sums->virial_neighbour != NULL)
                    sums->virial_neighbour[9 * to->j + 3 * a + b] += w;
                if (sums->virial_centre != NULL) sums->virial_centre[9 * e->i + 3 * a + b] += w;
            }
    }
}

static void run_atom(environment *e, lrpot__nep_sums *sums)
{
    const lrpot__nep_request *request = e->job->request;
    double charge_weight = request->charge_weights != NULL ? request->charge_weights[e->i] : 0.0;
    double energy_weight = lrpot__nep_energy_weight(request, e->i), energy, charge;
    sum_neighbours(e);
    make_features(e);
    run_network(e, energy_weight, charge_weight, &energy, &charge);
    energy += add_zbl(e, energy_weight);
    if (request->energies != NULL) request->energies[e->i] = energy;
    if (request->charges != NULL) request->charges[e->i] = charge;
    if (!e->job->backward) return;
    pull_features(e);
    for (int64_t k = 0; k < e->n_neighbours; k++) {
        pull_radial(e, &e->neighbours[k]);
        pull_angular(e, &e->neighbours[k]);
    }
    add_gradients(e, sums);
}

static void run(const lrpot__nep_job *job, int64_t begin, int64_t end, void *scratch,
                lrpot__nep_sums *sums)
{
    environment e = { .job = job, .nep = job->evaluator->nep };
    (void)divide_scratch(job, &e, scratch);
    for (int64_t i = begin; i < end; i++) {
        e.i = i;
        e.species = job->atoms->species[i];
        find_neighbours(&e, sums);
        if (sums->failed) return;
        run_atom(&e, sums);
    }
}

const lrpot__nep_kernel lrpot__nep_kernel_reference = { scratch_bytes, run };
