/* Energy in a uniform field, including all responses (docs/theory/born_charges.md). */
#include <lrpot/response.h>

#include "charges/charge_eval.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/compute.h"
#include "response/condition.h"
#include "response/field.h"
#include "response/unwrap.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

/* Newton steps for the field of a given D, and the relative change that ends them: wanted, and
 * enough after three steps, where an iterative solution of the charges has no more digits. */
#define MOST_STEPS 8
#define RESIDUAL 1e-11
#define LEAST_RESIDUAL 1e-8

static const lrpot__tag shift_tag = { "potential of the field" };
static const lrpot__tag charges_tag = { "charges in the field" };

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    const lrpot_field *field;
} task;

static lrpot_status check_call(const task *t, const lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(t->potential);
    LRPOT__REQUIRE_NOT_NULL(t->work);
    LRPOT__REQUIRE_NOT_NULL(t->atoms);
    LRPOT__REQUIRE_NOT_NULL(t->list);
    LRPOT__REQUIRE_NOT_NULL(t->field);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_comm, t->comm);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    if (t->potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges for a field to act on");
    LRPOT__TRY(lrpot__charges_require_single(t->potential->charges, "the field"));
    if (t->field->kind != LRPOT_FIELD_FIXED)
        LRPOT__TRY(lrpot__charges_require_order(t->potential->charges, 0,
                                                "another condition than a fixed field"));
    return lrpot__atoms_check(t->atoms, t->potential->n_species);
}

static lrpot_status charges_block(const task *t, double **q)
{
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &charges_tag, t->atoms->n_owned, q));
    if (t->atoms->n_owned > 0) memset(*q, 0, (size_t)t->atoms->n_owned * sizeof **q);
    return LRPOT_OK;
}

/* Charges of the acting field, and their dipole. */
static lrpot_status dipole_in_field(const task *t, const lrpot__unwrapped *places,
                                    lrpot__condition *c, double *shift)
{
    lrpot__charge_call call;
    double field[3] = { c->acting[0], c->acting[1], c->acting[2] };
    for (int64_t i = 0; i < t->atoms->n_owned; i++)
        shift[i] = -lrpot__dot3(field, places->moment + 3 * i);
    LRPOT__TRY(lrpot__charges_evaluate(&call, t->potential->charges, t->work, t->atoms, t->list,
                                       t->comm, shift, NULL));
    return lrpot__condition_measure(c, t->atoms, t->comm, call.q, places->moment);
}

/* Dielectric tensor of the charges, where E follows from D by it. */
static lrpot_status answer_to_field(const task *t, double *epsilon)
{
    double alpha[9];
    if (!lrpot__condition_open(t->field)) return LRPOT_OK;
    if (t->comm != NULL && t->comm->sum != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a given displacement field for charges that answer to it, in several "
                           "processes");
    if (t->field->dipole != NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a given dipole for charges that answer to the "
                           "displacement field: it follows from D, leave it NULL");
    return lrpot_response_polarizability(t->potential, t->work, t->atoms, t->list, alpha, epsilon);
}

/* E of a given D, E + 4 pi k P(E) = D. P is linear in E, so that one Newton step leads there; the
 * others remove the error of an iterative solution. */
static lrpot_status field_of_displacement(const task *t, const lrpot__unwrapped *places,
                                          const double *epsilon, lrpot__condition *c, double *shift)
{
    double inverse[9], missing[3], size = 0.0;
    lrpot__inverse3(epsilon, inverse);
    for (int step = 0; step < MOST_STEPS; step++) {
        double before[3] = { c->acting[0], c->acting[1], c->acting[2] }, change[3], rest = 0.0;
        LRPOT__TRY(dipole_in_field(t, places, c, shift));
        for (int a = 0; a < 3; a++) {
            missing[a] = c->acting[a] - before[a];
            size = fmax(size, fabs(c->acting[a]));
            rest = fmax(rest, fabs(missing[a]));
        }
        for (int a = 0; a < 3; a++) change[a] = lrpot__dot3(inverse + 3 * a, missing);
        for (int a = 0; a < 3; a++) c->acting[a] = before[a] + change[a];
        if (rest <= (step < 3 ? RESIDUAL : LEAST_RESIDUAL) * size) return LRPOT_OK;
    }
    return lrpot__fail(LRPOT_E_NOT_CONVERGED,
                       "the field of the given D is not found in %d steps; tighten the tolerance "
                       "of the charges",
                       MOST_STEPS);
}

/* Leaves the dipoles of the atoms in the dipole of all. */
static void subtract_charges(const task *t, const double *q, double *dipole)
{
    int64_t stride = t->atoms->stride != 0 ? t->atoms->stride : 3;
    for (int64_t i = 0; i < t->atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) dipole[a] -= q[i] * t->atoms->positions[stride * i + a];
}

/* Charges that minimise the energy: they minimise it in the field, which shifts their
 * electronegativities. No further response is needed. */
