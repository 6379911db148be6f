/* Creation of tensor models, and their coefficients. */
#ifndef LRPOT__TENSOR_MODEL_H
#define LRPOT__TENSOR_MODEL_H

#include "tensors/tensors.h"

/* Refreshes `heads`. */
void lrpot__tensor_model_refresh(lrpot_tensor_model *model);
/* Creates a model of at most `most` functions; 0: all functions of the levels. */
lrpot_status lrpot__tensor_model_create_limited(lrpot_tensor_model **out,
                                                const lrpot_tensor_options *options, int64_t most);

#endif
