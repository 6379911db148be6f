/* Reading of models from JSON. */
#ifndef LRPOT__MODEL_READ_H
#define LRPOT__MODEL_READ_H

#include "io/models/model_file.h"

/* Reads a model from text; `verify` 0 skips the checksum (for fuzzing: a fuzzer cannot guess
 * it). */
lrpot_status lrpot__model_parse(lrpot_potential **out, const char *file, const char *text,
                                int64_t size, int verify);
/* Reads the members of a model from an object of another file. */
lrpot_status lrpot__model_get(const lrpot__json_place *at, lrpot_potential **out);
/* Reads the member `basis` of an object. */
lrpot_status lrpot__basis_get(const lrpot__json_place *parent, int32_t n_species,
                              lrpot_basis **out);

#endif
