/* Second derivatives of the Coulomb energy as matrices at a wave vector
 * (docs/theory/coulomb_derivatives.md). */
#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair_orders.h"

#include <lrpot/ewald_response.h>

#include <cblas.h>
#include <math.h>
#include <string.h>

static const lrpot__tag phases_tag = { "phases of a batch" };

#define BATCH 64
#define LARGEST 20000

typedef struct {
    const lrpot__sum *sum;
    int64_t n, stride;
    double wave[3];
    double *displacement; /* [3n][3n] complex, or NULL */
    double *mixed;        /* [n][3n] complex, or NULL */
    double *charge;       /* [n][n] complex, or NULL */
    /* the wave vector is a vector of the reciprocal lattice: adding -origin gives 0 */
    int has_origin;
    double origin[3];
    /* [BATCH][n] complex, weighted: amplitude of a unit charge at each atom */
    double *phases;
    double *turned; /* [BATCH][3n] complex: of a unit displacement */
    int count;
} matrices;

static const double *position(const matrices *m, int64_t i)
{
    return m->sum->atoms->positions + i * m->stride;
}

/* matrix[row][column] += value e^{i phase}, given as cos and sin. */
static void add(double *matrix, int64_t columns, int64_t row, int64_t column, double value,
                double c, double s)
{
    double *at = matrix + 2 * (row * columns + column);
    at[0] += value * c;
    at[1] += value * s;
}

static void add_pair(const matrices *m, int64_t i, int64_t j, const double *d, const double *b)
{
    double phase = m->wave[0] * d[0] + m->wave[1] * d[1] + m->wave[2] * d[2], c = cos(phase),
           s = sin(phase);
    double k = LRPOT_COULOMB_CONSTANT, qi = m->sum->q[i], qj = m->sum->q[j];
    if (m->charge != NULL) add(m->charge, m->n, i, j, k * b[0], c, s);
    for (int y = 0; y < 3; y++) {
        if (m->mixed != NULL) {
            add(m->mixed, 3 * m->n, i, 3 * j + y, -k * qj * b[1] * d[y], c, s);
            add(m->mixed, 3 * m->n, i, 3 * i + y, k * qj * b[1] * d[y], 1.0, 0.0);
        }
        for (int x = 0; m->displacement != NULL && x < 3; x++) {
            double second = k * qi * qj * (b[2] * d[x] * d[y] - (x == y ? b[1] : 0.0));
            add(m->displacement, 3 * m->n, 3 * i + x, 3 * j + y, -second, c, s);
            add(m->displacement, 3 * m->n, 3 * i + x, 3 * i + y, second, 1.0, 0.0);
        }
    }
}

static lrpot_status add_real_space(const matrices *m, lrpot_workspace *work)
{
    lrpot__pair_walk walk;
    LRPOT__TRY(lrpot__pair_walk_open(m->sum, work, NULL, &walk));
    for (int64_t i = 0; i < m->n; i++) {
        lrpot__row row = lrpot__pair_walk_row(&walk, i);
        for (int64_t k = 0; k < row.count; k++) {
            int64_t j;
            double d[3], square, b[3];
            if (!lrpot__pair_walk_next(&walk, &row, i, k, &j, d, &square)) continue;
            if (square < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE) return lrpot__pair_walk_coincident(i);
            lrpot__pair_orders(&m->sum->split.pair,
                               lrpot__pair_gamma(m->sum->ewald, m->sum->atoms, i, j), square, 3, b);
            add_pair(m, i, j, d, b);
        }
    }
    return LRPOT_OK;
}

/* matrices += conj(amplitudes)^T amplitudes */
static void flush(matrices *m)
{
    const double one[2] = { 1.0, 0.0 };
    int n = (int)m->n, count = m->count;
    m->count = 0;
    if (count == 0) return;
    if (m->displacement != NULL)
        cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, 3 * n, 3 * n, count, one,
                    m->turned, 3 * n, m->turned, 3 * n, one, m->displacement, 3 * n);
    if (m->mixed != NULL)
        cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, n, 3 * n, count, one, m->phases, n,
                    m->turned, 3 * n, one, m->mixed, 3 * n);
    if (m->charge != NULL)
        cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, n, n, count, one, m->phases, n,
                    m->phases, n, one, m->charge, n);
}

