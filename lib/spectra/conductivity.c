/* Ionic conductivity: Green-Kubo, Helfand-Einstein, finite field. Thermal conductivity: the same
 * Green-Kubo integral of a heat flux. */
#include "spectra/stationary.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "spectra/correlation.h"
#include "spectra/series.h"

#include <math.h>
#include <string.h>

enum {
    MIN_PIECES = 4,
    MAX_PIECES = 64,
    PIECE_WINDOWS = 8, /* length of the pieces of the series, in windows */
    LATE_WINDOWS = 4   /* lag up to which the plateau must stay the same, in windows */
};
/* Length of the window, in integrals of the squared correlation. The second serves series that are
 * too short for the first: half of it, where the integral begins to count, leaves exp(-5) of an
 * exponential correlation, less than a tenth of the error bar of so short a series. */
static const double correlation_times[] = { 15.0, 10.0 };

#define LARGEST_RISE 0.3 /* largest relative rise of a driven current over the series */

typedef struct response_window {
    int64_t begin, end;    /* first and last lag */
    int64_t pieces, piece; /* number of pieces, samples of the current in each */
    double inefficiency;   /* 2 int C/C(0) in steps */
} response_window;

static lrpot_status read_options(const lrpot_conductivity_options *given,
                                 lrpot_conductivity_options *options)
{
    *options = (lrpot_conductivity_options)LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    if (given == NULL) return LRPOT_OK;
    LRPOT__REQUIRE_INPUT(lrpot_conductivity_options, given);
    LRPOT__COPY_INPUT(options, given);
    if (!(options->begin >= 0.0 && options->end >= 0.0 && isfinite(options->end))
        || (options->end > 0.0 && options->begin >= options->end))
        return lrpot__fail(LRPOT_E_ARGUMENT, "window from %g fs to %g fs", options->begin,
                           options->end);
    if (options->blocks != 0 && options->blocks < MIN_PIECES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld blocks, expected at least %d",
                           (long long)options->blocks, MIN_PIECES);
    return LRPOT_OK;
}

/* Units of a current and of its coefficient, for messages. */
static const char *unit_of_current(const lrpot_series *series)
{
    return series->kind == LRPOT_SERIES_HEAT ? "eV A/fs" : "e A/fs";
}

static const char *unit_of_coefficient(const lrpot_series *series)
{
    return series->kind == LRPOT_SERIES_HEAT ? "W/(m K)" : "S/cm";
}

/* The caller has checked the series. */
static lrpot_status check(const lrpot_series *series, lrpot_estimate *sigma, int64_t n_lags)
{
    LRPOT__TRY(lrpot__estimate_check(sigma));
    if (n_lags < 0 || n_lags > series->n / 4)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "n_lags = %lld, expected 0 to a quarter of the %lld samples",
                           (long long)n_lags, (long long)series->n);
    return LRPOT_OK;
}

/* First lag beyond so many correlation times; 0 if there is none. The squared correlation keeps the
 * noise of the tail small. */
static int64_t decay(int64_t n, const double *correlation, double times)
{
    double time = 1.0;
    for (int64_t k = 1; k < n && correlation[0] > 0.0; k++) {
        double c = correlation[k] / correlation[0];
        time += 2.0 * c * c;
        if ((double)k >= times * time) return k;
    }
    return 0;
}

static double steps_of(int64_t n, const double *correlation)
{
    double time = 1.0;
    for (int64_t k = 1; k < n; k++) time += 2.0 * correlation[k] / correlation[0];
    return correlation[0] > 0.0 ? time : 1.0;
}

static lrpot_status cut(int64_t n, double step, const lrpot_conductivity_options *options,
                        response_window *w)
{
    int64_t most = n / (PIECE_WINDOWS * w->end);
    w->pieces = options->blocks != 0 ? options->blocks : most > MAX_PIECES ? MAX_PIECES : most;
    if (w->pieces < MIN_PIECES)
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "a series of %g fs is too short for an error bar at a window of %g fs, "
                           "expected %d times as much",
                           (double)n * step, (double)w->end * step, MIN_PIECES * PIECE_WINDOWS);
    w->piece = n / w->pieces;
    if (w->piece < 2 * w->end)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "%lld blocks of %g fs are shorter than two windows of %g fs",
                           (long long)w->pieces, (double)w->piece * step, (double)w->end * step);
    return LRPOT_OK;
}

