/* Averaged periodograms (Welch) of the rate of a series with several components. */
#ifndef LRPOT__WELCH_H
#define LRPOT__WELCH_H

#include "spectra/correlation.h"
#include "spectra/series.h"

typedef struct lrpot__welch {
    int64_t samples, segment, hop, segments, frequencies;
    int32_t components;
    double step, temperature; /* fs, K */
    int32_t quantum;          /* LRPOT_QUANTUM_* */
    int32_t differences;      /* 1: the rates are differences over one step */
    double factor;            /* factor of a squared modulus; the norm of the window is taken out */
    double correlation;       /* factor of the variance of the mean from overlapping segments */
    double *window;           /* [segment] */
    double *rates;            /* [samples][components] */
    double *sums;             /* [frequencies][components] */
    double *total;            /* [frequencies]: sum over components of one segment */
    double *squares;          /* [frequencies]: sum of the squares of total over segments */
    lrpot__transform transform;
} lrpot__welch;

/* Fills defaults and checks. */
lrpot_status lrpot__spectrum_options(const lrpot_spectrum_options *given,
                                     lrpot_spectrum_options *options);
/* Segments of the rate of a series. */
lrpot_status lrpot__welch_plan(lrpot__welch *w, const lrpot_series *series,
                               const lrpot_spectrum_options *options);
/* LRPOT_E_SIZE for another number of frequencies than the plan's. */
lrpot_status lrpot__welch_count(const lrpot__welch *w, int64_t n_frequencies);
/* Sums over the segments; w->rates, which is set before, belongs to w. Free in any case. */
lrpot_status lrpot__welch_run(lrpot__welch *w, const lrpot_spectrum_options *options,
                              int32_t components, double factor);
void lrpot__welch_free(lrpot__welch *w);
/* cm^-1 and THz, [frequencies] each, or NULL. */
void lrpot__welch_axis(const lrpot__welch *w, double *wavenumbers, double *frequencies);
/* Mean power of one component at frequency k, with the factor, the quantum correction and the
 * correction of differences. */
double lrpot__welch_power(const lrpot__welch *w, int64_t k, int32_t component);
/* Error of the sum over components at frequency k; NaN for a single segment. */
double lrpot__welch_error(const lrpot__welch *w, int64_t k);

#endif
