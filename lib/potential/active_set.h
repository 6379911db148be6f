/* Internals of an active set, shared with lib/io. */
#ifndef LRPOT__ACTIVE_SET_H
#define LRPOT__ACTIVE_SET_H

#include "potential/maxvol.h"

#include <lrpot/active_set.h>

struct lrpot_active_set {
    int32_t n_species;
    int64_t n;              /* number of features, and one for the constant */
    uint64_t model;         /* FNV-1a of the bases and their radial coefficients */
    char **symbols;         /* [n_species] */
    lrpot__maxvol *species; /* [n_species] */
};

/* Creates an empty set for n rows of each species. symbols are copied. */
lrpot_status lrpot__active_set_assemble(lrpot_active_set **out, int32_t n_species,
                                        const char *const *symbols, int64_t n, uint64_t model);

#endif
