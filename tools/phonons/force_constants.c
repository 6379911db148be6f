#include "phonons/force_constants.h"

#include "cli/inputs.h"
#include "cli/report.h"
#include "phonons/irreducible.h"

#include <stdlib.h>
#include <string.h>

typedef struct supercell {
    int64_t n_home, n_cells, n; /* numbers of atoms of the cell, of cells, of all atoms */
    int32_t repeat;
    lrpot_structure *atoms; /* in the order of lrpot_structure_repeat() */
    int64_t *place;         /* [n] atom * n_cells + cell of each of these atoms */
    double *slopes;         /* [3][n][3] of one atom's displacements */
    double *rows;           /* [n_home][3][n][3] */
} supercell;

/* lrpot_structure_repeat() orders cell by cell, last axis fastest. */
static void fill_places(supercell *super)
{
    int64_t N = super->repeat;
    for (int64_t home = 0; home < super->n_home; home++)
        for (int64_t cell = 0; cell < super->n_cells; cell++) {
            int64_t a = cell / (N * N), b = cell / N % N, c = cell % N;
            super->place[cell * super->n_home + home] = home * super->n_cells + (c * N + b) * N + a;
        }
}

static lrpot_status build(supercell *super, const lrpot_structure *structure)
{
    const int32_t repeat[3] = { super->repeat, super->repeat, super->repeat };
    super->place = malloc((size_t)super->n * sizeof *super->place);
    super->slopes = malloc((size_t)(9 * super->n) * sizeof *super->slopes);
    super->rows = malloc((size_t)(9 * super->n_home * super->n) * sizeof *super->rows);
    if (super->place == NULL || super->slopes == NULL || super->rows == NULL) return LRPOT_E_MEMORY;
    fill_places(super);
    return lrpot_structure_repeat(&super->atoms, structure, repeat);
}

/* slopes = -dF/du by 4th-order differences: 12 h F'(0) = F(-2h) - 8 F(-h) + 8 F(h) - F(2h). */
static lrpot_status displace(supercell *super, const lrpot_potential *model, lrpot_workspace *work,
                             evaluation *eval, const displacement *d, double step, double *slopes)
{
    static const double steps[4] = { -2.0, -1.0, 1.0, 2.0 }, factors[4] = { 1.0, -8.0, 8.0, -1.0 };
    double *r = lrpot_structure_positions(super->atoms) + 3 * d->atom;
    const double origin[3] = { r[0], r[1], r[2] };
    memset(slopes, 0, (size_t)(3 * super->n) * sizeof *slopes);
    for (int s = 0; s < 4; s++) {
        for (int a = 0; a < 3; a++) r[a] = origin[a] + steps[s] * step * d->direction[a];
        lrpot_status status = evaluation_run(eval, model, work, super->atoms);
        memcpy(r, origin, sizeof origin);
        if (status != LRPOT_OK) return status;
        for (int64_t k = 0; k < 3 * super->n; k++)
            slopes[3 * super->place[k / 3] + k % 3] -= factors[s] * eval->forces[k] / (12.0 * step);
    }
    return LRPOT_OK;
}

/* Rows of the atom's images under all operations. */
static void carry_all(supercell *super, const symmetry_operations *s, int64_t atom, int32_t *done)
{
    const double *from = super->rows + 9 * atom * super->n;
    for (int32_t k = 0; k < s->count; k++) {
        int64_t to = s->atoms[k * s->n + atom];
        if (done[to]) continue;
        irreducible_carry(s, super->repeat, k, atom, from, super->rows + 9 * to * super->n);
        done[to] = 1;
    }
}

