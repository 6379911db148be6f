/* Multipoles in reciprocal space: the amplitude of an atom is (q + i mu.k - k.M.k/2) exp(i k.r). */
#include "electrostatics/multipoles/multipole_kspace.h"

#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/phases.h"
#include "electrostatics/ewald/truncation.h"
#include "electrostatics/multipoles/multipole_strains.h"
#include "electrostatics/multipoles/multipole_vector.h"

#include <math.h>
#include <string.h>

static const lrpot__tag partial_tag = { "structure factors of a thread" };

#define BLOCK LRPOT__PHASES_BLOCK

/* Moments of a block, one array each. */
typedef struct {
    double q[BLOCK], mu[3][BLOCK], m[6][BLOCK];
} block_moments;

static void load(const lrpot__multipoles *p, const lrpot__phases *b, block_moments *data)
{
    memset(data, 0, sizeof *data);
    for (int64_t i = 0; i < b->count; i++) {
        const lrpot__multipole_moments *from = &p->moments[b->first + i];
        data->q[i] = from->q;
        for (int a = 0; a < 3; a++) data->mu[a][i] = from->mu[a];
        for (int c = 0; c < 6; c++) data->m[c][i] = from->m[c];
    }
}

/* Real and imaginary part of the amplitude without the phase. */
static inline double even_part(const block_moments *d, const lrpot__multipole_vector *v, int i)
{
    return d->q[i]
           - (v->half[0] * d->m[0][i] + v->half[1] * d->m[1][i] + v->half[2] * d->m[2][i]
              + v->half[3] * d->m[3][i] + v->half[4] * d->m[4][i] + v->half[5] * d->m[5][i]);
}

static inline double odd_part(const block_moments *d, const lrpot__multipole_vector *v, int i)
{
    return v->k[0] * d->mu[0][i] + v->k[1] * d->mu[1][i] + v->k[2] * d->mu[2][i];
}

static void block_structure(const lrpot__multipoles *p, const lrpot__kspace *k, lrpot__phases *b,
                            double *structure)
{
    block_moments data;
    load(p, b, &data);
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            const double *z = lrpot__phases_along(b, c);
            double sum[2] = { 0.0, 0.0 }, *out = structure + 2 * (k->start[l] + c - line[2]);
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, line, c);
            for (int i = 0; i < BLOCK; i++) {
                double re = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                double im = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
                double even = even_part(&data, &v, i), odd = odd_part(&data, &v, i);
                sum[0] += even * re - odd * im;
                sum[1] += even * im + odd * re;
            }
            out[0] += sum[0];
            out[1] += sum[1];
        }
    }
}

/* Potential, gradient, second derivatives and force of a block: 13 numbers of each atom; and its
 * third derivatives. */
typedef struct {
    double potential[BLOCK], gradient[3][BLOCK], second[6][BLOCK], force[3][BLOCK],
        third[10][BLOCK];
} block_felt;

static void store(lrpot__multipoles *p, const lrpot__phases *b, const block_felt *f)
{
    for (int64_t i = 0; i < b->count; i++) {
        lrpot__site_field *to = &p->site_fields[b->first + i];
        to->potential += f->potential[i];
        for (int a = 0; a < 3; a++) {
            to->gradient[a] += f->gradient[a][i];
            to->force[a] += f->force[a][i];
        }
        for (int c = 0; c < 6; c++) to->second[c] += f->second[c][i];
        for (int c = 0; c < 10; c++) to->third[c] += f->third[c][i];
    }
}

static void block_collect(lrpot__multipoles *p, const lrpot__kspace *k, lrpot__phases *b,
                          const double *structure)
{
    block_moments data;
    block_felt f;
    memset(&f, 0, sizeof f);
    load(p, b, &data);
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            int64_t at = k->start[l] + c - line[2];
            const double *z = lrpot__phases_along(b, c);
            double sr = k->weight[at] * structure[2 * at],
                   si = k->weight[at] * structure[2 * at + 1];
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, line, c);
            for (int i = 0; i < BLOCK; i++) {
                double re = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                double im = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
                double even = re * sr + im * si, odd = re * si - im * sr;
                double pull = even_part(&data, &v, i) * odd - odd_part(&data, &v, i) * even;
                f.potential[i] += even;
                for (int a = 0; a < 3; a++) {
                    f.gradient[a][i] += v.k[a] * odd;
                    f.force[a][i] -= v.k[a] * pull;
                }
                for (int x = 0; x < 6; x++) f.second[x][i] -= v.kk[x] * even;
                for (int x = 0; p->third && x < 10; x++) f.third[x][i] -= v.kkk[x] * odd;
            }
        }
    }
    store(p, b, &f);
}

