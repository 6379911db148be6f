/* Force constants of a supercell from displacements of atoms, as few as the symmetry allows. */
#ifndef LRPOT_TOOL_FORCE_CONSTANTS_H
#define LRPOT_TOOL_FORCE_CONSTANTS_H

#include <lrpot/lrpot.h>

/* A: places of atoms that are equivalent */
#define FORCE_CONSTANTS_SYMPREC 1e-5

/* D [n N][3][n N][3], eV/A^2, symmetric and without forces under translation, of N = repeat^3
 * cells. Atoms of the supercell: place * N + cell, place in `order` (NULL: that of the structure),
 * cells with the first axis fastest. 4th-order differences of `step` A. displacements: their
 * number, or NULL; report: 1 shows progress. */
lrpot_status force_constants_run(double *D, const lrpot_potential *model, lrpot_workspace *work,
                                 const lrpot_structure *structure, const int64_t *order,
                                 int32_t repeat, double step, int report, int64_t *displacements);

#endif
