#include "io/text/json_read.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/text/json_write.h"
#include "io/text/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

lrpot_status lrpot__json_wrong_type(const lrpot__json_place *at, const char *key,
                                    const char *expected)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' is not %s", at->file, at->path,
                       *at->path ? "." : "", key, expected);
}

lrpot_status lrpot__json_find(const lrpot__json_place *at, const char *key, json_t **value)
{
    *value = json_object_get(at->object, key);
    if (*value != NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' is missing", at->file, at->path,
                       *at->path ? "." : "", key);
}

lrpot_status lrpot__json_enter(const lrpot__json_place *at, const char *key,
                               lrpot__json_place *inside)
{
    json_t *value = NULL;
    LRPOT__TRY(lrpot__json_find(at, key, &value));
    if (!json_is_object(value)) return lrpot__json_wrong_type(at, key, "an object");
    inside->file = at->file;
    inside->object = value;
    snprintf(inside->path, sizeof inside->path, "%.60s%s%.30s", at->path, *at->path ? "." : "",
             key);
    return LRPOT_OK;
}

lrpot_status lrpot__json_number(const lrpot__json_place *at, const char *key, double *number)
{
    json_t *value = NULL;
    LRPOT__TRY(lrpot__json_find(at, key, &value));
    if (!json_is_number(value)) return lrpot__json_wrong_type(at, key, "a number");
    *number = json_number_value(value);
    return LRPOT_OK;
}

lrpot_status lrpot__json_integer(const lrpot__json_place *at, const char *key, int32_t *integer)
{
    json_t *value = NULL;
    LRPOT__TRY(lrpot__json_find(at, key, &value));
    if (!json_is_integer(value)) return lrpot__json_wrong_type(at, key, "an integer");
    if (json_integer_value(value) < INT32_MIN || json_integer_value(value) > INT32_MAX)
        return lrpot__json_wrong_type(at, key, "a 32-bit integer");
    *integer = (int32_t)json_integer_value(value);
    return LRPOT_OK;
}

lrpot_status lrpot__json_text(const lrpot__json_place *at, const char *key, const char **text)
{
    json_t *value = NULL;
    LRPOT__TRY(lrpot__json_find(at, key, &value));
    if (!json_is_string(value)) return lrpot__json_wrong_type(at, key, "a string");
    *text = json_string_value(value);
    return LRPOT_OK;
}

lrpot_status lrpot__json_array(const lrpot__json_place *at, const char *key, int64_t n,
                               json_t **array)
{
    LRPOT__TRY(lrpot__json_find(at, key, array));
    if (!json_is_array(*array)) return lrpot__json_wrong_type(at, key, "an array");
    if (n < 0 || (int64_t)json_array_size(*array) == n) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' has %lld values, expected %lld", at->file,
                       at->path, *at->path ? "." : "", key, (long long)json_array_size(*array),
                       (long long)n);
}

lrpot_status lrpot__json_numbers(const lrpot__json_place *at, const char *key, int64_t n,
                                 double *values)
{
    json_t *array = NULL;
    LRPOT__TRY(lrpot__json_array(at, key, n, &array));
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_number(value)) return lrpot__json_wrong_type(at, key, "an array of numbers");
        values[i] = json_number_value(value);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__json_integers(const lrpot__json_place *at, const char *key, int64_t width,
                                  int32_t *n_groups, int32_t **values)
{
    json_t *array = NULL;
    LRPOT__TRY(lrpot__json_array(at, key, -1, &array));
    int64_t n = (int64_t)json_array_size(array);
    if (n % width != 0 || n / width > INT32_MAX)
        return lrpot__json_wrong_type(at, key, "an array of groups of integers");
    int32_t *copy = lrpot__calloc(n, sizeof *copy);
    if (copy == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_integer(value) || json_integer_value(value) < 0
            || json_integer_value(value) > INT32_MAX) {
            lrpot__free(copy);
            return lrpot__json_wrong_type(at, key,
                                          "an array of 32-bit integers that are not negative");
        }
        copy[i] = (int32_t)json_integer_value(value);
    }
    *n_groups = (int32_t)(n / width);
    *values = copy;
    return LRPOT_OK;
}

lrpot_status lrpot__json_blame_file(const lrpot__json_place *at, lrpot_status status)
{
    if (status == LRPOT_OK || status == LRPOT_E_MEMORY) return status;
    if (*at->path == '\0')
        return lrpot__fail(LRPOT_E_PARSE, "%s: %s", at->file, lrpot_last_error());
    return lrpot__fail(LRPOT_E_PARSE, "%s: in '%s': %s", at->file, at->path, lrpot_last_error());
}

lrpot_status lrpot__json_unknown(const lrpot__json_place *at, const char *key, const char *name)
{
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: key '%s.%s' is '%.40s', which liblrpot %s does not know", at->file,
                       at->path, key, name, lrpot_version());
}

