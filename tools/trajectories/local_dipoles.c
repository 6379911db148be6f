#include "trajectories/local_dipoles.h"

#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* e: sums of charges up to this one count as rounding. */
static const double neutral = 0.05;

/* Distance to the nearest image, in a cell that is not much skewed. */
static double distance(const double *from, const double *to, const double *cell,
                       const double *inverse)
{
    double s[3], least = INFINITY;
    for (int c = 0; c < 3; c++) {
        s[c] = 0.0;
        for (int a = 0; a < 3; a++) s[c] += (to[a] - from[a]) * inverse[3 * a + c];
        s[c] -= floor(s[c] + 0.5);
    }
    for (int image = 0; image < 27; image++) {
        int t[3] = { image % 3 - 1, image / 3 % 3 - 1, image / 9 - 1 };
        double square = 0.0;
        for (int a = 0; a < 3; a++) {
            double d = 0.0;
            for (int c = 0; c < 3; c++) d += (s[c] + t[c]) * cell[3 * c + a];
            square += d * d;
        }
        least = square < least ? square : least;
    }
    return sqrt(least);
}

/* inverse[a][c]: component c of the reduced position of a unit step along a. */
static void inverse_of(const double *cell, double *inverse)
{
    double cofactors[9], determinant = 0.0;
    for (int c = 0; c < 3; c++) {
        const double *u = cell + 3 * ((c + 1) % 3), *v = cell + 3 * ((c + 2) % 3);
        for (int a = 0; a < 3; a++) {
            int p = (a + 1) % 3, q = (a + 2) % 3;
            cofactors[3 * a + c] = u[p] * v[q] - u[q] * v[p];
        }
    }
    for (int a = 0; a < 3; a++) determinant += cell[a] * cofactors[3 * a];
    for (int k = 0; k < 9; k++) inverse[k] = cofactors[k] / determinant;
}

/* Cells of one atom; returns their number. */
static int64_t share(const local_dipoles *cells, int64_t atom, const double *inverse,
                     double *distances, int64_t *out)
{
    const double *r = lrpot_structure_positions_const(cells->reference);
    const double *cell = lrpot_structure_cell(cells->reference);
    double least = INFINITY;
    int64_t n = 0;
    for (int64_t k = 0; k < cells->n_centres; k++) {
        distances[k] = distance(r + 3 * atom, r + 3 * cells->centres[k], cell, inverse);
        least = distances[k] < least ? distances[k] : least;
    }
    for (int64_t k = 0; k < cells->n_centres; k++)
        if (distances[k] <= (1.0 + LOCAL_DIPOLES_SLACK) * least) out[n++] = k;
    return n;
}

static int shares(local_dipoles *cells)
{
    double inverse[9], *distances = malloc((size_t)cells->n_centres * sizeof *distances);
    int64_t *found = malloc((size_t)cells->n_centres * sizeof *found);
    int code = distances == NULL || found == NULL ? report_no_memory() : GO_ON;
    inverse_of(lrpot_structure_cell(cells->reference), inverse);
    for (int64_t i = 0; code == GO_ON && i < cells->n; i++) {
        int64_t n = share(cells, i, inverse, distances, found);
        int64_t *larger = realloc(cells->cell, (size_t)(cells->first[i] + n) * sizeof *larger);
        if (larger == NULL) {
            code = report_no_memory();
            break;
        }
        cells->cell = larger;
        memcpy(larger + cells->first[i], found, (size_t)n * sizeof *found);
        cells->first[i + 1] = cells->first[i] + n;
    }
    free(distances);
    free(found);
    return code;
}

int local_dipoles_begin(local_dipoles *cells, lrpot_structure *reference, const char *symbol,
                        const char *place)
{
    *cells = (local_dipoles){ .reference = reference, .n = lrpot_structure_count(reference) };
    size_t n = (size_t)cells->n;
    if (lrpot_structure_periodic_mask(reference) != LRPOT_PERIODIC_ALL)
        return report_error(
            BAD_INPUT, "%s: not periodic in three directions; cells are those of a crystal", place);
    cells->centres = malloc(n * sizeof *cells->centres);
    cells->first = calloc(n + 1, sizeof *cells->first);
    cells->displacements = malloc(3 * n * sizeof(double));
    cells->tensors = malloc(9 * n * sizeof(double));
    if (cells->centres == NULL || cells->first == NULL || cells->displacements == NULL
        || cells->tensors == NULL)
        return report_no_memory();
    for (int64_t i = 0; i < cells->n; i++)
        if (strcmp(lrpot_structure_symbol(reference, i), symbol) == 0)
            cells->centres[cells->n_centres++] = i;
    if (cells->n_centres == 0)
        return report_error(BAD_INPUT, "%s: no atom of element %s to be a centre", place, symbol);
    cells->dipoles = malloc(3 * (size_t)cells->n_centres * sizeof(double));
    return cells->dipoles == NULL ? report_no_memory() : shares(cells);
}

static void subtract_mean(int64_t n, double *u)
{
    for (int a = 0; a < 3; a++) {
        double mean = 0.0;
        for (int64_t i = 0; i < n; i++) mean += u[3 * i + a] / (double)n;
        for (int64_t i = 0; i < n; i++) u[3 * i + a] -= mean;
    }
}

