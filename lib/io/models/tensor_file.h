/* Files of tensor models: their options and coefficients. */
#ifndef LRPOT__TENSOR_FILE_H
#define LRPOT__TENSOR_FILE_H

#include "io/models/model_file.h"

/* Reads a tensor model from text; `verify` 0 skips the checksum. */
lrpot_status lrpot__tensor_parse(lrpot_tensor_model **out, const char *file, const char *text,
                                 int64_t size, int verify);

#endif
