/* Reciprocal part of the exact sum: vectors, structure factors, and potential, field and virial at
 * the atoms. */
#include "electrostatics/ewald/kspace.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/phases.h"
#include "electrostatics/ewald/truncation.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/simd/coulomb_loops.h"

#include <math.h>
#include <string.h>

static const lrpot__tag lines_tag = { "lines of reciprocal vectors" };
static const lrpot__tag starts_tag = { "first vectors of the lines" };
static const lrpot__tag weights_tag = { "weights of the vectors" };
static const lrpot__tag logarithmic_tag = { "logarithmic derivatives of the weights" };
static const lrpot__tag structure_tag = { "structure factors" };
static const lrpot__tag own_tag = { "structure factors of this process" };
static const lrpot__tag partial_tag = { "structure factors of a thread" };

#define BLOCK LRPOT__PHASES_BLOCK
/* Largest numbers of vectors in the parallelepiped around the sphere, and of its lines: limits on
 * the time before the sum begins. */
#define MOST_IN_BOX 4e9
#define MOST_LINES 2e8

/* Range of n_c with |k| < k_cut on the line (n_a, n_b): roots of a quadratic. Returns 0 when empty.
 */
static int line_range(const lrpot__sum *sum, int32_t a, int32_t b, int32_t *first, int32_t *last)
{
    const double *r = sum->reciprocal;
    double base[3], cc = 0.0, bc = 0.0, bb = 0.0;
    for (int d = 0; d < 3; d++) {
        base[d] = a * r[d] + b * r[3 + d];
        cc += r[6 + d] * r[6 + d];
        bc += base[d] * r[6 + d];
        bb += base[d] * base[d];
    }
    double root = bc * bc - cc * (bb - sum->split.k_cut * sum->split.k_cut);
    if (root <= 0.0) return 0;
    *first = (int32_t)ceil((-bc - sqrt(root)) / cc);
    *last = (int32_t)floor((-bc + sqrt(root)) / cc);
    if (a == 0 && b == 0 && *first < 1)
        *first = 1; /* half space: n_a > 0, or n_a = 0 and n_b > 0, or both 0 and n_c > 0 */
    return *first <= *last;
}

/* Largest |n_d| inside the sphere: k_cut |a_d| / 2 pi. */
lrpot_status lrpot__kspace_reach(const lrpot__sum *sum, double end, int32_t *reach)
{
    double steps[3], box = 1.0, lines = 1.0;
    for (int d = 0; d < 3; d++) {
        const double *row = sum->box + 3 * d;
        steps[d] = floor(end * sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2])
                         / (2.0 * LRPOT__PI));
        box *= 2.0 * steps[d] + 1.0;
        if (d < 2) lines *= 2.0 * steps[d] + 1.0;
    }
    /* Negated, so that an overflow fails too. */
    if (!(box < MOST_IN_BOX && lines < MOST_LINES))
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "%.3g reciprocal vectors would be visited to find those up to %.4g 1/A; "
                           "use a lower accuracy, or a cell of shorter rows for the same lattice",
                           box / 2, end);
    for (int d = 0; d < 3; d++) reach[d] = (int32_t)steps[d];
    return LRPOT_OK;
}

static int64_t walk_lines(const lrpot__sum *sum, lrpot__kspace *k)
{
    int64_t lines = 0;
    k->n_vectors = 0;
    for (int32_t a = 0; a <= k->reach[0]; a++)
        for (int32_t b = a == 0 ? 0 : -k->reach[1]; b <= k->reach[1]; b++) {
            int32_t first = 0, last = 0;
            if (!line_range(sum, a, b, &first, &last)) continue;
            if (k->line != NULL) {
                int32_t line[4] = { a, b, first, last };
                memcpy(k->line + 4 * lines, line, sizeof line);
                k->start[lines] = k->n_vectors;
            }
            lines++;
            k->n_vectors += last - first + 1;
        }
    return lines;
}

static void vector_of(const lrpot__sum *sum, const int32_t *line, int32_t c, double *k)
{
    for (int d = 0; d < 3; d++)
        k[d] = line[0] * sum->reciprocal[d] + line[1] * sum->reciprocal[3 + d]
               + c * sum->reciprocal[6 + d];
}

double lrpot__kspace_weight(const lrpot__sum *sum, const double *k)
{
    double end = sum->split.k_cut, alpha = sum->split.alpha, slope, square = lrpot__dot3(k, k);
    return 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / sum->volume
           * lrpot__taper(sqrt(square), 0.95 * end, end, &slope)
           * exp(-square / (4.0 * alpha * alpha)) / square
           * lrpot__truncation(&sum->boundary, k, &slope);
}

