/* Pairs one after the other, for the sums that are not worth a kernel: second derivatives,
 * multipoles, matrices. */
#ifndef LRPOT__PAIR_WALK_H
#define LRPOT__PAIR_WALK_H

#include "electrostatics/ewald/ewald.h"

#include "structure/nlist_rows.h"

typedef struct lrpot__walk {
    const lrpot__sum *sum;
    lrpot__rows rows;     /* list NULL: all pairs of an isolated system, or none */
    double *translations; /* [images][3] */
} lrpot__walk;

/* What the pairs of atom i contribute, the virial of its thread included. Returns the smallest r^2
 * among them. */
typedef double (*lrpot__walk_visit)(const void *ctx, int64_t i, double *virial);

/* The atoms' pairs within the real-space cutoff, by the list lent or the solver's own; all pairs
 * where there is no cutoff. */
lrpot_status lrpot__walk_open(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist *list,
                              lrpot__walk *out);
lrpot__row lrpot__walk_row(const lrpot__walk *walk, int64_t i);
/* Entry k of the row of atom i: neighbour, vector to it, r^2. Returns 0 when it is beyond the
 * cutoff or the atom itself. */
int lrpot__walk_pair(const lrpot__walk *walk, const lrpot__row *row, int64_t i, int64_t k,
                     int64_t *j, double *d, double *square);
/* Visits all owned atoms, shared among the threads, and adds what they put into the virial. *clash:
 * an atom at the place of another, or -1. */
lrpot_status lrpot__walk_atoms(const lrpot__sum *sum, lrpot_workspace *work,
                               lrpot__walk_visit visit, const void *ctx, double *virial,
                               int64_t *clash);
/* Message for an atom that another was found to be at the place of. */
lrpot_status lrpot__walk_clash(int64_t i);

#endif
