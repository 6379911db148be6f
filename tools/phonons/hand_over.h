/* A folder from which phonopy goes on: cell, force constants, Born charges, and the command that
 * reads them. One order of atoms holds for all of it. */
#ifndef LRPOT_TOOL_HAND_OVER_H
#define LRPOT_TOOL_HAND_OVER_H

#include "phonons/gamma.h"

typedef struct hand_over {
    const char *folder;      /* NULL: nothing is asked for */
    const char *interface;   /* "vasp" (POSCAR, eV, A) or "qe" (unitcell.in, Ry, bohr) */
    const char *independent; /* as for born_rows_choose() */
    int64_t repeat;          /* 0: phonopy_default_supercell() */
    double step;             /* A */
} hand_over;

/* GO_ON, or an exit code after a message, before anything is computed. */
int hand_over_check(const hand_over *request);
/* Adds the names of the files in the folder to those that the run writes. */
int hand_over_add_files(const hand_over *request);
/* Z: Born charges [n][3][3], NULL without; epsilon: the scalar that they are physical for, 1 when
 * they are screened. Returns GO_ON or an exit code after a message. */
int hand_over_run(const hand_over *request, const lrpot_potential *model, lrpot_workspace *work,
                  const lrpot_structure *structure, const gamma_result *gamma, const double *Z,
                  double epsilon);

#endif
