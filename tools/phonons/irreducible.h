/* Displacements that are enough for all force constants of a crystal, given its operations. */
#ifndef LRPOT_TOOL_IRREDUCIBLE_H
#define LRPOT_TOOL_IRREDUCIBLE_H

#include "phonons/symmetry_operations.h"

typedef struct displacement {
    int64_t atom;
    double direction[3]; /* of length 1 */
} displacement;

/* Atoms i0 of which all others are images, each along one to three axes whose images by the
 * operations that leave it in place span all. list [3n]. Returns their number. */
int64_t irreducible_choose(const symmetry_operations *s, displacement *list);

/* Rows D(i0 a, j b) of an atom from its displacements. slopes [count][cells n][3]: -dF/du of each
 * atom of the supercell; out [3][cells n][3]. Atoms of the supercell are atom * cells + cell, cells
 * counted with the first axis fastest, repeat along each. */
void irreducible_solve(const symmetry_operations *s, int32_t repeat, int64_t count,
                       const displacement *list, const double *slopes, double *out);

/* Rows of the atom that operation k maps i0 to, from those of i0. */
void irreducible_carry(const symmetry_operations *s, int32_t repeat, int32_t k, int64_t atom,
                       const double *rows, double *out);

#endif
