/* Parts that the fuzz targets share: they read all that a parser has made, so that a sanitizer sees
 * whether it is there. */
#ifndef LRPOT_FUZZ_H
#define LRPOT_FUZZ_H

#include <lrpot/lrpot.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts when a number is not finite. */
void fuzz_touch_numbers(int64_t n, const double *values);
/* Aborts when a structure holds a number that is not finite, or lacks what it must have. */
void fuzz_touch_structure(const lrpot_structure *structure);
/* Aborts when an evaluation of a small model fails with LRPOT_E_BUG. */
void fuzz_touch_potential(const lrpot_potential *potential);
/* Aborts when a failure has left no message. */
void fuzz_touch_message(void);

#endif
