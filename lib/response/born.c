/* Born effective charges: adjoint passes of the charge model with several weights (theory:
 * docs/theory/born_charges.md). */
#include <lrpot/response.h>

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "charges/charge_eval.h"
#include "charges/heads.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/structure_input.h"
#include "response/born.h"
#include "response/unwrap.h"
#include "structure/atoms_check.h"
#include "structure/electrodes.h"

#include <math.h>
#include <string.h>

static const lrpot__tag flows_tag = { "flows of both ends" };
static const lrpot__tag charges_tag = { "charges" };
static const lrpot__tag weights_tag = { "weights of the charges" };
static const lrpot__tag forces_tag = { "derivatives of the charges" };
static const lrpot__tag phases_tag = { "phases of the atoms" };

static const double two_pi = 6.283185307179586476925;

typedef struct {
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    int64_t n; /* atoms of Z: those owned, or all */
    double *Z; /* [n][3][3] */
} task;

static lrpot_status check_call(const lrpot_potential *potential, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, int32_t form,
                               const double *Z)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_NOT_NULL(Z);
    if (potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges, so no Born charges");
    LRPOT__TRY(lrpot__charges_require_single(potential->charges, "Born charges"));
    if (form != LRPOT_BORN_UNFOLDED)
        LRPOT__TRY(lrpot__charges_require_order(potential->charges, 0,
                                                "another form of Born charges than the unfolded"));
    LRPOT__TRY(lrpot__atoms_check(atoms, potential->n_species));
    if (form != LRPOT_BORN_UNFOLDED)
        LRPOT__TRY(
            lrpot__refuse_electrodes(atoms, "another form of Born charges than the unfolded"));
    if (form < LRPOT_BORN_UNFOLDED || form > LRPOT_BORN_MIDPOINT)
        return lrpot__fail(LRPOT_E_ARGUMENT, "form %d of the Born charges does not exist", form);
    if (form == LRPOT_BORN_MIDPOINT && potential->charges->basis != NULL
        && potential->charges->basis->descriptor->trained)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "the mid-point form of Born charges is of NEPs, the model's descriptor is "
            "%s",
            potential->charges->basis->descriptor->name);
    if (atoms->periodic_mask != LRPOT_PERIODIC_ALL && form == LRPOT_BORN_PHASE)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "the phase form needs a system that repeats in three directions, periodic_mask is %d",
            atoms->periodic_mask);
    return LRPOT_OK;
}

static const double *position(const lrpot_atoms *atoms, int64_t i)
{
    return atoms->positions + i * (atoms->stride != 0 ? atoms->stride : 3);
}

/* forces[i][b] = -sum_j weights[j] dq_j/dr_ib, and of dipoles: -sum_j dmu_j,a/dr_ib */
static lrpot_status pull(const task *t, const double *weights, const double *direction,
                         double *forces)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    memset(forces, 0, (size_t)t->atoms->n_all * 3 * sizeof *forces);
    return lrpot__charges_pull_dipole(t->charges, t->work, t->atoms, t->list, t->comm, weights,
                                      direction, &out);
}

/* sum_i w_i (x) dq_i/dr_j with the unwrapped positions w: one pass for each direction of the
 * dipole. */
static lrpot_status add_flow(const task *t, const lrpot__unwrapped *unwrapped)
{
    double *weights = NULL, *forces = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, t->atoms->n_owned, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 3 * t->atoms->n_all, &forces));
    for (int a = 0; a < 3; a++) {
        for (int64_t i = 0; i < t->atoms->n_owned; i++) weights[i] = unwrapped->weight[3 * i + a];
        double direction[3] = { a == 0, a == 1, a == 2 };
        LRPOT__TRY(pull(t, weights, direction, forces));
        for (int64_t i = 0; i < t->n; i++)
            for (int b = 0; b < 3; b++) t->Z[9 * i + 3 * a + b] -= forces[3 * i + b];
    }
    return LRPOT_OK;
}

/* -sum_i r_ij (x) dV_i/dr_ij along the directions that repeat, r_ij from centre i to neighbour j:
 * the virial of sum_i V_i assigned to neighbours. The redistributed part does not contribute in the
 * limit k -> 0 (docs/theory/born_charges.md). */
static lrpot_status add_local(const task *t, const lrpot__unwrapped *unwrapped)
{
    double *virial_atom = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 9 * t->atoms->n_all, &virial_atom));
    memset(virial_atom, 0, (size_t)t->atoms->n_all * 9 * sizeof *virial_atom);
    lrpot__request request = lrpot__head_request(t->charges, 0);
    request.virial_atom = virial_atom;
    LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &request.weights));
    LRPOT__TRY(lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &request));
    for (int64_t k = 0; k < 9 * t->n; k++)
        for (int c = 0; c < 3; c++)
            t->Z[k] += unwrapped->along[k % 9 / 3 * 3 + c] * virial_atom[k / 9 * 9 + 3 * c + k % 3];
    return LRPOT_OK;
}

