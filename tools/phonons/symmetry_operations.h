/* Operations that map a crystal onto itself, as permutations of its atoms. */
#ifndef LRPOT_TOOL_SYMMETRY_OPERATIONS_H
#define LRPOT_TOOL_SYMMETRY_OPERATIONS_H

#include <lrpot/lrpot.h>

typedef struct symmetry_operations {
    int32_t count;     /* >= 1, the first is the identity if the symmetry is not known */
    int64_t n;         /* atoms */
    double *rotations; /* [count][3][3], Cartesian, orthogonal to rounding */
    int32_t *whole;    /* [count][3][3], the same on coordinates along the cell's rows */
    int64_t *atoms;    /* [count][n]: atom that each is mapped to, */
    int32_t *shifts;   /* [count][n][3]: in this cell */
    char symbol[12];   /* of the space group; empty if it is not known */
} symmetry_operations;

/* Finds the operations of a crystal within the tolerance (A); the identity alone without spglib,
 * and where atoms of one element are told apart by fragments. LRPOT_OK or LRPOT_E_MEMORY; free in
 * any case. */
lrpot_status symmetry_operations_find(symmetry_operations *s, const lrpot_structure *structure,
                                      double tolerance);
void symmetry_operations_free(symmetry_operations *s);

#endif
