/* Active set in a model's file: rows in single precision, and their origin. */
#ifndef LRPOT__MODEL_ACTIVE_SET_H
#define LRPOT__MODEL_ACTIVE_SET_H

#include "io/models/model_file.h"

/* Adds the active set of a model, if it has one. */
lrpot_status lrpot__model_put_active_set(json_t *model, const lrpot_potential *potential);
/* Reads the active set of a model, if the file has one. */
lrpot_status lrpot__model_get_active_set(const lrpot__json_place *top, lrpot_potential *potential);

#endif
