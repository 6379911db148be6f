/* P-E loops: averages at each field, branches, remanence, coercive field, area. */
#include "spectra/series.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <math.h>
#include <stdlib.h>

/* largest opening at the ends of the loop, relative to the range of the polarization */
#define LARGEST_OPENING 0.1

typedef struct loop_point {
    double field, value, variance;
    int32_t branch;
} loop_point;

/* A branch as a function of the field. */
typedef struct branch_curve {
    int64_t n;
    loop_point *points;
    double *weights; /* weights of the points in the integral */
} branch_curve;

/* Average over records first ... end - 1. A part at the start is left out. */
static void average(const double *fields, const double *polarization, int64_t first, int64_t end,
                    double discard, double *scratch, loop_point *out)
{
    int64_t from = first + (int64_t)(discard * (double)(end - first)), n = end - from;
    double sum = 0.0, field = 0.0, plain;
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    for (int64_t i = 0; i < n; i++) {
        scratch[i] = polarization[from + i];
        sum += scratch[i];
        field += fields[from + i] / (double)n;
    }
    /* the value itself if all are the same, without the rounding error of a mean */
    *out = (loop_point){ fields[first] == fields[end - 1] ? fields[first] : field, sum / (double)n,
                         NAN, LRPOT_BRANCH_VIRGIN };
    if (n < LRPOT__SERIES_MIN) return;
    lrpot__blocking(n, scratch, out->value, &estimate, &plain);
    out->variance = estimate.error * estimate.error;
}

/* Gathers the points and returns their number; points NULL only counts. */
static int64_t gather(int64_t n, const double *fields, const double *polarization,
                      const lrpot_loop_options *options, double *scratch, loop_point *points)
{
    int64_t count = 0;
    for (int64_t first = 0, end; first < n; first = end, count++) {
        for (end = first + 1; end < n && fabs(fields[end] - fields[first]) <= options->tolerance;)
            end++;
        if (points != NULL)
            average(fields, polarization, first, end, options->discard, scratch, &points[count]);
    }
    return count;
}

/* Assigns points to branches. Returns the index of the first extreme. */
static int64_t assign(int64_t n, loop_point *points, double tolerance)
{
    double low = points[0].field, high = low;
    int64_t turn = 0;
    for (int64_t i = 1; i < n; i++) {
        if (points[i].field < low) low = points[i].field;
        if (points[i].field > high) high = points[i].field;
    }
    while (points[turn].field > low + tolerance && points[turn].field < high - tolerance) turn++;
    for (int64_t i = turn + 1; i < n; i++)
        points[i].branch = points[i].field > points[i - 1].field ? LRPOT_BRANCH_RISING
                                                                 : LRPOT_BRANCH_FALLING;
    if (turn + 1 < n) points[turn].branch = points[turn + 1].branch;
    return turn;
}

static int by_field(const void *a, const void *b)
{
    double x = ((const loop_point *)a)->field, y = ((const loop_point *)b)->field;
    return (x > y) - (x < y);
}

/* Merges points at the same field to their mean. */
static int64_t merge(int64_t n, loop_point *points, double tolerance)
{
    int64_t kept = 0;
    for (int64_t first = 0, end; first < n; first = end) {
        loop_point sum = { 0 };
        for (end = first; end < n && points[end].field - points[first].field <= tolerance; end++) {
            sum.field += points[end].field;
            sum.value += points[end].value;
            sum.variance += points[end].variance;
        }
        double count = (double)(end - first);
        points[kept++] = (loop_point){ sum.field / count, sum.value / count,
                                       sum.variance / (count * count), points[first].branch };
    }
    return kept;
}

static lrpot_status collect(int64_t n, const loop_point *points, int64_t turn, int32_t branch,
                            double tolerance, branch_curve *curve)
{
    curve->points = lrpot__calloc(2 * n, sizeof *curve->points);
    curve->weights = lrpot__calloc(n, sizeof *curve->weights);
    if (curve->points == NULL || curve->weights == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = turn; i < n; i++) {
        if (points[i].branch != branch) continue;
        /* the preceding turning point belongs to both branches */
        if (i > turn && points[i - 1].branch != branch) curve->points[curve->n++] = points[i - 1];
        curve->points[curve->n++] = points[i];
    }
    qsort(curve->points, (size_t)curve->n, sizeof *curve->points, by_field);
    curve->n = merge(curve->n, curve->points, tolerance);
    if (curve->n >= 2) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "the field has no %s branch of two points after its first extreme",
                       branch == LRPOT_BRANCH_RISING ? "rising" : "falling");
}

