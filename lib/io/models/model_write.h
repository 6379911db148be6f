/* Writing of models as JSON. */
#ifndef LRPOT__MODEL_WRITE_H
#define LRPOT__MODEL_WRITE_H

#include "io/models/model_file.h"

/* Adds the members of a model's file to an object of another file, which has the checksum. */
lrpot_status lrpot__model_put(json_t *object, const lrpot_potential *potential);
/* A basis as member `basis` of an object: its options and its radial coefficients. */
lrpot_status lrpot__basis_put(json_t *parent, const lrpot_basis *basis);

#endif