static void fill_weights(const lrpot__sum *sum, lrpot__kspace *k)
{
    const lrpot__screening *screening = &sum->split.pair.screening;
    double end = sum->split.k_cut,
           factor = 8.0 * LRPOT__PI * lrpot__sum_constant(sum) / sum->volume;
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        for (int32_t c = line[2]; c <= line[3]; c++) {
            int64_t v = k->start[l] + c - line[2];
            double vector[3], slope = 0.0, other, own;
            vector_of(sum, line, c, vector);
            double square = vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2],
                   size = sqrt(square);
            double taper = lrpot__taper(size, 0.95 * end, end, &slope),
                   value = screening->kernel->transform(screening, square, &own);
            k->weight[v] = factor * taper * value / square
                           * lrpot__truncation(&sum->boundary, vector, &other);
            k->logarithmic[v] = taper > 0.0 ? own - slope / (taper * size) + other : 0.0;
        }
    }
}

lrpot_status lrpot__kspace_build(const lrpot__sum *sum, lrpot_workspace *work, lrpot__kspace *out)
{
    memset(out, 0, sizeof *out);
    LRPOT__TRY(lrpot__kspace_reach(sum, sum->split.k_cut, out->reach));
    int64_t lines = walk_lines(sum, out);
    LRPOT__TRY(lrpot__workspace_int32s(work, &lines_tag, 4 * lines, &out->line));
    LRPOT__TRY(lrpot__workspace_int64s(work, &starts_tag, lines, &out->start));
    out->n_lines = walk_lines(sum, out);
    LRPOT__TRY(lrpot__workspace_doubles(work, &weights_tag, out->n_vectors, &out->weight));
    LRPOT__TRY(lrpot__workspace_doubles(work, &logarithmic_tag, out->n_vectors, &out->logarithmic));
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &structure_tag, 2 * out->n_vectors + 2, &out->structure));
    LRPOT__TRY(lrpot__workspace_doubles(work, &own_tag, 2 * out->n_vectors + 2, &out->own));
    fill_weights(sum, out);
    return LRPOT_OK;
}

static void block_structure(const lrpot__sum *sum, const lrpot__kspace *k, lrpot__phases *b,
                            double *structure)
{
    const lrpot__coulomb_kernels *kernels = lrpot__coulomb_kernels_get();
    double q[BLOCK] = { 0.0 };
    for (int64_t i = 0; i < b->count; i++) q[i] = sum->q[b->first + i];
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int i = 0; i < BLOCK; i++) {
            b->line_real[i] *= q[i];
            b->line_imag[i] *= q[i];
        }
        lrpot__phase_line passed = { b->line_real, b->line_imag, lrpot__phases_along(b, line[2]),
                                     line[2], line[3] - line[2] + 1 };
        kernels->structure(&passed, structure + 2 * k->start[l]);
    }
}

/* First block of a thread's share of atoms. */
static int64_t first_block(int64_t blocks, int32_t threads, int32_t t)
{
    return blocks * t / threads;
}

lrpot_status lrpot__kspace_structure(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot__kspace *k)
{
    int64_t blocks = (sum->atoms->n_owned + BLOCK - 1) / BLOCK;
    lrpot_status status = LRPOT_OK;
    memset(k->own, 0, 2 * (size_t)k->n_vectors * sizeof(double));
    for (int32_t t = 0; t < sum->threads;
         t++) { /* blocks are reserved before the parallel region: inside, nothing can fail */
        lrpot__phases b;
        double *partial = NULL;
        LRPOT__TRY(lrpot__phases_reserve(work, k->reach, t, &b));
        LRPOT__TRY(
            lrpot__workspace_thread_doubles(work, &partial_tag, t, 2 * k->n_vectors, &partial));
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(sum->threads))
#endif
    for (int32_t t = 0; t < sum->threads; t++) {
        lrpot__phases b;
        double *partial = NULL;
        if (lrpot__phases_reserve(work, k->reach, t, &b) != LRPOT_OK) continue;
        if (lrpot__workspace_thread_doubles(work, &partial_tag, t, 2 * k->n_vectors, &partial)
            != LRPOT_OK)
            continue;
        memset(partial, 0, 2 * (size_t)k->n_vectors * sizeof(double));
        for (int64_t n = first_block(blocks, sum->threads, t);
             n < first_block(blocks, sum->threads, t + 1); n++) {
            lrpot__phases_load(sum, n * BLOCK, &b);
            block_structure(sum, k, &b, partial);
        }
    }
    for (int32_t t = 0; t < sum->threads && status == LRPOT_OK; t++) {
        double *partial = NULL;
        status = lrpot__workspace_thread_doubles(work, &partial_tag, t, 2 * k->n_vectors, &partial);
        for (int64_t v = 0; status == LRPOT_OK && v < 2 * k->n_vectors; v++)
            k->own[v] += partial[v];
    }
    return status;
}

