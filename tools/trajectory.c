#include "trajectory.h"

#include "report.h"
#include "extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const source_names[N_SOURCES] = {
    "auto", "charges", "bec", "charges-velocities", "bec-velocities", "dipole"
};

int source_is_current(enum dipole_source source)
{
    return source == SOURCE_CHARGES_VELOCITIES || source == SOURCE_BEC_VELOCITIES;
}

int trajectory_open(trajectory *t, const char *path, enum dipole_source source, int want_current,
                    double velocity_unit)
{
    *t = (trajectory){
        .path = path, .source = source, .want_current = want_current, .velocity_unit = velocity_unit
    };
    return inputs_reader(&t->reader, path, NULL, NULL);
}

static int fail(const trajectory *t, const char *what)
{
    return report_error(BAD_INPUT, "%s: frame %lld %s", t->path, (long long)t->frames, what);
}

/* What the first frame offers, in the order of what fits the purpose best. */
static int choose(trajectory *t, const lrpot_structure *frame)
{
    int q = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES) != NULL,
        z = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES) != NULL;
    int v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES) != NULL,
        m = lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE) != NULL;
    if (t->source != SOURCE_AUTO) return GO_ON;
    if (t->want_current && v && z) t->source = SOURCE_BEC_VELOCITIES;
    else if (t->want_current && v && q) t->source = SOURCE_CHARGES_VELOCITIES;
    else if (z) t->source = SOURCE_BEC;
    else if (q) t->source = SOURCE_CHARGES;
    else if (m) t->source = SOURCE_DIPOLE;
    else return fail(t, "has neither charges nor Born charges (bec) nor a dipole");
    return GO_ON;
}

static int require(const trajectory *t, const lrpot_structure *frame)
{
    int born = t->source == SOURCE_BEC || t->source == SOURCE_BEC_VELOCITIES;
    int charges = t->source == SOURCE_CHARGES || t->source == SOURCE_CHARGES_VELOCITIES;
    if (charges && lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES) == NULL)
        return fail(t, "has no charges");
    if (born && lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES) == NULL)
        return fail(t, "has no Born charges (bec)");
    if (source_is_current(t->source)
        && lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES) == NULL)
        return fail(t, "has no velocities");
    if (t->source == SOURCE_DIPOLE && lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE) == NULL)
        return fail(t, "has no dipole");
    if (t->first == NULL) return GO_ON;
    int64_t n = lrpot_structure_count(t->first);
    if (lrpot_structure_count(frame) != n)
        return report_error(BAD_INPUT, "%s: frame %lld has %lld atoms, frame 0 has %lld", t->path,
                            (long long)t->frames, (long long)lrpot_structure_count(frame),
                            (long long)n);
    if (lrpot_structure_periodic_mask(frame) != lrpot_structure_periodic_mask(t->first))
        return fail(t, "is periodic otherwise than frame 0");
    for (int64_t i = 0; i < n; i++)
        if (strcmp(lrpot_structure_symbol(frame, i), lrpot_structure_symbol(t->first, i)) != 0)
            return report_error(
                BAD_INPUT,
                "%s: frame %lld has %s as atom %lld, frame 0 %s: the atoms must keep their order",
                t->path, (long long)t->frames, lrpot_structure_symbol(frame, i), (long long)i,
                lrpot_structure_symbol(t->first, i));
    return GO_ON;
}

static void cross(const double *a, const double *b, double *out)
{
    for (int d = 0; d < 3; d++)
        out[d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
}

/* Reduced coordinates of a place; the place itself where no direction is periodic. */
static void reduce(const lrpot_structure *frame, const double *r, double *s)
{
    if (lrpot_structure_periodic_mask(frame) == 0) {
        memcpy(s, r, 3 * sizeof *s);
        return;
    }
    const double *cell = lrpot_structure_cell(frame);
    for (int d = 0; d < 3; d++) {
        double normal[3], height = 0.0;
        cross(cell + 3 * ((d + 1) % 3), cell + 3 * ((d + 2) % 3), normal);
        s[d] = 0.0;
        for (int a = 0; a < 3; a++) {
            height += cell[3 * d + a] * normal[a];
            s[d] += r[a] * normal[a];
        }
        s[d] /= height;
    }
}

static void place(const lrpot_structure *frame, const double *s, double *r)
{
    const double *cell = lrpot_structure_cell(frame);
    int isolated = lrpot_structure_periodic_mask(frame) == 0;
    for (int a = 0; a < 3; a++)
        r[a] = isolated ? s[a] : s[0] * cell[a] + s[1] * cell[3 + a] + s[2] * cell[6 + a];
}

/* Brings an atom's step to the nearest image: its way in the cell, at[3], is continuous afterwards.
 */
static void follow(trajectory *t, const lrpot_structure *frame, int64_t i, double *step)
{
    double *at = t->unwrapped + 3 * i, s[3];
    int32_t mask = lrpot_structure_periodic_mask(frame);
    reduce(frame, lrpot_structure_positions_const(frame) + 3 * i, s);
    for (int d = 0; d < 3; d++) {
        step[d] = s[d] - at[d];
        if (!(mask >> d & 1)) continue;
        step[d] -= round(step[d]);
        t->largest_step = larger(t->largest_step, fabs(step[d]));
    }
    for (int d = 0; d < 3; d++) at[d] += step[d];
}

static void add_tensor(const double *z, double factor, const double *v, double *sum)
{
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) sum[a] += factor * z[3 * a + b] * v[b];
}

