/* Loop over single pairs, for sums without a vectorised kernel: second derivatives, multipoles,
 * matrices. */
#ifndef LRPOT__PAIR_WALK_H
#define LRPOT__PAIR_WALK_H

#include "electrostatics/ewald/ewald.h"

#include "structure/nlist_rows.h"

typedef struct lrpot__pair_walk {
    const lrpot__sum *sum;
    lrpot__rows rows;     /* list NULL: all pairs of an isolated system, or none */
    double *translations; /* [images][3] */
} lrpot__pair_walk;

/* Adds the contributions of the pairs of atom i, including the virial of its thread. Returns the
 * smallest r^2 among them. */
typedef double (*lrpot__pair_walk_visit)(const void *ctx, int64_t i, double *virial);

/* Opens the pairs of the atoms within the real-space cutoff, from the lent list or the solver's
 * own. All pairs if there is no cutoff. */
lrpot_status lrpot__pair_walk_open(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot_nlist *list, lrpot__pair_walk *out);
lrpot__row lrpot__pair_walk_row(const lrpot__pair_walk *walk, int64_t i);
/* Entry k of the row of atom i: neighbour, vector to it, r^2. Returns 0 when it is beyond the
 * cutoff or the atom itself. */
int lrpot__pair_walk_next(const lrpot__pair_walk *walk, const lrpot__row *row, int64_t i, int64_t k,
                          int64_t *j, double *d, double *square);
/* Visits all owned atoms, shared among the threads, and adds up their virials. *coincident_atom: an
 * atom at the position of another, or -1. */
lrpot_status lrpot__pair_walk_atoms(const lrpot__sum *sum, lrpot_workspace *work,
                                    lrpot__pair_walk_visit visit, const void *ctx, double *virial,
                                    int64_t *coincident_atom);
/* Error for an atom at the position of another. */
lrpot_status lrpot__pair_walk_coincident(int64_t i);

#endif
