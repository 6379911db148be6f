/* Systems that repeat in two directions, in one or in none: the box in which their reciprocal sum
 * repeats, and the truncation of the kernel that decouples the repeated copies (Rozzi et al., Phys.
 * Rev. B 73, 205119 (2006)). */
#ifndef LRPOT__BOUNDARY_H
#define LRPOT__BOUNDARY_H

#include "electrostatics/splitting/splitting.h"

enum { LRPOT__REPEATED, LRPOT__SLAB, LRPOT__WIRE, LRPOT__OPEN };

typedef struct lrpot__boundary {
    int32_t kind;
    int32_t axis;        /* slab: row of the cell that does not repeat; wire: the one that does */
    int32_t n_across;    /* number of directions that do not repeat */
    double across[3][3]; /* unit vectors along these */
    double along[9];     /* projects on the directions that repeat */
    double middle[3];    /* A: mean position */
    double extent[3];    /* A, at least: along each direction that does not repeat */
    double density;      /* 1/A^3: density around an atom, not the mean over the box */
    double radius;       /* A: beyond it the kernel is zero, in the directions that do not repeat */
    double section;      /* A^2, wire: of the box across it */
} lrpot__boundary;

/* Finds the kind and, from the owned atoms, middle and extent. comm: NULL for one process. */
lrpot_status lrpot__boundary_measure(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                     lrpot__boundary *out);
/* 1 if the box of an earlier splitting still has room for the system, and not far too much. */
int lrpot__boundary_fits(const lrpot__boundary *b, const lrpot__splitting *kept);
/* Chooses the splitting and the box together: the room needed around the system depends on the
 * screening. */
lrpot_status lrpot__boundary_choose(const lrpot__boundary *b, const lrpot_ewald *ewald,
                                    const lrpot_atoms *atoms, const lrpot__splitting_inputs *wanted,
                                    lrpot__splitting *out);
/* 1/A^3: density of n atoms in the volume that the atoms fill. */
double lrpot__boundary_density(const lrpot__boundary *b, const lrpot_atoms *atoms, int64_t n);
/* Box and radius of a splitting. */
void lrpot__boundary_box(lrpot__boundary *b, const lrpot_atoms *atoms,
                         const lrpot__splitting *split, double *box);

#endif
