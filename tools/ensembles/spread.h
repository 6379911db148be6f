/* Mean and standard deviation of the results of several models. */
#ifndef LRPOT_TOOL_SPREAD_H
#define LRPOT_TOOL_SPREAD_H

#include "cli/output_file.h"

#include <stdint.h>

/* Values of `members` models so far. The deviation is the one of a sample: its squares are divided
 * by members - 1. */
typedef struct spread {
    int64_t n, capacity;
    int32_t members;
    double *mean, *deviation; /* [n]; deviation is complete after spread_end() */
} spread;

/* Begins n values, all without members. Memory grows and is kept. Returns 0 without memory. */
int spread_begin(spread *s, int64_t n);
/* Adds the values [n] of one model. */
void spread_add(spread *s, const double *values);
/* Completes the deviations: NaN for one member. */
void spread_end(spread *s);
void spread_free(spread *s);
/* Largest length of the deviation over n vectors of three values. */
double spread_largest(const double *deviation, int64_t n);
/* Puts KEY and KEY_spread: numbers for n = 1, otherwise arrays. */
void spread_json(json_t *object, const char *key, const spread *s, int64_t from, int64_t n);

#endif
