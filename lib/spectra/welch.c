#include "spectra/welch.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <math.h>

lrpot_status lrpot__spectrum_options(const lrpot_spectrum_options *given,
                                     lrpot_spectrum_options *options)
{
    *options = (lrpot_spectrum_options)LRPOT_SPECTRUM_OPTIONS_INIT;
    if (given != NULL) {
        LRPOT__REQUIRE_INPUT(lrpot_spectrum_options, given);
        LRPOT__COPY_INPUT(options, given);
    }
    if (options->overlap == 0.0) options->overlap = 0.5;
    if (options->overlap < 0.0) options->overlap = 0.0;
    if (options->width == 0.0) options->width = 0.125;
    if (!(options->overlap <= 0.95))
        return lrpot__fail(LRPOT_E_ARGUMENT, "overlap %g of segments, expected at most 0.95",
                           options->overlap);
    if (!(options->width > 0.0))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "width %g of the Gaussian window, expected a positive one",
                           options->width);
    if (options->window < LRPOT_WINDOW_HANN || options->window > LRPOT_WINDOW_NONE)
        return lrpot__fail(LRPOT_E_ARGUMENT, "window %d is none of Hann, Gaussian, none",
                           (int)options->window);
    if (options->quantum < LRPOT_QUANTUM_CLASSICAL || options->quantum > LRPOT_QUANTUM_SCHOFIELD)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "quantum correction %d is none of classical, harmonic, standard, Schofield",
            (int)options->quantum);
    return LRPOT_OK;
}

lrpot_status lrpot__welch_plan(lrpot__welch *w, const lrpot_series *series,
                               const lrpot_spectrum_options *options)
{
    w->step = series->step;
    w->temperature = series->temperature;
    w->quantum = options->quantum;
    w->differences = series->kind != LRPOT_SERIES_CURRENT;
    w->samples = lrpot__series_current_count(series);
    w->segment = options->segment;
    if (w->segment == 0)
        w->segment = lrpot__smooth_size(w->samples >= 128 ? w->samples / 8 : w->samples, -1);
    if (w->segment < LRPOT__SERIES_MIN - 2
        || (options->segment != 0 && w->segment < LRPOT__SERIES_MIN) || w->segment > w->samples)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "segments of %lld samples, expected %d to %lld of the series",
                           (long long)w->segment, LRPOT__SERIES_MIN, (long long)w->samples);
    w->hop = (int64_t)((double)w->segment * (1.0 - options->overlap) + 0.5);
    if (w->hop < 1) w->hop = 1;
    w->segments = 1 + (w->samples - w->segment) / w->hop;
    w->frequencies = w->segment / 2 + 1;
    return LRPOT_OK;
}

lrpot_status lrpot__welch_count(const lrpot__welch *w, int64_t n_frequencies)
{
    if (n_frequencies == w->frequencies) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SIZE, "n_frequencies = %lld, lrpot_spectrum_size() gives %lld",
                       (long long)n_frequencies, (long long)w->frequencies);
}

static void fill_window(lrpot__welch *w, const lrpot_spectrum_options *options)
{
    for (int64_t i = 0; i < w->segment; i++) {
        double s = ((double)i + 0.5) / (double)w->segment - 0.5; /* -1/2 to 1/2 */
        w->window[i] = 1.0;
        if (options->window == LRPOT_WINDOW_HANN)
            w->window[i] = 0.5 + 0.5 * cos(2.0 * LRPOT__PI * s);
        if (options->window == LRPOT_WINDOW_GAUSSIAN)
            w->window[i] = exp(-0.5 * s * s / (options->width * options->width));
    }
}

/* Periodograms of overlapping segments of Gaussian noise correlate by the squared overlap of their
 * windows (Welch 1967). */
static void overlap_windows(lrpot__welch *w)
{
    double norm = 0.0;
    for (int64_t i = 0; i < w->segment; i++) norm += w->window[i] * w->window[i];
    w->correlation = 1.0;
    for (int64_t j = 1; j < w->segments && j * w->hop < w->segment; j++) {
        double shared = 0.0;
        for (int64_t i = j * w->hop; i < w->segment; i++)
            shared += w->window[i] * w->window[i - j * w->hop];
        w->correlation += 2.0 * (1.0 - (double)j / (double)w->segments) * (shared / norm)
                          * (shared / norm);
    }
    w->factor /= norm;
}

