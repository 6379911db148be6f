/* Levenberg-Marquardt for a sum of squares that its caller evaluates. */
#ifndef LRPOT__MINIMIZE_H
#define LRPOT__MINIMIZE_H

#include <lrpot/status.h>

/* Parameters of a descent, and its scratch. The caller owns all blocks. */
typedef struct lrpot__descent {
    int64_t count, stride; /* parameters; the same with pads */
    double *params;        /* [count] state */
    uint8_t *active;       /* [count] parameters that move */
    double *trial, *kept, *step;
    double *before; /* [count] params an iteration ago, when has_before */
    int32_t has_before;
    double *cholesky; /* [count][stride] factor of the damped matrix */
} lrpot__descent;

/* An iteration that has been made. */
typedef struct lrpot__iteration {
    int32_t number, accepted;
    double loss, damping, gradient; /* gradient: norm over the active parameters before the step */
} lrpot__iteration;

/* What is minimised. */
typedef struct lrpot__problem {
    void *ctx;
    int32_t threads; /* of the factorization */
    /* [count] half of the gradient; [count][stride] half of the matrix, upper triangle. Both as the
     * last evaluation with_matrix left them. */
    const double *gradient, *matrix;
    lrpot_status (*evaluate)(void *ctx, const double *params, int with_matrix, double *loss);
    /* The parameters of the last evaluation are the best of this iteration so far. */
    void (*set)(void *ctx);
    /* After each iteration; a failure ends the descent. */
    lrpot_status (*report)(void *ctx, const lrpot__iteration *iteration);
} lrpot__problem;

typedef struct lrpot__steps {
    const char *stage;
    int32_t max_iterations;
    double damping;   /* of the first step */
    double tolerance; /* relative decrease of the loss that is little */
    int32_t patience; /* steps in a row with little gain that end it */
} lrpot__steps;

/* From descent->params on, over the active parameters. */
lrpot_status lrpot__minimize(lrpot__descent *descent, const lrpot__problem *problem,
                             const lrpot__steps *steps);

#endif
