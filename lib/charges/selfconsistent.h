/* Densities that depend on their own potential: data shared by the solution and its derivatives. */
#ifndef LRPOT__SELFCONSISTENT_H
#define LRPOT__SELFCONSISTENT_H

#include "core/workspace.h"

#include <lrpot/selfconsistent.h>

struct lrpot_selfconsistent {
    /* defaults filled in; widths are a copy */
    lrpot_selfconsistent_options options;
    /* number of moments of an atom: 1, 4 or 13 */
    int64_t components;
    /* sum of the density with itself, then one for each width of the features */
    lrpot_ewald *sums[1 + LRPOT_SELFCONSISTENT_MAX_WIDTHS];
};

/* Checks the call. *view gets the atoms, all of one species. */
lrpot_status lrpot__selfconsistent_begin(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, lrpot_atoms *view);
/* Derivatives A x of x.A x/2 for one of the sums, energy (or NULL), forces [n][3] (or NULL) and
 * virial (or NULL). */
lrpot_status lrpot__selfconsistent_sum(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                                       const lrpot_atoms *view, int32_t which,
                                       const double *moments, double *derivatives, double *energy,
                                       double *forces, double *virial);
/* Subtracts the mean of the first n values and adds total/n. Does nothing if charges are not
 * constrained. */
void lrpot__selfconsistent_neutralise(const lrpot_selfconsistent *scheme, int64_t n, double total,
                                      double *charges);
/* Turns target, the next features, into the change of the features. Returns the largest, in
 * magnitude. */
double lrpot__selfconsistent_residual(int64_t count, const double *features, double *target);

#endif