static void remanence(const branch_curve *curve, double *value, double *error)
{
    *value = *error = NAN;
    for (int64_t i = 0; i + 1 < curve->n; i++) {
        const loop_point *a = &curve->points[i], *b = a + 1;
        if (a->field > 0.0 || b->field < 0.0) continue;
        double t = -a->field / (b->field - a->field);
        *value = (1.0 - t) * a->value + t * b->value;
        *error = sqrt((1.0 - t) * (1.0 - t) * a->variance + t * t * b->variance);
        if (t == 0.0) *error = sqrt(a->variance);
        return;
    }
}

/* Mean over the fields at which the polarization changes sign. */
static void coercivity(const branch_curve *curve, double *value, double *error)
{
    double sum = 0.0, variance = 0.0, count = 0.0;
    for (int64_t i = 0; i + 1 < curve->n; i++) {
        const loop_point *a = &curve->points[i], *b = a + 1;
        if ((a->value > 0.0) == (b->value > 0.0)) continue;
        double rise = b->value - a->value, width = b->field - a->field,
               first = width * b->value / (rise * rise), second = width * a->value / (rise * rise);
        sum += a->field - width * a->value / rise;
        variance += first * first * a->variance + second * second * b->variance;
        count += 1.0;
    }
    *value = count > 0.0 ? sum / count : NAN;
    *error = count > 0.0 ? sqrt(variance) / count : NAN;
}

/* Integral of the interpolated branch from low to high, and its variance. */
static void integrate(const branch_curve *curve, double low, double high, double *value,
                      double *variance)
{
    for (int64_t i = 0; i < curve->n; i++) curve->weights[i] = 0.0;
    for (int64_t i = 0; i + 1 < curve->n; i++) {
        double a = curve->points[i].field, b = curve->points[i + 1].field;
        double from = a > low ? a : low, to = b < high ? b : high;
        if (to <= from) continue;
        double middle = (0.5 * (from + to) - a) / (b - a);
        curve->weights[i] += (to - from) * (1.0 - middle);
        curve->weights[i + 1] += (to - from) * middle;
    }
    *value = *variance = 0.0;
    for (int64_t i = 0; i < curve->n; i++) {
        double w = curve->weights[i];
        if (w == 0.0) continue; /* a point without error bar outside the range does not count */
        *value += w * curve->points[i].value;
        *variance += w * w * curve->points[i].variance;
    }
}

static void measure(const branch_curve curves[2], lrpot_loop *loop)
{
    double low = -INFINITY, high = INFINITY, value[2], variance[2];
    for (int b = 0; b < 2; b++) {
        const branch_curve *c = &curves[b];
        remanence(c, &loop->remanent[b], &loop->remanent_error[b]);
        coercivity(c, &loop->coercive[b], &loop->coercive_error[b]);
        if (c->points[0].field > low) low = c->points[0].field;
        if (c->points[c->n - 1].field < high) high = c->points[c->n - 1].field;
    }
    for (int b = 0; b < 2; b++) integrate(&curves[b], low, high, &value[b], &variance[b]);
    loop->area = value[1] - value[0];
    loop->area_error = sqrt(variance[0] + variance[1]);
}

static lrpot_status read_options(const lrpot_loop_options *given, lrpot_loop_options *options)
{
    *options = (lrpot_loop_options)LRPOT_LOOP_OPTIONS_INIT;
    if (given != NULL) {
        LRPOT__REQUIRE_INPUT(lrpot_loop_options, given);
        LRPOT__COPY_INPUT(options, given);
    }
    if (options->tolerance == 0.0) options->tolerance = 1e-9;
    if (!(options->tolerance > 0.0) || !isfinite(options->tolerance))
        return lrpot__fail(LRPOT_E_ARGUMENT, "tolerance %g V/A of fields", options->tolerance);
    if (!(options->discard >= 0.0 && options->discard <= 0.9))
        return lrpot__fail(LRPOT_E_ARGUMENT, "discard = %g of each point, expected 0 to 0.9",
                           options->discard);
    return LRPOT_OK;
}

