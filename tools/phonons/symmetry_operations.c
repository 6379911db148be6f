#include "phonons/symmetry_operations.h"

#include "cli/matrix3.h"
#include "phonons/symmetry.h"
#include "phonons/zone_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int reserve(symmetry_operations *s, int32_t count, int64_t n)
{
    *s = (symmetry_operations){ .n = n };
    s->rotations = calloc((size_t)count * 9, sizeof *s->rotations);
    s->whole = calloc((size_t)count * 9, sizeof *s->whole);
    s->atoms = calloc((size_t)(count * n), sizeof *s->atoms);
    s->shifts = calloc((size_t)(count * n) * 3, sizeof *s->shifts);
    return s->rotations != NULL && s->whole != NULL && s->atoms != NULL && s->shifts != NULL;
}

void symmetry_operations_free(symmetry_operations *s)
{
    free(s->rotations);
    free(s->whole);
    free(s->atoms);
    free(s->shifts);
    *s = (symmetry_operations){ 0 };
}

/* Nearest orthogonal matrix: a cell that is ideal within the tolerance alone would turn forces by
 * a matrix that is none. */
static void make_orthogonal(double *m)
{
    for (int turn = 0; turn < 20; turn++) {
        double inverse[9];
        matrix3_invert(m, inverse);
        for (int k = 0; k < 9; k++) m[k] = 0.5 * (m[k] + inverse[3 * (k % 3) + k / 3]);
    }
}

/* C^T W C^-T for rows C of the cell. */
static void make_cartesian(const double *cell, const int32_t *whole, double *out)
{
    double inverse[9], product[9] = { 0.0 };
    matrix3_invert(cell, inverse);
    memset(out, 0, 9 * sizeof *out);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 3; k++) product[3 * r + c] += cell[3 * k + r] * whole[3 * k + c];
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 3; k++) out[3 * r + c] += product[3 * r + k] * inverse[3 * c + k];
    make_orthogonal(out);
}

/* Finds where operation k takes each atom. 0 if a place is empty. */
static int permute(symmetry_operations *s, int32_t k, const lrpot_structure *structure,
                   const double *fractions, const double *translation, double tolerance)
{
    const double *cell = lrpot_structure_cell(structure);
    const int32_t *w = s->whole + 9 * k;
    for (int64_t i = 0; i < s->n; i++) {
        double image[3];
        int64_t to = -1;
        for (int a = 0; a < 3; a++)
            image[a] = translation[a] + w[3 * a] * fractions[3 * i]
                       + w[3 * a + 1] * fractions[3 * i + 1] + w[3 * a + 2] * fractions[3 * i + 2];
        for (int64_t j = 0; j < s->n && to < 0; j++) {
            double apart[3], square = 0.0;
            for (int a = 0; a < 3; a++) {
                apart[a] = image[a] - fractions[3 * j + a];
                s->shifts[3 * (k * s->n + i) + a] = (int32_t)nearbyint(apart[a]);
                apart[a] -= nearbyint(apart[a]);
            }
            for (int a = 0; a < 3; a++) {
                double x = apart[0] * cell[a] + apart[1] * cell[3 + a] + apart[2] * cell[6 + a];
                square += x * x;
            }
            if (square <= 4.0 * tolerance * tolerance
                && strcmp(lrpot_structure_symbol(structure, i),
                          lrpot_structure_symbol(structure, j))
                       == 0)
                to = j;
        }
        if (to < 0) return 0;
        s->atoms[k * s->n + i] = to;
    }
    return 1;
}

static void keep_identity(symmetry_operations *s)
{
    s->count = 1;
    s->symbol[0] = '\0';
    for (int k = 0; k < 9; k++) s->rotations[k] = s->whole[k] = k % 4 == 0;
    for (int64_t i = 0; i < s->n; i++) s->atoms[i] = i;
    memset(s->shifts, 0, (size_t)(3 * s->n) * sizeof *s->shifts);
}

static int take(symmetry_operations *s, const symmetry_raw *raw, const lrpot_structure *structure,
                double tolerance)
{
    const double *cell = lrpot_structure_cell(structure),
                 *r = lrpot_structure_positions_const(structure);
    double *fractions = malloc((size_t)(3 * s->n) * sizeof *fractions);
    int whole = fractions != NULL;
    for (int64_t i = 0; whole && i < s->n; i++) zone_fractions(cell, r + 3 * i, fractions + 3 * i);
    for (int32_t k = 0; whole && k < raw->count; k++) {
        memcpy(s->whole + 9 * k, raw->rotations + 9 * k, 9 * sizeof *s->whole);
        make_cartesian(cell, s->whole + 9 * k, s->rotations + 9 * k);
        whole = permute(s, k, structure, fractions, raw->translations + 3 * k, tolerance);
    }
    free(fractions);
    s->count = raw->count;
    memcpy(s->symbol, raw->symbol, sizeof s->symbol);
    return whole;
}

lrpot_status symmetry_operations_find(symmetry_operations *s, const lrpot_structure *structure,
                                      double tolerance)
{
    symmetry_raw raw = { 0 };
    int64_t n = lrpot_structure_count(structure);
    int told_apart = lrpot_structure_get(structure, LRPOT_QUANTITY_FRAGMENT) != NULL;
    int known = !told_apart && symmetry_find_operations(structure, tolerance, &raw);
    lrpot_status status = reserve(s, known ? raw.count : 1, n) ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK && !(known && take(s, &raw, structure, tolerance))) keep_identity(s);
    symmetry_raw_free(&raw);
    return status;
}
