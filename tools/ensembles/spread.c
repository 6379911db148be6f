#include "ensembles/spread.h"

#include "cli/nan_extremes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int spread_begin(spread *s, int64_t n)
{
    if (n > s->capacity || s->mean == NULL) {
        spread_free(s);
        s->mean = malloc((size_t)(2 * n + 2) * sizeof *s->mean);
        if (s->mean == NULL) return 0;
        s->capacity = n;
    }
    s->n = n;
    s->members = 0;
    s->deviation = s->mean + n;
    memset(s->mean, 0, (size_t)(2 * n) * sizeof *s->mean);
    return 1;
}

/* Welford's recurrence: the spread of close numbers is not lost in the squares of their mean. */
void spread_add(spread *s, const double *values)
{
    s->members++;
    for (int64_t k = 0; k < s->n; k++) {
        double before = values[k] - s->mean[k];
        s->mean[k] += before / s->members;
        s->deviation[k] += before * (values[k] - s->mean[k]);
    }
}

void spread_end(spread *s)
{
    for (int64_t k = 0; k < s->n; k++)
        s->deviation[k] = s->members > 1 ? sqrt(s->deviation[k] / (s->members - 1)) : NAN;
}

void spread_free(spread *s)
{
    free(s->mean);
    *s = (spread){ 0 };
}

double spread_largest(const double *deviation, int64_t n)
{
    double largest = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double *d = deviation + 3 * i;
        largest = larger(largest, sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]));
    }
    return largest;
}

void spread_json(json_t *object, const char *key, const spread *s, int64_t from, int64_t n)
{
    char name[64];
    snprintf(name, sizeof name, "%s_spread", key);
    if (n == 1) {
        json_put_real(object, key, s->mean[from]);
        json_put_real(object, name, s->deviation[from]);
        return;
    }
    json_object_set_new(object, key, json_row(s->mean + from, n));
    json_object_set_new(object, name, json_row(s->deviation + from, n));
}
