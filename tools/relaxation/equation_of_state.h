/* Equation of state of a crystal: energies at volumes, and the fit of Birch and Murnaghan. */
#ifndef LRPOT_TOOL_EQUATION_OF_STATE_H
#define LRPOT_TOOL_EQUATION_OF_STATE_H

#include "relaxation/relaxation.h"

enum { EOS_MOST = 101 };

typedef struct equation_of_state {
    /* given */
    const char *csv, *plot; /* files, or NULL */
    double range;           /* relative change of the volume to both sides */
    int64_t points;         /* 5 to EOS_MOST */
    /* found */
    double volumes[EOS_MOST], energies[EOS_MOST], pressures[EOS_MOST]; /* A^3, eV, GPa */
    double fitted[EOS_MOST];                                           /* eV */
    double volume, energy, bulk, slope;                                /* V0, E0, B0 in GPa, B0' */
    double residual;                                                   /* eV, root mean square */
} equation_of_state;

/* r: a relaxation that ended; its structure stays. Atoms come to rest at each volume; with
 * CELL_FULL the shape of the cell does, too, under the pressure of the scaled cell. GO_ON or an
 * exit code after a message. */
int equation_of_state_run(equation_of_state *e, const relaxation *r);
/* Writes the files that are asked for. model: its file. */
int equation_of_state_write(const equation_of_state *e, const relaxation *r, const char *model);

#endif
