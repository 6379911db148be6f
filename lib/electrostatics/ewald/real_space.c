/* Sums over pairs: the real-space part of the periodic sum, or the whole isolated sum. Every owned
 * atom sums its own row, so nothing is written to neighbours and ghosts need no reverse
 * communication. */
#include "electrostatics/ewald/real_space.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/ewald/single_pairs.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/simd/pair_rows.h"
#include "structure/nlist.h"

#include <math.h>

static const lrpot__tag packed_tag = { "positions and charges" };
static const lrpot__tag translations_tag = { "vectors of the images" };

typedef struct {
    const lrpot__sum *sum;
    const lrpot__rows *rows; /* NULL: all pairs */
    const lrpot__coulomb_kernels *kernels;
    double *packed;       /* [n_all][4] positions and charges */
    double *translations; /* [images][4] */
    int fast;             /* 1: by the vectorised kernel */
    int single;           /* 1: by the kernel in single precision */
    lrpot__single_pairs singles;
} job;

/* Potential, field and virial (xx yy zz yz xz xy) of one atom, as the vectorised kernel gives them.
 */
#define ROW_SUMS 10

static void add_pair(const job *p, double gamma, double qj, const double *d, double square,
                     double *s)
{
    double value, strength;
    const lrpot__pair *pair = &p->sum->split.pair;
    if (pair->cutoff > 0.0 && square >= pair->cutoff * pair->cutoff) return;
    lrpot__pair_eval(pair, gamma, square, &value, &strength);
    double f = qj * strength;
    s[0] += qj * value;
    for (int a = 0; a < 3; a++) {
        s[1 + a] -= f * d[a]; /* d points to the neighbour */
        s[4 + a] += 0.5 * f * d[a] * d[a];
    }
    s[7] += 0.5 * f * d[1] * d[2];
    s[8] += 0.5 * f * d[0] * d[2];
    s[9] += 0.5 * f * d[0] * d[1];
}

/* Sums the row of atom i pair by pair: any list, any accuracy. Returns the smallest r^2. */
static double plain_row(const job *p, int64_t i, double *sums)
{
    const lrpot__sum *sum = p->sum;
    const double *center = p->packed + 4 * i;
    lrpot__row row = { .count = sum->atoms->n_all };
    double least = INFINITY;
    if (p->rows != NULL) row = lrpot__nlist_get_row(p->rows, i);
    for (int c = 0; c < ROW_SUMS; c++) sums[c] = 0.0;
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j = row.j != NULL ? row.j[k] & p->rows->mask : k;
        if (row.j == NULL && j == i) continue;
        double d[3] = { 0.0, 0.0, 0.0 };
        if (row.shifts != NULL)
            lrpot__row_times3(
                (double[3]){ row.shifts[3 * k], row.shifts[3 * k + 1], row.shifts[3 * k + 2] },
                sum->atoms->cell, d);
        if (row.image != NULL)
            for (int a = 0; a < 3; a++) d[a] = p->translations[4 * (int64_t)row.image[k] + a];
        for (int a = 0; a < 3; a++) d[a] += p->packed[4 * j + a] - center[a];
        double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        least = fmin(least, square);
        if (square > 0.0)
            add_pair(p, lrpot__pair_gamma(sum->ewald, sum->atoms, i, j), p->packed[4 * j + 3], d,
                     square, sums);
    }
    return least;
}

static double fast_row(const job *p, int64_t i, double *sums)
{
    lrpot__row row = lrpot__nlist_get_row(p->rows, i);
    if (row.shifts != NULL) return plain_row(p, i, sums);
    lrpot__pair_row wanted =
        lrpot__pair_row_of(p->sum, p->packed, p->translations, p->rows, &row, i);
    return p->kernels->pairs(&wanted, p->packed + 4 * i, sums);
}

/* Fetches the entries of a row to come: rows of a built list are not in the order of the atoms. */
static void fetch_row(const job *p, int64_t i)
{
    enum { LINE = 16 }; /* numbers of a cache line */
    if (i >= p->sum->atoms->n_owned) return;
    lrpot__row row = lrpot__nlist_get_row(p->rows, i);
    int images = row.image != NULL && !(p->single && p->singles.translations == NULL);
    for (int64_t k = 0; row.j != NULL && k < row.count; k += LINE) {
        __builtin_prefetch(row.j + k);
        if (images) __builtin_prefetch(row.image + k);
    }
}

#define AHEAD 4 /* rows */

/* A row with a pair too close for single precision is summed in double. */
static double single_row(const job *p, int64_t i, double *sums)
{
    lrpot__row row = lrpot__nlist_get_row(p->rows, i);
    if (row.shifts != NULL) return plain_row(p, i, sums);
    lrpot__single_row wanted = { .pair = &p->singles.pair,
                                 .packed = p->singles.packed,
                                 .translations = p->singles.translations,
                                 .j = row.j,
                                 .image = p->singles.translations != NULL ? row.image : NULL,
                                 .count = row.count,
                                 .mask = p->rows->mask };
    double least = p->kernels->single(&wanted, p->singles.packed + 4 * i, sums);
    return least < p->sum->split.pair.single ? fast_row(p, i, sums) : least;
}

static void store_row(const lrpot__sum *sum, int64_t i, const double *row, double *virial,
                      lrpot__sum_results *out)
{
    static const int index[9] = { 4, 9, 8, 9, 5, 7, 8, 7, 6 };
    double k = lrpot__sum_constant(sum);
    out->potential[i] += k * row[0];
    for (int a = 0; a < 3; a++) out->field[3 * i + a] += k * row[1 + a];
    for (int c = 0; c < 9; c++) {
        double value = k * sum->q[i] * row[index[c]];
        virial[c] += value;
        if (out->virial_atom != NULL) out->virial_atom[9 * i + c] += value;
    }
}