static void add_virial(lrpot__multipoles *p, const lrpot__kspace *k)
{
    for (int64_t l = 0; l < k->n_lines; l++)
        for (int32_t c = k->line[4 * l + 2]; c <= k->line[4 * l + 3]; c++) {
            int64_t at = k->start[l] + c - k->line[4 * l + 2];
            double energy = 0.5 * k->weight[at]
                            * (k->structure[2 * at] * k->own[2 * at]
                               + k->structure[2 * at + 1] * k->own[2 * at + 1]);
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, k->line + 4 * l, c);
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++)
                    p->virial[3 * a + b] -=
                        energy * (k->logarithmic[at] * v.k[a] * v.k[b] - (a == b ? 1.0 : 0.0));
        }
}

/* Virial in which the moments are strained along, as vectors between charges are: it is symmetric.
 * Along the directions that do not repeat it follows from the forces. */
void lrpot__multipoles_across_virial(lrpot__multipoles *p)
{
    const lrpot__sum *sum = p->sum;
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3;
    double moment[9] = { 0.0 };
    if (sum->boundary.kind == LRPOT__REPEATED) return;
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        const double *r = sum->atoms->positions + i * stride;
        const lrpot__site_field *f = &p->site_fields[i];
        for (int x = 0; x < 9; x++) {
            moment[x] += (r[x / 3] - sum->boundary.middle[x / 3]) * f->force[x % 3]
                         - p->moments[i].mu[x / 3] * f->gradient[x % 3];
            for (int c = 0; c < 3; c++)
                moment[x] -= p->moments[i].m[lrpot__voigt_index[x / 3][c]]
                             * f->second[lrpot__voigt_index[c][x % 3]];
        }
    }
    lrpot__truncation_complete(&sum->boundary, moment, p->virial);
}

void lrpot__multipoles_rotation_virial(lrpot__multipoles *p)
{
    for (int64_t i = 0; i < p->sum->atoms->n_owned; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                p->virial[3 * a + b] += p->moments[i].mu[a] * p->site_fields[i].gradient[b];
                for (int c = 0; c < 3; c++)
                    p->virial[3 * a + b] += p->moments[i].m[lrpot__voigt_index[a][c]]
                                            * p->site_fields[i].second[lrpot__voigt_index[c][b]];
            }
}

static lrpot_status reserve(const lrpot__kspace *k, lrpot_workspace *work, int32_t thread,
                            lrpot__phases *b, double **part)
{
    LRPOT__TRY(lrpot__phases_reserve(work, k->reach, thread, b));
    return lrpot__workspace_thread_doubles(work, &partial_tag, thread, 2 * k->n_vectors, part);
}

/* pass 0: structure factors of each thread's atoms; pass 1: potentials and derivatives at the
 * atoms. */
static void run(lrpot__multipoles *p, lrpot_workspace *work, const lrpot__kspace *k, int pass)
{
    int64_t blocks = (p->sum->atoms->n_owned + BLOCK - 1) / BLOCK;
    int32_t threads = p->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++) {
        lrpot__phases b;
        double *part = NULL;
        if (reserve(k, work, t, &b, &part) != LRPOT_OK) continue;
        if (pass == 0) memset(part, 0, 2 * (size_t)k->n_vectors * sizeof(double));
        for (int64_t m = blocks * t / threads; m < blocks * (t + 1) / threads; m++) {
            lrpot__phases_load(p->sum, m * BLOCK, &b);
            if (pass == 0) block_structure(p, k, &b, part);
            else block_collect(p, k, &b, k->structure);
        }
    }
}

lrpot_status lrpot__multipoles_kspace(lrpot__multipoles *p, lrpot_workspace *work)
{
    lrpot__kspace k;
    lrpot__phases b;
    double *part = NULL;
    LRPOT__TRY(lrpot__kspace_build(p->sum, work, &k));
    for (int32_t t = 0; t < p->sum->threads; t++)
        /* reserved here: inside the parallel region nothing can fail */
        LRPOT__TRY(reserve(&k, work, t, &b, &part));
    run(p, work, &k, 0);
    memset(k.own, 0, 2 * (size_t)k.n_vectors * sizeof(double));
    for (int32_t t = 0; t < p->sum->threads; t++) {
        LRPOT__TRY(reserve(&k, work, t, &b, &part));
        for (int64_t v = 0; v < 2 * k.n_vectors; v++) k.own[v] += part[v];
    }
    memcpy(k.structure, k.own, 2 * (size_t)k.n_vectors * sizeof(double));
    if (p->comm != NULL && p->comm->sum != NULL)
        LRPOT__TRY(p->comm->sum(p->comm->ctx, k.structure, 2 * k.n_vectors));
    run(p, work, &k, 1);
    add_virial(p, &k);
    return p->site_strains != NULL ? lrpot__multipole_strains_kspace(p, work, &k) : LRPOT_OK;
}
