/* Files from which phonopy goes on: POSCAR, FORCE_CONSTANTS of a supercell in phonopy's order of
 * atoms, BORN. */
#ifndef LRPOT_TOOL_PHONOPY_FILES_H
#define LRPOT_TOOL_PHONOPY_FILES_H

#include "inputs.h"

/* Largest supercell for which the full matrix of force constants is written (it has 9 n^2 numbers).
 */
enum { PHONOPY_MAX_ATOMS = 1200 };

/* Repeats that make every edge of the cell at least 11 A long. */
int32_t phonopy_default_supercell(const lrpot_structure *structure);
/* Adds the names of the three files in the folder to those that the run writes. */
int phonopy_add_files(const char *folder);
/* Writes POSCAR and FORCE_CONSTANTS of repeat x repeat x repeat cells into the folder, which is
 * made when it does not exist. */
int phonopy_write(const char *folder, const lrpot_potential *model, lrpot_workspace *work,
                  const lrpot_structure *structure, int32_t repeat, double step);

#endif