/* The dipole along a is the derivative of the energy by a field, and its own derivatives follow
 * from the response to this field. */
lrpot_status lrpot__born_dielectric(const lrpot__charge_call *call, int64_t n, double *Z)
{
    const task t = { call->charges, call->work, call->atoms, call->list, call->comm, n, Z };
    double *weights = NULL, *forces = NULL;
    lrpot__unwrapped unwrapped;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    LRPOT__TRY(lrpot__unwrap_dielectric(t.charges, t.work, t.atoms, &unwrapped));
    if (t.charges->basis != NULL) LRPOT__TRY(add_local(&t, &unwrapped));
    LRPOT__TRY(lrpot__workspace_doubles(t.work, &weights_tag, t.charges->n_heads * t.atoms->n_owned,
                                        &weights));
    LRPOT__TRY(lrpot__workspace_doubles(t.work, &forces_tag, 3 * t.atoms->n_all, &forces));
    out.forces = forces;
    for (int a = 0; a < 3; a++) {
        lrpot__uniform field = { { a == 0, a == 1, a == 2 }, unwrapped.along, unwrapped.weight };
        memset(forces, 0, (size_t)t.atoms->n_all * 3 * sizeof *forces);
        LRPOT__TRY(t.charges->rules->respond_uniform(call, &field, NULL, weights, &out));
        LRPOT__TRY(lrpot__heads_pull(t.charges, t.work, t.atoms, t.list, weights, &out));
        for (int64_t i = 0; i < n; i++)
            for (int b = 0; b < 3; b++) Z[9 * i + 3 * a + b] -= forces[3 * i + b];
    }
    return LRPOT_OK;
}

static lrpot_status dielectric(const task *t)
{
    lrpot__charge_call call;
    LRPOT__TRY(lrpot__charges_evaluate(&call, t->charges, t->work, t->atoms, t->list, t->comm, NULL,
                                       NULL));
    return lrpot__born_dielectric(&call, t->n, t->Z);
}

/* Z_j = q_j 1 + change of the dipole by the dependence of the charges on atom j. */
static lrpot_status unfolded(const task *t)
{
    lrpot__unwrapped unwrapped;
    if (lrpot__charges_dielectric(t->charges, t->atoms)) return dielectric(t);
    LRPOT__TRY(
        lrpot__unwrap(t->charges, t->work, t->atoms, t->comm, "unfolded Born charges", &unwrapped));
    if (!lrpot__charges_depend_on_positions(t->charges)) return LRPOT_OK;
    if (unwrapped.weight == unwrapped.moment) return add_flow(t, &unwrapped);
    LRPOT__TRY(add_local(t, &unwrapped));
    return t->atoms->periodic_mask != LRPOT_PERIODIC_ALL ? add_flow(t, &unwrapped) : LRPOT_OK;
}

/* Z_l[a][b] += sum_c h_ca sum_j sin(2 pi (s_jc - s_lc)) / (2 pi) dq_j/dr_lb for one lattice row c.
 * The sine of the difference is split, so that two passes are enough for all atoms l. The phases
 * are applied in the lattice basis, then rotated by the cell: correct for any cell. */
static lrpot_status phase_row(const task *t, const double *inverse, int c, double *phases,
                              double *forces)
{
    int64_t n = t->atoms->n_owned;
    double *sine = phases, *cosine = phases + n, *forces_sine = forces,
           *forces_cosine = forces + 3 * t->atoms->n_all;
    for (int64_t i = 0; i < n; i++) {
        const double *r = position(t->atoms, i);
        double s = r[0] * inverse[c] + r[1] * inverse[3 + c] + r[2] * inverse[6 + c];
        sine[i] = sin(two_pi * (s - floor(s)));
        cosine[i] = cos(two_pi * (s - floor(s)));
    }
    LRPOT__TRY(pull(t, sine, NULL, forces_sine));
    LRPOT__TRY(pull(t, cosine, NULL, forces_cosine));
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < 3; b++) {
            double moved = (sine[i] * forces_cosine[3 * i + b] - cosine[i] * forces_sine[3 * i + b])
                           / two_pi;
            for (int a = 0; a < 3; a++)
                t->Z[9 * i + 3 * a + b] += t->atoms->cell[3 * c + a] * moved;
        }
    return LRPOT_OK;
}

