/* Model file of the library: JSON, described in docs/reference/model_file.md. */
#ifndef LRPOT__MODEL_FILE_H
#define LRPOT__MODEL_FILE_H

#include "io/text/json_read.h"

#include <lrpot/active_set.h>
#include <lrpot/potential.h>
#include <lrpot/tensors.h>

#define LRPOT__MODEL_FORMAT "lrpot-model"
#define LRPOT__MODEL_VERSION 1

/* Names of the radial functions in files: index = 2 * no_cutoff_factor + clamp_below;
 * NULL-terminated. MLIP's own names. */
extern const char *const lrpot__radial_names[];

#endif
