/* Coulomb part of the dynamical matrix: fixed charges, and the response of the charges to
 * displacements (docs/theory/phonons.md). */
#include "phonons/crystal_charges.h"

#include "charges/charge_eval.h"
#include "core/blas_check.h"
#include "core/error.h"
#include "core/workspace.h"
#include "phonons/crystal_density.h"

#include <lrpot/ewald_response.h>

#include <cblas.h>
#include <lapacke.h>
#include <string.h>

static const lrpot__tag displacement_tag = { "Coulomb matrix of displacements" };
static const lrpot__tag mixed_tag = { "Coulomb matrix of charges and displacements" };
static const lrpot__tag charge_tag = { "Coulomb matrix of charges" };
static const lrpot__tag answer_tag = { "response of the charges" };
static const lrpot__tag product_tag = { "product of matrices" };

static const double one[2] = { 1.0, 0.0 }, minus[2] = { -1.0, 0.0 };
static const double four_pi = 12.566370614359172953851;

/* All matrices are complex. */
typedef struct {
    const lrpot_phonons *p;
    lrpot_workspace *work;
    const double *wave, *direction;
    int at_gamma, follows;
    double *displacement, *mixed, *charge; /* [3n][3n], [n][3n], [n][n] of the Coulomb sum */
    double *answer, *product;              /* [n][3n + 1], [2n][3n] */
    double *matrix;                        /* [3n][3n], added to */
} task;

static lrpot_status reserve(task *t)
{
    int64_t n = t->p->n;
    LRPOT__TRY(
        lrpot__workspace_doubles(t->work, &displacement_tag, 2 * (9 * n * n), &t->displacement));
    if (!t->follows) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &mixed_tag, 2 * (3 * n * n), &t->mixed));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &charge_tag, 2 * (n * n), &t->charge));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &answer_tag, 2 * (n * (3 * n + 1)), &t->answer));
    return lrpot__workspace_doubles(t->work, &product_tag, 2 * (6 * n * n), &t->product);
}

/* C = alpha op(A) B + beta C, row-major and without padding. */
static void multiply(const double *alpha, const double *a, CBLAS_TRANSPOSE turned, const double *b,
                     const double *beta, double *c, int64_t rows, int64_t inner, int64_t columns)
{
    int64_t width = turned == CblasNoTrans ? inner : rows;
    cblas_zgemm(CblasRowMajor, turned, CblasNoTrans, (int)rows, (int)columns, (int)inner, alpha, a,
                (int)width, b, (int)columns, beta, c, (int)columns);
}

/* G[i][jb] = sum over images of dx_h(i)/dr_jb e^{i wave.(r_j - r_i)} */
static void slopes_at(const task *t, int32_t head, double *G)
{
    const lrpot_phonons *p = t->p;
    memset(G, 0, (size_t)(6 * p->n * p->n) * sizeof *G);
    for (int64_t k = 0; k < p->n_slopes; k++) {
        const lrpot__image *image = &p->slopes[k];
        const double *slope = p->slope_values + 3 * (p->rows * k + head);
        double phase[2], *to = G + 6 * (image->home * p->n + image->other);
        lrpot__crystal_phase(t->wave, image->vector, phase);
        for (int b = 0; b < 3; b++) {
            to[2 * b] += slope[b] * phase[0];
            to[2 * b + 1] += slope[b] * phase[1];
        }
    }
}

/* With a fixed total charge, the charge that one atom gains is taken from all atoms. In an infinite
 * wave this is zero. */
static void redistribute(const task *t, double *G)
{
    const lrpot_charges *charges = t->p->potential->charges;
    int64_t n = t->p->n;
    if (!t->at_gamma || !lrpot_charges_keep_total(charges)) return;
    double shares = 0.0;
    for (int64_t i = 0; i < n; i++) shares += charges->own[t->p->species[i]];
    for (int64_t k = 0; k < 6 * n; k++) {
        double total = 0.0;
        for (int64_t i = 0; i < n; i++) total += G[6 * n * i + k];
        for (int64_t i = 0; i < n; i++)
            G[6 * n * i + k] -= charges->own[t->p->species[i]] * total / shares;
    }
}