static lrpot_status settled(const task *t, lrpot_outputs *out)
{
    lrpot__unwrapped places;
    lrpot__condition c;
    lrpot_outputs inner;
    LRPOT__COPY_INPUT(&inner, out);
    double *shift = NULL, *q = NULL, epsilon[9], dipoles[3];
    int64_t n = t->atoms->n_owned;
    int with_dipoles = lrpot__charges_order(t->potential->charges) > 0;
    LRPOT__TRY(lrpot__condition_start(&c, t->potential, t->field, t->atoms));
    LRPOT__TRY(answer_to_field(t, epsilon)); /* before the positions: it unwraps its own */
    LRPOT__TRY(lrpot__unwrap_in_field(t->potential->charges, t->work, t->atoms, t->comm, t->field,
                                      "the enthalpy", &places));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &shift_tag, n, &shift));
    if (lrpot__condition_open(t->field))
        LRPOT__TRY(field_of_displacement(t, &places, epsilon, &c, shift));
    LRPOT__TRY(charges_block(t, &q));
    for (int64_t i = 0; i < n; i++) shift[i] = -lrpot__dot3(c.acting, places.moment + 3 * i);
    inner.charges = q;
    memset(dipoles, 0, sizeof dipoles);
    inner.dipole = with_dipoles ? dipoles : NULL;
    lrpot__acting acting = { .shift = shift, .field = c.acting };
    LRPOT__TRY(lrpot__potential_compute_acted(t->potential, t->work, t->atoms, t->list, t->comm,
                                              &acting, &inner));
    if (with_dipoles) subtract_charges(t, q, dipoles);
    LRPOT__TRY(lrpot__condition_measure(&c, t->atoms, t->comm, q, places.moment));
    LRPOT__TRY(lrpot__condition_neutral(&c, t->atoms, out));
    if (!(out->flags & LRPOT_ADD) && out->dipole != NULL)
        memset(out->dipole, 0, 3 * sizeof(double));
    if (!(out->flags & LRPOT_ADD) && out->charges != NULL && n > 0)
        memset(out->charges, 0, (size_t)n * sizeof(double));
    for (int a = 0; with_dipoles && out->dipole != NULL && a < 3; a++) out->dipole[a] += dipoles[a];
    for (int64_t i = 0; i < n; i++) {
        if (out->charges != NULL) out->charges[i] += q[i];
        for (int b = 0; b < 3 && out->forces != NULL; b++)
            out->forces[3 * i + b] += q[i] * c.acting[b];
    }
    lrpot__condition_add(&c, t->atoms, q, places.moment, 1, out);
    return LRPOT_OK;
}

/* 1 if the flow of the charges in the field can share the pass of their derivatives: the field is
 * known before, and the response of the charges is that along all directions. */
static int shares_pass(const task *t, const lrpot_outputs *out)
{
    return !lrpot__condition_open(t->field) && t->field->form == LRPOT_DIPOLE_CURRENT
           && t->atoms->periodic_mask == LRPOT_PERIODIC_ALL
           && lrpot__potential_takes_lever(t->potential, out);
}

/* Charges that do not depend on the field: its forces are added to those of the model. */
static lrpot_status followed(const task *t, lrpot_outputs *out)
{
    lrpot__acting acting = { NULL, NULL, NULL };
    lrpot__condition c;
    int shared = shares_pass(t, out);
    lrpot_outputs field, inner;
    LRPOT__COPY_INPUT(&field, out);
    LRPOT__COPY_INPUT(&inner, out);
    double *q = NULL;
    field.flags |= LRPOT_ADD;
    LRPOT__TRY(charges_block(t, &q));
    inner.charges = q;
    inner.dipole = NULL;
    field.charges = NULL;
    if (!(out->flags & LRPOT_ADD) && out->dipole != NULL)
        memset(out->dipole, 0, 3 * sizeof(double));
    if (shared) LRPOT__TRY(lrpot__condition_start(&c, t->potential, t->field, t->atoms));
    if (shared) acting.lever_arm = c.acting;
    LRPOT__TRY(lrpot__potential_compute_acted(t->potential, t->work, t->atoms, t->list, t->comm,
                                              &acting, &inner));
    lrpot_field known = *t->field;
    known.charges = q;
    LRPOT__TRY((shared ? lrpot__response_rigid_field : lrpot_response_field_forces)(
        t->potential, t->work, t->atoms, t->list, t->comm, &known, &field));
    if (!(out->flags & LRPOT_ADD) && out->charges != NULL && t->atoms->n_owned > 0)
        memset(out->charges, 0, (size_t)t->atoms->n_owned * sizeof(double));
    for (int64_t i = 0; out->charges != NULL && i < t->atoms->n_owned; i++) out->charges[i] += q[i];
    return LRPOT_OK;
}

lrpot_status lrpot_response_enthalpy(const lrpot_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     const lrpot_comm *comm, const lrpot_field *field,
                                     lrpot_outputs *out)
{
    task t = { potential, work, atoms, list, comm, field };
    LRPOT__TRY(check_call(&t, out));
    LRPOT__TRY(lrpot__charges_have_energy(potential->charges) ? settled(&t, out)
                                                              : followed(&t, out));
    return lrpot__finite_outputs(atoms, 1, out);
}
