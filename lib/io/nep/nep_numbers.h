/* Numbers of a nep.txt after its header, in the order of the file. */
#ifndef LRPOT__NEP_NUMBERS_H
#define LRPOT__NEP_NUMBERS_H

#include "basis/nep/nep_model.h"

/* Values [lrpot__nep_numbers()] into the arrays of the model, which are allocated, and back. */
void lrpot__nep_set_numbers(lrpot__nep *nep, const double *values);
void lrpot__nep_get_numbers(const lrpot__nep *nep, double *values);
/* LRPOT_E_PARSE with "place:line: " for ZBL radii in the wrong order; first_line: of the first
 * number, one per line. LRPOT_E_UNSUPPORTED for an element without a radius. */
lrpot_status lrpot__nep_check_zbl(const lrpot__nep *nep, const char *place, int64_t first_line);

#endif
