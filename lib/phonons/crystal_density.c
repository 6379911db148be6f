/* Self-consistent densities in the dynamical matrix. The energy is stationary in the moments x and
 * their potential v, so that with its second derivatives at fixed x and v only first order changes
 * are needed: dx = y - R dv, dv = A dx + b, where y are derivatives of the moments at fixed v, and
 * b of the potential at fixed x. The matrix is that at fixed x and v plus b^H dx + y^H dv. */
#include "phonons/crystal_density.h"

#include "charges/charge_eval.h"
#include "charges/density_solve.h"
#include "charges/density_wave.h"
#include "core/algebra.h"
#include "core/blas_check.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "electrostatics/derivatives/multipole_dynamical.h"

#include <cblas.h>
#include <lapacke.h>
#include <lrpot/response.h>
#include <math.h>
#include <string.h>

static const lrpot__tag coulomb_tag = { "Coulomb matrix of moments" };
static const lrpot__tag response_tag = { "response of a wave" };
static const lrpot__tag pivots_tag = { "pivots of a wave" };

static const double one[2] = { 1.0, 0.0 }, minus[2] = { -1.0, 0.0 };

lrpot_status lrpot__crystal_keep_density(lrpot_phonons *p, const lrpot__charge_call *call)
{
    const lrpot__density *d = call->density;
    int64_t size = d->terms.size;
    LRPOT__TRY(lrpot__density_require_plain(call->charges, "phonons"));
    p->moments = lrpot__duplicate(d->moments, size, sizeof *p->moments);
    p->felt = lrpot__duplicate(d->levelled, size, sizeof *p->felt);
    if (p->moments == NULL || p->felt == NULL) return LRPOT_E_MEMORY;
    p->rows = lrpot__density_components(d->terms.order);
    LRPOT__TRY(lrpot__density_terms_copy(&d->terms, &p->density));
    if (lrpot__crystal_normal(p) != NULL || !lrpot__charges_dielectric(call->charges, call->atoms))
        return LRPOT_OK;
    double alpha[9];
    LRPOT__TRY(lrpot_response_polarizability(p->potential, call->work, call->atoms, call->list,
                                             alpha, p->epsilon));
    return lrpot_response_born_charges(p->potential, call->work, call->atoms, call->list,
                                       LRPOT_BORN_UNFOLDED, p->born, NULL);
}

void lrpot__crystal_density_leak(lrpot_phonons *p)
{
    for (int64_t j = 0; j < p->n; j++) {
        double sum[3] = { 0.0, 0.0, 0.0 };
        for (int64_t k = 0; k < p->n_slopes; k++)
            for (int b = 0; p->slopes[k].other == j && b < 3; b++)
                sum[b] += p->slope_values[3 * p->rows * k + b];
        p->leak = fmax(p->leak, sqrt(lrpot__dot3(sum, sum)));
    }
}

/* All matrices are complex; columns = 3n displacements, and one for a level. */
typedef struct {
    const lrpot_phonons *p;
    const double *wave;
    int at_gamma;
    int64_t size, all, columns; /* moments; moments and displacements */
    double *coulomb;            /* [all][all] */
    double *response;           /* [size][size] R */
    double *solve;              /* [size][size] 1 + A R */
    double *y, *dv, *dx;        /* [size][columns] */
    lapack_int *pivots;
} task;

static lrpot_status reserve(task *t, lrpot_workspace *work)
{
    void *pivots = NULL;
    int64_t wide = t->size * t->columns, square = t->size * t->size;
    LRPOT__TRY(lrpot__workspace_doubles(work, &coulomb_tag, 2 * t->all * t->all, &t->coulomb));
    LRPOT__TRY(lrpot__workspace_doubles(work, &response_tag, 4 * square + 6 * wide, &t->response));
    LRPOT__TRY(lrpot__workspace_block(work, &pivots_tag, 0, t->size, sizeof(lapack_int), &pivots));
    t->solve = t->response + 2 * square;
    t->y = t->solve + 2 * square;
    t->dv = t->y + 2 * wide;
    t->dx = t->dv + 2 * wide;
    t->pivots = pivots;
    return LRPOT_OK;
}

/* C += factor op(A) B for matrices within larger ones. */
static void multiply(const double *factor, CBLAS_TRANSPOSE turned, const double *a, int64_t a_width,
                     const double *b, int64_t b_width, double *c, int64_t c_width, int64_t rows,
                     int64_t inner, int64_t columns)
{
    cblas_zgemm(CblasRowMajor, turned, CblasNoTrans, (int)rows, (int)columns, (int)inner, factor, a,
                (int)a_width, b, (int)b_width, one, c, (int)c_width);
}

/* Index of component c of atom i. */
static int64_t moment(const task *t, int64_t i, int64_t c)
{
    int64_t n = t->p->n;
    return c == 0 ? i : c < 4 ? n + 3 * i + c - 1 : 4 * n + 9 * i + c - 4;
}

static int has_level(const task *t)
{
    return t->at_gamma && t->p->density->response == LRPOT_RESPONSE_ATOMS;
}

/* y; and 0 in the column of the level. At wave 0 the charge that one atom gains is taken from all.
 */
