/* Random processes whose response is known in closed form, sampled without error of the step. */
#ifndef LRPOT_TEST_PROCESSES_H
#define LRPOT_TEST_PROCESSES_H

#include "support.h"

#include <math.h>

static inline double process_normal(support_random *random)
{
    double r = support_uniform(random, 0.0, 1.0),
           angle = support_uniform(random, 0.0, 6.283185307179586);
    return sqrt(-2.0 * log(1.0 - r)) * cos(angle);
}

/* Three independent Ornstein-Uhlenbeck processes: <x(0) x(t)> = variance exp(-t/time). x[n][3] */
static inline void process_relaxation(support_random *random, int64_t n, double step,
                                      double variance, double time, double *x)
{
    double keep = exp(-step / time), kick = sqrt(variance * (1.0 - keep * keep));
    for (int a = 0; a < 3; a++) x[a] = sqrt(variance) * process_normal(random);
    for (int64_t i = 3; i < 3 * n; i++) x[i] = keep * x[i - 3] + kick * process_normal(random);
}

/* Adds three damped oscillators x'' = -w^2 x - g x' + noise with <x'^2> = variance, g < 2 w.
 * Displacements x[n][3], velocities v[n][3]. The velocities' spectrum is variance 2 g w'^2/((w^2 -
 * w'^2)^2 + g^2 w'^2). */
static inline void process_add_oscillators(support_random *random, int64_t n, double step, double w,
                                           double g, double variance, double *x, double *v)
{
    double w1 = sqrt(w * w - 0.25 * g * g), decay = exp(-0.5 * g * step),
           c = decay * cos(w1 * step), s = decay * sin(w1 * step) / w1;
    double xx = c + 0.5 * g * s, xv = s, vx = -w * w * s, vv = c - 0.5 * g * s,
           place = variance / (w * w);
    /* what the noise has to add so that the stationary covariance stays: q = S - A S A^T, by
     * Cholesky */
    double qxx = place - xx * xx * place - xv * xv * variance,
           qxv = -xx * vx * place - xv * vv * variance;
    double qvv = variance - vx * vx * place - vv * vv * variance;
    double lxx = sqrt(qxx), lvx = qxv / lxx, lvv = sqrt(qvv - lvx * lvx);
    for (int a = 0; a < 3; a++) {
        double px = sqrt(place) * process_normal(random),
               pv = sqrt(variance) * process_normal(random);
        for (int64_t i = a; i < 3 * n; i += 3) {
            x[i] += px;
            v[i] += pv;
            double first = process_normal(random), second = process_normal(random),
                   nx = xx * px + xv * pv + lxx * first;
            pv = vx * px + vv * pv + lvx * first + lvv * second;
            px = nx;
        }
    }
}

#endif