/* Potential and field of one block; the field in units of the reciprocal rows. */
static void block_collect(const lrpot__sum *sum, const lrpot__kspace *k, lrpot__phases *b,
                          lrpot__sum_results *out)
{
    const lrpot__coulomb_kernels *kernels = lrpot__coulomb_kernels_get();
    double phi[BLOCK] = { 0.0 }, g[3][BLOCK] = { { 0.0 } }, potential[BLOCK], pull[BLOCK],
           along[BLOCK];
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        lrpot__phase_line passed = { b->line_real, b->line_imag, lrpot__phases_along(b, line[2]),
                                     line[2], line[3] - line[2] + 1 };
        kernels->collect(&passed, k->wave + 2 * k->start[l], potential, pull, along);
        for (int i = 0; i < BLOCK; i++) {
            phi[i] += potential[i];
            g[0][i] += line[0] * pull[i];
            g[1][i] += line[1] * pull[i];
            g[2][i] += along[i];
        }
    }
    for (int64_t i = 0; i < b->count; i++) {
        out->potential[b->first + i] += phi[i];
        for (int a = 0; a < 3 && out->field != NULL; a++)
            out->field[3 * (b->first + i) + a] += g[0][i] * sum->reciprocal[a]
                                                  + g[1][i] * sum->reciprocal[3 + a]
                                                  + g[2][i] * sum->reciprocal[6 + a];
    }
}

/* Strain derivative of one term per unit of energy: -1 on the diagonal from 1/V, and k_a k_b from
 * k^2. */
static void strain_of(const lrpot__sum *sum, const lrpot__kspace *k, int64_t l, int32_t c,
                      double *strain)
{
    double vector[3];
    vector_of(sum, k->line + 4 * l, c, vector);
    double factor = k->logarithmic[k->start[l] + c - k->line[4 * l + 2]];
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            strain[3 * a + b] = factor * vector[a] * vector[b] - (a == b ? 1.0 : 0.0);
}

static void collect_virial(const lrpot__sum *sum, const lrpot__kspace *k, lrpot__sum_results *out)
{
    for (int64_t l = 0; l < k->n_lines; l++)
        for (int32_t c = k->line[4 * l + 2]; c <= k->line[4 * l + 3]; c++) {
            int64_t v = k->start[l] + c - k->line[4 * l + 2];
            double strain[9];
            double energy = 0.5 * k->weight[v]
                            * (k->structure[2 * v] * k->own[2 * v]
                               + k->structure[2 * v + 1] * k->own[2 * v + 1]);
            strain_of(sum, k, l, c, strain);
            for (int x = 0; x < 9; x++) out->virial[x] -= energy * strain[x];
        }
}

/* Virials of the atoms, if wanted: each atom's share of every term. */
static void block_virials(const lrpot__sum *sum, const lrpot__kspace *k, lrpot__phases *b,
                          lrpot__sum_results *out)
{
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            int64_t v = k->start[l] + c - line[2];
            const double *z = lrpot__phases_along(b, c);
            double strain[9];
            strain_of(sum, k, l, c, strain);
            for (int64_t i = 0; i < b->count; i++) {
                double re = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                double im = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
                double energy = 0.5 * sum->q[b->first + i] * k->weight[v]
                                * (re * k->structure[2 * v] + im * k->structure[2 * v + 1]);
                for (int x = 0; x < 9; x++)
                    out->virial_atom[9 * (b->first + i) + x] -= energy * strain[x];
            }
        }
    }
}

lrpot_status lrpot__kspace_collect(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__kspace *kspace, lrpot__sum_results *out)
{
    lrpot__kspace weighted = *kspace;
    const lrpot__kspace *k = &weighted;
    int64_t blocks = (sum->atoms->n_owned + BLOCK - 1) / BLOCK;
    LRPOT__TRY(lrpot__workspace_doubles(work, &partial_tag, 2 * k->n_vectors, &weighted.wave));
    for (int64_t v = 0; v < 2 * k->n_vectors; v++)
        weighted.wave[v] = k->weight[v / 2] * k->structure[v];
    for (int32_t t = 0; t < sum->threads; t++) {
        lrpot__phases b;
        LRPOT__TRY(lrpot__phases_reserve(work, k->reach, t, &b));
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(sum->threads))
#endif
    for (int32_t t = 0; t < sum->threads; t++) {
        lrpot__phases b;
        if (lrpot__phases_reserve(work, k->reach, t, &b) != LRPOT_OK) continue;
        for (int64_t n = first_block(blocks, sum->threads, t);
             n < first_block(blocks, sum->threads, t + 1); n++) {
            lrpot__phases_load(sum, n * BLOCK, &b);
            block_collect(sum, k, &b, out);
            if (out->virial_atom != NULL) block_virials(sum, k, &b, out);
        }
    }
    if (out->field != NULL) collect_virial(sum, k, out);
    return LRPOT_OK;
}