static int start(trajectory *t, const lrpot_structure *frame)
{
    int64_t n = lrpot_structure_count(frame);
    lrpot_status status = lrpot_structure_clone(&t->first, frame);
    t->unwrapped = malloc((size_t)(3 * n) * sizeof *t->unwrapped);
    if (status != LRPOT_OK || t->unwrapped == NULL) return report_no_memory();
    for (int64_t i = 0; i < n; i++)
        reduce(frame, lrpot_structure_positions_const(frame) + 3 * i, t->unwrapped + 3 * i);
    return GO_ON;
}

/* M along the path of the atoms. */
static void moved_dipole(trajectory *t, const lrpot_structure *frame, double *values)
{
    const double *q = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES),
                 *z = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES);
    const double *old =
        t->before != NULL ? lrpot_structure_get(t->before, LRPOT_QUANTITY_BORN_CHARGES) : z;
    for (int a = 0; a < 3; a++) values[a] = 0.0;
    for (int64_t i = 0; i < lrpot_structure_count(frame); i++) {
        double step[3], r[3];
        follow(t, frame, i, step);
        place(frame, t->source == SOURCE_BEC ? step : t->unwrapped + 3 * i, r);
        if (t->source == SOURCE_CHARGES) {
            for (int a = 0; a < 3; a++) values[a] += q[i] * r[a];
            continue;
        }
        add_tensor(z + 9 * i, 0.5, r, t->dipole);
        add_tensor(old + 9 * i, 0.5, r, t->dipole);
    }
    if (t->source == SOURCE_BEC) memcpy(values, t->dipole, sizeof t->dipole);
}

static void current(const trajectory *t, const lrpot_structure *frame, double *values)
{
    const double *q = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES),
                 *z = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES);
    const double *v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES);
    for (int a = 0; a < 3; a++) values[a] = 0.0;
    for (int64_t i = 0; i < lrpot_structure_count(frame); i++) {
        if (t->source == SOURCE_BEC_VELOCITIES)
            add_tensor(z + 9 * i, t->velocity_unit, v + 3 * i, values);
        else
            for (int a = 0; a < 3; a++) values[a] += t->velocity_unit * q[i] * v[3 * i + a];
    }
}

static double time_of(const lrpot_structure *frame)
{
    static const char *const keys[] = { "time", "Time", "t" };
    double time;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *text = lrpot_structure_info(frame, keys[k]);
        if (text != NULL && parse_real(text, &time)) return time;
    }
    return NAN;
}

int trajectory_next(trajectory *t, double *values, double *time, int32_t *got)
{
    lrpot_structure *frame = NULL;
    *got = 0;
    int code = inputs_next(t->reader, t->path, &frame);
    if (code != GO_ON || frame == NULL) return code;
    code = choose(t, frame);
    if (code == GO_ON) code = require(t, frame);
    if (code == GO_ON && t->first == NULL) code = start(t, frame);
    if (code != GO_ON) {
        lrpot_structure_free(frame);
        return code;
    }
    if (source_is_current(t->source)) current(t, frame, values);
    else if (t->source == SOURCE_DIPOLE)
        memcpy(values, lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE), 3 * sizeof *values);
    else moved_dipole(t, frame, values);
    *time = time_of(frame);
    t->volumes += lrpot_structure_periodic_mask(frame) != 0 ? lrpot_structure_volume(frame) : 0.0;
    t->frames++;
    lrpot_structure_free(t->before);
    t->before = frame;
    *got = 1;
    return GO_ON;
}

void trajectory_close(trajectory *t)
{
    lrpot_reader_close(t->reader);
    lrpot_structure_free(t->first);
    lrpot_structure_free(t->before);
    free(t->unwrapped);
    *t = (trajectory){ 0 };
}