lrpot_status lrpot__json_choice(const lrpot__json_place *at, const char *key,
                                const char *const *names, int32_t *index)
{
    const char *name = NULL;
    LRPOT__TRY(lrpot__json_text(at, key, &name));
    for (*index = 0; names[*index] != NULL; (*index)++)
        if (strcmp(names[*index], name) == 0) return LRPOT_OK;
    return lrpot__json_unknown(at, key, name);
}

lrpot_status lrpot__json_boolean(const lrpot__json_place *at, const char *key, int32_t *flag)
{
    json_t *value = NULL;
    LRPOT__TRY(lrpot__json_find(at, key, &value));
    if (!json_is_boolean(value)) return lrpot__json_wrong_type(at, key, "true or false");
    *flag = json_is_true(value);
    return LRPOT_OK;
}

/* Last position of the checksum's key in the text. */
static int64_t checksum_place(const char *text, int64_t size)
{
    static const char key[] = "\"checksum\"";
    const int64_t length = (int64_t)sizeof key - 1;
    for (int64_t at = size - length; at >= 0; at--)
        if (memcmp(text + at, key, (size_t)length) == 0) return at;
    return 0;
}

lrpot_status lrpot__json_check_sum(const lrpot__json_place *top, const char *text, int64_t size)
{
    const char *stated = NULL;
    char computed[32];
    LRPOT__TRY(lrpot__json_text(top, "checksum", &stated));
    snprintf(computed, sizeof computed, "crc32:%08x",
             (unsigned)lrpot__json_checksum(text, checksum_place(text, size)));
    if (strcmp(stated, computed) == 0) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_CHECKSUM,
        "%s: the checksum is %s, but the file states %.40s: it was damaged or edited", top->file,
        computed, stated);
}

lrpot_status lrpot__json_check_format(const lrpot__json_place *top, const char *format,
                                      int32_t version)
{
    const char *stated = NULL;
    int32_t number = 0;
    LRPOT__TRY(lrpot__json_text(top, "format", &stated));
    if (strcmp(stated, format) != 0)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'format' is '%.40s', expected '%s'", top->file,
                           stated, format);
    LRPOT__TRY(lrpot__json_integer(top, "version", &number));
    if (number == version) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_VERSION,
                       "%s: the file is of format version %d, liblrpot %s reads version %d",
                       top->file, number, lrpot_version(), version);
}

static lrpot_status short_of_memory(const char *file, int64_t size)
{
    return lrpot__fail(LRPOT_E_MEMORY, "%s: out of memory for %lld bytes of JSON", file,
                       (long long)size);
}

lrpot_status lrpot__json_tree(json_t **out, const char *file, const char *text, int64_t size)
{
    json_error_t error;
    /* Without memory jansson may drop a character of a number and continue. So the memory is tested
     * first. */
    void *room = lrpot__calloc(size + 4096, 1);
    if (room == NULL) return short_of_memory(file, size);
    lrpot__free(room);
    errno = 0;
    *out = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &error);
    if (*out != NULL) return LRPOT_OK;
    /* jansson reports a wrong token if it has no memory for it */
    return errno == ENOMEM ? short_of_memory(file, size)
                           : lrpot__fail(LRPOT_E_PARSE, "%s:%d: %s", file, error.line, error.text);
}

lrpot_status lrpot__json_parse(const char *file, const char *text, int64_t size,
                               const lrpot__json_kind *kind, int verify, void *out)
{
    lrpot__json_place top = { .file = file, .path = "" };
    LRPOT__TRY(lrpot__json_tree(&top.object, file, text, size));
    lrpot_status status = LRPOT_OK;
    if (!json_is_object(top.object)) status = lrpot__json_wrong_type(&top, "", "an object");
    if (status == LRPOT_OK) status = lrpot__json_check_format(&top, kind->format, kind->version);
    if (status == LRPOT_OK && verify) status = lrpot__json_check_sum(&top, text, size);
    if (status == LRPOT_OK) status = kind->reader(&top, out);
    json_decref(top.object);
    return status;
}

lrpot_status lrpot__json_load(const char *path, const lrpot__json_kind *kind, void *out)
{
    char *text = NULL;
    int64_t size = 0;
    LRPOT__TRY(lrpot__file_load(path, &text, &size));
    lrpot_status status = lrpot__json_parse(path, text, size, kind, 1, out);
    lrpot__free(text);
    return status;
}

lrpot_status lrpot__json_longs(const lrpot__json_place *at, const char *key, int64_t n,
                               int64_t *values)
{
    json_t *array = NULL;
    LRPOT__TRY(lrpot__json_array(at, key, n, &array));
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_integer(value) || json_integer_value(value) < -1)
            return lrpot__json_wrong_type(at, key, "an array of integers from -1 on");
        values[i] = (int64_t)json_integer_value(value);
    }
    return LRPOT_OK;
}