static void fill_slopes(const task *t)
{
    const lrpot_phonons *p = t->p;
    memset(t->y, 0, (size_t)(2 * t->size * t->columns) * sizeof *t->y);
    for (int64_t k = 0; k < p->n_slopes; k++) {
        const lrpot__image *image = &p->slopes[k];
        double phase[2];
        lrpot__crystal_phase(t->wave, image->vector, phase);
        for (int64_t c = 0; c < p->rows; c++)
            for (int b = 0; b < 3; b++) {
                double slope = p->slope_values[3 * (p->rows * k + c) + b],
                       *to = t->y
                             + 2 * (moment(t, image->home, c) * t->columns + 3 * image->other + b);
                to[0] += slope * phase[0];
                to[1] += slope * phase[1];
            }
    }
    for (int64_t k = 0; t->at_gamma && !has_level(t) && k < 2 * t->columns; k++) {
        double total = 0.0;
        for (int64_t i = 0; i < p->n; i++) total += t->y[2 * t->columns * i + k];
        for (int64_t i = 0; i < p->n; i++)
            t->y[2 * t->columns * i + k] -= p->density->share[i] * total;
    }
}

/* Solves (1 + A R) dv = A y + b, and for the level (1 + A R) dv = 1. */
static lrpot_status solve(const task *t)
{
    int64_t size = t->size, shift = 3 * t->p->n;
    memset(t->solve, 0, (size_t)(2 * size * size) * sizeof *t->solve);
    for (int64_t k = 0; k < size; k++) t->solve[2 * (size + 1) * k] = 1.0;
    multiply(one, CblasNoTrans, t->coulomb, t->all, t->response, size, t->solve, size, size, size,
             size);
    for (int64_t k = 0; k < size; k++) {
        double *row = t->dv + 2 * t->columns * k;
        memcpy(row, t->coulomb + 2 * (t->all * k + size), (size_t)(2 * shift) * sizeof *row);
        row[2 * shift] = k < t->p->n ? 1.0 : 0.0;
        row[2 * shift + 1] = 0.0;
    }
    multiply(one, CblasNoTrans, t->coulomb, t->all, t->y, t->columns, t->dv, t->columns, size, size,
             shift);
    lapack_int info = LAPACKE_zgesv(LAPACK_ROW_MAJOR, (lapack_int)size, (lapack_int)t->columns,
                                    (lapack_complex_double *)t->solve, (lapack_int)size, t->pivots,
                                    (lapack_complex_double *)t->dv, (lapack_int)t->columns);
    LRPOT__TRY(lrpot__lapack_memory(info, "zgesv"));
    if (info == 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SINGULAR,
                       "at wave vector (%g %g %g) 1/A the response of the density is singular "
                       "(zgesv ended with info = %d)",
                       t->wave[0], t->wave[1], t->wave[2], (int)info);
}

/* dx = y - R dv; then, where all atoms take up charge, the level that keeps the total. */
static void respond(const task *t)
{
    int64_t n = t->p->n, columns = t->columns;
    memcpy(t->dx, t->y, (size_t)(2 * t->size * columns) * sizeof *t->dx);
    multiply(minus, CblasNoTrans, t->response, t->size, t->dv, columns, t->dx, columns, t->size,
             t->size, columns);
    if (!has_level(t)) return;
    double even = 0.0;
    for (int64_t i = 0; i < n; i++) even += t->dx[2 * (columns * i + 3 * n)];
    for (int64_t k = 0; k < 6 * n; k++) {
        double total = 0.0;
        for (int64_t i = 0; i < n; i++) total += t->dx[2 * columns * i + k];
        for (int64_t m = 0; m < t->size; m++) {
            int64_t level = 2 * (columns * m + 3 * n), at = 2 * columns * m + k;
            t->dx[at] -= t->dx[level] * total / even;
            t->dv[at] -= t->dv[level] * total / even;
        }
    }
}

/* 4 pi k_e/V (n.Z_i)_a (n.Z_j)_b / (n.eps.n): the field of a longitudinal wave, screened by the
 * density. */
static void add_field(const lrpot_phonons *p, const double *direction, double *matrix)
{
    int64_t size = 3 * p->n;
    double loss = 0.0;
    for (int x = 0; x < 9; x++) loss += direction[x / 3] * p->epsilon[x] * direction[x % 3];
    double strength = 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / p->volume / loss;
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++) {
            double left = 0.0, right = 0.0;
            for (int a = 0; a < 3; a++) {
                left += direction[a] * p->born[9 * (k / 3) + 3 * a + k % 3];
                right += direction[a] * p->born[9 * (l / 3) + 3 * a + l % 3];
            }
            matrix[2 * (k * size + l)] += strength * left * right;
        }
}

lrpot_status lrpot__crystal_density(const lrpot_phonons *p, lrpot_workspace *work,
                                    const double *wave, int at_gamma, const double *direction,
                                    double *matrix)
{
    int64_t size = p->density->size, shift = 3 * p->n;
    task t = { .p = p,
               .wave = wave,
               .at_gamma = at_gamma,
               .size = size,
               .all = size + shift,
               .columns = shift + 1 };
    LRPOT__TRY(reserve(&t, work));
    LRPOT__TRY(lrpot__multipoles_dynamical(p->potential->charges->ewald, work, &p->atoms,
                                           p->density->order, p->moments, wave, t.coulomb));
    lrpot__density_response_at(p->density, wave, t.response);
    fill_slopes(&t);
    LRPOT__TRY(solve(&t));
    respond(&t);
    for (int64_t k = 0; k < shift; k++)
        for (int64_t l = 0; l < 2 * shift; l++)
            matrix[2 * shift * k + l] += t.coulomb[2 * (t.all * (size + k) + size) + l];
    multiply(one, CblasConjTrans, t.coulomb + 2 * size, t.all, t.dx, t.columns, matrix, shift,
             shift, size, shift);
    multiply(one, CblasConjTrans, t.y, t.columns, t.dv, t.columns, matrix, shift, shift, size,
             shift);
    if (at_gamma && direction != NULL
        && lrpot__charges_dielectric(p->potential->charges, &p->atoms))
        add_field(p, direction, matrix);
    return LRPOT_OK;
}
