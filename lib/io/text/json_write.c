/* Writing of JSON files. Objects are broken into lines, arrays are not. The checksum of all text
 * before it comes last. */
#include "io/text/json_write.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

uint32_t lrpot__json_checksum(const char *text, int64_t size)
{
    uLong crc = crc32(0, NULL, 0);
    for (const char *end = text + size; text < end;) {
        const char *stop = memchr(text, '\r', (size_t)(end - text));
        if (stop == NULL) stop = end;
        for (const char *at = text; at < stop;) {
            uInt part = stop - at > 1 << 30 ? 1u << 30 : (uInt)(stop - at);
            crc = crc32(crc, (const Bytef *)at, part);
            at += part;
        }
        text = stop + 1;
    }
    return (uint32_t)crc;
}

/* jansson gives no reason: it was memory if an allocation since the last put failed. */
static lrpot_status blame(const char *name)
{
    int short_of_memory = errno == ENOMEM;
    errno = 0;
    return short_of_memory
               ? lrpot__fail(LRPOT_E_MEMORY, "out of memory while writing '%.60s'", name)
               : lrpot__fail(LRPOT_E_ARGUMENT,
                             "'%.60s' cannot be written to a model file: not valid UTF-8", name);
}

lrpot_status lrpot__json_put(json_t *object, const char *key, json_t *value)
{
    if (value == NULL || json_object_set_new(object, key, value) != 0) return blame(key);
    errno = 0;
    return LRPOT_OK;
}

lrpot_status lrpot__json_put_species(json_t *object, int32_t n, const char *const *symbols)
{
    json_t *species = json_array();
    errno = 0;
    for (int32_t z = 0; z < n; z++)
        if (json_array_append_new(species, json_string(symbols[z])) != 0) {
            if (species == NULL) errno = ENOMEM;
            json_decref(species);
            return blame(symbols[z]);
        }
    return lrpot__json_put(object, "species", species);
}

lrpot_status lrpot__json_put_object(json_t *object, const char *key, json_t **child)
{
    *child = json_object();
    return lrpot__json_put(object, key, *child);
}

lrpot_status lrpot__json_put_numbers(json_t *object, const char *key, int64_t n,
                                     const double *values)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i]) || json_array_append_new(array, json_real(values[i])) != 0) {
            json_decref(array);
            return lrpot__fail(isfinite(values[i]) ? LRPOT_E_MEMORY : LRPOT_E_NOT_FINITE,
                               "number %lld of '%s' is %g", (long long)i, key, values[i]);
        }
    return lrpot__json_put(object, key, array);
}

/* Puts an integer array, narrow or wide; the other one is NULL. */
static lrpot_status put_whole(json_t *object, const char *key, int64_t n, const int32_t *narrow,
                              const int64_t *wide)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        if (json_array_append_new(array, json_integer(narrow != NULL ? narrow[i] : wide[i])) != 0) {
            json_decref(array);
            return lrpot__fail(LRPOT_E_MEMORY, "out of memory while writing '%s'", key);
        }
    return lrpot__json_put(object, key, array);
}

lrpot_status lrpot__json_put_integers(json_t *object, const char *key, int64_t n,
                                      const int32_t *values)
{
    return put_whole(object, key, n, values, NULL);
}

lrpot_status lrpot__json_put_longs(json_t *object, const char *key, int64_t n,
                                   const int64_t *values)
{
    return put_whole(object, key, n, NULL, values);
}

/* Growing text buffer. */
typedef struct {
    char *data;
    int64_t n, capacity;
} builder;

static lrpot_status add(builder *text, const char *piece)
{
    size_t length = strlen(piece);
    LRPOT__TRY(
        lrpot__grow((void **)&text->data, &text->capacity, text->n + (int64_t)length + 1, 1));
    memcpy(text->data + text->n, piece, length + 1);
    text->n += (int64_t)length;
    return LRPOT_OK;
}

/* Writes an array or a plain value on one line. */
static lrpot_status add_flat(builder *text, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (dumped == NULL) return lrpot__fail(LRPOT_E_MEMORY, "out of memory while writing JSON");
    lrpot_status status = add(text, dumped);
    free(dumped);
    return status;
}

static lrpot_status add_members(builder *text, json_t *object, int indent);

static lrpot_status add_member(builder *text, const char *key, json_t *value, int indent)
{
    json_t *name = json_string(key);
    lrpot_status status = LRPOT_OK;
    for (int i = 0; i < indent && status == LRPOT_OK; i++) status = add(text, "  ");
    if (status == LRPOT_OK) status = add_flat(text, name);
    json_decref(name);
    LRPOT__TRY(status);
    LRPOT__TRY(add(text, ": "));
    if (!json_is_object(value) || json_object_size(value) == 0) return add_flat(text, value);
    LRPOT__TRY(add(text, "{\n"));
    LRPOT__TRY(add_members(text, value, indent + 1));
    LRPOT__TRY(add(text, "\n"));
    for (int i = 0; i < indent; i++) LRPOT__TRY(add(text, "  "));
    return add(text, "}");
}

static lrpot_status add_members(builder *text, json_t *object, int indent)
{
    const char *key;
    json_t *value;
    int first = 1;
    json_object_foreach(object, key, value)
    {
        LRPOT__TRY(first ? LRPOT_OK : add(text, ",\n"));
        LRPOT__TRY(add_member(text, key, value, indent));
        first = 0;
    }
    return LRPOT_OK;
}

static lrpot_status add_all(builder *text, json_t *object)
{
    char tail[64];
    LRPOT__TRY(add(text, "{\n"));
    LRPOT__TRY(add_members(text, object, 1));
    LRPOT__TRY(add(text, ",\n  "));
    snprintf(tail, sizeof tail, "\"checksum\": \"crc32:%08x\"\n}\n",
             (unsigned)lrpot__json_checksum(text->data, text->n));
    return add(text, tail);
}

lrpot_status lrpot__json_save(json_t *object, const char *path)
{
    lrpot__output output;
    builder text = { 0 };
    lrpot_status status = add_all(&text, object);
    if (status == LRPOT_OK) status = lrpot__output_open(&output, path);
    if (status == LRPOT_OK) {
        lrpot__put_text(&output, text.data);
        status = lrpot__output_close(&output);
    }
    lrpot__free(text.data);
    return status;
}
