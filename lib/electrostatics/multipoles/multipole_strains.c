/* Strain of the potentials of multipoles. A pair at x sees its field changed by x_a d_b. A vector
 * changes by dk_a = -e_ab k_b and keeps its phases, so that with the weight W, the structure factor
 * S = sum (q + i mu.k - k.M.k/2) exp(i k.r) and T_a = sum (i mu_a - (M k)_a) exp(i k.r)
 *
 *   d(W S) = e_ab W [(l k_a k_b - delta_ab) S - k_b T_a],   l k_a k_b - delta_ab = d ln W/de_ab,
 *
 * and the derivatives of the potential by places turn, as their vectors do. */
#include "electrostatics/multipoles/multipole_strains.h"

#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/phases.h"
#include "electrostatics/multipoles/multipole_vector.h"

#include <string.h>

static const lrpot__tag turned_tag = { "structure factors that turn with their vectors" };

#define BLOCK LRPOT__PHASES_BLOCK
enum { STRAINS = LRPOT__STRAINS, WAVES = 2 * LRPOT__STRAINS };

void lrpot__multipole_strains_pair(const lrpot__site_field *pair, const double x[3],
                                   lrpot__site_strain *to)
{
    for (int s = 0; s < STRAINS; s++) {
        double arm = x[lrpot__strain_row[s]];
        int b = lrpot__strain_column[s];
        to->potential[s] += arm * pair->gradient[b];
        for (int c = 0; c < 3; c++)
            to->gradient[s][c] += arm * pair->second[lrpot__voigt_index[c][b]];
        for (int c = 0; c < 6; c++)
            to->second[s][c] +=
                arm
                * pair->third[lrpot__third_index[lrpot__strain_row[c]][lrpot__strain_column[c]][b]];
    }
}

/* Adds T of a block at one vector, without its moments: z = exp(i k.r). out: [3][2] */
static void add_turned(const lrpot__multipole_moments *m, const double *k, double re, double im,
                       double *out)
{
    for (int a = 0; a < 3; a++) {
        double even = 0.0;
        for (int c = 0; c < 3; c++) even -= m->m[lrpot__voigt_index[a][c]] * k[c];
        out[2 * a] += even * re - m->mu[a] * im;
        out[2 * a + 1] += even * im + m->mu[a] * re;
    }
}

/* T of all vectors, [vectors][WAVES], in the first places. */
static void collect_turned(const lrpot__multipoles *p, const lrpot__kspace *k, lrpot__phases *b,
                           double *waves)
{
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            const double *z = lrpot__phases_along(b, c);
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, line, c);
            for (int64_t i = 0; i < b->count; i++)
                add_turned(&p->moments[b->first + i], v.k,
                           b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i],
                           b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i],
                           waves + WAVES * (k->start[l] + c - line[2]));
        }
    }
}

/* d(W S) of the six strains in place of T. */
static void change(const lrpot__multipoles *p, const lrpot__kspace *k, double *waves)
{
    for (int64_t l = 0; l < k->n_lines; l++)
        for (int32_t c = k->line[4 * l + 2]; c <= k->line[4 * l + 3]; c++) {
            int64_t at = k->start[l] + c - k->line[4 * l + 2];
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, k->line + 4 * l, c);
            double turned[6], *wave = waves + WAVES * at;
            memcpy(turned, wave, sizeof turned);
            for (int s = 0; s < STRAINS; s++) {
                int row = lrpot__strain_row[s], column = lrpot__strain_column[s];
                double own = k->logarithmic[at] * v.kk[s] - (row == column ? 1.0 : 0.0);
                for (int part = 0; part < 2; part++)
                    wave[2 * s + part] = k->weight[at]
                                         * (own * k->structure[2 * at + part]
                                            - v.k[column] * turned[2 * row + part]);
            }
        }
}

/* Results of a block, one array each. */
typedef struct {
    double potential[STRAINS][BLOCK], gradient[STRAINS][3][BLOCK], second[STRAINS][6][BLOCK];
} block_strain;

static void add_wave(const lrpot__multipole_vector *v, const double *re, const double *im,
                     const double *wave, int rank, int s, block_strain *to)
{
    double odd[BLOCK], even[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        even[i] = re[i] * wave[0] + im[i] * wave[1];
        odd[i] = re[i] * wave[1] - im[i] * wave[0];
        to->potential[s][i] += even[i];
    }
    for (int a = 0; rank > 0 && a < 3; a++)
        for (int i = 0; i < BLOCK; i++) to->gradient[s][a][i] += v->k[a] * odd[i];
    for (int x = 0; rank > 1 && x < 6; x++)
        for (int i = 0; i < BLOCK; i++) to->second[s][x][i] -= v->kk[x] * even[i];
}

static void store(lrpot__multipoles *p, const lrpot__phases *b, const block_strain *from)
{
    for (int64_t i = 0; i < b->count; i++) {
        lrpot__site_strain *to = &p->site_strains[b->first + i];
        for (int s = 0; s < STRAINS; s++) {
            to->potential[s] += from->potential[s][i];
            for (int a = 0; a < 3; a++) to->gradient[s][a] += from->gradient[s][a][i];
            for (int x = 0; x < 6; x++) to->second[s][x] += from->second[s][x][i];
        }
    }
}

static void collect(lrpot__multipoles *p, const lrpot__kspace *k, lrpot__phases *b,
                    const double *waves)
{
    block_strain sums;
    memset(&sums, 0, sizeof sums);
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            const double *z = lrpot__phases_along(b, c),
                         *wave = waves + WAVES * (k->start[l] + c - line[2]);
            lrpot__multipole_vector v = lrpot__multipole_vector_of(p->sum, line, c);
            double re[BLOCK], im[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                re[i] = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                im[i] = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
            }
            for (int s = 0; s < STRAINS; s++) add_wave(&v, re, im, wave + 2 * s, p->rank, s, &sums);
        }
    }
    store(p, b, &sums);
}

/* The vectors that differentiate the potential change, too. */
static void turn(lrpot__multipoles *p)
{
    for (int64_t i = 0; i < p->sum->atoms->n_owned; i++) {
        const lrpot__site_field *f = &p->site_fields[i];
        lrpot__site_strain *to = &p->site_strains[i];
        for (int s = 0; s < STRAINS; s++) {
            int a = lrpot__strain_row[s], b = lrpot__strain_column[s];
            to->gradient[s][a] -= f->gradient[b];
            for (int x = 0; x < 6; x++) {
                int c = lrpot__strain_row[x], d = lrpot__strain_column[x];
                if (c == a) to->second[s][x] -= f->second[lrpot__voigt_index[b][d]];
                if (d == a) to->second[s][x] -= f->second[lrpot__voigt_index[c][b]];
            }
        }
    }
}

lrpot_status lrpot__multipole_strains_kspace(lrpot__multipoles *p, lrpot_workspace *work,
                                             const lrpot__kspace *k)
{
    lrpot__phases b;
    double *waves = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &turned_tag, WAVES * k->n_vectors, &waves));
    LRPOT__TRY(lrpot__phases_reserve(work, k->reach, 0, &b));
    memset(waves, 0, (size_t)(WAVES * k->n_vectors) * sizeof *waves);
    for (int pass = p->rank > 0 ? 0 : 1; pass < 2; pass++) {
        if (pass == 1) change(p, k, waves);
        for (int64_t first = 0; first < p->sum->atoms->n_owned; first += BLOCK) {
            lrpot__phases_load(p->sum, first, &b);
            if (pass == 0) collect_turned(p, k, &b, waves);
            else collect(p, k, &b, waves);
        }
    }
    turn(p);
    return LRPOT_OK;
}
