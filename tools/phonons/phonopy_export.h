/* Export of a folder for phonopy: cell, force constants, Born charges, and the command that reads
 * them. The order of atoms is the same in all files. */
#ifndef LRPOT_TOOL_HAND_OVER_H
#define LRPOT_TOOL_HAND_OVER_H

#include "phonons/gamma_modes.h"

typedef struct hand_over {
    const char *folder;      /* NULL: no export */
    const char *interface;   /* "vasp" (POSCAR, eV, A) or "qe" (unitcell.in, Ry, bohr) */
    const char *independent; /* as for born_rows_choose() */
    int64_t repeat;          /* 0: phonopy_default_supercell() */
    double step;             /* A */
    double direction[3];     /* of q -> 0, Cartesian, in the crystal */
} hand_over;

/* Checks the request before anything is computed: GO_ON, or an exit code after a message. */
int hand_over_check(const hand_over *request);
/* Registers the files in the folder as outputs of the run. */
int hand_over_add_files(const hand_over *request);
/* Writes the folder. Z: Born charges [n][3][3], NULL without; epsilon [3][3]: the tensor for
 * which they are physical, 1 if they are screened. Returns GO_ON or an exit code after a message.
 */
int hand_over_run(const hand_over *request, const lrpot_potential *model, lrpot_workspace *work,
                  const lrpot_structure *structure, const gamma_result *gamma, const double *Z,
                  const double *epsilon);

#endif
