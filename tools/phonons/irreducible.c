#include "phonons/irreducible.h"

#include "cli/matrix3.h"

#include <math.h>
#include <string.h>

/* Smallest part of the largest eigenvalue that a direction adds to the space of the others. */
static const double independent = 1e-3;

/* sum += (R u)(R u)^T over the operations that leave the atom in place */
static void add_images(const symmetry_operations *s, int64_t atom, const double *u, double *sum)
{
    for (int32_t k = 0; k < s->count; k++) {
        const double *R = s->rotations + 9 * k;
        double v[3];
        if (s->atoms[k * s->n + atom] != atom) continue;
        for (int a = 0; a < 3; a++)
            v[a] = R[3 * a] * u[0] + R[3 * a + 1] * u[1] + R[3 * a + 2] * u[2];
        for (int x = 0; x < 9; x++) sum[x] += v[x / 3] * v[x % 3];
    }
}

/* Eigenvalues of a symmetric matrix, ascending. */
static void eigenvalues(const double *m, double *values)
{
    double mean = (m[0] + m[4] + m[8]) / 3.0, part[9], p = 0.0;
    for (int k = 0; k < 9; k++) {
        part[k] = m[k] - (k % 4 == 0 ? mean : 0.0);
        p += part[k] * part[k] / 6.0;
    }
    p = sqrt(p);
    if (p == 0.0) {
        values[0] = values[1] = values[2] = mean;
        return;
    }
    for (int k = 0; k < 9; k++) part[k] /= p;
    double det = part[0] * (part[4] * part[8] - part[5] * part[7])
                 - part[1] * (part[3] * part[8] - part[5] * part[6])
                 + part[2] * (part[3] * part[7] - part[4] * part[6]);
    double angle = acos(fmax(-1.0, fmin(1.0, 0.5 * det))) / 3.0, third = 2.0943951023931953;
    values[2] = mean + 2.0 * p * cos(angle);
    values[0] = mean + 2.0 * p * cos(angle + third);
    values[1] = 3.0 * mean - values[0] - values[2];
}

/* Number of dimensions that the images span, and in the fraction how evenly. */
static double quality(const double *sum)
{
    double values[3];
    int dimensions = 0;
    eigenvalues(sum, values);
    for (int k = 0; k < 3; k++) dimensions += values[k] > independent * values[2];
    return dimensions + values[3 - dimensions] / (values[2] * (1.0 + 1e-9));
}

/* Displacements are along Cartesian axes, although oblique ones would sometimes be fewer: where a
 * pair crosses the cutoff within a step, differences depend on the direction, and these are the
 * ones of plain differences. */
static const double axes[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

static int64_t choose_for_atom(const symmetry_operations *s, int64_t atom, displacement *list)
{
    double sum[9] = { 0.0 }, best = 0.0;
    int64_t count = 0;
    while (best < 3.0 && count < 3) {
        double chosen[9];
        int which = 0;
        best = -1.0;
        for (int c = 0; c < 3; c++) {
            double trial[9];
            memcpy(trial, sum, sizeof trial);
            add_images(s, atom, axes[c], trial);
            double found = quality(trial);
            if (found <= best + 1e-6) continue;
            best = found;
            which = c;
            memcpy(chosen, trial, sizeof chosen);
        }
        memcpy(sum, chosen, sizeof sum);
        list[count].atom = atom;
        memcpy(list[count++].direction, axes[which], sizeof list->direction);
    }
    return count;
}

int64_t irreducible_choose(const symmetry_operations *s, displacement *list)
{
    int64_t count = 0;
    for (int64_t i = 0; i < s->n; i++) {
        int is_first = 1;
        for (int32_t k = 0; k < s->count; k++) is_first &= s->atoms[k * s->n + i] >= i;
        if (is_first) count += choose_for_atom(s, i, list + count);
    }
    return count;
}

/* Atom of the supercell that operation k maps another to, with the image of `home` in cell 0. */
static int64_t image_of(const symmetry_operations *s, int32_t repeat, int32_t k, int64_t home,
                        int64_t atom, int64_t cell)
{
    const int32_t *w = s->whole + 9 * k, *shift = s->shifts + 3 * (k * s->n + atom),
                  *origin = s->shifts + 3 * (k * s->n + home);
    const int64_t N = repeat, at[3] = { cell % N, cell / N % N, cell / (N * N) };
    int64_t to[3];
    for (int a = 0; a < 3; a++) {
        to[a] = shift[a] - origin[a] + w[3 * a] * at[0] + w[3 * a + 1] * at[1]
                + w[3 * a + 2] * at[2];
        to[a] = (to[a] % N + N) % N;
    }
    return s->atoms[k * s->n + atom] * N * N * N + (to[2] * N + to[1]) * N + to[0];
}

/* out[a][j][b] += (R u)_a (R slope)_b at the images j of all atoms */
static void add_response(const symmetry_operations *s, int32_t repeat, int32_t k,
                         const displacement *d, const double *slopes, double *out)
{
    const int64_t cells = (int64_t)repeat * repeat * repeat, all = s->n * cells;
    const double *R = s->rotations + 9 * k, *u = d->direction;
    double v[3];
    for (int a = 0; a < 3; a++) v[a] = R[3 * a] * u[0] + R[3 * a + 1] * u[1] + R[3 * a + 2] * u[2];
    for (int64_t j = 0; j < all; j++) {
        const double *g = slopes + 3 * j;
        int64_t to = image_of(s, repeat, k, d->atom, j / cells, j % cells);
        for (int b = 0; b < 3; b++) {
            double turned = R[3 * b] * g[0] + R[3 * b + 1] * g[1] + R[3 * b + 2] * g[2];
            for (int a = 0; a < 3; a++) out[3 * (a * all + to) + b] += v[a] * turned;
        }
    }
}

void irreducible_solve(const symmetry_operations *s, int32_t repeat, int64_t count,
                       const displacement *list, const double *slopes, double *out)
{
    const int64_t all = s->n * repeat * repeat * repeat;
    double sum[9] = { 0.0 }, inverse[9];
    memset(out, 0, (size_t)(9 * all) * sizeof *out);
    for (int64_t d = 0; d < count; d++) {
        add_images(s, list[d].atom, list[d].direction, sum);
        for (int32_t k = 0; k < s->count; k++)
            if (s->atoms[k * s->n + list[d].atom] == list[d].atom)
                add_response(s, repeat, k, &list[d], slopes + 3 * all * d, out);
    }
    matrix3_invert(sum, inverse);
    for (int64_t x = 0; x < 3 * all; x++) {
        double b[3] = { out[x], out[3 * all + x], out[6 * all + x] }, solution[3];
        matrix3_row_times(b, inverse, solution); /* the inverse is symmetric, too */
        for (int a = 0; a < 3; a++) out[3 * all * a + x] = solution[a];
    }
}

void irreducible_carry(const symmetry_operations *s, int32_t repeat, int32_t k, int64_t atom,
                       const double *rows, double *out)
{
    const int64_t cells = (int64_t)repeat * repeat * repeat, all = s->n * cells;
    const double *R = s->rotations + 9 * k;
    for (int64_t j = 0; j < all; j++) {
        int64_t to = image_of(s, repeat, k, atom, j / cells, j % cells);
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                double sum = 0.0;
                for (int c = 0; c < 3; c++)
                    for (int e = 0; e < 3; e++)
                        sum += R[3 * a + c] * rows[3 * (c * all + j) + e] * R[3 * b + e];
                out[3 * (a * all + to) + b] = sum;
            }
    }
}
