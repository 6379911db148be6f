/* Parts that the benchmarks of internal kernels share: failures, time, random numbers, order of
 * times. */
#ifndef LRPOT_KERNEL_BENCH_H
#define LRPOT_KERNEL_BENCH_H

#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    fprintf(stderr, "%s: %s\n", lrpot_status_name(status), lrpot_last_error());
    exit(1);
}

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline double uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
