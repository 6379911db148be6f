#include "fitting/coverage.h"

#include "checks/grading.h"
#include "fitting/molecules.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest differences that count as equal: of positions, and relative ones of cells. */
#define SAME_PLACE 2e-3 /* A */
#define SAME_SHAPE 1e-3
#define SAME_VOLUME 1e-3

/* Properties that all frames so far share with the first of their kind. */
typedef struct {
    int64_t bulk; /* frames periodic in three directions */
    int fractional, shape, density, structure;
} shared;

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static int is_bulk(const lrpot_structure *frame)
{
    return lrpot_structure_periodic_mask(frame) == LRPOT_PERIODIC_ALL
           && lrpot_structure_volume(frame) > 0.0;
}

static int same_atoms(const lrpot_structure *a, const lrpot_structure *b)
{
    int64_t n = lrpot_structure_count(a);
    if (lrpot_structure_count(b) != n) return 0;
    for (int64_t i = 0; i < n; i++)
        if (strcmp(lrpot_structure_symbol(a, i), lrpot_structure_symbol(b, i)) != 0) return 0;
    return 1;
}

/* Products of the cell vectors, divided by the volume to the power 2/3: equal for cells that differ
 * by rotation and size. */
static void shape_of(const lrpot_structure *frame, double shape[6])
{
    static const int FIRST[6] = { 0, 1, 2, 1, 0, 0 }, SECOND[6] = { 0, 1, 2, 2, 2, 1 };
    const double *cell = lrpot_structure_cell(frame);
    double scale = pow(lrpot_structure_volume(frame), -2.0 / 3.0);
    for (int c = 0; c < 6; c++) shape[c] = scale * dot(cell + 3 * FIRST[c], cell + 3 * SECOND[c]);
}

/* 1 if two cells have the same shape. A supercell with unequal repeats counts as another shape,
 * since its repeats are not known here. */
static int same_shape(const lrpot_structure *a, const lrpot_structure *b)
{
    double x[6], y[6], largest = 0.0, difference = 0.0;
    shape_of(a, x);
    shape_of(b, y);
    for (int c = 0; c < 6; c++) {
        largest = fmax(largest, fabs(x[c]));
        difference = fmax(difference, fabs(x[c] - y[c]));
    }
    return difference < SAME_SHAPE * largest;
}

static double volume_per_atom(const lrpot_structure *frame)
{
    return lrpot_structure_volume(frame) / (double)lrpot_structure_count(frame);
}

/* Rows of the inverse cell times a vector. */
static void fractional(const double *cell, const double *d, double out[3])
{
    for (int k = 0; k < 3; k++) {
        const double *a = cell + 3 * ((k + 1) % 3), *b = cell + 3 * ((k + 2) % 3);
        double area[3] = { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                           a[0] * b[1] - a[1] * b[0] };
        out[k] = dot(d, area) / dot(cell + 3 * k, area);
    }
}

static void from_first(const lrpot_structure *frame, int64_t i, double out[3])
{
    const double *r = lrpot_structure_positions_const(frame);
    for (int a = 0; a < 3; a++) out[a] = r[3 * i + a] - r[a];
}

/* Compares fractional coordinates, except for a translation of all atoms and for images. */
static int same_fractional(const lrpot_structure *a, const lrpot_structure *b)
{
    const double *cell = lrpot_structure_cell(a);
    if (!same_atoms(a, b)) return 0;
    for (int64_t i = 1; i < lrpot_structure_count(a); i++) {
        double d[3], x[3], y[3];
        from_first(a, i, d);
        fractional(cell, d, x);
        from_first(b, i, d);
        fractional(lrpot_structure_cell(b), d, y);
        for (int k = 0; k < 3; k++) {
            double part = x[k] - y[k], edge = sqrt(dot(cell + 3 * k, cell + 3 * k));
            if (fabs(part - floor(part + 0.5)) * edge > SAME_PLACE) return 0;
        }
    }
    return 1;
}

