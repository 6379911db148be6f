#include "io/units/motion_law.h"

#include "core/algebra.h"
#include "core/number.h"

#include <math.h>
#include <string.h>

#define MASS_UNIT 103.642697 /* eV of 1 u (A/fs)^2 */
#define BOLTZMANN 8.617333262e-5

/* Regression of y on x through the origin. */
typedef struct line {
    double xx, xy, yy;
} line;

static void add_point(line *l, double x, double y)
{
    l->xx += x * x;
    l->xy += x * y;
    l->yy += y * y;
}

static double slope_of(const line *l, double *match)
{
    *match = l->xx > 0.0 && l->yy > 0.0 ? l->xy / sqrt(l->xx * l->yy) : 0.0;
    return l->xx > 0.0 ? l->xy / l->xx : 0.0;
}

static int number_of(const lrpot_structure *frame, const char *key, double *value)
{
    const char *text = lrpot_structure_info(frame, key);
    if (text == NULL) return 0;
    const char *end = text + strlen(text);
    return lrpot__number_parse(text, end, value) == end && isfinite(*value);
}

const char *lrpot__time_of(const lrpot_structure *frame, double *time)
{
    static const char *const keys[] = { "time", "Time", "t" };
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (number_of(frame, keys[k], time)) return keys[k];
    return NULL;
}

static double mass_of(const lrpot_structure *frame, int64_t i)
{
    const double *masses = lrpot_structure_get(frame, LRPOT_QUANTITY_MASSES);
    return masses != NULL ? masses[i] : lrpot_element_mass(lrpot_structure_symbol(frame, i));
}

static int same_atoms(const lrpot_structure *a, const lrpot_structure *b)
{
    int64_t n = lrpot_structure_count(a);
    if (n != lrpot_structure_count(b)
        || lrpot_structure_periodic_mask(a) != lrpot_structure_periodic_mask(b))
        return 0;
    for (int64_t i = 0; i < n; i++)
        if (strcmp(lrpot_structure_symbol(a, i), lrpot_structure_symbol(b, i)) != 0) return 0;
    return 1;
}

/* Displacement of an atom by the shortest images, in the cell of the second frame. */
static void way(const lrpot_structure *a, const lrpot_structure *b, const double *inverse,
                int64_t i, double *d)
{
    const double *from = lrpot_structure_positions_const(a) + 3 * i,
                 *to = lrpot_structure_positions_const(b) + 3 * i;
    int32_t mask = lrpot_structure_periodic_mask(b);
    double s[3];
    for (int k = 0; k < 3; k++) d[k] = to[k] - from[k];
    if (mask == 0) return;
    lrpot__row_times3(d, inverse, s);
    for (int k = 0; k < 3; k++)
        if (mask >> k & 1) s[k] -= round(s[k]);
    lrpot__row_times3(s, lrpot_structure_cell(b), d);
}

static double temperature(const lrpot_structure *frame, const double *inverse,
                          const lrpot_structure *before, double interval)
{
    const double *v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES);
    int64_t n = lrpot_structure_count(frame);
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double u[3] = { 0.0 };
        if (before != NULL) way(before, frame, inverse, i, u);
        else memcpy(u, v + 3 * i, sizeof u);
        for (int k = 0; k < 3; k++) sum += mass_of(frame, i) * u[k] * u[k];
    }
    return MASS_UNIT * sum / (interval * interval) / (3.0 * (double)n * BOLTZMANN);
}

typedef struct tallies {
    line drift, by_velocity, by_position;
    double hot, hot_moved;
    int64_t n_hot;
} tallies;