static lrpot_status prepare(job *p, lrpot_workspace *work)
{
    const lrpot_atoms *atoms = p->sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3,
            images = p->rows != NULL ? p->rows->n_images : 0;
    LRPOT__TRY(lrpot__workspace_doubles(work, &packed_tag, 4 * atoms->n_all, &p->packed));
    LRPOT__TRY(lrpot__workspace_doubles(work, &translations_tag, 4 * images, &p->translations));
    for (int64_t i = 0; i < atoms->n_all; i++) {
        for (int a = 0; a < 3; a++) p->packed[4 * i + a] = atoms->positions[i * stride + a];
        p->packed[4 * i + 3] = p->sum->q[i];
    }
    for (int64_t t = 0; t < images; t++) {
        const int32_t *n = p->rows->images + 3 * t;
        double steps[3] = { n[0], n[1], n[2] }, *out = p->translations + 4 * t;
        out[0] = out[1] = out[2] = out[3] = 0.0;
        if (atoms->cell != NULL) lrpot__row_times3(steps, atoms->cell, out);
    }
    return LRPOT_OK;
}

/* Longest edge of a cell, in cutoffs, that is divided into 2^32 steps. */
#define LONGEST 60.0

/* 1 if no row of the list has two images of an atom one of which is within the cutoff: the nearest
 * image is then the one that counts. */
static int has_one_image(const lrpot__sum *sum, const lrpot_nlist *list)
{
    double inverse[9], cutoff = sum->split.pair.cutoff, reach = lrpot__nlist_reach(list);
    const double *cell = sum->atoms->cell;
    if (sum->atoms->periodic_mask != LRPOT_PERIODIC_ALL) return 0;
    lrpot__inverse3(cell, inverse);
    for (int d = 0; d < 3; d++) {
        double column[3] = { inverse[d], inverse[3 + d], inverse[6 + d] },
               height = 1.0 / sqrt(lrpot__dot3(column, column)),
               length = sqrt(lrpot__dot3(cell + 3 * d, cell + 3 * d));
        if (!(height > cutoff + reach && length < LONGEST * cutoff)) return 0;
    }
    return 1;
}

/* Error that names the atom at the position of atom i. */
static lrpot_status coincident(const job *p, int64_t i)
{
    const lrpot_atoms *atoms = p->sum->atoms;
    lrpot__row row = { .count = atoms->n_all };
    if (p->rows != NULL) row = lrpot__nlist_get_row(p->rows, i);
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j = row.j != NULL ? row.j[k] & p->rows->mask : k;
        const double *a = p->packed + 4 * i, *b = p->packed + 4 * j;
        if (j != i && fabs(a[0] - b[0]) + fabs(a[1] - b[1]) + fabs(a[2] - b[2]) < 1e-5)
            return lrpot__fail(LRPOT_E_COINCIDENT, "atoms %lld and %lld have the same position",
                               (long long)i, (long long)j);
    }
    return lrpot__fail(LRPOT_E_COINCIDENT,
                       "atom %lld and an image of another have the same position", (long long)i);
}

typedef struct {
    const job *job;
    lrpot__sum_results *out;
} target;

static double visit(const void *ctx, int64_t i, double *virial)
{
    const target *to = ctx;
    if (to->job->fast) fetch_row(to->job, i + AHEAD);
    double row[ROW_SUMS], least = to->job->single ? single_row(to->job, i, row)
                                  : to->job->fast ? fast_row(to->job, i, row)
                                                  : plain_row(to->job, i, row);
    store_row(to->job->sum, i, row, virial, to->out);
    return least;
}

/* Forces in single precision do not add up to exactly zero. The rest is subtracted in proportion to
 * q^2, as on the mesh. All atoms are in this process. */
static void balance(const lrpot__sum *sum, lrpot__sum_results *out)
{
    int64_t n = sum->atoms->n_owned;
    double net[3] = { 0.0, 0.0, 0.0 }, square = sum->totals.square;
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++) net[a] += sum->q[i] * out->field[3 * i + a];
    for (int64_t i = 0; square > 0.0 && i < n; i++)
        for (int a = 0; a < 3; a++) out->field[3 * i + a] -= sum->q[i] / square * net[a];
}

lrpot_status lrpot__real_space(const lrpot__sum *sum, lrpot_workspace *work,
                               const lrpot_nlist *list, lrpot__sum_results *out)
{
    int64_t coincident_atom;
    lrpot__rows rows;
    job p = { .sum = sum, .kernels = lrpot__coulomb_kernels_get() };
    target to = { &p, out };
    if (list != NULL)
        LRPOT__TRY(lrpot__nlist_rows(list, sum->atoms, sum->split.pair.cutoff, &rows));
    if (list != NULL) p.rows = &rows;
    p.fast = list != NULL && sum->split.pair.degree > 0;
    LRPOT__TRY(prepare(&p, work));
    if (p.fast && sum->split.pair.single > 0.0)
        LRPOT__TRY(lrpot__single_pairs_make(
            &(lrpot__single_inputs){ &sum->split.pair, lrpot_nlist_cutoff(list),
                                     has_one_image(sum, list) ? sum->atoms->cell : NULL,
                                     sum->atoms->n_all, rows.n_images, p.packed, p.translations },
            work, &p.singles, &p.single));
    LRPOT__TRY(lrpot__pair_walk_atoms(sum, work, visit, &to, out->virial, &coincident_atom));
    if (p.single) balance(sum, out);
    return coincident_atom >= 0 ? coincident(&p, coincident_atom) : LRPOT_OK;
}