/* Checks later visits of one extreme of the field: the polarization must be the same again. */
static lrpot_status check_visits(int64_t n, const loop_point *points, double extreme,
                                 double tolerance, double amplitude)
{
    int64_t before = -1;
    for (int64_t i = 0; i < n; i++) {
        if (fabs(points[i].field - extreme) > tolerance) continue;
        int64_t last = before;
        before = i;
        if (last < 0) continue;
        double change = points[i].value - points[last].value,
               error = sqrt(points[i].variance + points[last].variance);
        double allowed = LARGEST_OPENING * amplitude;
        if (5.0 * error > allowed) allowed = 5.0 * error; /* not if an error is unknown */
        if (fabs(change) > allowed)
            return lrpot__fail(LRPOT_E_ASSUMPTION,
                               "the loop does not close: at the field %.6g V/A the polarization "
                               "comes back changed by %.0f %% of its range",
                               extreme, 100.0 * fabs(change) / amplitude);
    }
    return LRPOT_OK;
}

static lrpot_status check_closed(int64_t n, const loop_point *points, int64_t turn,
                                 double tolerance)
{
    double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
    for (int64_t i = turn; i < n; i++) {
        const double both[2] = { points[i].field, points[i].value };
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], both[k]);
            high[k] = fmax(high[k], both[k]);
        }
    }
    LRPOT__TRY(check_visits(n - turn, points + turn, low[0], tolerance, high[1] - low[1]));
    return check_visits(n - turn, points + turn, high[0], tolerance, high[1] - low[1]);
}

static lrpot_status evaluate(int64_t n, loop_point *points, double tolerance, lrpot_loop *loop)
{
    branch_curve curves[2] = { { 0 } };
    int64_t turn = assign(n, points, tolerance);
    lrpot_status status = collect(n, points, turn, LRPOT_BRANCH_RISING, tolerance, &curves[0]);
    if (status == LRPOT_OK)
        status = collect(n, points, turn, LRPOT_BRANCH_FALLING, tolerance, &curves[1]);
    if (status == LRPOT_OK) {
        measure(curves, loop);
        status = check_closed(n, points, turn, tolerance);
    }
    for (int b = 0; b < 2; b++) {
        lrpot__free(curves[b].points);
        lrpot__free(curves[b].weights);
    }
    return status;
}

lrpot_status lrpot_loop_compute(int64_t n, const double *fields, const double *polarization,
                                const lrpot_loop_options *options, lrpot_loop *loop,
                                int64_t capacity, double *point_fields, double *point_polarization,
                                double *point_error, int32_t *branches)
{
    lrpot_loop_options filled;
    LRPOT__REQUIRE_NOT_NULL(fields);
    LRPOT__REQUIRE_NOT_NULL(polarization);
    LRPOT__REQUIRE_NOT_NULL(loop);
    LRPOT__REQUIRE_RESULT(lrpot_loop, loop);
    LRPOT__TRY(read_options(options, &filled));
    if (n < 3) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld records make no loop", (long long)n);
    LRPOT__TRY(lrpot__all_finite("fields", n, fields));
    LRPOT__TRY(lrpot__all_finite("polarization", n, polarization));
    int64_t count = gather(n, fields, polarization, &filled, NULL, NULL);
    loop->points = count;
    if (capacity != 0 && capacity < count)
        return lrpot__fail(LRPOT_E_SIZE, "room for %lld points, the loop has %lld",
                           (long long)capacity, (long long)count);
    if (capacity != 0
        && (point_fields == NULL || point_polarization == NULL || point_error == NULL
            || branches == NULL))
        return lrpot__fail(LRPOT_E_NULL, "an array of points is NULL and capacity %lld is not 0",
                           (long long)capacity);
    double *scratch = lrpot__calloc(n, sizeof *scratch);
    loop_point *points = lrpot__calloc(count, sizeof *points);
    lrpot_status status = LRPOT_E_MEMORY;
    if (scratch != NULL && points != NULL) {
        gather(n, fields, polarization, &filled, scratch, points);
        status = evaluate(count, points, filled.tolerance, loop);
    }
    int there = status == LRPOT_OK || status == LRPOT_E_ASSUMPTION;
    for (int64_t i = 0; there && capacity != 0 && i < count; i++) {
        point_fields[i] = points[i].field;
        point_polarization[i] = points[i].value;
        point_error[i] = sqrt(points[i].variance);
        branches[i] = points[i].branch;
    }
    lrpot__free(scratch);
    lrpot__free(points);
    LRPOT__TRY(status);
    return lrpot__finite_total("area of the loop", 1, &loop->area);
}
