/* Answer of a self-consistent density in a fit to changes along many directions at once, by one
 * factorisation for each frame. */
#ifndef LRPOT__DENSITY_ANSWER_H
#define LRPOT__DENSITY_ANSWER_H

#include "fit/jacobian/fit_density.h"

/* The present frame of an assembly. */
typedef struct lrpot__density_task {
    lrpot__assembly *assembly;
    const lrpot__frame *frame;
    lrpot__fit_density *d;
    const lrpot__density *density;
    const lrpot__density_terms *terms;
    int64_t n, size, values, directions; /* atoms; moments; scalars */
} lrpot__density_task;

lrpot__density_task lrpot__density_task_of(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds (dA) x of the places to right [3n][size]: an atom carries its moments, so that the change is
 * of one order more. */
void lrpot__density_add_places(const lrpot__density_task *task, const double *x, double *right);
/* Factors 1 + A R of the frame. */
lrpot_status lrpot__density_factor(const lrpot__density_task *task);
/* Solves (1 + A R) dv = A S + right. sources [count][size]: S at fixed potentials, on exit with the
 * charges of the fragments kept; excess [count][n]: scratch; right [count][size]: on exit the
 * change of the levelled potentials. */
void lrpot__density_answer(const lrpot__density_task *task, int64_t count, double *sources,
                           double *excess, double *right);

#endif
