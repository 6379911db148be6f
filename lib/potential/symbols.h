/* Symbols of the species of a model. */
#ifndef LRPOT__SYMBOLS_H
#define LRPOT__SYMBOLS_H

#include "potential/potential.h"

/* Copies symbols, which must have 1 to 15 characters and differ. */
lrpot_status lrpot__symbols_copy(char ***out, int32_t n, const char *const *symbols);
void lrpot__symbols_free(char **symbols, int32_t n);

#endif