static void add_segment(lrpot__welch *w, int64_t first)
{
    for (int64_t k = 0; k < w->frequencies; k++) w->total[k] = 0.0;
    for (int32_t c = 0; c < w->components; c++) {
        for (int64_t i = 0; i < w->segment; i++)
            w->transform.real[i] = w->window[i] * w->rates[w->components * (first + i) + c];
        fftw_execute(w->transform.forward);
        for (int64_t k = 0; k < w->frequencies; k++) {
            const double *mode = w->transform.modes[k];
            double power = w->factor * (mode[0] * mode[0] + mode[1] * mode[1]);
            w->sums[w->components * k + c] += power;
            w->total[k] += power;
        }
    }
    for (int64_t k = 0; k < w->frequencies; k++) w->squares[k] += w->total[k] * w->total[k];
}

lrpot_status lrpot__welch_run(lrpot__welch *w, const lrpot_spectrum_options *options,
                              int32_t components, double factor)
{
    w->components = components;
    w->factor = factor;
    w->window = lrpot__calloc(w->segment, sizeof(double));
    w->sums = lrpot__calloc(components * w->frequencies, sizeof(double));
    w->total = lrpot__calloc(w->frequencies, sizeof(double));
    w->squares = lrpot__calloc(w->frequencies, sizeof(double));
    if (w->window == NULL || w->sums == NULL || w->total == NULL || w->squares == NULL
        || w->rates == NULL)
        return LRPOT_E_MEMORY;
    LRPOT__TRY(lrpot__transform_create(&w->transform, w->segment));
    fill_window(w, options);
    overlap_windows(w);
    for (int64_t s = 0; s < w->segments; s++) add_segment(w, s * w->hop);
    return LRPOT_OK;
}

void lrpot__welch_free(lrpot__welch *w)
{
    lrpot__transform_free(&w->transform);
    lrpot__free(w->window);
    lrpot__free(w->sums);
    lrpot__free(w->total);
    lrpot__free(w->squares);
    lrpot__free(w->rates);
}

/* 1/fs */
static double frequency_of(const lrpot__welch *w, int64_t k)
{
    return (double)k / ((double)w->segment * w->step);
}

void lrpot__welch_axis(const lrpot__welch *w, double *wavenumbers, double *frequencies)
{
    for (int64_t k = 0; k < w->frequencies; k++) {
        if (frequencies != NULL) frequencies[k] = 1e3 * frequency_of(w, k);
        if (wavenumbers != NULL) wavenumbers[k] = 1e3 * frequency_of(w, k) * LRPOT_CM_PER_THZ;
    }
}

static double quantum_factor(int32_t kind, double x)
{
    if (x < 1e-6) return 1.0;
    if (kind == LRPOT_QUANTUM_STANDARD) return 2.0 * tanh(0.5 * x) / x;
    if (kind == LRPOT_QUANTUM_SCHOFIELD) return 2.0 * sinh(0.5 * x) / x;
    return 1.0; /* the harmonic correction turns the quantum expression into the classical one */
}

/* Factor of all powers at one frequency. */
static double correction(const lrpot__welch *w, int64_t k)
{
    double frequency = frequency_of(w, k), half = LRPOT__PI * frequency * w->step,
           factor = quantum_factor(w->quantum,
                                   LRPOT__PLANCK * frequency / (LRPOT__BOLTZMANN * w->temperature));
    /* a difference over one step multiplies the derivative of a sine by sin(half)/half */
    if (w->differences && k > 0) factor *= half / sin(half) * (half / sin(half));
    return factor;
}

double lrpot__welch_power(const lrpot__welch *w, int64_t k, int32_t component)
{
    return correction(w, k) * w->sums[w->components * k + component] / (double)w->segments;
}

double lrpot__welch_error(const lrpot__welch *w, int64_t k)
{
    double m = (double)w->segments, mean = 0.0;
    if (w->segments < 2) return NAN;
    for (int32_t c = 0; c < w->components; c++) mean += w->sums[w->components * k + c] / m;
    double deviations = w->squares[k] - m * mean * mean;
    return correction(w, k)
           * lrpot__error_of_mean(w->correlation * (deviations > 0.0 ? deviations : 0.0),
                                  w->segments);
}