int local_dipoles_displace(local_dipoles *cells, const lrpot_structure *frame, const char *place)
{
    lrpot_path *path = NULL;
    lrpot_status status = lrpot_path_create(&path);
    if (status == LRPOT_OK) status = lrpot_path_step(path, cells->reference);
    if (status == LRPOT_OK) status = lrpot_path_step(path, frame);
    if (status == LRPOT_OK) {
        memcpy(cells->displacements, lrpot_path_displacements(path),
               3 * (size_t)cells->n * sizeof(double));
        subtract_mean(cells->n, cells->displacements);
    }
    lrpot_path_free(path);
    return status == LRPOT_OK ? GO_ON : report_failure(status, place);
}

static int is_neutral(double charge, const char *place)
{
    if (fabs(charge) <= neutral) return GO_ON;
    return report_error(BAD_INPUT, "%s: a net charge of %g e, so that dipoles depend on the origin",
                        place, charge);
}

int local_dipoles_charges(local_dipoles *cells, const lrpot_structure *frame, const char *place)
{
    const double *born = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES);
    const double *charges = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES);
    double sum = 0.0;
    if (born == NULL && charges == NULL)
        return report_error(BAD_INPUT, "%s: neither charges nor bec; give a MODEL", place);
    for (int64_t k = 0; k < 9 * cells->n; k++) {
        int diagonal = k % 9 % 4 == 0;
        cells->tensors[k] = born != NULL ? born[k] : diagonal ? charges[k / 9] : 0.0;
        if (diagonal) sum += cells->tensors[k] / 3.0;
    }
    return is_neutral(sum, place);
}

typedef struct way {
    const lrpot_potential *model;
    lrpot_workspace *work;
    const lrpot_structure *frame;
    lrpot_structure *point;
    screening screened;
    born_result born;
} way;

/* Adds the Born charges at a point of the way, 0 at the reference, 1 at the frame. */
static lrpot_status add_point(local_dipoles *cells, way *w, double at, double weight)
{
    const double *r = lrpot_structure_positions_const(w->frame);
    double *moved = lrpot_structure_positions(w->point);
    for (int64_t k = 0; k < 3 * cells->n; k++)
        moved[k] = r[k] - (1.0 - at) * cells->displacements[k];
    lrpot_status status =
        born_run(&w->born, w->model, w->work, w->point, LRPOT_BORN_UNFOLDED, &w->screened, 1);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * cells->n; k++)
        cells->tensors[k] += weight * w->born.eval.born[k];
    return status;
}

int local_dipoles_model(local_dipoles *cells, const lrpot_structure *frame,
                        const lrpot_potential *model, lrpot_workspace *work, double eps_inf,
                        const char *place)
{
    /* Gauss and Legendre, exact for Born charges of fifth order in the way. */
    static const double at[] = { 0.1127016653792583, 0.5, 0.8872983346207417 };
    static const double weights[] = { 5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0 };
    way w = { .model = model, .work = work, .frame = frame };
    lrpot_status status = lrpot_structure_clone(&w.point, frame);
    if (status == LRPOT_OK) status = screening_of(&w.screened, eps_inf, frame, model);
    memset(cells->tensors, 0, 9 * (size_t)cells->n * sizeof(double));
    for (int k = 0; status == LRPOT_OK && k < 3; k++)
        status = add_point(cells, &w, at[k], weights[k]);
    double charge = w.born.total_charge;
    born_free(&w.born);
    lrpot_structure_free(w.point);
    return status == LRPOT_OK ? is_neutral(charge, place) : report_failure(status, place);
}

void local_dipoles_sum(local_dipoles *cells)
{
    memset(cells->dipoles, 0, 3 * (size_t)cells->n_centres * sizeof(double));
    for (int64_t i = 0; i < cells->n; i++) {
        const double *Z = cells->tensors + 9 * i, *u = cells->displacements + 3 * i;
        double part = 1.0 / (double)(cells->first[i + 1] - cells->first[i]);
        for (int64_t k = cells->first[i]; k < cells->first[i + 1]; k++)
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++)
                    cells->dipoles[3 * cells->cell[k] + a] += part * Z[3 * a + b] * u[b];
    }
}

lrpot_status local_dipoles_structure(const local_dipoles *cells, const lrpot_structure *frame,
                                     lrpot_structure **out)
{
    size_t n = (size_t)cells->n_centres;
    double *positions = malloc(3 * n * sizeof *positions);
    const char **symbols = malloc(n * sizeof *symbols);
    const double *r = lrpot_structure_positions_const(frame);
    lrpot_status status = positions == NULL || symbols == NULL ? LRPOT_E_MEMORY : LRPOT_OK;
    for (size_t k = 0; status == LRPOT_OK && k < n; k++) {
        symbols[k] = lrpot_structure_symbol(frame, cells->centres[k]);
        memcpy(positions + 3 * k, r + 3 * cells->centres[k], 3 * sizeof *positions);
    }
    if (status == LRPOT_OK)
        status = lrpot_structure_create(out, cells->n_centres, symbols, positions,
                                        lrpot_structure_cell(frame), LRPOT_PERIODIC_ALL);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(*out, LRPOT_QUANTITY_ATOMIC_DIPOLES, cells->dipoles);
    free(positions);
    free(symbols);
    return status;
}

void local_dipoles_free(local_dipoles *cells)
{
    lrpot_structure_free(cells->reference);
    free(cells->centres);
    free(cells->first);
    free(cells->cell);
    free(cells->displacements);
    free(cells->tensors);
    free(cells->dipoles);
}