/* 4 pi k_e / V (n.Z_i)_a (n.Z_j)_b: the field of a longitudinal wave in the limit of zero wave
 * vector. */
static void add_field(const task *t, const double *born)
{
    int64_t size = 3 * t->p->n;
    const double *d = t->direction;
    double unit = t->p->potential->charge_unit,
           strength = four_pi * LRPOT_COULOMB_CONSTANT * unit * unit / t->p->volume
                      / (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++) {
            double left = 0.0, right = 0.0;
            for (int a = 0; a < 3; a++) {
                left += d[a] * born[9 * (k / 3) + 3 * a + k % 3];
                right += d[a] * born[9 * (l / 3) + 3 * a + l % 3];
            }
            t->matrix[2 * (k * size + l)] += strength * left * right;
        }
}

/* Charges in the solver's unit scale the energy by its square. */
static void scale(double factor, double *array, int64_t count)
{
    for (int64_t k = 0; factor != 1.0 && k < count; k++) array[k] *= factor;
}

static lrpot_status coulomb_at(const task *t, const double *q)
{
    double unit = t->p->potential->charge_unit, square = unit * unit;
    const lrpot_phonons *p = t->p;
    LRPOT__TRY(lrpot_ewald_dynamical(p->ewald, t->work, &p->atoms, q, t->wave, NULL,
                                     t->displacement, t->mixed, t->charge));
    scale(square, t->displacement, 18 * p->n * p->n);
    if (t->follows) {
        scale(square, t->mixed, 6 * p->n * p->n);
        scale(square, t->charge, 2 * p->n * p->n);
    }
    for (int64_t k = 0; k < 18 * p->n * p->n; k++) t->matrix[k] += t->displacement[k];
    return LRPOT_OK;
}

/* matrix += G^H T + T^H G with T = mixed + A G / 2 */
static void add_charge_response(const task *t, double *G)
{
    int64_t n = t->p->n;
    static const double half[2] = { 0.5, 0.0 };
    double *T = t->product;
    memcpy(T, t->mixed, (size_t)(6 * n * n) * sizeof *T);
    multiply(half, t->charge, CblasNoTrans, G, one, T, n, n, 3 * n);
    multiply(one, G, CblasConjTrans, T, one, t->matrix, 3 * n, n, 3 * n);
    multiply(one, T, CblasConjTrans, G, one, t->matrix, 3 * n, n, 3 * n);
}

/* Charges that are x = slope c in one step. Each channel has its own Coulomb energy. */
static lrpot_status channel(const task *t, int32_t c)
{
    const lrpot_phonons *p = t->p;
    LRPOT__TRY(coulomb_at(t, p->q + c * p->n));
    if (t->at_gamma && t->direction != NULL) add_field(t, p->born + 9 * p->n * c);
    if (!t->follows) return LRPOT_OK;
    slopes_at(t, c, t->answer);
    redistribute(t, t->answer);
    add_charge_response(t, t->answer);
    return LRPOT_OK;
}

/* Replaces mixed by R = d2E/dq dr = mixed + dchi + q deta. Adds the second derivative through
 * eta(u), which fixed weights do not include, to the matrix. */
static void response_right_sides(const task *t, double *R)
{
    const lrpot_phonons *p = t->p;
    int64_t n = p->n, width = 6 * n;
    double *S = t->product, *scaled = t->product + width * n;
    if (p->n_slopes > 0) {
        slopes_at(t, 0, S);
        for (int64_t k = 0; k < width * n; k++) R[k] += S[k];
        slopes_at(t, 1, S);
    } else memset(S, 0, (size_t)(width * n) * sizeof *S);
    for (int64_t i = 0; i < n; i++) {
        double eta[3], q = p->q[i];
        p->potential->charges->rules->hardness(p->scalars[n + i], eta);
        t->charge[2 * (i * n + i)] += eta[0];
        for (int64_t k = 0; k < width; k++) {
            R[i * width + k] += q * eta[1] * S[i * width + k];
            scaled[i * width + k] = 0.5 * q * q * (eta[1] * eta[2]) * S[i * width + k];
        }
    }
    multiply(one, S, CblasConjTrans, scaled, one, t->matrix, 3 * n, n, 3 * n);
}

