/* Pyroelectric coefficient from the fluctuations of dipole and energy at constant cell
 * (docs/theory/spectra.md). */
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "spectra/stationary.h"

/* Largest part of the variance that a straight line may explain. */
#define LARGEST_DRIFT 0.05

static double mean_of(int64_t n, int64_t stride, const double *values)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += values[i * stride];
    return sum / (double)n;
}

/* Covariance of one axis and the energies, with its error; the bias of means that come from the
 * same series is removed. */
static lrpot_status covariance(const lrpot_series *series, const double *energies, int axis,
                               double *products, lrpot_estimate *out)
{
    double dipole = mean_of(series->n, 3, series->values + axis),
           energy = mean_of(series->n, 1, energies), factor = 1.0;
    for (int64_t i = 0; i < series->n; i++)
        products[i] = (series->values[3 * i + axis] - dipole) * (energies[i] - energy);
    LRPOT__TRY(lrpot_series_mean(series->n, 1, products, out));
    if (out->inefficiency < 0.5 * (double)series->n)
        factor = 1.0 / (1.0 - out->inefficiency / (double)series->n);
    factor /= series->volume * LRPOT__BOLTZMANN * series->temperature * series->temperature;
    out->value *= factor;
    out->error *= factor;
    return LRPOT_OK;
}

lrpot_status lrpot_pyroelectric(const lrpot_series *series, const double *energies,
                                double *coefficient, double *error)
{
    LRPOT__REQUIRE_NOT_NULL(energies);
    LRPOT__REQUIRE_NOT_NULL(coefficient);
    LRPOT__TRY(lrpot__series_check(series, 1));
    if (series->kind != LRPOT_SERIES_DIPOLE)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a pyroelectric coefficient needs the dipole, the series is a current");
    LRPOT__TRY(lrpot__all_finite("energies", series->n, energies));
    double *products = lrpot__calloc(3 * series->n, sizeof *products);
    if (products == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = LRPOT_OK;
    for (int a = 0; a < 3 && status == LRPOT_OK; a++) {
        lrpot_estimate one = LRPOT_ESTIMATE_INIT;
        status = covariance(series, energies, a, products, &one);
        coefficient[a] = one.value;
        if (error != NULL) error[a] = one.error;
    }
    if (status == LRPOT_OK)
        status = lrpot__stationary_check(series->n, series->values, LARGEST_DRIFT, "dipole");
    if (status == LRPOT_OK)
        status = lrpot__correlation_time_check(series->n, series->values, "dipole");
    lrpot__free(products);
    LRPOT__TRY(status);
    return lrpot__finite_total("pyroelectric coefficient", 3, coefficient);
}
