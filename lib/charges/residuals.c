/* Sizes of the residuals of an iteration. */
#include "charges/residuals.h"

#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void lrpot__residuals_note(lrpot__residuals *residuals, double size)
{
    residuals->last[residuals->steps++ % LRPOT__RESIDUALS_KEPT] = size;
}

double lrpot__residuals_last(const lrpot__residuals *residuals)
{
    return residuals->steps > 0 ? residuals->last[(residuals->steps - 1) % LRPOT__RESIDUALS_KEPT]
                                : INFINITY;
}

lrpot_status lrpot__residuals_failed(const lrpot__residuals *residuals, const char *what,
                                     const char *unit, double tolerance)
{
    char text[16 * LRPOT__RESIDUALS_KEPT] = "";
    int32_t steps = residuals->steps,
            first = steps > LRPOT__RESIDUALS_KEPT ? steps - LRPOT__RESIDUALS_KEPT : 0;
    for (int32_t k = first; k < steps; k++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.3g", k > first ? ", " : "",
                 residuals->last[k % LRPOT__RESIDUALS_KEPT]);
    }
    if (!isfinite(lrpot__residuals_last(residuals)))
        return lrpot__fail(LRPOT_E_NOT_FINITE, "%s diverges: changes of %s %s in the last steps",
                           what, text, unit);
    return lrpot__fail(LRPOT_E_NOT_CONVERGED,
                       "after %d steps %s still changes, by %s %s in the last steps, expected at "
                       "most %.3g",
                       steps, what, text, unit, tolerance);
}