/* Compares all distances of an isolated system. */
static int same_distances(const lrpot_structure *a, const lrpot_structure *b)
{
    const double *r = lrpot_structure_positions_const(a), *s = lrpot_structure_positions_const(b);
    if (!same_atoms(a, b)) return 0;
    for (int64_t i = 0; i < lrpot_structure_count(a); i++)
        for (int64_t j = 0; j < i; j++) {
            double d[3], e[3];
            for (int x = 0; x < 3; x++) {
                d[x] = r[3 * i + x] - r[3 * j + x];
                e[x] = s[3 * i + x] - s[3 * j + x];
            }
            if (fabs(sqrt(dot(d, d)) - sqrt(dot(e, e))) > SAME_PLACE) return 0;
        }
    return 1;
}

static int same_structure(const lrpot_structure *a, const lrpot_structure *b)
{
    if (lrpot_structure_periodic_mask(a) != lrpot_structure_periodic_mask(b)) return 0;
    if (!is_bulk(a)) return lrpot_structure_periodic_mask(a) == 0 && same_distances(a, b);
    return same_fractional(a, b) && same_shape(a, b)
           && fabs(volume_per_atom(a) / volume_per_atom(b) - 1.0) < SAME_VOLUME;
}

static shared compare(const dataset *set)
{
    shared s = { 0, 1, 1, 1, 1 };
    const lrpot_structure *first = NULL;
    for (int64_t f = 0; f < set->n; f++) {
        const lrpot_structure *frame = set->frames[f];
        s.structure = s.structure && same_structure(set->frames[0], frame);
        if (!is_bulk(frame)) {
            s.fractional = s.fractional && lrpot_structure_count(frame) == 1;
            continue;
        }
        s.bulk++;
        if (first == NULL) first = frame;
        s.fractional = s.fractional && same_fractional(first, frame);
        s.shape = s.shape && same_shape(first, frame);
        s.density = s.density
                    && fabs(volume_per_atom(frame) / volume_per_atom(first) - 1.0) < SAME_VOLUME;
    }
    return s;
}

static void count_species(const lrpot_structure *frame, int32_t n, char *const *symbols,
                          double *row)
{
    int64_t atoms = lrpot_structure_count(frame);
    memset(row, 0, (size_t)n * sizeof *row);
    for (int64_t i = 0; i < atoms; i++)
        for (int32_t z = 0; z < n; z++)
            if (strcmp(lrpot_structure_symbol(frame, i), symbols[z]) == 0)
                row[z] += 1.0 / (double)atoms;
}

/* Number of linearly independent compositions (Gram-Schmidt). rows [n + 1][n]; -1 without
 * memory. */
static int32_t independent_compositions(const dataset *set, int32_t n, char *const *symbols)
{
    int32_t rank = 0;
    double *rows = calloc((size_t)(n + 1) * (size_t)n, sizeof *rows), *row = rows + n * n;
    if (rows == NULL) return -1;
    for (int64_t f = 0; f < set->n && rank < n; f++) {
        double square = 0.0;
        count_species(set->frames[f], n, symbols, row);
        for (int32_t k = 0; k < rank; k++) {
            double part = 0.0;
            for (int32_t z = 0; z < n; z++) part += row[z] * rows[k * n + z];
            for (int32_t z = 0; z < n; z++) row[z] -= part * rows[k * n + z];
        }
        for (int32_t z = 0; z < n; z++) square += row[z] * row[z];
        if (square < 1e-12) continue;
        for (int32_t z = 0; z < n; z++) rows[rank * n + z] = row[z] / sqrt(square);
        rank++;
    }
    free(rows);
    return rank;
}

static void warn(const char *of_what, int64_t n, const char *reason, const char *remedy)
{
    report_note("WARNING: the data do not cover %s: all %lld frames have %s; %s", of_what,
                (long long)n, reason, remedy);
}