/* Chooses the window. correlation has n / 32 + 1 elements. */
static lrpot_status choose_window(int64_t n, double step, const double *correlation,
                                  const lrpot_conductivity_options *options, response_window *w)
{
    int64_t most = n / (MIN_PIECES * PIECE_WINDOWS);
    w->end = options->end > 0.0 ? (int64_t)(options->end / step + 0.5) : 0;
    for (int k = 0; k < 2 && w->end == 0 && options->end == 0.0; k++)
        w->end = decay(most + 1, correlation, correlation_times[k]);
    if (w->end == 0 && options->end == 0.0)
        return lrpot__fail(LRPOT_E_ACCURACY,
                           "the current's correlation has not decayed after %g fs, a %dnd part of "
                           "the series; a longer series is "
                           "needed, or options.end",
                           (double)most * step, MIN_PIECES * PIECE_WINDOWS);
    if (w->end < 2 || w->end > n / 2)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "window end %g fs, expected at least two steps and at most half the series",
            options->end);
    w->begin = options->begin > 0.0 ? (int64_t)(options->begin / step + 0.5) : w->end / 2;
    if (w->begin >= w->end)
        return lrpot__fail(LRPOT_E_ARGUMENT, "window begin %g fs is not before its end %g fs",
                           (double)w->begin * step, (double)w->end * step);
    w->inefficiency = steps_of((w->end < most ? w->end : most) + 1, correlation);
    return cut(n, step, options, w);
}

/* Finds the window from the correlation of the whole current. */
static lrpot_status find_window(int64_t n, const double *current, double step,
                                const lrpot_conductivity_options *options, response_window *w)
{
    int64_t lags = n / (MIN_PIECES * PIECE_WINDOWS) + 1;
    double *correlation = lrpot__calloc(lags, sizeof *correlation);
    lrpot__transform transform = { 0 };
    lrpot_status status = correlation != NULL
                              ? lrpot__transform_create(&transform, lrpot__smooth_size(n + lags, 1))
                              : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) {
        lrpot__autocorrelation(&transform, n, current, lags, correlation);
        status = choose_window(n, step, correlation, options, w);
    }
    lrpot__transform_free(&transform);
    lrpot__free(correlation);
    return status;
}

/* Integrates by the trapezoid rule; in place is allowed. */
static void integrate(int64_t n, const double *values, double step, double *out)
{
    double sum = 0.0, before = values[0];
    out[0] = 0.0;
    for (int64_t k = 1; k < n; k++) {
        double here = values[k];
        sum += 0.5 * step * (before + here);
        before = here;
        out[k] = sum;
    }
}

/* Slope of the straight line through values[begin ... end] by least squares, per lag. */
static double slope(const double *values, int64_t begin, int64_t end)
{
    double middle = 0.5 * (double)(begin + end), above = 0.0, below = 0.0;
    for (int64_t k = begin; k <= end; k++) {
        above += ((double)k - middle) * values[k];
        below += ((double)k - middle) * ((double)k - middle);
    }
    return above / below;
}

static double mean_of(const double *values, int64_t begin, int64_t end)
{
    double sum = 0.0;
    for (int64_t k = begin; k <= end; k++) sum += values[k];
    return sum / (double)(end - begin + 1);
}

/* Plateau as an average over the window: oscillations cancel. */
static double plateau(const double *integral, const response_window *w)
{
    return mean_of(integral, w->begin, w->end);
}

/* Increase of the running integral from the plateau to so many lags. */
static double late_increase(const double *integral, const response_window *w, int64_t lags)
{
    int64_t late = LATE_WINDOWS * w->end < lags ? LATE_WINDOWS * w->end : lags - 1;
    return mean_of(integral, late / 2 > w->begin ? late / 2 : w->begin, late)
           - plateau(integral, w);
}

static double green_kubo_factor(const lrpot_series *series)
{
    double unit = series->kind == LRPOT_SERIES_HEAT
                      ? LRPOT_WATT_PER_METRE_KELVIN / series->temperature
                      : LRPOT_SIEMENS_PER_CM;
    return unit / (3.0 * series->volume * LRPOT__BOLTZMANN * series->temperature);
}

static void finish(lrpot_estimate *sigma, const response_window *w, double value, double squares)
{
    sigma->value = value;
    sigma->error = lrpot__error_of_mean(squares, w->pieces);
    sigma->inefficiency = w->inefficiency;
    sigma->block = w->piece;
    sigma->blocks = w->pieces;
    sigma->plateau = w->piece >= PIECE_WINDOWS * w->end;
    sigma->reserved = 0;
}

static void show_window(const response_window *w, double step, double *window)
{
    if (window == NULL) return;
    window[0] = (double)w->begin * step;
    window[1] = (double)w->end * step;
}

