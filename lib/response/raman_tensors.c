/* Raman tensors of a model whose charges respond to a field: differences of its polarizability
 * (docs/theory/raman.md). */
#include <lrpot/response.h>

#include "core/central_difference.h"
#include "core/error.h"
#include "core/finite.h"
#include "potential/potential.h"
#include "potential/precision.h"
#include "potential/structure_input.h"

#include <math.h>
#include <string.h>

/* A: at 0.005 the differences of densities with features of several widths err by 7e-6 relative;
 * the equations of the charges are solved to 1e-10 */
#define DEFAULT_STEP 0.002

/* Adds factor times the polarizability at a displaced coordinate. */
static lrpot_status add_displaced(const lrpot_potential *potential, lrpot_workspace *work,
                                  lrpot_structure *moved, int64_t coordinate, double displacement,
                                  double factor, double sum[9])
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    double *x = lrpot_structure_positions(moved), kept = x[coordinate], alpha[9];
    x[coordinate] = kept + displacement;
    lrpot_status status = lrpot__potential_input(potential, work, moved, &atoms, &list);
    if (status == LRPOT_OK)
        status = lrpot_response_polarizability(potential, work, &atoms, list, alpha, NULL);
    x[coordinate] = kept;
    for (int k = 0; status == LRPOT_OK && k < 9; k++) sum[k] += factor * alpha[k];
    return status;
}

/* 12 h f'(x) = f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h) */
static lrpot_status difference(const lrpot_potential *potential, lrpot_workspace *work,
                               lrpot_structure *moved, int64_t coordinate, double step,
                               double slope[9])
{
    memset(slope, 0, 9 * sizeof *slope);
    for (int k = 0; k < LRPOT__DIFFERENCE_POINTS; k++)
        LRPOT__TRY(add_displaced(
            potential, work, moved, coordinate, lrpot__difference_steps[k] * step,
            lrpot__difference_factors[k] * LRPOT_COULOMB_CONSTANT / (12.0 * step), slope));
    return LRPOT_OK;
}

lrpot_status lrpot_response_raman(const lrpot_potential *potential, lrpot_workspace *work,
                                  const lrpot_structure *structure, double step, double *gradient)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(gradient);
    if (!(step == 0.0 || step >= 1e-6) || step > 0.5)
        return lrpot__fail(LRPOT_E_ARGUMENT, "step = %g A, expected 0 (default) or 1e-6 to 0.5",
                           step);
    if (potential->charges == NULL || potential->charges->rules->respond == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the model has no charges that respond to a field; fit a polarizability "
                           "of kind LRPOT_TENSORS_POLARIZABILITY");
    LRPOT__TRY(lrpot__potential_require_double(potential, "Raman tensors"));
    if (step == 0.0) step = DEFAULT_STEP;
    int64_t n = lrpot_structure_count(structure);
    lrpot_structure *moved = NULL;
    LRPOT__TRY(lrpot_structure_clone(&moved, structure));
    lrpot_status status = LRPOT_OK;
    for (int64_t k = 0; k < 3 * n && status == LRPOT_OK; k++) {
        double slope[9];
        status = difference(potential, work, moved, k, step, slope);
        for (int x = 0; status == LRPOT_OK && x < 9; x++)
            gradient[27 * (k / 3) + 3 * x + k % 3] = 0.5 * (slope[x] + slope[x % 3 * 3 + x / 3]);
    }
    lrpot_structure_free(moved);
    LRPOT__TRY(status);
    return lrpot__finite("Raman tensor", n, 27, gradient);
}
