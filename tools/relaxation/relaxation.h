/* Relaxation of a structure: atoms, and the cell under a pressure. */
#ifndef LRPOT_TOOL_RELAXATION_H
#define LRPOT_TOOL_RELAXATION_H

#include "cli/inputs.h"

enum relaxed_cell { CELL_FIXED, CELL_FULL, CELL_ISOTROPIC };

typedef struct relaxation {
    /* given */
    const lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_structure *structure; /* changed */
    enum relaxed_cell cell;
    double pressure;                 /* eV/A^3 */
    double forces_most, stress_most; /* eV/A, eV/A^3 */
    int64_t steps_most;
    /* found */
    evaluation found;                     /* at the end */
    double largest_force, largest_stress; /* the stress beside the pressure */
    int64_t steps;
    int32_t converged;
    /* scratch */
    double *start, cell_0[9], factor; /* start [n][3]: positions in the cell at the beginning */
    const char *path;                 /* of the structure, for messages */
} relaxation;

/* Scales a crystal alike in all directions, a layer in its plane. */
lrpot_status relaxation_scale(lrpot_structure *structure, double factor);
/* GO_ON, or an exit code after a message. Free in any case. */
int relaxation_run(relaxation *r);
void relaxation_free(relaxation *r);

#endif