/* Welford's method: adds value number p, from 0, without cancellation. */
static void gather(double value, int64_t p, double *mean, double *squares)
{
    double change = value - *mean;
    *mean += change / (double)(p + 1);
    *squares += change * (value - *mean);
}

typedef struct curves {
    int64_t lags, piece_lags;
    double *whole, *integral, *squares; /* [lags], [lags], [piece_lags] */
    double plateau_squares, climb, climb_squares;
} curves;

/* Squared deviations of the pieces' running integrals from their mean, at each lag, and those of
 * their plateaus and of their later increase. */
static lrpot_status scatter(const response_window *w, const double *current, double step,
                            double factor, curves *c)
{
    double plateau_mean = 0.0;
    int64_t lags = c->piece_lags;
    lrpot__transform transform = { 0 };
    double *curve = lrpot__calloc(lags, sizeof *curve), *mean = lrpot__calloc(lags, sizeof *mean);
    lrpot_status status = curve != NULL && mean != NULL ? lrpot__transform_create(
                              &transform, lrpot__smooth_size(w->piece + lags, 1))
                                                        : LRPOT_E_MEMORY;
    for (int64_t p = 0; status == LRPOT_OK && p < w->pieces; p++) {
        lrpot__autocorrelation(&transform, w->piece, current + 3 * p * w->piece, lags, curve);
        integrate(lags, curve, factor * step, curve);
        for (int64_t k = 0; k < lags; k++) gather(curve[k], p, &mean[k], &c->squares[k]);
        gather(plateau(curve, w), p, &plateau_mean, &c->plateau_squares);
        gather(late_increase(curve, w, lags), p, &c->climb, &c->climb_squares);
    }
    lrpot__transform_free(&transform);
    lrpot__free(curve);
    lrpot__free(mean);
    return status;
}

static lrpot_status green_kubo_curves(const lrpot_series *series, int64_t n, const double *current,
                                      const response_window *w, curves *c)
{
    lrpot__transform transform = { 0 };
    c->whole = lrpot__calloc(c->lags, sizeof(double));
    c->integral = lrpot__calloc(c->lags, sizeof(double));
    c->squares = lrpot__calloc(c->piece_lags, sizeof(double));
    if (c->whole == NULL || c->integral == NULL || c->squares == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__transform_create(&transform, lrpot__smooth_size(n + c->lags, 1));
    if (status == LRPOT_OK) {
        lrpot__autocorrelation(&transform, n, current, c->lags, c->whole);
        integrate(c->lags, c->whole, series->step * green_kubo_factor(series), c->integral);
        status = scatter(w, current, series->step, green_kubo_factor(series), c);
    }
    lrpot__transform_free(&transform);
    return status;
}

static lrpot_status check_plateau(const lrpot_series *series, int64_t n, const double *current,
                                  const response_window *w, const curves *c)
{
    double step = series->step;
    LRPOT__TRY(lrpot__series_equilibrium_check(n, current, step, w->end, w->inefficiency,
                                               unit_of_current(series)));
    LRPOT__TRY(lrpot__slow_modes_check(n, current, step,
                                       plateau(c->integral, w) / green_kubo_factor(series)));
    return lrpot__difference_check(
        w->pieces, c->climb, c->climb_squares, plateau(c->integral, w),
        "the running integral has no plateau: it changes behind the window",
        unit_of_coefficient(series));
}

static lrpot_status finite(const lrpot_estimate *sigma)
{
    LRPOT__TRY(lrpot__finite_total("conductivity", 1, &sigma->value));
    return lrpot__finite_total("error of the conductivity", 1, &sigma->error);
}

static lrpot_status green_kubo(const lrpot_series *series,
                               const lrpot_conductivity_options *options, lrpot_estimate *sigma,
                               double *window, int64_t n_lags, double *correlation,
                               double *integral, double *error)
{
    lrpot_conductivity_options filled;
    response_window w = { 0 };
    curves c = { 0 };
    LRPOT__TRY(check(series, sigma, n_lags));
    LRPOT__TRY(read_options(options, &filled));
    int64_t n = lrpot__series_current_count(series);
    double *current = lrpot__series_current(series);
    lrpot_status status = current != NULL ? find_window(n, current, series->step, &filled, &w)
                                          : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) {
        int64_t least = LATE_WINDOWS * w.end + 1 < n / 2 ? LATE_WINDOWS * w.end + 1 : w.end + 1;
        c.lags = n_lags > least ? n_lags : least;
        c.piece_lags = c.lags < w.piece ? c.lags : w.piece;
        status = green_kubo_curves(series, n, current, &w, &c);
    }
    if (status == LRPOT_OK) {
        finish(sigma, &w, plateau(c.integral, &w), c.plateau_squares);
        show_window(&w, series->step, window);
        if (correlation != NULL) memcpy(correlation, c.whole, (size_t)n_lags * sizeof *correlation);
        if (integral != NULL) memcpy(integral, c.integral, (size_t)n_lags * sizeof *integral);
        for (int64_t k = 0; error != NULL && k < n_lags; k++)
            error[k] = k < c.piece_lags ? lrpot__error_of_mean(c.squares[k], w.pieces) : NAN;
        status = check_plateau(series, n, current, &w, &c);
    }
    lrpot__free(current);
    lrpot__free(c.whole);
    lrpot__free(c.integral);
    lrpot__free(c.squares);
    LRPOT__TRY(status);
    LRPOT__TRY(finite(sigma));
    LRPOT__TRY(lrpot__finite_total("correlation", n_lags, correlation));
    return lrpot__finite_total("running integral", n_lags, integral);
}

