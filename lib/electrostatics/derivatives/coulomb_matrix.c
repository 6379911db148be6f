/* Dense matrices of the Coulomb sum for fixed positions. */
#include "electrostatics/ewald/surface_term.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/matrix_product.h"
#include "core/strain.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/ewald_neighbours.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/ewald/truncation.h"
#include "electrostatics/kernels/pair.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

static const lrpot__tag batch_tag = { "vectors of a batch" };
static const lrpot__tag scaled_tag = { "weighted phases of a batch" };
static const lrpot__tag phases_tag = { "phases of a batch" };

#define BATCH 128

typedef struct {
    double *matrix, *gradient, *strain;
    int64_t n;
} matrices;

/* One pair, neighbour j of atom i at d: value and derivative of the kernel. */
static void put_pair(const lrpot__sum *sum, matrices *m, int64_t i, int64_t j, const double *d)
{
    double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2], value, strength,
           k = LRPOT_COULOMB_CONSTANT;
    const lrpot__pair *pair = &sum->split.pair;
    if (pair->cutoff > 0.0 && square >= pair->cutoff * pair->cutoff) return;
    lrpot__pair_eval(pair, lrpot__pair_gamma(sum->ewald, sum->atoms, i, j), square, &value,
                     &strength);
    m->matrix[i * m->n + j] += k * value;
    for (int a = 0; m->gradient != NULL && a < 3; a++)
        m->gradient[(3 * i + a) * m->n + j] -= k * strength * d[a];
    for (int c = 0; m->strain != NULL && c < 6; c++)
        m->strain[(c * m->n + i) * m->n + j] -= k * strength * d[lrpot__strain_row[c]]
                                                * d[lrpot__strain_column[c]];
}

static lrpot_status put_real_space(const lrpot__sum *sum, lrpot_workspace *work, matrices *m)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    const lrpot_nlist *list = NULL;
    lrpot__rows rows;
    if (sum->volume > 0.0) {
        LRPOT__TRY(lrpot__ewald_neighbours(sum, work, &list));
        LRPOT__TRY(lrpot__nlist_rows(list, atoms, sum->split.pair.cutoff, &rows));
    }
    for (int64_t i = 0; i < m->n; i++) {
        const double *ri = atoms->positions + i * stride;
        lrpot__row row = { 0 };
        if (list != NULL) row = lrpot__nlist_get_row(&rows, i);
        for (int64_t k = 0; k < (list != NULL ? row.count : m->n); k++) {
            int64_t j = list != NULL ? row.j[k] : k;
            const double *rj = atoms->positions + j * stride;
            double d[3] = { rj[0] - ri[0], rj[1] - ri[1], rj[2] - ri[2] };
            const int32_t *shift = row.image != NULL ? rows.images + 3 * row.image[k] : NULL;
            for (int a = 0; shift != NULL && a < 3; a++)
                d[a] += shift[0] * atoms->cell[a] + shift[1] * atoms->cell[3 + a]
                        + shift[2] * atoms->cell[6 + a];
            if (list == NULL && j == i) continue;
            if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE)
                return lrpot__fail(LRPOT_E_COINCIDENT, "atoms %lld and %lld have the same position",
                                   (long long)i, (long long)j);
            put_pair(sum, m, i, j, d);
        }
    }
    return LRPOT_OK;
}

/* A batch of vectors: cos and sin of the phases, [BATCH][n], and copies scaled for the products. */
typedef struct {
    double vector[BATCH][3], weight[BATCH], logarithmic[BATCH];
    int64_t count;
    double *phases; /* [2 BATCH][stride] cos rows, then sin rows */
    int64_t stride; /* n with pads */
    double *scaled; /* [2 BATCH][3 n] at most */
} batch;

static void fill_phases(const lrpot__sum *sum, batch *b, int64_t n)
{
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3;
    for (int64_t v = 0; v < b->count; v++)
        for (int64_t i = 0; i < n; i++) {
            const double *r = sum->atoms->positions + i * stride, *k = b->vector[v];
            double phase = k[0] * r[0] + k[1] * r[1] + k[2] * r[2];
            b->phases[v * b->stride + i] = cos(phase);
            b->phases[(b->count + v) * b->stride + i] = sin(phase);
        }
}

/* target [rows][n] += scaled^T phases. */
static void add_scaled(const batch *b, int64_t rows, int64_t n, double *target)
{
    lrpot__matrix_product job = { .depth = 2 * b->count,
                                  .rows = rows,
                                  .columns = n,
                                  .a = b->scaled,
                                  .stride_a = rows,
                                  .b = b->phases,
                                  .stride_b = b->stride,
                                  .c = target,
                                  .stride_c = n };
    lrpot__matrix_product_run(&job);
}

