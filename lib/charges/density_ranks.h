/* Densities over the processes of a parallel host: sums over groups, potentials and heads of
 * neighbours that belong to other processes, and derivatives that go back to them. All functions
 * are collective, and in one process do the same without communication. */
#ifndef LRPOT__DENSITY_RANKS_H
#define LRPOT__DENSITY_RANKS_H

#include "charges/density_terms.h"

/* lrpot__density_settle() and lrpot__density_level() with the sums of all processes. */
lrpot_status lrpot__density_settle_all(const lrpot__density_terms *terms, int of_response,
                                       double *x);
lrpot_status lrpot__density_level_all(const lrpot__density_terms *terms, const double *x0,
                                      double *v);
/* out = R v. */
lrpot_status lrpot__density_respond_all(const lrpot__density_terms *terms, const double *v,
                                        double *out);
/* lrpot__density_differentiate_terms() with weights [heads][n] of the owned atoms. */
lrpot_status lrpot__density_differentiate_all(const lrpot__density_terms *terms,
                                              lrpot_workspace *work, const double *p,
                                              const double *u, double factor, double *weights,
                                              lrpot_outputs *out);
/* Moments of all widths with those of ghosts: of each width charges [n_all], dipoles [n_all][3],
 * quadrupoles [n_all][3][3], in the workspace. Without ghosts *out is x. */
lrpot_status lrpot__density_with_ghosts(const lrpot__charge_call *call, const double *x,
                                        const double **out);
/* a.b of vectors [n] of all processes. */
lrpot_status lrpot__density_dot(const lrpot_comm *comm, int64_t n, const double *a, const double *b,
                                double *out);

#endif