static void warn_cells(const dataset *set, const shared *s, int32_t targets)
{
    int stressed = set->found[LRPOT_QUANTITY_STRESS] > 0
                   && (targets == 0 || (targets & LRPOT_FIT_TARGET_STRESS) != 0);
    if (s->bulk < 2 || s->bulk < set->n) return;
    if (s->shape)
        warn(stressed ? "large shear strains" : "shear and elastic constants", s->bulk,
             "one cell shape", "add strained cells");
    if (s->density)
        warn(stressed ? "large changes of volume" : "pressure and expansion", s->bulk,
             "one density", "add cells of other volumes");
}

static void warn_structures(const dataset *set, const shared *s)
{
    if (set->n == 1)
        report_note("WARNING: the data do not cover other structures: there is one training frame; "
                    "add frames with displaced atoms and strained cells");
    else if (s->structure)
        warn("any other structure", set->n, "the same structure, up to rotation",
             "add frames with displaced atoms and strained cells");
    else if (s->fractional && s->bulk == set->n)
        warn("displacements of atoms, phonons and temperature", set->n,
             "the same fractional coordinates", "add frames with atoms displaced by some 0.05 A");
}

static int warn_compositions(const dataset *set, int32_t n_symbols, char *const *symbols)
{
    int32_t rank = independent_compositions(set, n_symbols, symbols);
    if (rank < 0) return report_no_memory();
    if (rank >= n_symbols) return GO_ON;
    if (rank == 1)
        warn("energies of single species, defects and reactions", set->n, "one composition",
             "only energies of that composition compare");
    else
        report_note("WARNING: the data do not cover energies of single species: their compositions "
                    "have %d of %d independent directions; only energies within these compare",
                    (int)rank, (int)n_symbols);
    return GO_ON;
}

static int warn_molecules(const dataset *set)
{
    enum { LOOKED_AT = 20 }; /* number of bulk frames that are tested: others are similar */
    char formula[64] = "";
    int64_t n = 0;
    for (int64_t f = 0; f < set->n; f++) {
        int64_t here = 0;
        if (f >= LOOKED_AT && is_bulk(set->frames[f])) continue;
        lrpot_status status = molecules_count(set->frames[f], &here, formula, sizeof formula);
        if (status != LRPOT_OK) return report_failure(status, set->path);
        if (here == 1 && lrpot_structure_periodic_mask(set->frames[f]) == 0) return GO_ON;
        if (here > n) n = here;
        if (n == 0) return GO_ON; /* no molecules there: the data do not describe molecules */
    }
    if (n > 1)
        report_note("WARNING: the data do not cover a free molecule, its energy and its charge: "
                    "frames hold up to %lld molecules (%s, ...), none holds one alone; add some in "
                    "vacuum, pbc=\"F F F\"",
                    (long long)n, formula);
    return GO_ON;
}

int coverage_report(const dataset *train, int32_t n_symbols, char *const *symbols, int32_t targets)
{
    if (train->n == 0) return GO_ON;
    shared s = compare(train);
    warn_structures(train, &s);
    if (train->n > 1 && !s.structure) warn_cells(train, &s, targets);
    int code = n_symbols > 1 ? warn_compositions(train, n_symbols, symbols) : GO_ON;
    return code == GO_ON ? warn_molecules(train) : code;
}

int coverage_of_displacements(const dataset *train, const lrpot_potential *model, int32_t threads)
{
    enum { FRAMES = 10 };
    lrpot_workspace *work = NULL;
    grading g;
    char place[512];
    if (lrpot_potential_active_set(model) == NULL) return GO_ON;
    lrpot_status status = lrpot_workspace_create(&work, threads);
    grading_open(&g, model, train->path);
    for (int64_t k = 0; k < FRAMES && k < train->n && status == LRPOT_OK; k++) {
        int64_t f = k * train->n / (FRAMES < train->n ? FRAMES : train->n);
        dataset_place(train, f, place, sizeof place);
        status = grading_rattled(&g, work, train->frames[f], place);
    }
    if (status == LRPOT_OK) grading_report(&g);
    grading_close(&g);
    lrpot_workspace_free(work);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}
