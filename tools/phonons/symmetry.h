/* Symmetry of crystals, by spglib. */
#ifndef LRPOT_TOOL_SYMMETRY_H
#define LRPOT_TOOL_SYMMETRY_H

#include <lrpot/lrpot.h>

/* Name and version of the library that finds symmetry, or "none". */
const char *symmetry_library(void);
/* For each index of a file in the given order, the first index that symmetry maps it to, as in
 * phonopy for the same tolerance (A). Returns 1; 0 if the symmetry is not known: built without
 * spglib, or spglib fails. */
int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives);

/* Bravais lattice of the crystal, not of its cell alone. */
typedef struct symmetry_lattice {
    char name[3];    /* as lrpot_phonons_lattice_path() takes it, such as "hR" */
    double axes[9];  /* A, rows of the conventional cell, in the frame of the structure */
    int32_t group;   /* number of the space group */
    char symbol[12]; /* its international symbol */
    double cells;    /* number of primitive cells in the cell of the structure */
} symmetry_lattice;

/* Returns 1; 0 if the symmetry is not known, as above. */
int symmetry_find_lattice(const lrpot_structure *structure, double tolerance,
                          symmetry_lattice *lattice);

/* Operations x' = R x + t on coordinates along the rows of the structure's cell. */
typedef struct symmetry_raw {
    int32_t count;
    int32_t *rotations;   /* [count][3][3] */
    double *translations; /* [count][3] */
    char symbol[12];      /* of the space group */
} symmetry_raw;

/* Returns 1; 0 if the symmetry is not known, as above. Free in any case. */
int symmetry_find_operations(const lrpot_structure *structure, double tolerance,
                             symmetry_raw *found);
void symmetry_raw_free(symmetry_raw *found);

#endif