/* Adds the vector p = G + wave. Charges dq and displacements u have the amplitude sum (dq - i q
 * p.u) e^{-i G.r}. */
static void add_vector(matrices *m, const double *g, const double *p, double weight)
{
    double root = sqrt(weight), *phases = m->phases + 2 * m->n * m->count,
           *turned = m->turned + 6 * m->n * m->count;
    for (int64_t i = 0; i < m->n; i++) {
        const double *r = position(m, i);
        double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2], re = root * cos(phase),
               im = -root * sin(phase);
        phases[2 * i] = re;
        phases[2 * i + 1] = im;
        for (int a = 0; a < 3; a++) {
            turned[6 * i + 2 * a] = m->sum->q[i] * p[a] * im;
            turned[6 * i + 2 * a + 1] = -m->sum->q[i] * p[a] * re;
        }
    }
    if (++m->count == BATCH) flush(m);
}

/* Self term: the part at wave vector 0 that keeps translations free of forces. */
static void add_home(const matrices *m, const double *g, double weight)
{
    double re = 0.0, im = 0.0;
    for (int64_t i = 0; i < m->n; i++) {
        const double *r = position(m, i);
        double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2];
        re += m->sum->q[i] * cos(phase);
        im += m->sum->q[i] * sin(phase);
    }
    for (int64_t i = 0; i < m->n; i++) {
        const double *r = position(m, i);
        double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2], c = cos(phase), s = sin(phase);
        double even = weight * (re * c + im * s), odd = weight * (im * c - re * s);
        for (int y = 0; y < 3; y++) {
            if (m->mixed != NULL) add(m->mixed, 3 * m->n, i, 3 * i + y, g[y] * odd, 1.0, 0.0);
            for (int x = 0; m->displacement != NULL && x < 3; x++)
                add(m->displacement, 3 * m->n, 3 * i + x, 3 * i + y,
                    -m->sum->q[i] * g[x] * g[y] * even, 1.0, 0.0);
        }
    }
}

static void visit(matrices *m, const double *g)
{
    double p[3], end = m->sum->split.k_cut, at_home = lrpot__dot3(g, g);
    for (int a = 0; a < 3; a++) p[a] = g[a] + m->wave[a];
    double square = lrpot__dot3(p, p);
    if (at_home > 0.0 && at_home < end * end) add_home(m, g, lrpot__kspace_weight(m->sum, g));
    if (square < 1e-24 * end * end) {
        m->has_origin = 1;
        memcpy(m->origin, g, sizeof m->origin);
    } else if (square < end * end) {
        add_vector(m, g, p, lrpot__kspace_weight(m->sum, p));
    }
}

static lrpot_status add_reciprocal(matrices *m)
{
    const lrpot__sum *sum = m->sum;
    double end = sum->split.k_cut + sqrt(lrpot__dot3(m->wave, m->wave));
    int32_t reach[3];
    LRPOT__TRY(lrpot__kspace_reach(sum, end, reach));
    for (int64_t x = -reach[0]; x <= reach[0]; x++)
        for (int64_t y = -reach[1]; y <= reach[1]; y++)
            for (int64_t z = -reach[2]; z <= reach[2]; z++) {
                double g[3];
                for (int a = 0; a < 3; a++)
                    g[a] = (double)x * sum->reciprocal[a] + (double)y * sum->reciprocal[3 + a]
                           + (double)z * sum->reciprocal[6 + a];
                visit(m, g);
            }
    flush(m);
    return LRPOT_OK;
}

/* Adds the limit of the vector 0, along a direction if it depends on one, as it does in crystals,
 * and the mean of the potential. */
