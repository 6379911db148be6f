/* Levenberg-Marquardt for a sum of squares that its caller evaluates. */
#ifndef LRPOT__MINIMIZE_H
#define LRPOT__MINIMIZE_H

#include <lrpot/status.h>

/* What an evaluation yields: the loss alone, with its gradient, with gradient and matrix. */
enum { LRPOT__LOSS, LRPOT__LOSS_GRADIENT, LRPOT__LOSS_MATRIX };

/* Pairs of changes that quasi-Newton steps remember. */
enum { LRPOT__MINIMIZE_PAIRS = 24 };

/* Parameters of a descent, and its scratch. The caller owns all blocks. */
typedef struct lrpot__minimize_state {
    int64_t count, stride; /* number of parameters; the same with padding */
    double *params;        /* [count] state */
    uint8_t *active;       /* [count] 1 for parameters that change */
    double *trial, *kept, *step;
    double *before; /* [count] params one iteration earlier, if has_before */
    int32_t has_before;
    double *cholesky; /* [count][stride] factor of the damped matrix */
    /* of quasi-Newton steps: gradient and state before the last one, changes of both */
    double *last_gradient, *last_state; /* [count] */
    double *pairs;                      /* [2][LRPOT__MINIMIZE_PAIRS][count] */
} lrpot__minimize_state;

/* Report of one iteration. */
typedef struct lrpot__minimize_iteration {
    int32_t number, accepted;
    int32_t steps;                  /* quasi-Newton steps in it */
    double loss, damping, gradient; /* gradient: norm over the active parameters before the step */
} lrpot__minimize_iteration;

/* The problem: callbacks and arrays of the function to minimise. */
typedef struct lrpot__minimize_problem {
    void *ctx;
    int32_t threads; /* threads of the factorization */
    /* [count] half of the gradient; [count][stride] half of the matrix, upper triangle. Both as the
     * last evaluation with them left them. */
    const double *gradient, *matrix;
    lrpot_status (*evaluate)(void *ctx, const double *params, int what, double *loss);
    /* Cost of a matrix, in gradients; 0: a gradient costs no less, so that there are no
     * quasi-Newton steps. */
    double matrix_cost;
    /* Called when the parameters of the last evaluation are the best of this iteration so far. */
    void (*set)(void *ctx);
    /* Called after each iteration; a failure ends the descent, and *enough = 1 ends it well. */
    lrpot_status (*report)(void *ctx, const lrpot__minimize_iteration *iteration, int32_t *enough);
} lrpot__minimize_problem;

typedef struct lrpot__minimize_options {
    const char *stage;
    int32_t max_iterations;
    double damping;   /* damping of the first step */
    double tolerance; /* relative decrease of the loss below which a step gains little */
    int32_t patience; /* number of consecutive steps of little gain that ends the descent */
} lrpot__minimize_options;

/* Minimises from descent->params, over the active parameters. */
lrpot_status lrpot__minimize(lrpot__minimize_state *descent, const lrpot__minimize_problem *problem,
                             const lrpot__minimize_options *steps);

#endif