/* target += sum_v weight_v (cos cos + sin sin). */
static void add_product(batch *b, const double *weight, int64_t n, double *target)
{
    for (int64_t v = 0; v < 2 * b->count; v++)
        for (int64_t i = 0; i < n; i++)
            b->scaled[v * n + i] = weight[v % b->count] * b->phases[v * b->stride + i];
    add_scaled(b, n, n, target);
}

/* gradient[i][a][j] += sum_v weight_v k_a (sin_i cos_j - cos_i sin_j). */
static void add_gradient(batch *b, int64_t n, double *gradient)
{
    for (int64_t v = 0; v < b->count; v++)
        for (int64_t i = 0; i < n; i++)
            for (int a = 0; a < 3; a++) {
                double f = b->weight[v] * b->vector[v][a];
                b->scaled[v * 3 * n + 3 * i + a] = f * b->phases[(b->count + v) * b->stride + i];
                b->scaled[(b->count + v) * 3 * n + 3 * i + a] = -f * b->phases[v * b->stride + i];
            }
    add_scaled(b, 3 * n, n, gradient);
}

static void flush_batch(const lrpot__sum *sum, batch *b, matrices *m)
{
    if (b->count == 0) return;
    fill_phases(sum, b, m->n);
    add_product(b, b->weight, m->n, m->matrix);
    if (m->gradient != NULL) add_gradient(b, m->n, m->gradient);
    for (int c = 0; m->strain != NULL && c < 6; c++) {
        double weight[BATCH];
        for (int64_t v = 0; v < b->count; v++)
            weight[v] = b->weight[v]
                        * (b->logarithmic[v] * b->vector[v][lrpot__strain_row[c]]
                               * b->vector[v][lrpot__strain_column[c]]
                           - (c < 3 ? 1.0 : 0.0));
        add_product(b, weight, m->n, m->strain + c * m->n * m->n);
    }
    b->count = 0;
}

static lrpot_status put_reciprocal(const lrpot__sum *sum, lrpot_workspace *work, matrices *m)
{
    lrpot__kspace k;
    batch *b = NULL;
    LRPOT__TRY(lrpot__kspace_build(sum, work, &k));
    LRPOT__TRY(lrpot__workspace_block(work, &batch_tag, 0, 1, sizeof *b, (void **)&b));
    LRPOT__TRY(lrpot__workspace_doubles(work, &scaled_tag, 2 * BATCH * 3 * m->n, &b->scaled));
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &phases_tag, 2 * BATCH * lrpot__padded(m->n), &b->phases));
    b->stride = lrpot__padded(m->n);
    b->count = 0;
    for (int64_t l = 0; l < k.n_lines; l++) {
        const int32_t *line = k.line + 4 * l;
        for (int32_t c = line[2]; c <= line[3]; c++) {
            int64_t v = k.start[l] + c - line[2];
            for (int d = 0; d < 3; d++)
                b->vector[b->count][d] = line[0] * sum->reciprocal[d]
                                         + line[1] * sum->reciprocal[3 + d]
                                         + c * sum->reciprocal[6 + d];
            b->weight[b->count] = k.weight[v];
            b->logarithmic[b->count] = k.logarithmic[v];
            if (++b->count == BATCH) flush_batch(sum, b, m);
        }
    }
    flush_batch(sum, b, m);
    return LRPOT_OK;
}

/* Strain derivative of the reciprocal part along directions that do not repeat. It follows from the
 * forces: the virial of a pair is r_i F_ij + r_j F_ji there. */
static void complete_strain(const lrpot__sum *sum, matrices *m)
{
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3, count = m->n;
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < count; j++) {
            const double *ri = sum->atoms->positions + i * stride,
                         *rj = sum->atoms->positions + j * stride;
            double moment[9], virial[9];
            for (int x = 0; x < 9; x++)
                moment[x] = (ri[x / 3] - rj[x / 3]) * m->gradient[(3 * i + x % 3) * count + j];
            for (int c = 0; c < 6; c++)
                virial[3 * lrpot__strain_row[c] + lrpot__strain_column[c]] =
                    virial[3 * lrpot__strain_column[c] + lrpot__strain_row[c]] =
                        -m->strain[(c * count + i) * count + j];
            lrpot__truncation_complete(&sum->boundary, moment, virial);
            for (int c = 0; c < 6; c++)
                m->strain[(c * count + i) * count + j] =
                    -virial[3 * lrpot__strain_row[c] + lrpot__strain_column[c]];
        }
}

