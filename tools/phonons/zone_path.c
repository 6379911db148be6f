#include "phonons/zone_path.h"

#include "cli/options.h"
#include "cli/report.h"
#include "phonons/layer.h"
#include "phonons/symmetry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TWO_PI = 6.28318530717958647693;

void zone_reduced(const double *cell, const double *wave, double *reduced)
{
    for (int d = 0; d < 3; d++)
        reduced[d] = (wave[0] * cell[3 * d] + wave[1] * cell[3 * d + 1] + wave[2] * cell[3 * d + 2])
                     / TWO_PI;
}

void zone_across(const double *cell, int d, double *vector)
{
    const double *u = cell + 3 * ((d + 1) % 3), *v = cell + 3 * ((d + 2) % 3);
    for (int a = 0; a < 3; a++)
        vector[a] = u[(a + 1) % 3] * v[(a + 2) % 3] - u[(a + 2) % 3] * v[(a + 1) % 3];
}

double zone_volume(const double *cell)
{
    double vector[3];
    zone_across(cell, 0, vector);
    return cell[0] * vector[0] + cell[1] * vector[1] + cell[2] * vector[2];
}

/* Reciprocal vector of row d without the 2 pi. */
static void reciprocal(const double *cell, int d, double *vector)
{
    double volume = zone_volume(cell);
    zone_across(cell, d, vector);
    for (int a = 0; a < 3; a++) vector[a] /= volume;
}

void zone_fractions(const double *cell, const double *point, double *fractions)
{
    for (int d = 0; d < 3; d++) {
        double vector[3];
        reciprocal(cell, d, vector);
        fractions[d] = point[0] * vector[0] + point[1] * vector[1] + point[2] * vector[2];
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double zone_gap(const lrpot_structure *structure, int row)
{
    int64_t n = lrpot_structure_count(structure);
    const double *cell = lrpot_structure_cell(structure);
    double vector[3], widest = 0.0, *heights = malloc((size_t)(n + 1) * sizeof *heights);
    if (heights == NULL) return 0.0;
    reciprocal(cell, row, vector);
    for (int64_t i = 0; i < n; i++) {
        double x[3];
        zone_fractions(cell, lrpot_structure_positions_const(structure) + 3 * i, x);
        heights[i] = x[row] - floor(x[row]);
    }
    qsort(heights, (size_t)n, sizeof *heights, ascending);
    heights[n] = heights[0] + 1.0;
    for (int64_t i = 0; i < n; i++) widest = fmax(widest, heights[i + 1] - heights[i]);
    free(heights);
    return widest / sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
}

static void wave_of(const double *cell, const double *reduced, double *wave)
{
    for (int a = 0; a < 3; a++) wave[a] = 0.0;
    for (int d = 0; d < 3; d++) {
        double vector[3];
        reciprocal(cell, d, vector);
        for (int a = 0; a < 3; a++) wave[a] += TWO_PI * reduced[d] * vector[a];
    }
}

/* "X:0.5,0,0.5"; of a layer in its plane. */
static int read_corner(zone_path *path, char *word, const double *cell, const layer_shape *layer)
{
    text_list numbers;
    double reduced[3];
    char *colon = strchr(word, ':'), *label = path->labels[path->count];
    if (colon == NULL || colon == word || colon - word >= LRPOT_PATH_LABEL) return 0;
    memcpy(label, word, (size_t)(colon - word));
    label[colon - word] = '\0';
    int good = text_list_split(&numbers, colon + 1) && numbers.count == 3;
    for (int d = 0; good && d < 3; d++)
        good = parse_real(numbers.items[d], &reduced[d]) && isfinite(reduced[d]);
    text_list_free(&numbers);
    if (!good || (layer->is_layer && reduced[layer->across] != 0.0)) return 0;
    wave_of(cell, reduced, path->corners + 3 * path->count);
    path->count++;
    return 1;
}

static int read_text(zone_path *path, char *text, const lrpot_structure *structure)
{
    const layer_shape layer = layer_shape_of(structure);
    char plane[80] = "";
    int start = 1;
    if (layer.is_layer)
        snprintf(plane, sizeof plane, ", of this layer with component %d = 0", layer.across + 1);
    for (char *rest = NULL, *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (strcmp(word, "|") == 0) {
            start = 1;
            continue;
        }
        if (path->count == ZONE_MOST)
            return report_usage("phonon", "--path: more than %d corners", (int)ZONE_MOST);
        if (!read_corner(path, word, lrpot_structure_cell(structure), &layer))
            return report_usage("phonon", "--path: %s; expected corners such as X:0.5,0,0.5%s",
                                word, plane);
        path->starts[path->count - 1] = start;
        start = 0;
    }
    return path->count > 1 ? GO_ON
                           : report_usage("phonon", "--path: %d corners, expected two or more",
                                          (int)path->count);
}

/* A, how far atoms may be from their symmetric places. */
static const double tolerance = 1e-3;

/* The crystal counts, not its cell: a cell may hold several primitive ones, and atoms may lower the
 * symmetry of the lattice. */
static lrpot_status standard_path(zone_path *path, const lrpot_structure *structure, char *names)
{
    symmetry_lattice lattice;
    if (layer_shape_of(structure).is_layer)
        return lrpot_phonons_layer_path(lrpot_structure_cell(structure),
                                        lrpot_structure_periodic_mask(structure), &path->count,
                                        path->corners, names, path->starts);
    if (!symmetry_find_lattice(structure, tolerance, &lattice))
        return lrpot_phonons_path(lrpot_structure_cell(structure), &path->count, path->corners,
                                  names, path->starts);
    if (lattice.cells > 1.5)
        report_note(
            "path: the cell holds %.0f primitive cells of the lattice %s (%s, number %d), so "
            "that its bands are folded along the path of that lattice",
            lattice.cells, lattice.name, lattice.symbol, (int)lattice.group);
    return lrpot_phonons_lattice_path(lattice.name, lattice.axes, &path->count, path->corners,
                                      names, path->starts);
}

int zone_read(zone_path *path, const char *text, const lrpot_structure *structure)
{
    char names[LRPOT_PATH_MOST * LRPOT_PATH_LABEL];
    *path = (zone_path){ 0 };
    if (text != NULL && strcmp(text, "auto") != 0) {
        char *copy = strdup(text);
        if (copy == NULL) return report_no_memory();
        int code = read_text(path, copy, structure);
        free(copy);
        return code;
    }
    lrpot_status status = standard_path(path, structure, names);
    if (status == LRPOT_E_UNSUPPORTED) {
        path->count = 0;
        return GO_ON;
    }
    if (status != LRPOT_OK) return report_failure(status, NULL);
    for (int32_t k = 0; k < path->count; k++)
        memcpy(path->labels[k], names + LRPOT_PATH_LABEL * k, LRPOT_PATH_LABEL);
    return GO_ON;
}
