/* Single-precision numbers as text: little-endian IEEE 754, base64 (RFC 4648) without line ends. */
#ifndef LRPOT__BASE64_H
#define LRPOT__BASE64_H

#include <stdint.h>

/* Number of characters for n numbers, without the terminating zero. */
int64_t lrpot__base64_length(int64_t n);
/* text [lrpot__base64_length(n) + 1] */
void lrpot__base64_write(int64_t n, const double *values, char *text);
/* Returns 0 if the text does not have that length or has other characters. */
int lrpot__base64_read(const char *text, int64_t length, int64_t n, double *values);

#endif
