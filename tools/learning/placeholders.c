#include "learning/placeholders.h"

#include <stdlib.h>
#include <string.h>

/* The value that stands at `at`, and the length of its {name}; NULL if there is none. */
static const char *value_at(const char *at, const placeholder *values, size_t *length)
{
    for (const placeholder *v = values; *at == '{' && v->name != NULL; v++) {
        *length = strlen(v->name) + 2;
        if (strncmp(at + 1, v->name, *length - 2) == 0 && at[*length - 1] == '}') return v->value;
    }
    *length = 1;
    return NULL;
}

/* Writes to `out`, or counts only for NULL. */
static size_t fill(const char *word, const placeholder *values, char *out)
{
    size_t n = 0, length = 0;
    for (const char *at = word; *at != '\0'; at += length) {
        const char *value = value_at(at, values, &length);
        size_t size = value != NULL ? strlen(value) : length;
        if (out != NULL) memcpy(out + n, value != NULL ? value : at, size);
        n += size;
    }
    return n;
}

char *placeholders_fill(const char *word, const placeholder *values)
{
    size_t n = fill(word, values, NULL);
    char *out = malloc(n + 1);
    if (out == NULL) return NULL;
    fill(word, values, out);
    out[n] = '\0';
    return out;
}
