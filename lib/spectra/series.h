/* Time series of dipoles and currents: functions shared by dielectric constants, spectra and
 * conductivities. */
#ifndef LRPOT__SERIES_H
#define LRPOT__SERIES_H

#include "core/constants.h"

#include <lrpot/spectra.h>

#define LRPOT__SERIES_MIN 16 /* least number of samples for an error bar */

/* Checks size, pointer, length, finite values, positive constants. The temperature is checked only
 * on request. */
lrpot_status lrpot__series_check(const lrpot_series *series, int with_temperature);
/* The same for a heat flux. */
lrpot_status lrpot__series_check_heat(const lrpot_series *series);
/* The same for a polarizability, which needs no volume. */
lrpot_status lrpot__series_check_polarizability(const lrpot_series *series, int with_temperature);
lrpot_status lrpot__estimate_check(lrpot_estimate *estimate);

/* Number of samples of the current of a series. A dipole and a
 * polarizability have one less, half a step later. */
int64_t lrpot__series_current_count(const lrpot_series *series);
/* The current, [count][3]; the caller frees it. NULL and a message without memory. */
double *lrpot__series_current(const lrpot_series *series);

/* Error of the mean of values, which are overwritten. *plain: the error bar without its own
 * uncertainty. */
void lrpot__blocking(int64_t n, double *values, double mean, lrpot_estimate *out, double *plain);

/* Standard deviation of a mean of m independent numbers with the given sum of squared deviations,
 * plus its own uncertainty. */
double lrpot__error_of_mean(double squares, int64_t m);

#endif
