/* Gradient of the weighted residuals of a frame by all parameters, J^T u, without the Jacobian J.
 * The functional u.(predictions) is one derivative of the energy along one displacement of all
 * atoms and one strain, so that its adjoint costs about as much as a prediction. */
#ifndef LRPOT__FRAME_GRADIENT_H
#define LRPOT__FRAME_GRADIENT_H

#include "fit/jacobian/assembly.h"

/* 1 if the model, and the targets of the frame, have this gradient. Otherwise it takes J. */
int32_t lrpot__frame_gradient_of_model(const lrpot__assembly *assembly);
int32_t lrpot__frame_gradient_of_frame(const lrpot__frame *frame);
/* Adds J^T u to the gradient, after the predictions of the frame were made. u [rows]. */
lrpot_status lrpot__frame_gradient(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   const double *u, double *gradient);

#endif