/* A layer at wave vector 0, where the total charge rests: charges in planes interact by -2 pi
 * |z|/A, without a constant, and no constant matters. Another one makes the interaction positive.
 */
static void lift_planes(const task *t)
{
    const lrpot_phonons *p = t->p;
    const double *normal = lrpot__crystal_normal(p);
    double low = INFINITY, high = -INFINITY;
    if (normal == NULL || !t->at_gamma) return;
    for (int64_t i = 0; i < p->n; i++) {
        double z = lrpot__dot3(p->positions + 3 * i, normal);
        low = fmin(low, z);
        high = fmax(high, z);
    }
    double room = high - low + 2.0 * lrpot_potential_cutoff(p->potential),
           constant = 0.5 * four_pi * LRPOT_COULOMB_CONSTANT * room / p->volume;
    for (int64_t k = 0; k < p->n * p->n; k++) t->charge[2 * k] += constant;
}

/* Solves H X = (R, 1), [n][3n + 1]. At wave vector 0 the part of X that changes the total charge is
 * subtracted along H^-1 1. */
static lrpot_status solve(const task *t, const double *R, double *X)
{
    int64_t n = t->p->n, columns = 3 * n + 1;
    for (int64_t i = 0; i < n; i++) {
        memcpy(X + 2 * columns * i, R + 6 * n * i, (size_t)(6 * n) * sizeof *X);
        X[2 * (columns * i + 3 * n)] = 1.0;
        X[2 * (columns * i + 3 * n) + 1] = 0.0;
    }
    lapack_int info = LAPACKE_zposv(LAPACK_ROW_MAJOR, 'U', (lapack_int)n, (lapack_int)columns,
                                    (lapack_complex_double *)t->charge, (lapack_int)n,
                                    (lapack_complex_double *)X, (lapack_int)columns);
    LRPOT__TRY(lrpot__lapack_memory(info, "zposv"));
    if (info != 0)
        return lrpot__fail(LRPOT_E_SINGULAR,
                           "at wave vector (%g %g %g) 1/A the energy has no minimum over the "
                           "charges (zposv ended with info = %d)",
                           t->wave[0], t->wave[1], t->wave[2], (int)info);
    if (!t->at_gamma) return LRPOT_OK;
    double even = 0.0;
    for (int64_t i = 0; i < n; i++) even += X[2 * (columns * i + 3 * n)];
    for (int64_t k = 0; k < 6 * n; k++) {
        double total = 0.0;
        for (int64_t i = 0; i < n; i++) total += X[2 * columns * i + k];
        for (int64_t i = 0; i < n; i++)
            X[2 * columns * i + k] -= X[2 * (columns * i + 3 * n)] * total / even;
    }
    return LRPOT_OK;
}

/* The energy is at its minimum over the charges: matrix -= R^H H^-1 R. It does not depend on the
 * direction: charge flows until the field is zero. */
static lrpot_status equilibrium(const task *t)
{
    int64_t n = t->p->n;
    LRPOT__TRY(coulomb_at(t, t->p->q));
    double *R = t->mixed, *X = t->answer;
    response_right_sides(t, R);
    lift_planes(t);
    LRPOT__TRY(solve(t, R, X));
    cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, (int)(3 * n), (int)(3 * n), (int)n,
                minus, R, (int)(3 * n), X, (int)(3 * n + 1), one, t->matrix, (int)(3 * n));
    return LRPOT_OK;
}

lrpot_status lrpot__crystal_coulomb(const lrpot_phonons *p, lrpot_workspace *work,
                                    const double *wave, int at_gamma, const double *direction,
                                    double *matrix)
{
    if (p->channels == 0) return LRPOT_OK;
    if (p->density != NULL)
        return lrpot__crystal_density(p, work, wave, at_gamma, direction, matrix);
    int settles = lrpot__charges_have_energy(p->potential->charges);
    task t = { .p = p,
               .work = work,
               .wave = wave,
               .direction = direction,
               .at_gamma = at_gamma,
               .follows = settles || p->n_slopes > 0,
               .matrix = matrix };
    LRPOT__TRY(reserve(&t));
    if (settles) return equilibrium(&t);
    for (int32_t c = 0; c < p->channels; c++) LRPOT__TRY(channel(&t, c));
    return LRPOT_OK;
}
