/* Points in space with known electrostatic potential of a structure. */
#include "structure/structure_internal.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>

static lrpot_status check_points(int64_t n, const double *points, const double *potentials)
{
    for (int64_t p = 0; p < n; p++) {
        const double *r = points + 3 * p;
        if (!isfinite(r[0]) || !isfinite(r[1]) || !isfinite(r[2]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "point %lld of the potential is (%g, %g, %g)",
                               (long long)p, r[0], r[1], r[2]);
        if (!isfinite(potentials[p]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "potential at point %lld is %g V", (long long)p,
                               potentials[p]);
    }
    return LRPOT_OK;
}

lrpot_status lrpot_structure_set_points(lrpot_structure *structure, int64_t n, const double *points,
                                        const double *potentials)
{
    double *places = NULL, *values = NULL;
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld points of the potential", (long long)n);
    if (n > 0) {
        LRPOT__REQUIRE_NOT_NULL(points);
        LRPOT__REQUIRE_NOT_NULL(potentials);
        LRPOT__TRY(check_points(n, points, potentials));
        places = lrpot__duplicate(points, 3 * n, sizeof *points);
        values = lrpot__duplicate(potentials, n, sizeof *potentials);
        if (places == NULL || values == NULL) {
            lrpot__free(places);
            lrpot__free(values);
            return LRPOT_E_MEMORY;
        }
    }
    lrpot__free(structure->points);
    lrpot__free(structure->point_potentials);
    structure->points = places;
    structure->point_potentials = values;
    structure->n_points = n;
    return LRPOT_OK;
}

const double *lrpot_structure_points(const lrpot_structure *structure, int64_t *n,
                                     const double **potentials)
{
    if (n != NULL) *n = structure != NULL ? structure->n_points : 0;
    if (potentials != NULL) *potentials = structure != NULL ? structure->point_potentials : NULL;
    return structure != NULL ? structure->points : NULL;
}
