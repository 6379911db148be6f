/* Mean and spread of the evaluations of one structure by the members of an ensemble. */
#ifndef LRPOT_TOOL_MEAN_EVALUATION_H
#define LRPOT_TOOL_MEAN_EVALUATION_H

#include "ensembles/spread.h"

#include "cli/inputs.h"

/* Deviations of an evaluation, in the order of its parts. */
typedef struct mean_evaluation {
    spread values;
    double *flat; /* those of one member */
    int64_t capacity, n, n_points;
    int32_t with_born;
    /* borrowed from values: eV, [n][3] eV/A, [9], [3], [n], [n][3][3] */
    const double *energy, *forces, *stress, *dipole, *charges, *born;
} mean_evaluation;

/* Begins a structure of n atoms. with_born: Born charges, too. Returns 0 without memory. */
int mean_evaluation_begin(mean_evaluation *m, int64_t n, int64_t n_points, int with_born);
void mean_evaluation_add(mean_evaluation *m, const evaluation *member);
/* Replaces the values of the last member by the means. Deviations are known from here on. */
void mean_evaluation_end(mean_evaluation *m, evaluation *last);
void mean_evaluation_free(mean_evaluation *m);

#endif
