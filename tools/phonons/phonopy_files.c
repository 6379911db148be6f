#include "phonons/phonopy_files.h"

#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct supercell {
    int64_t n_home, n_cells, n; /* numbers of atoms of the cell, of cells, of all atoms */
    int32_t repeat;
    const int64_t *order;   /* [n_home] atom of the structure for each index in the cell's file */
    lrpot_structure *atoms; /* in the order of lrpot_structure_repeat() */
    int64_t *place;         /* [n] index in phonopy's files of each of these atoms */
    double *D;              /* [n][3][n][3], in phonopy's order */
} supercell;

int32_t phonopy_default_supercell(const lrpot_structure *structure)
{
    const double *cell = lrpot_structure_cell(structure);
    double shortest = INFINITY;
    for (int c = 0; cell != NULL && c < 3; c++)
        shortest = fmin(shortest, sqrt(cell[3 * c] * cell[3 * c] + cell[3 * c + 1] * cell[3 * c + 1]
                                       + cell[3 * c + 2] * cell[3 * c + 2]));
    return shortest < 11.0 ? (int32_t)fmin(ceil(11.0 / shortest), 1e6) : 1;
}

/* Index in phonopy's order: atom by atom of the cell's file, cells innermost, first axis
 * fastest. */
static int64_t place_of(const supercell *super, int64_t home, int64_t a, int64_t b, int64_t c)
{
    return home * super->n_cells + (c * super->repeat + b) * super->repeat + a;
}

/* Fills the indices. lrpot_structure_repeat() orders cell by cell, last axis fastest. */
static void fill_places(supercell *super)
{
    int64_t N = super->repeat;
    for (int64_t home = 0; home < super->n_home; home++)
        for (int64_t cell = 0; cell < super->n_cells; cell++)
            super->place[cell * super->n_home + super->order[home]] =
                place_of(super, home, cell / (N * N), cell / N % N, cell % N);
}

static lrpot_status build(supercell *super, const lrpot_structure *structure)
{
    const int32_t repeat[3] = { super->repeat, super->repeat, super->repeat };
    super->place = malloc((size_t)super->n * sizeof *super->place);
    super->D = calloc((size_t)(9 * super->n * super->n), sizeof *super->D);
    if (super->place == NULL || super->D == NULL) return LRPOT_E_MEMORY;
    fill_places(super);
    return lrpot_structure_repeat(&super->atoms, structure, repeat);
}

/* Row (home atom, axis) of the force constants by 4th-order differences: 12 h F'(0) = F(-2h) - 8
 * F(-h) + 8 F(h) - F(2h). */
static lrpot_status displace(supercell *super, const lrpot_potential *model, lrpot_workspace *work,
                             evaluation *eval, int64_t home, int axis, double step)
{
    static const double steps[4] = { -2.0, -1.0, 1.0, 2.0 }, factors[4] = { 1.0, -8.0, 8.0, -1.0 };
    int64_t atom = super->order[home];
    double *r = lrpot_structure_positions(super->atoms) + 3 * atom + axis, origin = *r,
           *row = super->D + (3 * super->place[atom] + axis) * 3 * super->n;
    for (int s = 0; s < 4; s++) {
        *r = origin + steps[s] * step;
        lrpot_status status = evaluation_run(eval, model, work, super->atoms);
        *r = origin;
        if (status != LRPOT_OK) return status;
        for (int64_t k = 0; k < 3 * super->n; k++)
            row[3 * super->place[k / 3] + k % 3] -= factors[s] * eval->forces[k] / (12.0 * step);
    }
    return LRPOT_OK;
}

/* Fills the rows of the other cells, which are translations of those of the home cell. */
static void translate(supercell *super)
{
    int64_t N = super->repeat, width = 3 * super->n;
    for (int64_t home = 0; home < super->n_home; home++)
        for (int64_t shift = 1; shift < super->n_cells; shift++) {
            const double *source = super->D + 3 * home * super->n_cells * width;
            double *target = super->D + 3 * (home * super->n_cells + shift) * width;
            int64_t sa = shift % N, sb = shift / N % N, sc = shift / (N * N);
            for (int64_t j = 0; j < super->n; j++) {
                int64_t cell = j % super->n_cells, a = cell % N, b = cell / N % N,
                        c = cell / (N * N);
                int64_t to =
                    place_of(super, j / super->n_cells, (a + sa) % N, (b + sb) % N, (c + sc) % N);
                for (int d = 0; d < 3; d++)
                    memcpy(target + d * width + 3 * to, source + d * width + 3 * j,
                           3 * sizeof *target);
            }
        }
}

/* Imposes D = D^T and zero force for a rigid shift, which differences obey only within rounding and
 * step errors. */
static void clean(supercell *super)
{
    int64_t width = 3 * super->n;
    for (int64_t i = 0; i < width; i++)
        for (int64_t j = 0; j < i; j++) {
            double mean = 0.5 * (super->D[i * width + j] + super->D[j * width + i]);
            super->D[i * width + j] = super->D[j * width + i] = mean;
        }
    for (int64_t i = 0; i < width; i++)
        for (int b = 0; b < 3; b++) {
            double sum = 0.0;
            for (int64_t j = 0; j < super->n; j++) sum += super->D[i * width + 3 * j + b];
            super->D[i * width + i / 3 * 3 + b] -= sum;
        }
}

static lrpot_status all_displacements(supercell *super, const lrpot_potential *model,
                                      lrpot_workspace *work, double step)
{
    evaluation eval = { 0 };
    report_progress progress = { 0 };
    lrpot_status status = LRPOT_OK;
    for (int64_t k = 0; status == LRPOT_OK && k < 3 * super->n_home; k++) {
        status = displace(super, model, work, &eval, k / 3, (int)(k % 3), step);
        report_progress_line(&progress, "force constants of %lld atoms: displacement %lld of %lld",
                             (long long)super->n, (long long)k + 1, (long long)(3 * super->n_home));
    }
    report_progress_end(&progress);
    evaluation_free(&eval);
    translate(super);
    clean(super);
    return status;
}

int phonopy_write_constants(const char *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_structure *structure, const int64_t *order, int32_t repeat,
                            double step, double scale)
{
    supercell super = { .n_home = lrpot_structure_count(structure),
                        .n_cells = (int64_t)repeat * repeat * repeat,
                        .repeat = repeat,
                        .order = order };
    super.n = super.n_home * super.n_cells;
    if (super.n > PHONOPY_MAX_ATOMS)
        return report_error(FAILED,
                            "--supercell %d makes %lld atoms, more than %d; choose a smaller one "
                            "or a primitive cell",
                            (int)repeat, (long long)super.n, (int)PHONOPY_MAX_ATOMS);
    lrpot_status status = build(&super, structure);
    if (status == LRPOT_OK) status = all_displacements(&super, model, work, step);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * super.n * super.n; k++) super.D[k] *= scale;
    if (status == LRPOT_OK) status = lrpot_phonopy_write_force_constants(path, super.n, super.D);
    lrpot_structure_free(super.atoms);
    free(super.place);
    free(super.D);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}
