/* Internals of an active set, shared with lib/io. */
#ifndef LRPOT__ACTIVE_SET_H
#define LRPOT__ACTIVE_SET_H

#include "potential/maxvol.h"

#include <lrpot/active_set.h>

struct lrpot_active_set {
    int32_t n_species;
    int32_t kind;           /* LRPOT_ACTIVE_SET_* */
    int64_t n;              /* number of columns of a row, and of rows of a species */
    uint64_t model;         /* FNV-1a of all parameters that rows depend on */
    char **symbols;         /* [n_species] */
    lrpot__maxvol *species; /* [n_species] */
};

/* Creates an empty set for n rows of each species. symbols are copied. */
lrpot_status lrpot__active_set_assemble(lrpot_active_set **out, int32_t kind, int32_t n_species,
                                        const char *const *symbols, int64_t n, uint64_t model);

#endif
