/* Reading and writing of numbers as text, the same in every locale. */
#ifndef LRPOT__NUMBER_H
#define LRPOT__NUMBER_H

#include <stdint.h>

/* Reads [+-]digits[.digits][exponent] from [text, end), correctly rounded. The exponent letter is
 * e, E, d or D. A number that is too large gives infinity. Returns the end of the number, or NULL
 * if there is none ("nan" and "inf" are none). */
const char *lrpot__number_parse(const char *text, const char *end, double *value);

/* Reads [+-]digits from [text, end). Returns the end, or NULL if there is no number or it does not
 * fit. */
const char *lrpot__integer_parse(const char *text, const char *end, int64_t *value);

/* Writes the shortest of %.15g, %.16g and %.17g that reads back as the same number. Returns its
 * length. */
#define LRPOT__NUMBER_SIZE 32
int lrpot__number_print(char buffer[LRPOT__NUMBER_SIZE], double value);

#endif
