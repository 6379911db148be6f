/* Forces of a uniform electric field on the atoms, and the current of their motion. Born charges
 * are contracted on the way, so that both work on the domains of a parallel host (theory:
 * docs/theory/born_charges.md). */
#include <lrpot/response.h>

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "charges/charge_eval.h"
#include "charges/heads.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/potential.h"
#include "response/condition.h"
#include "response/field.h"
#include "response/unwrap.h"
#include "response/velocities.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const lrpot__tag charges_tag = { "charges" };
static const lrpot__tag weights_tag = { "weights of the charges" };
static const lrpot__tag tensors_tag = { "tensors of local charges" };

typedef struct {
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    const lrpot_field *field; /* NULL for a current */
    double *q;                /* [n_owned] */
    lrpot__unwrapped unwrapped;
    lrpot__condition condition;
} task;

static lrpot_status check_start(task *t, const lrpot_potential *potential)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(t->work);
    LRPOT__REQUIRE_NOT_NULL(t->atoms);
    LRPOT__REQUIRE_NOT_NULL(t->list);
    if (potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges for a field to act on");
    LRPOT__TRY(lrpot__charges_require_single(potential->charges, "the field"));
    LRPOT__TRY(lrpot__charges_require_order(potential->charges, 0, "the field"));
    LRPOT__TRY(lrpot__atoms_check(t->atoms, potential->n_species));
    LRPOT__REQUIRE_INPUT(lrpot_comm, t->comm);
    t->charges = potential->charges;
    return LRPOT_OK;
}

/* Positions and charges. */
static lrpot_status start(task *t)
{
    static const char what[] = "the answer to a field";
    if (t->field == NULL)
        LRPOT__TRY(lrpot__unwrap(t->charges, t->work, t->atoms, t->comm, what, &t->unwrapped));
    else
        LRPOT__TRY(lrpot__unwrap_in_field(t->charges, t->work, t->atoms, t->comm, t->field, what,
                                          &t->unwrapped));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &charges_tag, t->atoms->n_owned, &t->q));
    if (t->field != NULL && t->field->charges != NULL && !lrpot__charges_have_energy(t->charges)) {
        memcpy(t->q, t->field->charges, (size_t)t->atoms->n_owned * sizeof *t->q);
        return LRPOT_OK;
    }
    return lrpot_charges_eval(t->charges, t->work, t->atoms, t->list, t->comm, t->q);
}

/* tensors[l][a][b] = -sum_j r_jl,a dc_j/dr_jl,b: contribution of local charges to Z_l; ghosts hold
 * their part. */
static lrpot_status local_tensors(const task *t, double **out)
{
    double *tensors = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &tensors_tag, 9 * t->atoms->n_all, &tensors));
    memset(tensors, 0, 9 * (size_t)t->atoms->n_all * sizeof *tensors);
    lrpot__request request = lrpot__head_request(t->charges, 0);
    request.virial_atom = tensors;
    LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &request.weights));
    *out = tensors;
    return lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &request);
}

static void clear(double *array, int64_t n)
{
    if (array != NULL && n > 0) memset(array, 0, (size_t)n * sizeof *array);
}

static void start_outputs(const task *t, const lrpot_outputs *out)
{
    if (out->flags & LRPOT_ADD) return;
    clear(out->energy, 1);
    clear(out->energy_atom, t->atoms->n_owned);
    clear(out->forces, 3 * t->atoms->n_all);
    clear(out->virial, 9);
    clear(out->virial_atom, 9 * t->atoms->n_all);
    clear(out->charges, t->atoms->n_owned);
    clear(out->dipole, 3);
}

/* Charges, and their forces q E. */
static void rigid_part(const task *t, const lrpot_outputs *out)
{
    for (int64_t i = 0; i < t->atoms->n_owned; i++) {
        if (out->charges != NULL) out->charges[i] += t->q[i];
        for (int b = 0; b < 3 && out->forces != NULL; b++)
            out->forces[3 * i + b] += t->q[i] * t->condition.acting[b];
    }
}

