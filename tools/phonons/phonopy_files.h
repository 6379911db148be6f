/* Force constants of a supercell for phonopy. */
#ifndef LRPOT_TOOL_PHONOPY_FILES_H
#define LRPOT_TOOL_PHONOPY_FILES_H

#include "cli/inputs.h"

/* Largest supercell for which the full matrix of force constants is written (it has 9 n^2 numbers).
 */
enum { PHONOPY_MAX_ATOMS = 1200 };

/* Number of repeats for which every edge of the cell is at least 11 A long. */
int32_t phonopy_default_supercell(const lrpot_structure *structure);
/* Writes FORCE_CONSTANTS of repeat x repeat x repeat cells with atoms in the given order, see
 * lrpot_structure_species_order(). scale: from eV/A^2 to the file's unit. Returns GO_ON or an exit
 * code after a message. */
int phonopy_write_constants(const char *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_structure *structure, const int64_t *order, int32_t repeat,
                            double step, double scale);

#endif
