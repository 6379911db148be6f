/* Numbers as text, the same in every locale. */
#ifndef LRPOT__NUMBER_H
#define LRPOT__NUMBER_H

#include <stdint.h>

/* Reads [+-]digits[.digits][exponent] from [text, end), the exponent letter being e, E, d or D,
 * correctly rounded; too large a number gives infinity. Returns where the number ends, or NULL when
 * there is none ("nan" and "inf" are none). */
const char *lrpot__number_parse(const char *text, const char *end, double *value);

/* Reads [+-]digits from [text, end). Returns where it ends, or NULL when there is none or it does
 * not fit. */
const char *lrpot__integer_parse(const char *text, const char *end, int64_t *value);

/* The shortest of %.15g, %.16g and %.17g that reads back as the same number; returns its length. */
#define LRPOT__NUMBER_SIZE 32
int lrpot__number_print(char buffer[LRPOT__NUMBER_SIZE], double value);

#endif
