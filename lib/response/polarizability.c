/* Response of equilibrated charges and of densities to a uniform field: one solution of their
 * equations for each direction (docs/theory/born_charges.md). */
#include <lrpot/response.h>

#include "charges/charge_eval.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/workspace.h"
#include "potential/potential.h"
#include "response/polarizability.h"
#include "response/unwrap.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const lrpot__tag right_side_tag = { "right side of the response" };
static const lrpot__tag answer_tag = { "response of the charges" };

/* alpha[a][b] = r_a.v_b, where v_b solves the equations for r_b: the field E_b lowers the
 * electronegativity of atom i by E_b r_ib. */
static lrpot_status equilibrated_polarizability(lrpot__charge_call *call, const double *unwrapped,
                                                double *alpha)
{
    int64_t n = call->atoms->n_owned;
    double *rhs = NULL, *change = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &right_side_tag, n, &rhs));
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &answer_tag, call->atoms->n_all, &change));
    for (int b = 0; b < 3; b++) {
        for (int64_t i = 0; i < n; i++) rhs[i] = unwrapped[3 * i + b];
        double field[3] = { b == 0, b == 1, b == 2 }, dipole[3] = { 0.0, 0.0, 0.0 };
        call->field = field;
        LRPOT__TRY(call->charges->rules->respond(call, rhs, change, dipole));
        for (int a = 0; a < 3; a++) alpha[3 * a + b] += dipole[a];
        for (int64_t i = 0; i < n; i++)
            for (int a = 0; a < 3; a++) alpha[3 * a + b] += unwrapped[3 * i + a] * change[i];
    }
    call->field = NULL;
    return LRPOT_OK;
}

/* The same of charges that flow along bonds, in a system that repeats. */
static lrpot_status dielectric_polarizability(lrpot__charge_call *call, double *alpha)
{
    lrpot__unwrapped unwrapped;
    LRPOT__TRY(lrpot__unwrap_dielectric(call->charges, call->work, call->atoms, &unwrapped));
    for (int b = 0; b < 3; b++) {
        lrpot__uniform field = { { -(b == 0), -(b == 1), -(b == 2) },
                                 unwrapped.along,
                                 unwrapped.weight };
        double dipole[3] = { 0.0, 0.0, 0.0 };
        LRPOT__TRY(call->charges->rules->respond_uniform(call, &field, dipole, NULL, NULL));
        for (int a = 0; a < 3; a++) alpha[3 * a + b] = dipole[a];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__polarizability(lrpot__charge_call *call, const double *unwrapped, double *alpha)
{
    memset(alpha, 0, 9 * sizeof *alpha);
    return unwrapped != NULL ? equilibrated_polarizability(call, unwrapped, alpha)
                             : dielectric_polarizability(call, alpha);
}

static lrpot_status check_call(const lrpot_potential *potential, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *alpha, const double *epsilon)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_NOT_NULL(alpha);
    if (potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges that respond to a field");
    LRPOT__TRY(lrpot__atoms_check(atoms, potential->n_species));
    if (epsilon != NULL && atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the dielectric tensor needs a crystal: periodic_mask = %d, expected 7",
                           atoms->periodic_mask);
    return LRPOT_OK;
}

lrpot_status lrpot_response_polarizability(const lrpot_potential *potential, lrpot_workspace *work,
                                           const lrpot_atoms *atoms, const lrpot_nlist *list,
                                           double *alpha, double *epsilon)
{
    double sum[9] = { 0.0 };
    LRPOT__TRY(check_call(potential, work, atoms, list, alpha, epsilon));
    if (lrpot__charges_dielectric(potential->charges, atoms)) {
        lrpot__charge_call call;
        LRPOT__TRY(lrpot__charges_evaluate(&call, potential->charges, work, atoms, list, NULL, NULL,
                                           NULL));
        LRPOT__TRY(lrpot__polarizability(&call, NULL, sum));
    } else if (potential->charges->rules->respond != NULL) {
        lrpot__charge_call call;
        lrpot__unwrapped unwrapped;
        LRPOT__TRY(
            lrpot__unwrap(potential->charges, work, atoms, NULL, "the polarizability", &unwrapped));
        LRPOT__TRY(lrpot__charges_evaluate(&call, potential->charges, work, atoms, list, NULL, NULL,
                                           NULL));
        LRPOT__TRY(lrpot__polarizability(&call, unwrapped.moment, sum));
    }
    LRPOT__TRY(lrpot__finite_total("polarizability", 9, sum));
    memcpy(alpha, sum, sizeof sum);
    for (int k = 0; epsilon != NULL && k < 9; k++)
        epsilon[k] = (k % 4 == 0 ? 1.0 : 0.0)
                     + lrpot__dielectric_slope(fabs(lrpot__det3(atoms->cell))) * sum[k];
    return LRPOT_OK;
}
