/* Infrared absorption from the dipole current: periodograms of overlapping segments, averaged. */
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "spectra/correlation.h"
#include "spectra/series.h"

#include <lrpot/ewald.h>
#include <math.h>

#define LIGHT_SPEED 2997.92458   /* A/fs */
#define PLANCK 4.135667696923859 /* h, eV fs */
#define PER_CM 1e8               /* cm^-1 in one A^-1 */

typedef struct welch {
    int64_t samples, segment, hop, segments, frequencies;
    double factor;      /* factor from the squared modulus of a transform to cm^-1 */
    double correlation; /* factor of the variance of the mean from overlapping segments */
    double *window;     /* [segment] */
    double *current;    /* [samples][3] */
    double *sums;       /* [frequencies][3] */
    double *squares;    /* [frequencies]: squares of the sum over axes */
    lrpot__transform transform;
} welch;

static lrpot_status read_options(const lrpot_spectrum_options *given,
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

static lrpot_status plan(welch *w, const lrpot_series *series,
                         const lrpot_spectrum_options *options)
{
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

lrpot_status lrpot_spectrum_size(const lrpot_series *series, const lrpot_spectrum_options *options,
                                 int64_t *n_frequencies, int64_t *n_segments)
{
    lrpot_spectrum_options filled;
    welch w;
    LRPOT__REQUIRE_NOT_NULL(n_frequencies);
    LRPOT__TRY(lrpot__series_check(series, 0));
    LRPOT__TRY(read_options(options, &filled));
    LRPOT__TRY(plan(&w, series, &filled));
    *n_frequencies = w.frequencies;
    if (n_segments != NULL) *n_segments = w.segments;
    return LRPOT_OK;
}

static void fill_window(welch *w, const lrpot_spectrum_options *options)
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
static void overlap_windows(welch *w)
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

static lrpot_status prepare(welch *w, const lrpot_series *series,
                            const lrpot_spectrum_options *options)
{
    w->window = lrpot__calloc(w->segment, sizeof(double));
    w->sums = lrpot__calloc(3 * w->frequencies, sizeof(double));
    w->squares = lrpot__calloc(w->frequencies, sizeof(double));
    w->current = lrpot__series_current(series);
    if (w->window == NULL || w->sums == NULL || w->squares == NULL || w->current == NULL)
        return LRPOT_E_MEMORY;
    LRPOT__TRY(lrpot__transform_create(&w->transform, w->segment));
    /* for one axis, hence 2 and not 6 below; the integral over time is a sum of steps */
    w->factor = PER_CM * 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT * series->step
                / (2.0 * LIGHT_SPEED * series->volume * LRPOT__BOLTZMANN * series->temperature);
    fill_window(w, options);
    overlap_windows(w);
    return LRPOT_OK;
}

static void add_segment(welch *w, int64_t first, double *total)
{
    for (int64_t k = 0; k < w->frequencies; k++) total[k] = 0.0;
    for (int a = 0; a < 3; a++) {
        for (int64_t i = 0; i < w->segment; i++)
            w->transform.real[i] = w->window[i] * w->current[3 * (first + i) + a];
        fftw_execute(w->transform.forward);
        for (int64_t k = 0; k < w->frequencies; k++) {
            const double *mode = w->transform.modes[k];
            double power = w->factor * (mode[0] * mode[0] + mode[1] * mode[1]);
            w->sums[3 * k + a] += power;
            total[k] += power;
        }
    }
    for (int64_t k = 0; k < w->frequencies; k++) w->squares[k] += total[k] * total[k];
}

static double quantum_factor(int32_t kind, double x)
{
    if (x < 1e-6) return 1.0;
    if (kind == LRPOT_QUANTUM_STANDARD) return 2.0 * tanh(0.5 * x) / x;
    if (kind == LRPOT_QUANTUM_SCHOFIELD) return 2.0 * sinh(0.5 * x) / x;
    return 1.0; /* the harmonic correction turns the quantum expression into the classical one */
}

static double scatter(const welch *w, double mean, double squares)
{
    double m = (double)w->segments;
    if (w->segments < 2) return NAN;
    double deviations = squares - m * mean * mean;
    return lrpot__error_of_mean(w->correlation * (deviations > 0.0 ? deviations : 0.0),
                                w->segments);
}

lrpot_status lrpot_spectrum_infrared(const lrpot_series *series,
                                     const lrpot_spectrum_options *options, int64_t n_frequencies,
                                     double *wavenumbers, double *frequencies, double *absorption,
                                     double *error, double *axes)
{
    lrpot_spectrum_options filled;
    welch w = { 0 };
    LRPOT__REQUIRE_NOT_NULL(absorption);
    LRPOT__TRY(lrpot__series_check(series, 1));
    LRPOT__TRY(read_options(options, &filled));
    LRPOT__TRY(plan(&w, series, &filled));
    if (n_frequencies != w.frequencies)
        return lrpot__fail(LRPOT_E_SIZE, "n_frequencies = %lld, lrpot_spectrum_size() gives %lld",
                           (long long)n_frequencies, (long long)w.frequencies);
    lrpot_status status = prepare(&w, series, &filled);
    for (int64_t s = 0; status == LRPOT_OK && s < w.segments; s++)
        add_segment(&w, s * w.hop, absorption);
    for (int64_t k = 0; status == LRPOT_OK && k < w.frequencies; k++) {
        double frequency = (double)k / ((double)w.segment * series->step); /* 1/fs */
        double x = PLANCK * frequency / (LRPOT__BOLTZMANN * series->temperature),
               half = LRPOT__PI * frequency * series->step;
        double scale = quantum_factor(filled.quantum, x), mean = 0.0;
        /* a difference over one step multiplies the derivative of a sine by sin(half)/half */
        if (series->kind == LRPOT_SERIES_DIPOLE && k > 0)
            scale *= half / sin(half) * (half / sin(half));
        for (int a = 0; a < 3; a++) {
            double one = w.sums[3 * k + a] / (double)w.segments;
            mean += one;
            if (axes != NULL) axes[3 * k + a] = scale * one;
        }
        if (error != NULL) error[k] = scale / 3.0 * scatter(&w, mean, w.squares[k]);
        absorption[k] = scale / 3.0 * mean;
        if (frequencies != NULL) frequencies[k] = 1e3 * frequency;
        if (wavenumbers != NULL) wavenumbers[k] = 1e3 * frequency * LRPOT_CM_PER_THZ;
    }
    lrpot__transform_free(&w.transform);
    lrpot__free(w.window);
    lrpot__free(w.sums);
    lrpot__free(w.squares);
    lrpot__free(w.current);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__finite_total("absorption", n_frequencies, absorption));
    return lrpot__finite_total("absorption along the axes", 3 * n_frequencies, axes);
}
