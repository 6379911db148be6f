/* Sums over pairs: the real-space part of the periodic sum, all of the isolated one. Every owned atom collects its own row, so
 * nothing is written to neighbours and ghosts need no fold. */
#include "electrostatics/ewald.h"

#include "core/error.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

#include <math.h>

/* What one atom collects. */
typedef struct {
    double potential, field[3], virial[9];
    int64_t coincident; /* atom at the same place, or -1 */
} row_sum;

/* What one thread collects; clash: an atom at the place of another, or -1. */
typedef struct {
    double virial[9];
    int64_t clash, other;
} thread_sum;

static void add_pair(const lrpot__sum *sum, double gamma, double qj, const double *d, row_sum *row)
{
    double r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2], value, derivative, slope = 0.0, taper = 1.0;
    if (sum->split.cutoff > 0.0 && r2 >= sum->split.cutoff * sum->split.cutoff) return;
    double r = sqrt(r2);
    lrpot__pair_kernel(r, sum->split.alpha, gamma, &value, &derivative);
    if (sum->split.cutoff > 0.0) taper = lrpot__taper(r, 0.98 * sum->split.cutoff, sum->split.cutoff, &slope);
    derivative = derivative * taper + value * slope;
    value *= taper;
    row->potential += qj * value;
    for (int a = 0; a < 3; a++) {
        row->field[a] += qj * derivative * d[a] / r; /* d points to the neighbour: E = -grad phi */
        for (int b = 0; b < 3; b++) row->virial[3 * a + b] -= 0.5 * qj * derivative * d[a] * d[b] / r;
    }
}

static void isolated_row(const lrpot__sum *sum, int64_t i, row_sum *row)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    const double *ri = atoms->positions + i * stride;
    for (int64_t j = 0; j < atoms->n_all; j++) {
        if (j == i) continue;
        const double *rj = atoms->positions + j * stride;
        double d[3] = { rj[0] - ri[0], rj[1] - ri[1], rj[2] - ri[2] };
        if (d[0] == 0.0 && d[1] == 0.0 && d[2] == 0.0) row->coincident = j;
        else add_pair(sum, lrpot__pair_gamma(sum->ewald, atoms->species[i], atoms->species[j]), sum->q[j], d, row);
    }
}

static void listed_row(const lrpot__sum *sum, const lrpot__rows *rows, int64_t i, row_sum *out)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    const double *ri = atoms->positions + i * stride, *cell = atoms->cell;
    lrpot__row row = lrpot__nlist_get_row(rows, i);
    for (int64_t k = 0; k < row.count; k++) {
        int32_t j = row.j[k] & rows->mask;
        const double *rj = atoms->positions + j * stride;
        double d[3] = { rj[0] - ri[0], rj[1] - ri[1], rj[2] - ri[2] };
        const int32_t *shift = row.image != NULL ? rows->images + 3 * row.image[k] : row.shifts != NULL ? row.shifts + 3 * k : NULL;
        if (shift != NULL)
            for (int a = 0; a < 3; a++) d[a] += shift[0] * cell[a] + shift[1] * cell[3 + a] + shift[2] * cell[6 + a];
        if (d[0] == 0.0 && d[1] == 0.0 && d[2] == 0.0) out->coincident = j;
        else add_pair(sum, lrpot__pair_gamma(sum->ewald, atoms->species[i], atoms->species[j]), sum->q[j], d, out);
    }
}

static void store_row(const lrpot__sum *sum, int64_t i, const row_sum *row, double *virial, lrpot__sums *out)
{
    double k = LRPOT_COULOMB_CONSTANT;
    out->potential[i] += k * row->potential;
    for (int a = 0; a < 3; a++) out->field[3 * i + a] += k * row->field[a];
    for (int c = 0; c < 9; c++) {
        virial[c] += k * sum->q[i] * row->virial[c];
        if (out->virial_atom != NULL) out->virial_atom[9 * i + c] += k * sum->q[i] * row->virial[c];
    }
}

lrpot_status lrpot__real_space(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist *list, lrpot__sums *out)
{
    int64_t n = sum->atoms->n_owned;
    lrpot__rows rows;
    if (list != NULL) LRPOT__TRY(lrpot__nlist_rows(list, sum->atoms, sum->split.cutoff, &rows));
    thread_sum *parts = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, LRPOT__EWALD_VIRIALS, 0, sum->threads, sizeof *parts, (void **)&parts));
    for (int32_t t = 0; t < sum->threads; t++) parts[t] = (thread_sum) { { 0.0 }, -1, -1 };
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(sum->threads)
#endif
    for (int32_t t = 0; t < sum->threads; t++)
        for (int64_t i = n * t / sum->threads; i < n * (t + 1) / sum->threads; i++) {
            row_sum row = { 0.0, { 0.0 }, { 0.0 }, -1 };
            if (list != NULL) listed_row(sum, &rows, i, &row);
            else isolated_row(sum, i, &row);
            store_row(sum, i, &row, parts[t].virial, out);
            if (row.coincident < 0) continue;
            parts[t].clash = i;
            parts[t].other = row.coincident;
        }
    for (int32_t t = 0; t < sum->threads; t++) {
        if (parts[t].clash >= 0)
            return lrpot__fail(LRPOT_E_COINCIDENT, "atoms %lld and %lld are at the same place", (long long)parts[t].clash,
                               (long long)parts[t].other);
        for (int c = 0; c < 9; c++) out->virial[c] += parts[t].virial[c];
    }
    return LRPOT_OK;
}
