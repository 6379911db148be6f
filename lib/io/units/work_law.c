/* Fit of the work law: the trapezoid rule between frames that differ little,
 *   dE = -(F0 + F1)/2 . dr + (V0 s0 + V1 s1)/2 : strain,
 * where dr is the displacement without the part from the strain. If only one frame has a stress, a
 * term of second order with a common stiffness replaces the other. */
#include "io/units/work_law.h"

#include "core/algebra.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

#define STILL 1e-4   /* A: largest displacement beside the strain in a frame without forces */
#define SPARE 3      /* number of pairs beyond that of terms: with fewer the error is not visible */
#define NEIGHBOURS 3 /* number of pairs of a frame */
/* A: below this distance all pairs have equal weight, since printed digits limit them */
#define FINEST 0.01
enum { FORCES, STRESS, STIFFNESS, TERMS };

typedef struct snapshot {
    const lrpot_structure *frame;
    const double *energy, *forces, *stress;
    const double *cell; /* NULL without volume */
    double *reduced;    /* [n][3], or positions without a cell */
    int64_t n;
    uint64_t labels; /* hash of the symbols */
    double volume;
    int32_t mask;
} snapshot;

typedef struct pair {
    int64_t first, second;
    double distance;
} pair;

typedef struct sums {
    double xx[TERMS][TERMS], xy[TERMS], yy;
    int64_t pairs;
} sums;

static uint64_t hash_of(const lrpot_structure *frame)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (int64_t i = 0; i < lrpot_structure_count(frame); i++)
        for (const char *c = lrpot_structure_symbol(frame, i);; c++) {
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
            if (*c == '\0') break;
        }
    return hash;
}

static void fill_snapshot(snapshot *shot, const lrpot_structure *frame, double *reduced)
{
    double inverse[9];
    *shot = (snapshot){ .frame = frame,
                        .energy = lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY),
                        .forces = lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES),
                        .stress = lrpot_structure_get(frame, LRPOT_QUANTITY_STRESS),
                        .reduced = reduced,
                        .n = lrpot_structure_count(frame),
                        .labels = hash_of(frame),
                        .volume = lrpot_structure_volume(frame),
                        .mask = lrpot_structure_periodic_mask(frame) };
    const double *r = lrpot_structure_positions_const(frame);
    if (shot->volume > 0.0) shot->cell = lrpot_structure_cell(frame);
    memcpy(reduced, r, (size_t)(3 * shot->n) * sizeof *r);
    if (shot->cell == NULL) return;
    lrpot__inverse3(shot->cell, inverse);
    for (int64_t i = 0; i < shot->n; i++) lrpot__row_times3(r + 3 * i, inverse, reduced + 3 * i);
}

static void displacement(const snapshot *a, const snapshot *b, const double *middle, int64_t i,
                         double *d)
{
    double s[3];
    for (int k = 0; k < 3; k++) {
        s[k] = b->reduced[3 * i + k] - a->reduced[3 * i + k];
        if (a->mask >> k & 1) s[k] -= round(s[k]);
    }
    if (a->cell != NULL) lrpot__row_times3(s, middle, d);
    else memcpy(d, s, sizeof s);
}

/* Mean of the two cells, and the symmetric strain from the first to the second. */
static double strain_between(const snapshot *a, const snapshot *b, double *middle, double *strain)
{
    double change[9], inverse[9], e[9], square = 0.0;
    memset(strain, 0, 9 * sizeof *strain);
    if (a->cell == NULL) return 0.0;
    for (int k = 0; k < 9; k++) {
        middle[k] = 0.5 * (a->cell[k] + b->cell[k]);
        change[k] = b->cell[k] - a->cell[k];
    }
    if (!(fabs(lrpot__det3(middle)) > 0.5 * a->volume)) return INFINITY;
    lrpot__inverse3(middle, inverse);
    for (int row = 0; row < 3; row++) lrpot__row_times3(inverse + 3 * row, change, e + 3 * row);
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            strain[3 * x + y] = 0.5 * (e[3 * x + y] + e[3 * y + x]);
            square += strain[3 * x + y] * strain[3 * x + y];
        }
    return sqrt(square);
}

static double work_of_stress(const snapshot *shot, const double *strain)
{
    double work = 0.0;
    for (int k = 0; k < 9; k++) work += shot->volume * shot->stress[k] * strain[k];
    return work;
}

