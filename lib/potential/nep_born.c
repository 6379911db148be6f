/* Born charges of a charged NEP, in two definitions (docs/theory/nep.md). */
#include "potential/nep_born.h"

#include "basis/nep/nep_run.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/workspace.h"
#include "potential/nep_compute.h"

#include <string.h>

static const lrpot__tag charges_tag = { "charges" };
static const lrpot__tag weights_tag = { "weights of the charges" };
static const lrpot__tag flows_tag = { "flows of charge" };

typedef struct {
    const lrpot__nep_potential *potential;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    double *q;                  /* [n_all] */
    double *neighbour, *centre; /* [n_all][9]: -sum r_ij (x) dz_i/dr_ij of both ends */
    double *pull;               /* [n_all][3]: -sum_i dz_i/dr_j */
} task;

static lrpot_status check_call(const task *t, int32_t form, const double *Z)
{
    LRPOT__REQUIRE_NOT_NULL(t->potential);
    LRPOT__REQUIRE_NOT_NULL(t->work);
    LRPOT__REQUIRE_NOT_NULL(t->atoms);
    LRPOT__REQUIRE_NOT_NULL(t->list);
    LRPOT__REQUIRE_NOT_NULL(Z);
    int32_t mask = t->atoms->periodic_mask;
    if (form != LRPOT__NEP_BORN_FITTED && form != LRPOT__NEP_BORN_POLARIZATION)
        return lrpot__fail(LRPOT_E_ARGUMENT, "form of the Born charges is %d, expected 0 or 1",
                           form);
    if (form == LRPOT__NEP_BORN_POLARIZATION && mask != 0 && mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "derivatives of the polarization are offered for isolated systems (0) "
                           "and crystals (7), periodic_mask is %d",
                           mask);
    if (t->atoms->n_all > t->atoms->n_owned && t->atoms->ghost_owner == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "Born charges with ghosts need atoms->ghost_owner");
    return LRPOT_OK;
}

static lrpot_status run_flows(task *t)
{
    int64_t n = t->atoms->n_owned, n_all = t->atoms->n_all;
    double *weights = NULL, *flows = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &charges_tag, n_all, &t->q));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, n, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &flows_tag, 21 * n_all, &flows));
    t->neighbour = flows;
    t->centre = t->neighbour + 9 * n_all;
    t->pull = t->centre + 9 * n_all;
    LRPOT__TRY(lrpot__nep_charges(t->potential, t->work, t->atoms, t->list, NULL, t->q));
    if (n_all > 0) memset(flows, 0, (size_t)(21 * n_all) * sizeof *flows);
    for (int64_t i = 0; i < n; i++) weights[i] = 1.0;
    lrpot__nep_request request = { .charge_weights = weights,
                                   .forces = t->pull,
                                   .virial_neighbour = t->neighbour,
                                   .virial_centre = t->centre };
    return lrpot__nep_run(t->potential->evaluator, t->work, t->atoms, t->list, &request);
}

/* Uses the mid-point of each pair i -> j as origin of the charge that flows. */
static void fitted_form(const task *t, double *Z)
{
    for (int64_t k = 0; k < 9 * t->atoms->n_owned; k++)
        Z[k] += 0.5 * (t->neighbour[k] - t->centre[k]);
}

/* Charge flows from the centre. The neutralising charge is spread over all atoms. It contributes in
 * isolated systems only: (r_j - mean(r)) sum_i dz_i/dr_j. */
static void polarization_form(const task *t, double *Z)
{
    int64_t n = t->atoms->n_owned, stride = t->atoms->stride != 0 ? t->atoms->stride : 3;
    double mean[3] = { 0.0, 0.0, 0.0 };
    for (int64_t k = 0; k < 9 * n; k++) Z[k] += t->neighbour[k];
    if (t->atoms->periodic_mask != 0) return;
    for (int64_t i = 0; i < n; i++)
        for (int c = 0; c < 3; c++) mean[c] += t->atoms->positions[i * stride + c] / (double)n;
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k++)
            Z[9 * i + k] -= (t->atoms->positions[i * stride + k / 3] - mean[k / 3])
                            * t->pull[3 * i + k % 3];
}

lrpot_status lrpot__nep_born_charges(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     int32_t form, double *Z)
{
    task t = { .potential = potential, .work = work, .atoms = atoms, .list = list };
    LRPOT__TRY(check_call(&t, form, Z));
    LRPOT__TRY(run_flows(&t));
    for (int64_t k = 0; k < 9 * atoms->n_owned; k++) Z[k] = k % 9 % 4 == 0 ? t.q[k / 9] : 0.0;
    if (form == LRPOT__NEP_BORN_FITTED) fitted_form(&t, Z);
    else polarization_form(&t, Z);
    for (int64_t k = 0; k < 9 * atoms->n_owned; k++)
        Z[k] *= potential->evaluator->nep->sqrt_epsilon;
    return lrpot__finite("Born charges", atoms->n_owned, 9, Z);
}
