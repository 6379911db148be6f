/* Tests of the assumptions of equilibrium formulas on a series. */
#ifndef LRPOT__STATIONARY_H
#define LRPOT__STATIONARY_H

#include "spectra/series.h"

/* Straight line through the means of blocks that are long compared with the correlation time. */
typedef struct lrpot__trend {
    double mean,
        /* score of the mean: deviation from 0 in standard deviations of a normal variable */
        mean_score;
    double rise, rise_score; /* rise of the line from the first sample to the last, and its score */
    double part;             /* part of the variance of the samples that the line explains */
} lrpot__trend;

/* Fits n numbers at a stride. LRPOT_E_MEMORY. */
lrpot_status lrpot__trend_fit(int64_t n, int64_t stride, const double *values, lrpot__trend *out);

/* Score of a deviation of t standard errors, where the error has so many degrees of freedom. */
double lrpot__normal_score(double t, double freedom);

/* LRPOT_E_ASSUMPTION if a component of values[n][3] has a trend that explains more than `part` of
 * its variance; `what` names the series. */
lrpot_status lrpot__stationary_check(int64_t n, const double *values, double part,
                                     const char *what);
/* LRPOT_E_ASSUMPTION if values[n][3] have a correlation time comparable with the length of the
 * series. */
lrpot_status lrpot__correlation_time_check(int64_t n, const double *values, const char *what);
/* LRPOT_E_ASSUMPTION if the current has a mean or a trend that is visible in the integral of its
 * correlation over so many lags; `independent` samples count as one. unit: of the current, for the
 * message. */
lrpot_status lrpot__series_equilibrium_check(int64_t n, const double *current, double step,
                                             int64_t lags, double independent, const char *unit);
/* LRPOT_E_ASSUMPTION if the current has slower parts than the integral of its correlation (its
 * unit squared times fs, all axes) includes. */
lrpot_status lrpot__slow_modes_check(int64_t n, const double *current, double step,
                                     double integral);
/* LRPOT_E_ASSUMPTION if differences between pieces, given by mean and sum of squared deviations,
 * are not 0, and larger than a part of value. what, unit: for the message. */
lrpot_status lrpot__difference_check(int64_t pieces, double mean, double squares, double value,
                                     const char *what, const char *unit);

#define LRPOT__SCORE_LIMIT 4.0 /* probability: one in 16 000 */

#endif
