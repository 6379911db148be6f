/* Raman scattering: invariants of Raman tensors, and activities from the polarizability along a
 * trajectory (docs/theory/raman.md). */
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "spectra/welch.h"

#include <math.h>

/* Invariants and six independent numbers: the mean, and the traceless part. */
enum { COMPONENTS = 7 };

static const double isotropic_weight = 45.0, anisotropic_weight = 7.0;

/* Numbers whose squares sum to 45 a^2 + 7 gamma^2, the first of them to 45 a^2: gamma^2 is 3/2 of
 * the squares of the traceless part. */
static void weighted_components(const double *alpha, double out[COMPONENTS])
{
    double mean = (alpha[0] + alpha[4] + alpha[8]) / 3.0, root = sqrt(1.5 * anisotropic_weight),
           half = sqrt(0.5) * root;
    out[0] = sqrt(isotropic_weight) * mean;
    for (int a = 0; a < 3; a++) out[1 + a] = root * (alpha[4 * a] - mean);
    out[4] = half * (alpha[5] + alpha[7]);
    out[5] = half * (alpha[2] + alpha[6]);
    out[6] = half * (alpha[1] + alpha[3]);
}

lrpot_status lrpot_raman_invariants(const double *tensor, double *invariants)
{
    double parts[COMPONENTS], rest = 0.0;
    LRPOT__REQUIRE_NOT_NULL(tensor);
    LRPOT__REQUIRE_NOT_NULL(invariants);
    LRPOT__TRY(lrpot__all_finite("tensor", 9, tensor));
    weighted_components(tensor, parts);
    for (int c = 1; c < COMPONENTS; c++) rest += parts[c] * parts[c];
    invariants[0] = parts[0] * parts[0] / isotropic_weight;
    invariants[1] = rest / anisotropic_weight;
    return LRPOT_OK;
}

double lrpot_raman_activity(double isotropic, double anisotropic)
{
    return isotropic_weight * isotropic + anisotropic_weight * anisotropic;
}

double lrpot_raman_depolarization(double isotropic, double anisotropic)
{
    double whole = isotropic_weight * isotropic + 4.0 * anisotropic;
    return whole > 0.0 ? 3.0 * anisotropic / whole : NAN;
}

double lrpot_raman_cross_section(double wavenumber, double laser, double temperature)
{
    /* h in u A^2/fs; eV = (2 pi THZ 1e-3)^2 u A^2/fs^2 */
    static const double rate = 2.0 * LRPOT__PI * LRPOT__THZ * 1e-3;
    if (!(wavenumber > 0.0) || !(laser > wavenumber) || !(temperature >= 0.0)) return NAN;
    double nu = wavenumber / LRPOT__PER_CM, shifted = (laser - wavenumber) / LRPOT__PER_CM,
           planck = LRPOT__PLANCK * rate * rate,
           x = LRPOT__PLANCK * LRPOT__LIGHT_SPEED * nu / (LRPOT__BOLTZMANN * temperature),
           squares = planck / (8.0 * LRPOT__PI * LRPOT__PI * LRPOT__LIGHT_SPEED * nu);
    if (temperature > 0.0) squares /= -expm1(-x);
    return pow(2.0 * LRPOT__PI * shifted, 4.0) * squares / 45.0;
}

/* Rates of the weighted components, [n - 1][COMPONENTS]. */
static double *rates_of(const lrpot_series *series)
{
    double *rates = lrpot__calloc(COMPONENTS * (series->n - 1), sizeof *rates);
    for (int64_t i = 0; rates != NULL && i < series->n - 1; i++) {
        double change[9];
        for (int k = 0; k < 9; k++)
            change[k] = (series->values[9 * (i + 1) + k] - series->values[9 * i + k])
                        / series->step;
        weighted_components(change, rates + COMPONENTS * i);
    }
    return rates;
}

/* Factor from the squared modulus of a transform of rates to the activity for each cm^-1: a mode
 * has the mean squared velocity k_B T, which its one-sided spectrum integrates to. */
static double factor_of(const lrpot_series *series)
{
    static const double rate = 2.0 * LRPOT__PI * LRPOT__THZ * 1e-3; /* u A^2/fs^2 = eV rate^2 */
    return 2.0 * series->step * LRPOT__LIGHT_SPEED / LRPOT__PER_CM
           / (rate * rate * LRPOT__BOLTZMANN * series->temperature);
}

lrpot_status lrpot_spectrum_raman(const lrpot_series *series, const lrpot_spectrum_options *options,
                                  int64_t n_frequencies, double *wavenumbers, double *frequencies,
                                  double *isotropic, double *anisotropic, double *activity,
                                  double *error)
{
    lrpot_spectrum_options filled;
    lrpot__welch w = { 0 };
    LRPOT__REQUIRE_NOT_NULL(activity);
    LRPOT__TRY(lrpot__spectrum_options(options, &filled));
    LRPOT__TRY(lrpot__series_check_polarizability(series, 1));
    LRPOT__TRY(lrpot__welch_plan(&w, series, &filled));
    LRPOT__TRY(lrpot__welch_count(&w, n_frequencies));
    w.rates = rates_of(series);
    lrpot_status status = lrpot__welch_run(&w, &filled, COMPONENTS, factor_of(series));
    for (int64_t k = 0; status == LRPOT_OK && k < w.frequencies; k++) {
        double first = lrpot__welch_power(&w, k, 0), rest = 0.0;
        for (int32_t c = 1; c < COMPONENTS; c++) rest += lrpot__welch_power(&w, k, c);
        if (isotropic != NULL) isotropic[k] = first / isotropic_weight;
        if (anisotropic != NULL) anisotropic[k] = rest / anisotropic_weight;
        activity[k] = first + rest;
        if (error != NULL) error[k] = lrpot__welch_error(&w, k);
    }
    if (status == LRPOT_OK) lrpot__welch_axis(&w, wavenumbers, frequencies);
    lrpot__welch_free(&w);
    LRPOT__TRY(status);
    return lrpot__finite_total("Raman activity", n_frequencies, activity);
}
