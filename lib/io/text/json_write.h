/* JSON objects, and writing them to files. */
#ifndef LRPOT__JSON_WRITE_H
#define LRPOT__JSON_WRITE_H

#include <lrpot/status.h>

#include <jansson.h>

/* Adds a value to an object. NULL means that an allocation failed, or that a text is not UTF-8. */
lrpot_status lrpot__json_put(json_t *object, const char *key, json_t *value);
/* "species": names. LRPOT_E_ARGUMENT for one that is not valid UTF-8. */
lrpot_status lrpot__json_put_species(json_t *object, int32_t n, const char *const *symbols);
lrpot_status lrpot__json_put_object(json_t *object, const char *key, json_t **child);
lrpot_status lrpot__json_put_numbers(json_t *object, const char *key, int64_t n,
                                     const double *values);
lrpot_status lrpot__json_put_integers(json_t *object, const char *key, int64_t n,
                                      const int32_t *values);
lrpot_status lrpot__json_put_longs(json_t *object, const char *key, int64_t n,
                                   const int64_t *values);

/* Writes the object with a checksum as its last member. The file appears complete or not at all. */
lrpot_status lrpot__json_save(json_t *object, const char *path);

/* CRC-32 of a text without carriage returns: a transfer may change line ends, but not the
 * content. */
uint32_t lrpot__json_checksum(const char *text, int64_t size);

#endif