/* Adds the flow of charge. The energy -E.sum q r has the derivative -E.r_i by charge i: one pass is
 * exact as far as positions are defined. */
static lrpot_status add_flow(const task *t, const lrpot_outputs *out)
{
    double *weights = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, t->atoms->n_owned, &weights));
    for (int64_t i = 0; i < t->atoms->n_owned; i++)
        weights[i] = -lrpot__dot3(t->condition.acting, t->unwrapped.weight + 3 * i);
    lrpot_outputs derivatives = LRPOT_OUTPUTS_INIT;
    derivatives.forces = out->forces;
    derivatives.virial = out->virial;
    derivatives.virial_atom = out->virial_atom;
    return lrpot_charges_pull(t->charges, t->work, t->atoms, t->list, t->comm, weights,
                              &derivatives);
}

/* Adds first and second moments of local charges about their centres, which are their response to
 * displacements and strain along the directions that repeat. */
static lrpot_status add_local(const task *t, const lrpot_outputs *out)
{
    double along[3];
    lrpot__row_times3(t->condition.acting, t->unwrapped.along, along);
    lrpot__request request = lrpot__head_request(t->charges, 0);
    request.forces = out->forces;
    request.virial = out->virial;
    request.virial_atom = out->virial_atom;
    request.lever_arm = along;
    if (out->forces == NULL && out->virial == NULL && out->virial_atom == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &request.weights));
    return lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &request);
}

/* Field and charges that stay at their atoms. */
static lrpot_status rigid_field(task *t, const lrpot_potential *potential, lrpot_outputs *out)
{
    LRPOT__TRY(check_start(t, potential));
    LRPOT__TRY(lrpot__condition_start(&t->condition, potential, t->field, t->atoms));
    LRPOT__TRY(start(t));
    LRPOT__TRY(
        lrpot__condition_measure(&t->condition, t->atoms, t->comm, t->q, t->unwrapped.moment));
    LRPOT__TRY(lrpot__condition_neutral(&t->condition, t->atoms, out));
    start_outputs(t, out);
    rigid_part(t, out);
    lrpot__condition_add(&t->condition, t->atoms, t->q, t->unwrapped.moment, 0, out);
    return LRPOT_OK;
}

lrpot_status lrpot__response_rigid_field(const lrpot_potential *potential, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, const lrpot_nlist *list,
                                         const lrpot_comm *comm, const lrpot_field *field,
                                         lrpot_outputs *out)
{
    task t = { .work = work, .atoms = atoms, .list = list, .comm = comm, .field = field };
    return rigid_field(&t, potential, out);
}

lrpot_status lrpot_response_field_forces(const lrpot_potential *potential, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, const lrpot_nlist *list,
                                         const lrpot_comm *comm, const lrpot_field *field,
                                         lrpot_outputs *out)
{
    task t = { .work = work, .atoms = atoms, .list = list, .comm = comm, .field = field };
    LRPOT__REQUIRE_NOT_NULL(field);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    LRPOT__TRY(rigid_field(&t, potential, out));
    if (!lrpot__charges_depend_on_positions(t.charges)) return LRPOT_OK;
    if (t.unwrapped.weight != t.unwrapped.moment) LRPOT__TRY(add_local(&t, out));
    if (atoms->periodic_mask != LRPOT_PERIODIC_ALL || t.unwrapped.weight == t.unwrapped.moment)
        LRPOT__TRY(add_flow(&t, out));
    return lrpot__finite_outputs(atoms, 0, out);
}

static double contract9(const double *a, const double *b)
{
    double sum = 0.0;
    for (int k = 0; k < 9; k++) sum += a[k] * b[k];
    return sum;
}

