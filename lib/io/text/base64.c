#include "io/text/base64.h"

#include <string.h>

enum { BYTES = 4, BITS = 6 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int64_t lrpot__base64_length(int64_t n)
{
    return (BYTES * n + 2) / 3 * 4;
}

static uint32_t byte_of(const double *values, int64_t n, int64_t at)
{
    uint32_t bits = 0;
    if (at >= BYTES * n) return 0;
    float value = (float)values[at / BYTES];
    memcpy(&bits, &value, sizeof bits);
    return bits >> (8 * (at % BYTES)) & 0xff;
}

void lrpot__base64_write(int64_t n, const double *values, char *text)
{
    int64_t bytes = BYTES * n;
    for (int64_t at = 0; at < bytes; at += 3) {
        uint32_t group = byte_of(values, n, at) << 16 | byte_of(values, n, at + 1) << 8
                         | byte_of(values, n, at + 2);
        for (int k = 0; k < 4; k++)
            *text++ = at + k <= bytes ? digits[group >> (BITS * (3 - k)) & 63] : '=';
    }
    *text = '\0';
}

static void put_byte(uint32_t byte, int64_t at, int64_t n, uint32_t *bits, double *values)
{
    float value = 0.0f;
    if (at >= BYTES * n) return;
    *bits |= byte << (8 * (at % BYTES));
    if (at % BYTES != BYTES - 1) return;
    memcpy(&value, bits, sizeof value);
    values[at / BYTES] = value;
    *bits = 0;
}

int lrpot__base64_read(const char *text, int64_t length, int64_t n, double *values)
{
    uint32_t bits = 0;
    if (length != lrpot__base64_length(n)) return 0;
    for (int64_t at = 0; at < BYTES * n; at += 3, text += 4) {
        uint32_t group = 0;
        for (int k = 0; k < 4; k++) {
            const char *digit = text[k] != '\0' ? strchr(digits, text[k]) : NULL;
            int padding = at + k > BYTES * n;
            if (padding ? text[k] != '=' : digit == NULL) return 0;
            group = group << BITS | (padding ? 0 : (uint32_t)(digit - digits));
        }
        for (int k = 0; k < 3; k++)
            put_byte(group >> (8 * (2 - k)) & 0xff, at + k, n, &bits, values);
    }
    return 1;
}
