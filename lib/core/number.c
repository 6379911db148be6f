/* Conversion of numbers between decimal text and binary. Three methods of reading, each exact where
 * it is used: products and quotients of exact doubles (Clinger, PLDI 1990), 128-bit integers for up
 * to 19 digits, and big integers for the rest. */
#include "core/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

#define MANTISSA_DIGITS 19 /* always fit in 64 bits */
#define KEPT_DIGITS 800    /* no halfway point between two doubles has more than 767 */
#define EXPONENT_LIMIT 100000

typedef struct {
    const char *begin;  /* first digit or point */
    const char *end;    /* after the last digit or point */
    uint64_t mantissa;  /* first significant digits, at most MANTISSA_DIGITS */
    int32_t complete;   /* the mantissa holds every non-zero digit */
    int64_t exponent;   /* value = mantissa * 10^exponent when complete */
    int64_t last_place; /* power of ten of the last digit before `end`, exponent included */
} decimal;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits and point; 0 when there is no digit. */
static int scan_digits(const char *text, const char *end, decimal *d)
{
    int seen = 0, significant = 0, point = 0;
    *d = (decimal){ .begin = text, .complete = 1 };
    for (; text < end && (is_digit(*text) || (*text == '.' && !point)); text++) {
        if (*text == '.') {
            point = 1;
            continue;
        }
        seen = 1;
        d->last_place -= point;
        if (significant < MANTISSA_DIGITS) {
            d->mantissa = d->mantissa * 10 + (uint64_t)(*text - '0');
            d->exponent -= point;
            significant += d->mantissa != 0;
        } else {
            d->complete &= *text == '0';
            d->exponent += !point;
        }
    }
    d->end = text;
    return seen;
}

/* An exponent, when one follows; otherwise nothing is consumed. */
static const char *scan_exponent(const char *text, const char *end, int64_t *exponent)
{
    const char *at = text;
    int negative = 0;
    int64_t value = 0;
    if (at == end || (*at != 'e' && *at != 'E' && *at != 'd' && *at != 'D')) return text;
    at++;
    if (at < end && (*at == '+' || *at == '-')) negative = *at++ == '-';
    if (at == end || !is_digit(*at)) return text;
    for (; at < end && is_digit(*at); at++)
        if (value < EXPONENT_LIMIT) value = value * 10 + (*at - '0');
    *exponent = negative ? -value : value;
    return at;
}

/* Composes top * 2^exponent, rounded to nearest even. top has its highest bit set; `sticky` if a
 * positive rest below the last bit was cut off. */
static double compose(uint64_t top, int64_t exponent, int sticky)
{
    int64_t leading = exponent + 63;
    if (leading > 1023) return INFINITY;
    int64_t drop =
        leading >= -1022 ? 11 : 11 + (-1022 - leading); /* subnormal numbers have fewer bits */
    if (drop > 64) return 0.0;
    uint64_t kept = drop == 64 ? 0 : top >> drop;
    uint64_t rest = drop == 64 ? top : top & (((uint64_t)1 << drop) - 1);
    uint64_t half = (uint64_t)1 << (drop - 1);
    if (rest > half || (rest == half && (sticky || (kept & 1)))) kept++;
    return ldexp((double)kept, (int)(exponent + drop));
}

static double compose_wide(wide value, int64_t exponent, int sticky)
{
    while (value >> 64 != 0) {
        sticky |= (int)(value & 1);
        value >>= 1;
        exponent++;
    }
    uint64_t top = (uint64_t)value;
    while (top >> 63 == 0) {
        top <<= 1;
        exponent--;
    }
    return compose(top, exponent, sticky);
}

#define LARGEST_POWER_OF_FIVE 27

static uint64_t power_of_five(int64_t n)
{
    uint64_t p = 1;
    while (n-- > 0) p *= 5;
    return p;
}

/* mantissa * 10^exponent with |exponent| <= 27, exact integer arithmetic. */
static double from_wide(uint64_t mantissa, int64_t exponent)
{
    if (exponent >= 0) return compose_wide((wide)mantissa * power_of_five(exponent), exponent, 0);
    uint64_t divisor = power_of_five(-exponent);
    int64_t scale = exponent;
    while (mantissa >> 63 == 0) {
        mantissa <<= 1;
        scale--;
    }
    while (divisor >> 63 == 0) {
        divisor <<= 1;
        scale++;
    }
    wide numerator = (wide)mantissa << 63;
    return compose_wide(numerator / divisor, scale - 63, numerator % divisor != 0);
}

/* Number of words, enough for 10^(325 + KEPT_DIGITS) shifted by 64 bits. */
#define BIG_WORDS 128

typedef struct {
    int n;
    uint32_t word[BIG_WORDS]; /* least significant first; word[n - 1] != 0 */
} big;

static void big_multiply_add(big *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->word[i] * factor;
        b->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) b->word[b->n++] = (uint32_t)carry;
}

static void big_multiply_power_of_ten(big *b, int64_t power)
{
    for (; power >= 9; power -= 9) big_multiply_add(b, 1000000000u, 0);
    for (; power > 0; power--) big_multiply_add(b, 10u, 0);
}

static int64_t big_bits(const big *b)
{
    int64_t bits = 32 * (int64_t)(b->n - 1);
    for (uint32_t top = b->word[b->n - 1]; top != 0; top >>= 1) bits++;
    return bits;
}

