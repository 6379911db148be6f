/* Errors that the asked accuracy leaves to the Coulomb sum. Two evaluations with different
 * splittings agree within them, not within rounding. */
#ifndef LRPOT_TOOL_COULOMB_BOUNDS_H
#define LRPOT_TOOL_COULOMB_BOUNDS_H

#include <lrpot/potential.h>
#include <lrpot/workspace.h>

typedef struct coulomb_bounds {
    double energy;    /* eV per atom */
    double force;     /* eV/A */
    double potential; /* V */
} coulomb_bounds;

/* Bounds of the solver's present parameters; zeros for a model without the solver's sum. */
lrpot_status coulomb_bounds_get(coulomb_bounds *out, const lrpot_potential *model,
                                lrpot_workspace *work, const lrpot_structure *structure);

#endif
