/* Errors of potential, energy and pressure that a split causes, for unit charges. */
#ifndef LRPOT__SPLIT_BOUNDS_H
#define LRPOT__SPLIT_BOUNDS_H

#include "electrostatics/splitting/split_plan.h"

/* Bounds on the errors: those of a crystal, where the errors of all pairs add up, or those of
 * random charges. */
typedef struct lrpot__bounds {
    double potential; /* V, root mean square; half of it is the error of an atom's energy */
    double virial;    /* eV per atom: a third of the trace */
} lrpot__bounds;

lrpot_status lrpot__bounds_of(const lrpot__plan *plan, const lrpot__choice *choice,
                              const lrpot__screening *screening, lrpot__bounds *out);

#endif
