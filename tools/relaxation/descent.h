/* Minimisation of a smooth function by limited-memory BFGS. */
#ifndef LRPOT_TOOL_DESCENT_H
#define LRPOT_TOOL_DESCENT_H

#include <stdint.h>

/* Value and gradient at x [n]; GO_ON or an exit code after a message. */
typedef int descent_function(void *context, const double *x, double *value, double *gradient);
/* 1 when the present point is good enough. */
typedef int descent_test(void *context);

typedef struct descent {
    int64_t n, steps_most;
    double longest;   /* largest change of a component in a step */
    double stiffness; /* second derivative that the first step assumes */
    descent_function *evaluate;
    descent_test *is_done;
    void *context;
    int64_t steps; /* taken */
    int32_t converged;
} descent;

/* x: start, and the result. GO_ON or an exit code after a message; a run of steps_most steps is no
 * error. */
int descent_run(descent *d, double *x);

#endif
