#include "core/utf8.h"

#include "core/memory.h"

#include <stdint.h>
#include <string.h>

/* Length of the character at `text`; 0 if there is no valid one (Unicode 15, table 3-7). */
static int character(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, low, high; /* range of the first byte, and of the second */
        int length;
    } kinds[] = { { 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
                  { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
                  { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
                  { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
                  { 0xf4, 0xf4, 0x80, 0x8f, 4 } };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (text[0] < kinds[k].first || text[0] > kinds[k].last) continue;
        if (kinds[k].length > 1 && (text[1] < kinds[k].low || text[1] > kinds[k].high)) return 0;
        for (int b = 2; b < kinds[k].length; b++)
            if (text[b] < 0x80 || text[b] > 0xbf) return 0;
        return kinds[k].length;
    }
    return 0;
}

int lrpot__utf8_valid(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        int length = character(at);
        if (length == 0) return 0;
        at += length;
    }
    return 1;
}

char *lrpot__utf8_copy(const char *text)
{
    if (lrpot__utf8_valid(text)) return lrpot__strdup(text);
    char *copy = lrpot__calloc(2 * (int64_t)strlen(text) + 1, 1), *to = copy;
    if (copy == NULL) return NULL;
    for (const unsigned char *from = (const unsigned char *)text; *from != '\0'; from++) {
        if (*from >= 0x80) *to++ = (char)(0xc0 | *from >> 6);
        *to++ = (char)(*from >= 0x80 ? 0x80 | (*from & 0x3f) : *from);
    }
    return copy;
}
