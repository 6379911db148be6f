/* Densities that depend on their own potential: what the solution and its derivatives share. */
#ifndef LRPOT__SELFCONSISTENT_H
#define LRPOT__SELFCONSISTENT_H

#include "core/workspace.h"

#include <lrpot/selfconsistent.h>

struct lrpot_selfconsistent {
    /* defaults filled in; widths are not the caller's any more */
    lrpot_selfconsistent_options options;
    int64_t components;                                     /* of an atom's moments: 1, 4 or 13 */
    lrpot_ewald *sums[1 + LRPOT_SELFCONSISTENT_MAX_WIDTHS]; /* of the density with itself, then as
                                                               each width sees it */
};

/* Workspace blocks. */
enum {
    LRPOT__SELF_TARGETS = LRPOT__BLOCK_SELF,
    LRPOT__SELF_POTENTIAL,
    LRPOT__SELF_SPECIES,
    LRPOT__SELF_MULTIPLIERS,
    LRPOT__SELF_DIRECT,
    LRPOT__SELF_MIXED
};

/* Checks the call; *view gets the atoms as one species. */
lrpot_status lrpot__self_begin(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                               const lrpot_atoms *atoms, lrpot_atoms *view);
/* Derivatives A x of x.A x/2 for one of the sums, energy (or NULL), forces [n][3] (or NULL) and
 * virial (or NULL). */
lrpot_status lrpot__self_sum(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                             const lrpot_atoms *view, int32_t which, const double *moments,
                             double *derivatives, double *energy, double *forces, double *virial);
/* Takes the mean of the first n values off and leaves total/n; nothing where charges are as they
 * come. */
void lrpot__self_neutralise(const lrpot_selfconsistent *scheme, int64_t n, double total,
                            double *charges);
/* Moves features towards target by the mixing; returns the largest change that was wanted. */
double lrpot__self_mix(const lrpot_selfconsistent *scheme, int64_t count, const double *target,
                       double *features);
/* The adjoint fixed point: multipliers w = de/dv + y.df/dv and y = direct + sum_n A_n w_n, direct
 * being what the moments do at fixed features. */
lrpot_status lrpot__self_adjoint(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                 const lrpot_atoms *view, const lrpot_local_model *local,
                                 const double *features, const double *direct, double *multipliers,
                                 double *y);
/* The error of an iteration that has not ended. */
lrpot_status lrpot__self_failed(const lrpot_selfconsistent *scheme, const char *what,
                                double change);

#endif
