/* Model file of the library: JSON, described in docs/reference/model_file.md. */
#ifndef LRPOT__MODEL_FILE_H
#define LRPOT__MODEL_FILE_H

#include "io/text/json_read.h"

#include <lrpot/active_set.h>
#include <lrpot/density.h>
#include <lrpot/potential.h>
#include <lrpot/tensors.h>

#define LRPOT__MODEL_FORMAT "lrpot-model"
#define LRPOT__MODEL_VERSION 1

/* CRC-32 of a text without carriage returns: a transfer may change line ends, but not the
 * content. */
uint32_t lrpot__model_checksum(const char *text, int64_t size);

/* Reads a model from text; `verify` 0 skips the checksum (for fuzzing: a fuzzer cannot guess
 * it). */
lrpot_status lrpot__model_parse(lrpot_potential **out, const char *file, const char *text,
                                int64_t size, int verify);

/* The same for the other files with models. */
lrpot_status lrpot__active_set_parse(lrpot_active_set **out, const char *file, const char *text,
                                     int64_t size, int verify);
lrpot_status lrpot__density_parse(lrpot_density **out, const char *file, const char *text,
                                  int64_t size, int verify);
lrpot_status lrpot__tensor_parse(lrpot_tensor_model **out, const char *file, const char *text,
                                 int64_t size, int verify);

/* Adds the members of a model's file to an object of another file, which has the checksum. */
lrpot_status lrpot__model_put(json_t *object, const lrpot_potential *potential);
lrpot_status lrpot__model_get(const lrpot__json_place *at, lrpot_potential **out);

/* Adds the active set of a model, if it has one. */
lrpot_status lrpot__model_put_active_set(json_t *model, const lrpot_potential *potential);
lrpot_status lrpot__model_get_active_set(const lrpot__json_place *top, lrpot_potential *potential);

/* A basis as member `basis` of an object: its options and its radial coefficients. */
lrpot_status lrpot__basis_put(json_t *parent, const lrpot_basis *basis);
lrpot_status lrpot__basis_get(const lrpot__json_place *parent, int32_t n_species,
                              lrpot_basis **out);

/* Loads any model file from memory, recognised by content. */
lrpot_status lrpot__potential_load_memory(lrpot_potential **out, const char *name, const char *text,
                                          int64_t size);

/* Names of the radial functions in files: index = 2 * no_cutoff_factor + clamp_below;
 * NULL-terminated. MLIP's own names. */
extern const char *const lrpot__radial_names[];

#endif