/* The k = 0 term of a slab is proportional to 1/area, of a wire to 1/length. */
static void put_origin(const lrpot__sum *sum, matrices *m)
{
    double value = LRPOT_COULOMB_CONSTANT * lrpot__truncation_origin(&sum->boundary) / sum->volume;
    for (int64_t x = 0; x < m->n * m->n; x++) {
        m->matrix[x] += value;
        for (int c = 0; m->strain != NULL && c < 3; c++) m->strain[c * m->n * m->n + x] -= value;
    }
}

static void put_background(const lrpot__sum *sum, matrices *m)
{
    double k = LRPOT_COULOMB_CONSTANT, alpha = sum->split.alpha;
    for (int64_t i = 0; i < m->n; i++) {
        double si = lrpot__atom_width(sum->ewald, sum->atoms, i),
               *diagonal = &m->matrix[i * m->n + i];
        *diagonal -= k * 2.0 * alpha / sqrt(LRPOT__PI);
        if ((sum->ewald->options.flags & LRPOT_EWALD_SELF) && si > 0.0)
            *diagonal += k / (sqrt(LRPOT__PI) * si);
        for (int64_t j = 0; sum->boundary.kind == LRPOT__REPEATED && j < m->n; j++) {
            double sj = lrpot__atom_width(sum->ewald, sum->atoms, j),
                   mean = k * LRPOT__PI / sum->volume
                          * (-1.0 / (alpha * alpha) + 2.0 * (si * si + sj * sj));
            m->matrix[i * m->n + j] += mean;
            for (int c = 0; m->strain != NULL && c < 3; c++)
                m->strain[(c * m->n + i) * m->n + j] -= mean;
        }
    }
}

static lrpot_status put_surroundings(const lrpot__sum *sum, matrices *m)
{
    lrpot__surface_term s;
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3, n = m->n;
    LRPOT__TRY(lrpot__surface_term_make(sum, &s));
    for (int64_t x = 0; s.kind != 0 && x < n * n; x++) {
        int64_t i = x / n, j = x % n;
        const double *ri = sum->atoms->positions + i * stride,
                     *rj = sum->atoms->positions + j * stride;
        double slope[3], strain[9];
        m->matrix[x] += lrpot__surface_term_pair(&s, ri, rj);
        lrpot__surface_term_gradient(&s, ri, rj, slope);
        for (int a = 0; m->gradient != NULL && a < 3; a++)
            m->gradient[(3 * i + a) * n + j] -= slope[a];
        lrpot__surface_term_strain(&s, ri, rj, strain);
        for (int c = 0; m->strain != NULL && c < 6; c++)
            m->strain[c * n * n + x] += strain[3 * lrpot__strain_row[c] + lrpot__strain_column[c]];
    }
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_matrix(const lrpot_ewald *ewald, lrpot_workspace *work,
                                const lrpot_atoms *atoms, double *matrix, double *gradient,
                                double *strain)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(matrix);
    lrpot__sum sum;
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, NULL, &sum));
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the Coulomb matrix is made of owned atoms: no ghosts");
    int64_t n = atoms->n_owned;
    int partly = sum.boundary.kind == LRPOT__SLAB || sum.boundary.kind == LRPOT__WIRE;
    if (partly && strain != NULL && gradient == NULL)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "the strain derivatives of a slab or a wire are made with the gradient, which is NULL");
    if (!(ewald->kernel->traits & LRPOT_EWALD_KERNEL_MATRIX))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "a matrix of the %s kernel", ewald->kernel->name);
    if (n > 20000)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "a dense Coulomb matrix of %lld atoms",
                           (long long)n);
    /* the splitting must hold for any charges: made for unit charges */
    sum.totals.square = (double)n;
    LRPOT__TRY(lrpot__sum_split(&sum, work, NULL, 0, 1));
    matrices m = { matrix, gradient, strain, n };
    memset(matrix, 0, (size_t)(n * n) * sizeof(double));
    if (gradient != NULL) memset(gradient, 0, (size_t)(3 * n * n) * sizeof(double));
    if (strain != NULL) memset(strain, 0, (size_t)(6 * n * n) * sizeof(double));
    if (sum.volume > 0.0) LRPOT__TRY(put_reciprocal(&sum, work, &m));
    if (partly) {
        put_origin(&sum, &m);
        if (strain != NULL) complete_strain(&sum, &m);
    }
    if (lrpot__sum_has_pairs(&sum)) LRPOT__TRY(put_real_space(&sum, work, &m));
    put_background(&sum, &m);
    LRPOT__TRY(put_surroundings(&sum, &m));
    LRPOT__TRY(lrpot__finite("row of the Coulomb matrix", n, n, matrix));
    LRPOT__TRY(lrpot__finite("gradient of the Coulomb matrix", n, 3 * n, gradient));
    return lrpot__finite_total("strain derivative of the Coulomb matrix", 6 * n * n, strain);
}
