/* Header lines of a nep.txt. */
#ifndef LRPOT__NEP_HEADER_H
#define LRPOT__NEP_HEADER_H

#include "basis/nep/nep_model.h"
#include "io/text/text.h"

/* Reads the header and derives the counts and cutoffs; the arrays of the body stay NULL. On failure
 * the caller frees the model. */
lrpot_status lrpot__nep_header_read(lrpot__text *text, lrpot__nep *nep);

#endif
