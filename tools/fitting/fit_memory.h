/* Forecast of the memory of a fit before it begins. */
#ifndef LRPOT_TOOL_FIT_MEMORY_H
#define LRPOT_TOOL_FIT_MEMORY_H

#include "fitting/dataset.h"

typedef struct memory_forecast {
    double used;   /* bytes of the program and its data so far */
    double fit;    /* bytes that the fit adds */
    double frames; /* part of these for frames; the rest is for parameters and threads */
    int64_t n_frames, n_params;
    int32_t threads;
} memory_forecast;

/* Bytes that the process has in memory now. */
double memory_resident(void);
int memory_of_fit(lrpot_fit *fit, const dataset *train, const dataset *valid, int with_factor,
                  memory_forecast *needs);
void memory_report(const memory_forecast *needs);
/* Tells how many frames are made anew at each use for lack of memory, and what that costs, from the
 * seconds that one frame took. */
void memory_report_anew(const lrpot_fit *fit, int64_t n_frames, double seconds);
/* Refuses a fit above the limit, bytes; 0: no limit. */
int memory_check(const memory_forecast *needs, double limit);

#endif