/* Adds consecutive frames a, b, and c if there is one, `interval` apart. */
static void add_step(const lrpot_structure *a, const lrpot_structure *b, const lrpot_structure *c,
                     double interval, tallies *t)
{
    double inverse[9] = { 0.0 }, d[3], next[3];
    const double *va = lrpot_structure_get(a, LRPOT_QUANTITY_VELOCITIES),
                 *vb = lrpot_structure_get(b, LRPOT_QUANTITY_VELOCITIES);
    const double *fa = lrpot_structure_get(a, LRPOT_QUANTITY_FORCES),
                 *fb = lrpot_structure_get(b, LRPOT_QUANTITY_FORCES);
    if (lrpot_structure_periodic_mask(b) != 0) lrpot__inverse3(lrpot_structure_cell(b), inverse);
    t->hot_moved += temperature(b, inverse, a, interval);
    for (int64_t i = 0; i < lrpot_structure_count(b); i++) {
        double mass = mass_of(b, i);
        way(a, b, inverse, i, d);
        if (c != NULL && fb != NULL) way(b, c, inverse, i, next);
        for (int k = 0; k < 3; k++) {
            int64_t x = 3 * i + k;
            if (va != NULL && vb != NULL)
                add_point(&t->drift, 0.5 * (va[x] + vb[x]) * interval, d[k]);
            if (va != NULL && vb != NULL && fa != NULL && fb != NULL)
                add_point(&t->by_velocity, 0.5 * (fa[x] + fb[x]) * interval,
                          mass * (vb[x] - va[x]));
            if (c != NULL && fb != NULL)
                add_point(&t->by_position, fb[x] * interval * interval, mass * (next[k] - d[k]));
        }
    }
}

static void shortest(double *value, double candidate)
{
    if (candidate > 0.0 && (*value == 0.0 || candidate < *value)) *value = candidate;
}

static double interval_between(const lrpot_structure *a, const lrpot_structure *b)
{
    double before = 0.0, after = 0.0;
    if (lrpot__time_of(a, &before) == NULL || lrpot__time_of(b, &after) == NULL) return 0.0;
    return after > before ? after - before : 0.0;
}

static void conclude(const tallies *t, lrpot__motion_law *law)
{
    double match = 0.0, newton = slope_of(&t->by_velocity, &match);
    law->drift = slope_of(&t->drift, &law->drift_match);
    law->newton = slope_of(&t->by_position, &law->newton_match) * MASS_UNIT;
    /* velocities are used only if their unit is known to be length over time */
    if (match > law->newton_match && law->drift_match > 0.95 && fabs(law->drift - 1.0) < 0.1) {
        law->newton = newton * MASS_UNIT;
        law->newton_match = match;
    }
    if (t->n_hot > 0) law->hot = t->hot / (double)t->n_hot;
    if (law->steps > 0) law->hot_moved = t->hot_moved / (double)law->steps;
}

void lrpot__motion_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__motion_law *law)
{
    tallies t = { .n_hot = 0 };
    double start = 0.0;
    *law = (lrpot__motion_law){ 0 };
    if (n > 0) law->time = lrpot__time_of(frames[0], &start);
    for (int64_t f = 0; f < n; f++) {
        if (lrpot_structure_get(frames[f], LRPOT_QUANTITY_VELOCITIES) != NULL) {
            t.hot += temperature(frames[f], NULL, NULL, 1.0);
            t.n_hot++;
        }
        if (f == 0) continue;
        double interval = interval_between(frames[f - 1], frames[f]), first = 0.0, second = 0.0;
        if (interval == 0.0 || !same_atoms(frames[f - 1], frames[f])) continue;
        shortest(&law->interval, interval);
        if (number_of(frames[f - 1], "Timestep", &first)
            && number_of(frames[f], "Timestep", &second) && second > first)
            shortest(&law->md_step, interval / (second - first));
        const lrpot_structure *after = NULL;
        if (f + 1 < n && same_atoms(frames[f], frames[f + 1])
            && fabs(interval_between(frames[f], frames[f + 1]) - interval) < 1e-3 * interval)
            after = frames[f + 1];
        add_step(frames[f - 1], frames[f], after, interval, &t);
        law->steps++;
    }
    double time = 0.0, step = 0.0;
    if (law->md_step == 0.0 && n > 0 && lrpot__time_of(frames[n - 1], &time) != NULL
        && number_of(frames[n - 1], "Timestep", &step) && step > 0.0)
        shortest(&law->md_step, time / step);
    conclude(&t, law);
}