/* Distance of two frames in A if the law can be applied to them, otherwise infinity. */
static double distance_of(const snapshot *a, const snapshot *b, lrpot__work_reach reach,
                          double limit)
{
    double middle[9], strain[9], d[3], square = 0.0;
    if (a->labels != b->labels || a->n != b->n || a->mask != b->mask) return INFINITY;
    if ((a->cell == NULL) != (b->cell == NULL)) return INFINITY;
    double size = strain_between(a, b, middle, strain);
    int knows = (a->stress != NULL || b->stress != NULL) && a->mask == LRPOT_PERIODIC_ALL;
    if (size > reach.strain || (size > 1e-8 && !knows)) return INFINITY;
    int free = a->forces != NULL && b->forces != NULL;
    double farthest = fmin(free ? reach.distance : STILL, limit),
           most = farthest * farthest * (double)a->n;
    for (int64_t i = 0; i < a->n; i++) {
        displacement(a, b, middle, i, d);
        square += d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (square > most) return INFINITY;
    }
    double distance = sqrt(square / (double)a->n) + 2.0 * size;
    return distance > 1e-6 ? distance : INFINITY;
}

static void add_pair(const snapshot *a, const snapshot *b, double distance, sums *s)
{
    double middle[9], strain[9], d[3], x[TERMS] = { 0.0 };
    double y = *b->energy - *a->energy, weight = 1.0 / fmax(distance * distance, FINEST * FINEST);
    (void)strain_between(a, b, middle, strain);
    for (int64_t i = 0; i < a->n && a->forces != NULL && b->forces != NULL; i++) {
        displacement(a, b, middle, i, d);
        for (int k = 0; k < 3; k++)
            x[FORCES] -= 0.5 * (a->forces[3 * i + k] + b->forces[3 * i + k]) * d[k];
    }
    double ends = 0.0, trace = strain[0] + strain[4] + strain[8];
    if (a->stress != NULL) x[STRESS] += work_of_stress(a, strain), ends += 1.0;
    if (b->stress != NULL) x[STRESS] += work_of_stress(b, strain), ends += 1.0;
    if (ends == 2.0) x[STRESS] *= 0.5;
    if (ends == 1.0) x[STIFFNESS] = (a->stress != NULL ? 0.5 : -0.5) * a->volume * trace * trace;
    for (int p = 0; p < TERMS; p++) {
        for (int q = 0; q < TERMS; q++) s->xx[p][q] += weight * weight * x[p] * x[q];
        s->xy[p] += weight * weight * x[p] * y;
    }
    s->yy += weight * weight * y * y;
    s->pairs++;
}

/* Least squares with columns scaled to unit length. A column that depends linearly on the others is
 * left out. */
static void solve(const sums *s, double *coefficient, double *error, double *match)
{
    double a[TERMS][2 * TERMS] = { { 0.0 } }, norm[TERMS], rest = s->yy;
    int used[TERMS] = { 0 }, n = 0;
    for (int p = 0; p < TERMS; p++) norm[p] = sqrt(s->xx[p][p]);
    for (int p = 0; p < TERMS; p++) {
        coefficient[p] = error[p] = 0.0;
        for (int q = 0; q < TERMS; q++)
            a[p][q] = norm[p] > 0.0 && norm[q] > 0.0 ? s->xx[p][q] / (norm[p] * norm[q]) : 0.0;
        a[p][TERMS + p] = 1.0;
    }
    for (int p = 0; p < TERMS; p++) { /* Gauss-Jordan: the right half becomes the inverse */
        if (!(a[p][p] > 1e-6)) continue;
        used[p] = 1, n++;
        double pivot = a[p][p];
        for (int q = 0; q < 2 * TERMS; q++) a[p][q] /= pivot;
        for (int row = 0; row < TERMS; row++) {
            double factor = a[row][p];
            for (int q = 0; q < 2 * TERMS && row != p; q++) a[row][q] -= factor * a[p][q];
        }
    }
    for (int p = 0; p < TERMS; p++) {
        for (int q = 0; q < TERMS && used[p]; q++)
            if (used[q]) coefficient[p] += a[p][TERMS + q] * s->xy[q] / norm[q];
        rest -= coefficient[p] * (used[p] ? s->xy[p] / norm[p] : 0.0);
    }
    double variance = fmax(rest, 0.0) / (double)(s->pairs > n ? s->pairs - n : 1);
    for (int p = 0; p < TERMS; p++) {
        if (!used[p]) continue;
        coefficient[p] /= norm[p];
        error[p] = sqrt(variance * fmax(a[p][TERMS + p], 0.0)) / norm[p];
    }
    *match = s->yy > 0.0 && s->pairs - n >= SPARE ? 1.0 - fmax(rest, 0.0) / s->yy : 0.0;
}

