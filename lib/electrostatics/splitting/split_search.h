/* Search for the cheapest split within the accuracy: the parts that all methods share. */
#ifndef LRPOT__SPLIT_PLAN_H
#define LRPOT__SPLIT_PLAN_H

#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/splitting/splitting.h"

/* Inputs that all candidates share. */
typedef struct lrpot__split_search {
    const lrpot_ewald *ewald;
    const lrpot__splitting_inputs *wanted;
    lrpot__error_estimates errors;
    double accuracy; /* eV/A for unit charges at random */
    double bound;    /* eV/A for each of the two parts, or for the whole of a prolate split */
    double density, length[3]; /* A, edges of the reduced cell */
    double cutoff;             /* A: given by the caller, or that of the only list; 0: free */
} lrpot__split_search;

/* Best candidate so far. */
typedef struct lrpot__split_candidate {
    double cost, alpha, cutoff, k_cut, shape, predicted;
    double step; /* A: largest mesh step that the estimate allows; 0: the mesh was given */
    int32_t method, order, size[3];
    double c; /* of a prolate split; alpha is then 0 */
} lrpot__split_candidate;

/* Tries a Gaussian split at each alpha from low to high, or at the one that the options or the
 * cutoff fix. */
typedef void (*lrpot__split_attempt)(const lrpot__split_search *search, const void *ctx,
                                     double alpha, double cutoff, lrpot__split_candidate *best);
void lrpot__split_gauss(const lrpot__split_search *search, lrpot__split_attempt attempt,
                        const void *ctx, double low, double high, lrpot__split_candidate *best);

/* Factor and largest number of finer steps that are tried, for a cell with short rows. */
#define LRPOT__FINER 0.92
#define LRPOT__FINER_MOST 12
/* A mesh is taken when its error is at most this times the bound. */
#define LRPOT__BOUND_MET 1.02

/* Cutoff that wide Gaussians need for any screening; 0 for points. */
double lrpot__split_reach(const lrpot__split_search *search);
/* 1 if Gaussians of one width are so wide that they may be summed without pairs. */
int lrpot__split_is_smooth(const lrpot__split_search *search);
double lrpot__split_pair_cost(const lrpot__split_search *search, double cutoff);
double lrpot__split_mesh_cost(const lrpot__split_search *search, int32_t order,
                              const int32_t *size);
/* Sizes for steps of at most h, or those of the options; 0 when there are none. */
int lrpot__split_mesh_size(const lrpot__split_search *search, double h, int32_t order,
                           int32_t *size);
/* Part of the accuracy for which the mesh is chosen; split: factor of the kind of split. */
double lrpot__split_mesh_reserve(const lrpot__split_search *search, double split);
/* RMS force error of the mesh with steps h[3], eV/A: the larger of those of random unit charges and
 * of a crystal of them. */
double lrpot__split_mesh_error(const lrpot__split_search *search, const lrpot__screening *screening,
                               const lrpot__alias_table *table, const double *h);
/* Bound on the error of the polynomial in the force of a pair, e^2/A^2. */
double lrpot__split_pair_error(const lrpot__split_search *search);
/* 1 if pairs of points may be summed in single precision beside this method. The exact sum is kept
 * in double, and so are the sums of hosts with ghosts: results must not depend on the number of
 * processes. */
int lrpot__split_is_single(const lrpot__split_search *search, int32_t method);
/* Bound on the rounding error in the force of a pair in single precision, e^2/A^2. */
double lrpot__split_single_error(const lrpot__split_search *search);

/* The Gaussian split of the solver's kernel; alpha 0: none. */
void lrpot__splitting_gauss(const lrpot_ewald *ewald, double alpha, lrpot__screening *out);

#endif