static lrpot_status phase_form(const task *t)
{
    double *phases = NULL, *forces = NULL, inverse[9];
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &phases_tag, 2 * t->atoms->n_owned, &phases));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 6 * t->atoms->n_all, &forces));
    lrpot__inverse3(t->atoms->cell, inverse);
    for (int c = 0; c < 3; c++) LRPOT__TRY(phase_row(t, inverse, c, phases, forces));
    return LRPOT_OK;
}

/* Mid-points of pairs as origins of the charge that flows: half of what neighbours get, less half
 * of what centres get. The redistributed part has no pairs. */
static lrpot_status midpoint_form(const task *t)
{
    double *neighbour = NULL;
    int64_t n_all = t->atoms->n_all;
    if (t->charges->basis == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &flows_tag, 18 * n_all, &neighbour));
    double *centre = neighbour + 9 * n_all;
    memset(neighbour, 0, (size_t)(18 * n_all) * sizeof *neighbour);
    lrpot__request request = lrpot__head_request(t->charges, 0);
    request.virial_atom = neighbour;
    request.virial_centre = centre;
    LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &request.weights));
    LRPOT__TRY(lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &request));
    for (int64_t k = 0; k < 9 * t->atoms->n_owned; k++) t->Z[k] += 0.5 * (neighbour[k] - centre[k]);
    return LRPOT_OK;
}

/* Mean of Z minus Q/N on the diagonal: zero if the acoustic sum rule holds. */
static void mean_excess(int64_t n, double total_charge, const double *Z, double *excess)
{
    memset(excess, 0, 9 * sizeof *excess);
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k++) excess[k] += Z[9 * i + k];
    for (int k = 0; k < 9; k++)
        excess[k] = (excess[k] - (k % 4 == 0 ? total_charge : 0.0)) / (double)n;
}

lrpot_status lrpot_response_born_charges(const lrpot_potential *potential, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, const lrpot_nlist *list,
                                         int32_t form, double *Z, double *residual)
{
    LRPOT__TRY(check_call(potential, work, atoms, list, form, Z));
    if (atoms->n_all > atoms->n_owned && atoms->ghost_owner == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "Born charges with ghosts need atoms->ghost_owner");
    task t = { potential->charges, work, atoms, list, NULL, atoms->n_owned, Z };
    double *q = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &charges_tag, atoms->n_owned, &q));
    LRPOT__TRY(lrpot_charges_eval(potential->charges, work, atoms, list, NULL, q));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int k = 0; k < 9; k++) Z[9 * i + k] = k % 4 == 0 ? q[i] : 0.0;
    LRPOT__TRY(form == LRPOT_BORN_PHASE      ? phase_form(&t)
               : form == LRPOT_BORN_MIDPOINT ? midpoint_form(&t)
                                             : unfolded(&t));
    if (residual != NULL && atoms->n_owned > 0)
        mean_excess(atoms->n_owned, atoms->total_charge, Z, residual);
    LRPOT__TRY(lrpot__finite("Born charge", atoms->n_owned, 9, Z));
    return lrpot__finite_total("excess of the Born charges", 9, residual);
}

lrpot_status lrpot_response_born_shares(const lrpot_potential *potential, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, double *Z)
{
    LRPOT__TRY(check_call(potential, work, atoms, list, LRPOT_BORN_UNFOLDED, Z));
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    lrpot_atoms shared;
    LRPOT__COPY_INPUT(&shared, atoms);
    /* ghosts keep their share, except of charges that need their owners: then it is 0 */
    if (potential->charges->rules->dielectric == NULL) shared.ghost_owner = NULL;
    task t = { potential->charges, work, &shared, list, comm, atoms->n_all, Z };
    double *q = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &charges_tag, atoms->n_owned, &q));
    LRPOT__TRY(lrpot_charges_eval(potential->charges, work, atoms, list, comm, q));
    memset(Z, 0, (size_t)(9 * atoms->n_all) * sizeof *Z);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) Z[9 * i + 4 * a] = q[i];
    LRPOT__TRY(unfolded(&t));
    return lrpot__finite("Born charge", atoms->n_all, 9, Z);
}

lrpot_status lrpot_response_born_charges_structure(const lrpot_potential *potential,
                                                   lrpot_workspace *work,
                                                   const lrpot_structure *structure, int32_t form,
                                                   double *Z, double *residual)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_response_born_charges(potential, work, &atoms, list, form, Z, residual);
}

lrpot_status lrpot_response_project(int64_t n, double total_charge, double *Z)
{
    LRPOT__REQUIRE_NOT_NULL(Z);
    if (n < 1) return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld, expected at least 1", (long long)n);
    double excess[9];
    mean_excess(n, total_charge, Z, excess);
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k++) Z[9 * i + k] -= excess[k];
    return LRPOT_OK;
}