lrpot_status lrpot_conductivity_green_kubo(const lrpot_series *series,
                                           const lrpot_conductivity_options *options,
                                           lrpot_estimate *sigma, double *window, int64_t n_lags,
                                           double *correlation, double *integral, double *error)
{
    LRPOT__TRY(lrpot__series_check(series, 1));
    return green_kubo(series, options, sigma, window, n_lags, correlation, integral, error);
}

lrpot_status lrpot_thermal_conductivity(const lrpot_series *series,
                                        const lrpot_conductivity_options *options,
                                        lrpot_estimate *kappa, double *window, int64_t n_lags,
                                        double *correlation, double *integral, double *error)
{
    LRPOT__REQUIRE_INPUT(lrpot_conductivity_options, options);
    LRPOT__TRY(lrpot__estimate_check(kappa));
    LRPOT__TRY(lrpot__series_check_heat(series));
    return green_kubo(series, options, kappa, window, n_lags, correlation, integral, error);
}

/* Dipole [n][3]: given, or the integral of the current from zero. NULL without memory. */
static double *dipole_of(const lrpot_series *series)
{
    double *dipole = lrpot__duplicate(series->values, 3 * series->n, sizeof *dipole);
    if (series->kind == LRPOT_SERIES_DIPOLE || dipole == NULL) return dipole;
    for (int a = 0; a < 3; a++) dipole[a] = 0.0;
    for (int64_t i = 3; i < 3 * series->n; i++)
        dipole[i] = dipole[i - 3]
                    + 0.5 * series->step * (series->values[i - 3] + series->values[i]);
    return dipole;
}

static lrpot_status displacements(int64_t n, const double *dipole, int64_t lags, double *out)
{
    lrpot__transform transform = { 0 };
    lrpot_status status = lrpot__transform_create(&transform, lrpot__smooth_size(n + lags, 1));
    if (status == LRPOT_OK) lrpot__mean_square_displacement(&transform, n, dipole, lags, out);
    lrpot__transform_free(&transform);
    return status;
}

typedef struct slopes {
    double squares, bend, bend_squares; /* bend: difference between the two halves of the window */
} slopes;

static lrpot_status einstein_scatter(const response_window *w, const double *dipole, double factor,
                                     slopes *out)
{
    int64_t middle = (w->begin + w->end) / 2;
    lrpot__transform transform = { 0 };
    double *curve = lrpot__calloc(w->end + 1, sizeof *curve), mean = 0.0;
    lrpot_status status = curve != NULL ? lrpot__transform_create(
                              &transform, lrpot__smooth_size(w->piece + w->end + 1, 1))
                                        : LRPOT_E_MEMORY;
    for (int64_t p = 0; status == LRPOT_OK && p < w->pieces; p++) {
        lrpot__mean_square_displacement(&transform, w->piece, dipole + 3 * p * w->piece, w->end + 1,
                                        curve);
        gather(factor * slope(curve, w->begin, w->end), p, &mean, &out->squares);
        if (middle > w->begin && w->end > middle)
            gather(factor * (slope(curve, middle, w->end) - slope(curve, w->begin, middle)), p,
                   &out->bend, &out->bend_squares);
    }
    lrpot__transform_free(&transform);
    lrpot__free(curve);
    return status;
}