static void big_shift_left(big *b, int64_t bits)
{
    int words = (int)(bits / 32), rest = (int)(bits % 32);
    memmove(b->word + words, b->word, (size_t)b->n * sizeof b->word[0]);
    memset(b->word, 0, (size_t)words * sizeof b->word[0]);
    b->n += words;
    if (rest != 0) big_multiply_add(b, (uint32_t)1 << rest, 0);
}

static void big_halve(big *b)
{
    for (int i = 0; i < b->n; i++)
        b->word[i] = b->word[i] >> 1 | (i + 1 < b->n ? b->word[i + 1] << 31 : 0);
    if (b->word[b->n - 1] == 0) b->n--;
}

static int big_at_least(const big *a, const big *b)
{
    if (a->n != b->n) return a->n > b->n;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] > b->word[i];
    return 1;
}

static void big_subtract(big *a, const big *b)
{
    int64_t borrow = 0;
    for (int i = 0; i < a->n; i++) {
        borrow += (int64_t)a->word[i] - (i < b->n ? b->word[i] : 0);
        a->word[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (a->n > 0 && a->word[a->n - 1] == 0) a->n--;
}

/* Takes the first KEPT_DIGITS significant digits. A non-zero rest counts as one more digit 1, which
 * is on the same side of every halfway point. Returns the power of ten of the last digit taken. */
static int64_t big_from_digits(big *b, const decimal *d)
{
    int taken = 0, rest = 0;
    int64_t dropped = 0;
    b->n = 0;
    for (const char *at = d->begin; at < d->end; at++) {
        if (*at == '.' || (taken == 0 && *at == '0')) continue;
        if (taken < KEPT_DIGITS) {
            big_multiply_add(b, 10u, (uint32_t)(*at - '0'));
            taken++;
        } else {
            rest |= *at != '0';
            dropped++;
        }
    }
    if (rest) {
        big_multiply_add(b, 10u, 1u);
        dropped--;
    }
    return d->last_place + dropped;
}

/* numerator / denominator to 65 bits and a sticky rest. */
static double big_divide(big *numerator, big *denominator)
{
    int64_t shift = big_bits(denominator) + 64 - big_bits(numerator);
    if (shift > 0) big_shift_left(numerator, shift);
    big_shift_left(denominator, shift > 0 ? 64 : 64 - shift);
    wide quotient = 0;
    for (int i = 0; i <= 64; i++) {
        quotient <<= 1;
        if (big_at_least(numerator, denominator)) {
            big_subtract(numerator, denominator);
            quotient |= 1;
        }
        big_halve(denominator);
    }
    return compose_wide(quotient, -shift, numerator->n > 0);
}

static double from_big(const decimal *d)
{
    big numerator, denominator = { 1, { 1 } };
    int64_t exponent = big_from_digits(&numerator, d);
    if (exponent < 0) {
        big_multiply_power_of_ten(&denominator, -exponent);
        return big_divide(&numerator, &denominator);
    }
    big_multiply_power_of_ten(&numerator, exponent);
    return big_divide(&numerator, &denominator);
}

static double magnitude_of(const decimal *d)
{
    static const double exact[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    int64_t e = d->exponent;
    if (d->mantissa == 0) return 0.0;
    if (d->complete && FLT_EVAL_METHOD == 0 && d->mantissa >> 53 == 0 && e >= -22 && e <= 22)
        return e < 0 ? (double)d->mantissa / exact[-e] : (double)d->mantissa * exact[e];
    if (d->complete && e >= -LARGEST_POWER_OF_FIVE && e <= LARGEST_POWER_OF_FIVE)
        return from_wide(d->mantissa, e);
    /* d->mantissa lies between 1 and 10^19 */
    if (e > 309) return INFINITY;
    if (e < -345) return 0.0;
    return from_big(d);
}

const char *lrpot__number_parse(const char *text, const char *end, double *value)
{
    int negative = 0;
    int64_t exponent = 0;
    decimal d;
    if (text < end && (*text == '+' || *text == '-')) negative = *text++ == '-';
    if (!scan_digits(text, end, &d)) return NULL;
    const char *after = scan_exponent(d.end, end, &exponent);
    d.exponent += exponent;
    d.last_place += exponent;
    double magnitude = magnitude_of(&d);
    *value = negative ? -magnitude : magnitude;
    return after;
}

const char *lrpot__integer_parse(const char *text, const char *end, int64_t *value)
{
    int negative = 0;
    uint64_t magnitude = 0;
    if (text < end && (*text == '+' || *text == '-')) negative = *text++ == '-';
    if (text == end || !is_digit(*text)) return NULL;
    for (; text < end && is_digit(*text); text++) {
        if (magnitude > (uint64_t)INT64_MAX / 10) return NULL;
        magnitude = magnitude * 10 + (uint64_t)(*text - '0');
        if (magnitude > (uint64_t)INT64_MAX) return NULL;
    }
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return text;
}

/* Replaces the decimal point of the locale (perhaps several bytes) by '.'. */
static int normalise_point(char *buffer)
{
    int n = 0, replaced = 0;
    for (const char *at = buffer; *at != '\0'; at++) {
        if (is_digit(*at) || strchr("+-einfa", *at) != NULL) buffer[n++] = *at;
        else if (!replaced) {
            buffer[n++] = '.';
            replaced = 1;
        }
    }
    buffer[n] = '\0';
    return n;
}

int lrpot__number_print(char buffer[LRPOT__NUMBER_SIZE], double value)
{
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        double back = 0;
        snprintf(buffer, LRPOT__NUMBER_SIZE, "%.*g", precision, value);
        length = normalise_point(buffer);
        if (lrpot__number_parse(buffer, buffer + length, &back) != NULL && back == value) break;
    }
    return length;
}
