/* Errors of potential, energy and pressure that a split causes, for unit charges. */
#ifndef LRPOT__SPLIT_BOUNDS_H
#define LRPOT__SPLIT_BOUNDS_H

#include "electrostatics/splitting/split_search.h"

/* Bounds on the errors: those of a crystal, where the errors of all pairs add up, or those of
 * random charges. */
typedef struct lrpot__split_bounds {
    double potential; /* V, root mean square; half of it is the error of an atom's energy */
    double virial;    /* eV per atom: a third of the trace */
} lrpot__split_bounds;

lrpot_status lrpot__split_bounds_of(const lrpot__split_search *search,
                                    const lrpot__split_candidate *choice,
                                    const lrpot__screening *screening, lrpot__split_bounds *out);

#endif
