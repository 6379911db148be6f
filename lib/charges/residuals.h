/* Sizes of the residuals of an iteration, and the error when it does not converge. */
#ifndef LRPOT__RESIDUALS_H
#define LRPOT__RESIDUALS_H

#include <lrpot/status.h>

enum { LRPOT__RESIDUALS_KEPT = 6 };

typedef struct lrpot__residuals {
    int32_t steps;
    double last[LRPOT__RESIDUALS_KEPT]; /* of the last steps, in turns */
} lrpot__residuals;

/* Notes the residual of a step. */
void lrpot__residuals_note(lrpot__residuals *residuals, double size);
/* Residual of the last step; infinite before the first. */
double lrpot__residuals_last(const lrpot__residuals *residuals);
/* LRPOT_E_NOT_CONVERGED, or LRPOT_E_NOT_FINITE, with the residuals of the last steps. what: "the
 * density"; unit: of the residual. */
lrpot_status lrpot__residuals_failed(const lrpot__residuals *residuals, const char *what,
                                     const char *unit, double tolerance);

#endif