static void add_origin(const matrices *m, const double *direction)
{
    const lrpot__sum *sum = m->sum;
    double size = direction != NULL && sum->boundary.kind == LRPOT__REPEATED
                      ? lrpot__dot3(direction, direction)
                      : 0.0;
    lrpot__self_energy b;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < m->n; i++)
        for (int64_t j = 0; j < m->n; j++) {
            const double *ri = position(m, i), *rj = position(m, j), *g = m->origin;
            double phase = g[0] * (ri[0] - rj[0]) + g[1] * (ri[1] - rj[1]) + g[2] * (ri[2] - rj[2]),
                   c = cos(phase), s = sin(phase);
            double width = lrpot__atom_width(sum->ewald, sum->atoms, j);
            if (m->charge != NULL)
                add(m->charge, m->n, i, j,
                    lrpot__background_potential(sum, &b, i, 1.0, width * width), c, s);
            for (int x = 0; m->displacement != NULL && size > 0.0 && x < 3; x++)
                for (int y = 0; y < 3; y++)
                    add(m->displacement, 3 * m->n, 3 * i + x, 3 * j + y,
                        4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / sum->volume * sum->q[i]
                            * sum->q[j] * direction[x] * direction[y] / size,
                        c, s);
        }
}

/* 1/A: largest part of a wave vector across the directions that repeat that is rounding error. */
#define ACROSS 1e-9

static lrpot_status check(const lrpot__sum *sum, const double *wave, const double *direction)
{
    const lrpot__boundary *b = &sum->boundary;
    for (int a = 0; a < 3; a++)
        if (!isfinite(wave[a]) || (direction != NULL && !isfinite(direction[a])))
            return lrpot__fail(LRPOT_E_NOT_FINITE,
                               "component %d of the wave vector is %g 1/A, of its direction %g", a,
                               wave[a], direction != NULL ? direction[a] : 0.0);
    if (direction != NULL && lrpot__dot3(direction, direction) == 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the direction of the wave vector is 0 0 0");
    if (b->kind == LRPOT__OPEN && lrpot__dot3(wave, wave) > 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "wave vector (%g %g %g) 1/A of an isolated system",
                           wave[0], wave[1], wave[2]);
    double across = b->kind == LRPOT__SLAB ? lrpot__dot3(wave, b->across[0]) : 0.0;
    if (fabs(across) > ACROSS)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "wave vector (%g %g %g) 1/A has %g 1/A along the normal of the slab, "
                           "expected 0",
                           wave[0], wave[1], wave[2], across);
    return LRPOT_OK;
}

static void clear(const matrices *m)
{
    size_t n = (size_t)m->n;
    if (m->displacement != NULL) memset(m->displacement, 0, 18 * n * n * sizeof(double));
    if (m->mixed != NULL) memset(m->mixed, 0, 6 * n * n * sizeof(double));
    if (m->charge != NULL) memset(m->charge, 0, 2 * n * n * sizeof(double));
}

lrpot_status lrpot_ewald_dynamical(const lrpot_ewald *ewald, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const double *q,
                                   const double *wave_vector, const double *direction,
                                   double *displacement, double *mixed, double *charge)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__REQUIRE_NOT_NULL(wave_vector);
    lrpot__sum sum;
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, q, &sum));
    LRPOT__TRY(lrpot__sum_exact(&sum, work, "Coulomb matrices at a wave vector", 1));
    LRPOT__TRY(check(&sum, wave_vector, direction));
    if (atoms->n_owned > LARGEST)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "dense matrices of %lld atoms",
                           (long long)atoms->n_owned);
    matrices m = { .sum = &sum,
                   .n = atoms->n_owned,
                   .stride = atoms->stride > 0 ? atoms->stride : 3,
                   .wave = { wave_vector[0], wave_vector[1], wave_vector[2] },
                   .displacement = displacement,
                   .mixed = mixed,
                   .charge = charge };
    LRPOT__TRY(lrpot__workspace_doubles(work, &phases_tag, 8 * BATCH * m.n, &m.phases));
    m.turned = m.phases + 2 * BATCH * m.n;
    clear(&m);
    LRPOT__TRY(add_real_space(&m, work));
    if (sum.volume > 0.0) LRPOT__TRY(add_reciprocal(&m));
    if (m.has_origin) add_origin(&m, direction);
    lrpot__self_energy b;
    lrpot__self_energy_make(&sum, &b);
    for (int64_t i = 0; charge != NULL && i < m.n; i++)
        add(charge, m.n, i, i, lrpot__self_potential(&sum, &b, i), 1.0, 0.0);
    return LRPOT_OK;
}