/* Finds the nearest frames of frame i. Each pair is taken once. */
static int32_t nearest(const snapshot *shots, int64_t n, int64_t i, lrpot__work_reach reach,
                       pair *best)
{
    int32_t count = 0;
    for (int64_t j = 0; j < n; j++) {
        if (j == i || shots[j].energy == NULL) continue;
        double limit = count == NEIGHBOURS ? best[NEIGHBOURS - 1].distance : INFINITY;
        double distance = distance_of(&shots[i], &shots[j], reach, limit);
        if (distance >= limit || !isfinite(distance)) continue;
        int32_t at = count < NEIGHBOURS ? count++ : NEIGHBOURS - 1;
        for (; at > 0 && best[at - 1].distance > distance; at--) best[at] = best[at - 1];
        best[at] = (pair){ i, j, distance };
    }
    while (count > 1 && best[count - 1].distance > 3.0 * best[0].distance) count--;
    return count;
}

static int listed(const pair *pairs, const int32_t *counts, int64_t i, int64_t j)
{
    for (int32_t k = 0; k < counts[i]; k++)
        if (pairs[NEIGHBOURS * i + k].second == j) return 1;
    return 0;
}

/* Common value within 5 %; 0 if there is none. */
static double shared(double before, double value, int first)
{
    if (first) return value;
    return before > 0.0 && fabs(value - before) <= 0.05 * before ? before : 0.0;
}

static void measure(const snapshot *shots, int64_t n, const pair *pairs, const int32_t *counts,
                    lrpot__work_law *law)
{
    sums s = { .pairs = 0 };
    double coefficient[TERMS], error[TERMS], volume = 0.0, smallest = 0.0, largest = 0.0;
    for (int64_t i = 0; i < n; i++)
        for (int32_t k = 0; k < counts[i]; k++) {
            const pair *p = &pairs[NEIGHBOURS * i + k];
            if (p->second < i && listed(pairs, counts, p->second, i)) continue;
            const snapshot *a = &shots[i];
            law->atoms = shared(law->atoms, (double)a->n, s.pairs == 0);
            smallest = s.pairs == 0 ? a->volume : fmin(smallest, a->volume);
            largest = fmax(largest, a->volume);
            volume += a->volume;
            add_pair(a, &shots[p->second], p->distance, &s);
        }
    law->pairs = s.pairs;
    if (s.pairs < 3) return;
    if (largest <= 1.5 * smallest) law->volume = volume / (double)s.pairs;
    solve(&s, coefficient, error, &law->match);
    law->forces = coefficient[FORCES], law->forces_error = error[FORCES];
    law->stress = coefficient[STRESS], law->stress_error = error[STRESS];
}

lrpot_status lrpot__work_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__work_reach reach,
                                 lrpot__work_law *law)
{
    int64_t atoms = 0, at = 0;
    *law = (lrpot__work_law){ 0 };
    for (int64_t f = 0; f < n; f++) atoms += lrpot_structure_count(frames[f]);
    snapshot *shots = lrpot__calloc(n, sizeof *shots);
    double *reduced = lrpot__calloc(3 * atoms, sizeof *reduced);
    pair *pairs = lrpot__calloc(NEIGHBOURS * n, sizeof *pairs);
    int32_t *counts = lrpot__calloc(n, sizeof *counts);
    lrpot_status status = LRPOT_E_MEMORY;
    if (shots != NULL && reduced != NULL && pairs != NULL && counts != NULL) {
        for (int64_t f = 0; f < n; at += shots[f++].n)
            fill_snapshot(&shots[f], frames[f], reduced + 3 * at);
        for (int64_t f = 0; f < n; f++)
            if (shots[f].energy != NULL)
                counts[f] = nearest(shots, n, f, reach, pairs + NEIGHBOURS * f);
        measure(shots, n, pairs, counts, law);
        status = LRPOT_OK;
    }
    lrpot__free(shots);
    lrpot__free(reduced);
    lrpot__free(pairs);
    lrpot__free(counts);
    return status;
}
