/* Reading of values of JSON files. Each value is checked before it is used, and messages name file
 * and key. Nothing in a file is ever executed. */
#ifndef LRPOT__JSON_READ_H
#define LRPOT__JSON_READ_H

#include <lrpot/status.h>

#include <jansson.h>

/* A position in the file, for messages. */
typedef struct lrpot__json_place {
    const char *file;
    json_t *object;
    char path[100]; /* "charges.basis", "" at the top */
} lrpot__json_place;

/* Parses the document in a text; file names it in messages. LRPOT_E_MEMORY, LRPOT_E_PARSE.
 * json_decref() releases it. */

/* LRPOT_E_PARSE: the value is not of the expected type ("a number"). */
lrpot_status lrpot__json_wrong_type(const lrpot__json_place *at, const char *key,
                                    const char *expected);
/* LRPOT_E_UNSUPPORTED: a name that another release may have. */
lrpot_status lrpot__json_unknown(const lrpot__json_place *at, const char *key, const char *name);
/* Reports an error of a constructor as an error of the file. */
lrpot_status lrpot__json_blame_file(const lrpot__json_place *at, lrpot_status status);

lrpot_status lrpot__json_find(const lrpot__json_place *at, const char *key, json_t **value);
lrpot_status lrpot__json_enter(const lrpot__json_place *at, const char *key,
                               lrpot__json_place *inside);
lrpot_status lrpot__json_number(const lrpot__json_place *at, const char *key, double *number);
lrpot_status lrpot__json_integer(const lrpot__json_place *at, const char *key, int32_t *integer);
lrpot_status lrpot__json_boolean(const lrpot__json_place *at, const char *key, int32_t *flag);
lrpot_status lrpot__json_text(const lrpot__json_place *at, const char *key, const char **text);
/* Index of the value in a list of names that ends with NULL. */
lrpot_status lrpot__json_choice(const lrpot__json_place *at, const char *key,
                                const char *const *names, int32_t *index);
/* Array of `n` values, or of any length when n < 0. */
lrpot_status lrpot__json_array(const lrpot__json_place *at, const char *key, int64_t n,
                               json_t **array);
lrpot_status lrpot__json_numbers(const lrpot__json_place *at, const char *key, int64_t n,
                                 double *values);
/* Exactly n integers, -1 at least: numbers of frames and atoms. */
lrpot_status lrpot__json_longs(const lrpot__json_place *at, const char *key, int64_t n,
                               int64_t *values);
/* Integers in groups of `width`; the caller frees *values. */
lrpot_status lrpot__json_integers(const lrpot__json_place *at, const char *key, int64_t width,
                                  int32_t *n_groups, int32_t **values);

/* The keys `format` and `version`: LRPOT_E_PARSE for another format, LRPOT_E_VERSION for another
 * version. */
lrpot_status lrpot__json_check_format(const lrpot__json_place *top, const char *format,
                                      int32_t version);
/* LRPOT_E_CHECKSUM unless the key `checksum`, the last of the text, agrees with the text before
 * it. */
lrpot_status lrpot__json_check_sum(const lrpot__json_place *top, const char *text, int64_t size);

/* Parses text to a tree: LRPOT_E_PARSE with file and line, or LRPOT_E_MEMORY. */
lrpot_status lrpot__json_tree(json_t **out, const char *file, const char *text, int64_t size);

/* Kind of file. Its reader gets the object of a file after format, version and checksum were
 * checked. */
typedef struct lrpot__json_kind {
    const char *format;
    int32_t version; /* of the format */
    lrpot_status (*reader)(const lrpot__json_place *top, void *out);
} lrpot__json_kind;
lrpot_status lrpot__json_load(const char *path, const lrpot__json_kind *kind, void *out);
/* The same from memory; `verify` 0 skips the checksum, which a fuzzer cannot guess. */
lrpot_status lrpot__json_parse(const char *file, const char *text, int64_t size,
                               const lrpot__json_kind *kind, int verify, void *out);

#endif