static lrpot_status einstein(const lrpot_series *series, const double *dipole,
                             const response_window *w, lrpot_estimate *sigma, int64_t n_lags,
                             double *displacement)
{
    slopes found = { 0 };
    double factor = 0.5 * green_kubo_factor(series) / series->step;
    int64_t lags = n_lags > w->end + 1 ? n_lags : w->end + 1;
    double *curve = lrpot__calloc(lags, sizeof *curve);
    lrpot_status status = curve != NULL ? displacements(series->n, dipole, lags, curve)
                                        : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = einstein_scatter(w, dipole, factor, &found);
    if (status == LRPOT_OK) {
        finish(sigma, w, factor * slope(curve, w->begin, w->end), found.squares);
        if (displacement != NULL)
            memcpy(displacement, curve, (size_t)n_lags * sizeof *displacement);
        status = lrpot__difference_check(w->pieces, found.bend, found.bend_squares, sigma->value,
                                         "the displacement of the dipole is no straight line: its "
                                         "slope changes within the window",
                                         unit_of_coefficient(series));
    }
    lrpot__free(curve);
    return status;
}

lrpot_status lrpot_conductivity_einstein(const lrpot_series *series,
                                         const lrpot_conductivity_options *options,
                                         lrpot_estimate *sigma, double *window, int64_t n_lags,
                                         double *displacement)
{
    lrpot_conductivity_options filled;
    response_window w = { 0 };
    LRPOT__TRY(lrpot__series_check(series, 1));
    LRPOT__TRY(check(series, sigma, n_lags));
    LRPOT__TRY(read_options(options, &filled));
    double *current = lrpot__series_current(series), *dipole = dipole_of(series);
    lrpot_status status = LRPOT_E_MEMORY;
    if (current != NULL && dipole != NULL)
        status =
            find_window(lrpot__series_current_count(series), current, series->step, &filled, &w);
    if (status == LRPOT_OK) status = einstein(series, dipole, &w, sigma, n_lags, displacement);
    if (status == LRPOT_OK || status == LRPOT_E_ASSUMPTION) show_window(&w, series->step, window);
    if (status == LRPOT_OK)
        status = lrpot__series_equilibrium_check(lrpot__series_current_count(series), current,
                                                 series->step, w.end, w.inefficiency,
                                                 unit_of_current(series));
    lrpot__free(current);
    lrpot__free(dipole);
    LRPOT__TRY(status);
    LRPOT__TRY(finite(sigma));
    return lrpot__finite_total("mean square displacement", n_lags, displacement);
}

lrpot_status lrpot_conductivity_field(const lrpot_series *series, const double *field,
                                      lrpot_estimate *sigma, double *density)
{
    LRPOT__TRY(lrpot__series_check(series, 0));
    LRPOT__TRY(lrpot__estimate_check(sigma));
    LRPOT__REQUIRE_NOT_NULL(field);
    double square = field[0] * field[0] + field[1] * field[1] + field[2] * field[2],
           mean[3] = { 0.0, 0.0, 0.0 }, plain;
    if (!(square > 0.0) || !isfinite(square))
        return lrpot__fail(LRPOT_E_ARGUMENT, "field %g, %g, %g V/A", field[0], field[1], field[2]);
    int64_t n = lrpot__series_current_count(series);
    double *current = lrpot__series_current(series),
           factor = LRPOT_SIEMENS_PER_CM / (series->volume * square), sum = 0.0;
    if (current == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < 3 * n; i++) mean[i % 3] += current[i] / (double)n;
    /* in place: sample i is read before its third is written */
    for (int64_t i = 0; i < n; i++) {
        const double *j = current + 3 * i;
        current[i] = factor * (field[0] * j[0] + field[1] * j[1] + field[2] * j[2]);
        sum += current[i];
    }
    lrpot__trend trend;
    lrpot_status status = lrpot__trend_fit(n, 1, current, &trend);
    if (status == LRPOT_OK) lrpot__blocking(n, current, sum / (double)n, sigma, &plain);
    for (int a = 0; status == LRPOT_OK && density != NULL && a < 3; a++)
        density[a] = mean[a] / series->volume;
    if (status == LRPOT_OK && trend.rise_score > LRPOT__SCORE_LIMIT
        && fabs(trend.rise) > LARGEST_RISE * fabs(trend.mean))
        status = lrpot__fail(LRPOT_E_ASSUMPTION,
                             "the current along the field is not steady: it changes by %.0f %% of "
                             "its mean over the series; leave out its start",
                             100.0 * trend.rise / trend.mean);
    lrpot__free(current);
    LRPOT__TRY(status);
    LRPOT__TRY(finite(sigma));
    return lrpot__finite_total("current density", 3, density);
}