/* d/dt of sum q r: one pass for each direction. */
static lrpot_status add_flow_current(const task *t, const double *velocities,
                                     const double *strain_rate, double *current)
{
    double *weights = NULL, *forces = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, t->atoms->n_owned, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &tensors_tag, 9 * t->atoms->n_all, &forces));
    for (int a = 0; a < 3; a++) {
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        double virial[9] = { 0.0 };
        out.forces = forces;
        if (strain_rate != NULL) out.virial = virial;
        memset(forces, 0, 3 * (size_t)t->atoms->n_all * sizeof *forces);
        for (int64_t i = 0; i < t->atoms->n_owned; i++) weights[i] = t->unwrapped.weight[3 * i + a];
        LRPOT__TRY(
            lrpot_charges_pull(t->charges, t->work, t->atoms, t->list, t->comm, weights, &out));
        for (int64_t k = 0; k < 3 * t->atoms->n_all; k++) current[a] -= forces[k] * velocities[k];
        if (strain_rate != NULL) current[a] -= contract9(virial, strain_rate);
    }
    return LRPOT_OK;
}

static lrpot_status add_local_current(const task *t, const double *velocities, double *current)
{
    double *tensors = NULL, sum[3] = { 0.0, 0.0, 0.0 }, along[3];
    LRPOT__TRY(local_tensors(t, &tensors));
    for (int64_t l = 0; l < t->atoms->n_all; l++)
        for (int a = 0; a < 3; a++)
            sum[a] += lrpot__dot3(tensors + 9 * l + 3 * a, velocities + 3 * l);
    lrpot__row_times3(sum, t->unwrapped.along, along);
    for (int a = 0; a < 3; a++) current[a] += along[a];
    return LRPOT_OK;
}

/* Second moments of local charges, contracted with the strain rate: one pass for each direction. */
static lrpot_status add_local_strain(const task *t, const double *strain_rate, double *current)
{
    for (int a = 0; a < 3 && strain_rate != NULL; a++) {
        double virial[9] = { 0.0 };
        lrpot__request request = lrpot__head_request(t->charges, 0);
        request.virial = virial;
        request.lever_arm = t->unwrapped.along + 3 * a;
        LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &request.weights));
        LRPOT__TRY(lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &request));
        current[a] += contract9(virial, strain_rate);
    }
    return LRPOT_OK;
}

lrpot_status lrpot_response_current(const lrpot_potential *potential, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const lrpot_nlist *list,
                                    const lrpot_comm *comm, const double *velocities,
                                    const double *strain_rate, double *current)
{
    task t = { .work = work, .atoms = atoms, .list = list, .comm = comm };
    double sum[3] = { 0, 0, 0 }, *all = NULL;
    LRPOT__REQUIRE_NOT_NULL(velocities);
    LRPOT__REQUIRE_NOT_NULL(current);
    LRPOT__TRY(check_start(&t, potential));
    LRPOT__TRY(start(&t));
    for (int k = 0; k < 9 && strain_rate != NULL; k++)
        if (!isfinite(strain_rate[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "component %d of the strain rate is %g", k,
                               strain_rate[k]);
    LRPOT__TRY(lrpot__velocities_spread(work, atoms, comm, velocities, &all));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) sum[a] += t.q[i] * all[3 * i + a];
    if (lrpot__charges_depend_on_positions(t.charges)) {
        if (t.unwrapped.weight != t.unwrapped.moment) {
            LRPOT__TRY(add_local_current(&t, all, sum));
            LRPOT__TRY(add_local_strain(&t, strain_rate, sum));
        }
        if (atoms->periodic_mask != LRPOT_PERIODIC_ALL || t.unwrapped.weight == t.unwrapped.moment)
            LRPOT__TRY(add_flow_current(&t, all, strain_rate, sum));
    }
    LRPOT__TRY(lrpot__finite_total("current", 3, sum));
    memcpy(current, sum, sizeof sum);
    return LRPOT_OK;
}