static lrpot_status all_rows(supercell *super, const lrpot_potential *model, lrpot_workspace *work,
                             const symmetry_operations *s, const displacement *list, int64_t count,
                             int32_t *done, double step, int report)
{
    evaluation eval = { 0 };
    report_progress progress = { 0 };
    lrpot_status status = LRPOT_OK;
    for (int64_t first = 0, next; first < count && status == LRPOT_OK; first = next) {
        int64_t atom = list[first].atom;
        for (next = first; next < count && list[next].atom == atom && status == LRPOT_OK; next++) {
            status = displace(super, model, work, &eval, &list[next], step,
                              super->slopes + 3 * super->n * (next - first));
            if (report)
                report_progress_line(&progress,
                                     "force constants of %lld atoms: displacement %lld of %lld",
                                     (long long)super->n, (long long)next + 1, (long long)count);
        }
        if (status != LRPOT_OK) break;
        irreducible_solve(s, super->repeat, next - first, list + first, super->slopes,
                          super->rows + 9 * atom * super->n);
        done[atom] = 1;
        carry_all(super, s, atom, done);
    }
    if (report) report_progress_end(&progress);
    evaluation_free(&eval);
    return status;
}

/* Places the rows in D, in the given order, and those of the other cells, which are translations of
 * those of the home cell. */
static void spread_out(const supercell *super, const int64_t *order, double *D)
{
    int64_t N = super->repeat, cells = super->n_cells, width = 3 * super->n;
    for (int64_t i = 0; i < super->n_home; i++)
        for (int64_t j = 0; j < super->n_home; j++) {
            const double *rows = super->rows + 9 * (order != NULL ? order[i] : i) * super->n;
            int64_t other = order != NULL ? order[j] : j;
            for (int64_t shift = 0; shift < cells; shift++)
                for (int64_t cell = 0; cell < cells; cell++) {
                    int64_t a = (cell + shift) % N, b = (cell / N + shift / N) % N,
                            c = (cell / (N * N) + shift / (N * N)) % N;
                    double *to = D + 3 * (i * cells + shift) * width
                                 + 3 * (j * cells + (c * N + b) * N + a);
                    for (int d = 0; d < 3; d++)
                        memcpy(to + d * width, rows + 3 * (d * super->n + other * cells + cell),
                               3 * sizeof *to);
                }
        }
}

/* Imposes D = D^T and zero force for a rigid shift, which differences obey only within rounding and
 * step errors. */
static void clean(int64_t n, double *D)
{
    int64_t width = 3 * n;
    for (int64_t i = 0; i < width; i++)
        for (int64_t j = 0; j < i; j++) {
            double mean = 0.5 * (D[i * width + j] + D[j * width + i]);
            D[i * width + j] = D[j * width + i] = mean;
        }
    for (int64_t i = 0; i < width; i++)
        for (int b = 0; b < 3; b++) {
            double sum = 0.0;
            for (int64_t j = 0; j < n; j++) sum += D[i * width + 3 * j + b];
            D[i * width + i / 3 * 3 + b] -= sum;
        }
}

lrpot_status force_constants_run(double *D, const lrpot_potential *model, lrpot_workspace *work,
                                 const lrpot_structure *structure, const int64_t *order,
                                 int32_t repeat, double step, int report, int64_t *displacements)
{
    supercell super = { .n_home = lrpot_structure_count(structure),
                        .n_cells = (int64_t)repeat * repeat * repeat,
                        .repeat = repeat };
    symmetry_operations operations = { 0 };
    super.n = super.n_home * super.n_cells;
    displacement *list = malloc((size_t)(3 * super.n_home) * sizeof *list);
    int32_t *done = calloc((size_t)super.n_home, sizeof *done);
    int64_t count = 0;
    lrpot_status status = list != NULL && done != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK)
        status = symmetry_operations_find(&operations, structure, FORCE_CONSTANTS_SYMPREC);
    if (status == LRPOT_OK) status = build(&super, structure);
    if (status == LRPOT_OK) {
        count = irreducible_choose(&operations, list);
        status = all_rows(&super, model, work, &operations, list, count, done, step, report);
    }
    if (status == LRPOT_OK) {
        spread_out(&super, order, D);
        clean(super.n, D);
    }
    if (displacements != NULL) *displacements = count;
    lrpot_structure_free(super.atoms);
    free(super.place);
    free(super.slopes);
    free(super.rows);
    free(list);
    free(done);
    symmetry_operations_free(&operations);
    return status;
}
