/* Rows of the targets that depend on the charges, by the records of these targets. */
#ifndef LRPOT__TARGET_ROWS_H
#define LRPOT__TARGET_ROWS_H

#include "fit/jacobian/assembly.h"

/* Predictions of the targets that depend on the charges. */
lrpot_status lrpot__target_rows_predict(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds the derivatives of these predictions through dq to the Jacobian. */
void lrpot__target_rows_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
