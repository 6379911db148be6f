/* Infrared absorption from the dipole current: periodograms of overlapping segments, averaged. */
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "spectra/welch.h"

#include <lrpot/ewald.h>

lrpot_status lrpot_spectrum_size(const lrpot_series *series, const lrpot_spectrum_options *options,
                                 int64_t *n_frequencies, int64_t *n_segments)
{
    lrpot_spectrum_options filled;
    lrpot__welch w;
    LRPOT__REQUIRE_NOT_NULL(n_frequencies);
    LRPOT__TRY(series != NULL && series->kind == LRPOT_SERIES_POLARIZABILITY
                   ? lrpot__series_check_polarizability(series, 0)
                   : lrpot__series_check(series, 0));
    LRPOT__TRY(lrpot__spectrum_options(options, &filled));
    LRPOT__TRY(lrpot__welch_plan(&w, series, &filled));
    *n_frequencies = w.frequencies;
    if (n_segments != NULL) *n_segments = w.segments;
    return LRPOT_OK;
}

lrpot_status lrpot_spectrum_infrared(const lrpot_series *series,
                                     const lrpot_spectrum_options *options, int64_t n_frequencies,
                                     double *wavenumbers, double *frequencies, double *absorption,
                                     double *error, double *axes)
{
    lrpot_spectrum_options filled;
    lrpot__welch w = { 0 };
    LRPOT__REQUIRE_NOT_NULL(absorption);
    LRPOT__TRY(lrpot__series_check(series, 1));
    LRPOT__TRY(lrpot__spectrum_options(options, &filled));
    LRPOT__TRY(lrpot__welch_plan(&w, series, &filled));
    LRPOT__TRY(lrpot__welch_count(&w, n_frequencies));
    w.rates = lrpot__series_current(series);
    /* for one axis, hence 2 and not 6 below; the integral over time is a sum of steps */
    lrpot_status status = lrpot__welch_run(
        &w, &filled, 3,
        LRPOT__PER_CM * 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT * series->step
            / (2.0 * LRPOT__LIGHT_SPEED * series->volume * LRPOT__BOLTZMANN * series->temperature));
    for (int64_t k = 0; status == LRPOT_OK && k < w.frequencies; k++) {
        absorption[k] = 0.0;
        for (int a = 0; a < 3; a++) {
            double one = lrpot__welch_power(&w, k, a);
            absorption[k] += one / 3.0;
            if (axes != NULL) axes[3 * k + a] = one;
        }
        if (error != NULL) error[k] = lrpot__welch_error(&w, k) / 3.0;
    }
    if (status == LRPOT_OK) lrpot__welch_axis(&w, wavenumbers, frequencies);
    lrpot__welch_free(&w);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__finite_total("absorption", n_frequencies, absorption));
    return lrpot__finite_total("absorption along the axes", 3 * n_frequencies, axes);
}
