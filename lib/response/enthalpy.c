/* Energy in a uniform field, including all responses (docs/theory/born_charges.md). */
#include <lrpot/response.h>

#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/potential.h"
#include "response/unwrap.h"
#include "structure/nlist_rows.h"

#include <math.h>
#include <string.h>

static const lrpot__tag shift_tag = { "potential of the field" };
static const lrpot__tag charges_tag = { "charges in the field" };

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    const double *field;
    int32_t kind;
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
    for (int a = 0; a < 3; a++)
        if (!isfinite(t->field[a]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "component %d of the field is %g", a,
                               t->field[a]);
    if (t->kind != LRPOT_FIELD_FIXED && t->kind != LRPOT_FIELD_REDUCED)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "field of kind %d, expected LRPOT_FIELD_FIXED or LRPOT_FIELD_REDUCED",
                           t->kind);
    if (t->kind == LRPOT_FIELD_REDUCED && t->atoms->periodic_mask == 0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a field that stretches with the cell, of a system without one");
    if (t->potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges for a field to act on");
    LRPOT__TRY(lrpot__charges_require_single(t->potential->charges, "the field"));
    return lrpot__atoms_check(t->atoms, t->potential->n_species);
}

/* Virial of -E.sum q r when positions are strained and the field is constant. */
static void add_stretch(const task *t, const double *moment, const double *q,
                        const lrpot_outputs *out)
{
    for (int64_t i = 0; t->kind == LRPOT_FIELD_FIXED && i < t->atoms->n_owned; i++)
        for (int k = 0; k < 9; k++) {
            double virial = moment[3 * i + k / 3] * q[i] * t->field[k % 3];
            if (out->virial != NULL) out->virial[k] += virial;
            if (out->virial_atom != NULL) out->virial_atom[9 * i + k] += virial;
        }
}

static lrpot_status charges_block(const task *t, double **q)
{
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &charges_tag, t->atoms->n_owned, q));
    if (t->atoms->n_owned > 0) memset(*q, 0, (size_t)t->atoms->n_owned * sizeof **q);
    return LRPOT_OK;
}

/* Charges that minimise the energy: they minimise it in the field, which shifts their
 * electronegativities. No further response is needed. */
static lrpot_status settled(const task *t, lrpot_outputs *out)
{
    lrpot__unwrapped unwrapped;
    lrpot_outputs inner;
    LRPOT__COPY_INPUT(&inner, out);
    double *shift = NULL, *q = NULL;
    int64_t n = t->atoms->n_owned;
    LRPOT__TRY(lrpot__unwrap(t->potential->charges, t->work, t->atoms, t->comm, "the enthalpy",
                             &unwrapped));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &shift_tag, n, &shift));
    LRPOT__TRY(charges_block(t, &q));
    for (int64_t i = 0; i < n; i++) {
        const double *r = unwrapped.moment + 3 * i;
        shift[i] = -(t->field[0] * r[0] + t->field[1] * r[1] + t->field[2] * r[2]);
    }
    inner.charges = q;
    inner.dipole = NULL;
    LRPOT__TRY(lrpot__potential_compute_shifted(t->potential, t->work, t->atoms, t->list, t->comm,
                                                shift, &inner));
    if (!(out->flags & LRPOT_ADD) && out->dipole != NULL)
        memset(out->dipole, 0, 3 * sizeof(double));
    if (!(out->flags & LRPOT_ADD) && out->charges != NULL && n > 0)
        memset(out->charges, 0, (size_t)n * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        if (out->charges != NULL) out->charges[i] += q[i];
        for (int b = 0; b < 3; b++) {
            if (out->dipole != NULL) out->dipole[b] += q[i] * unwrapped.moment[3 * i + b];
            if (out->forces != NULL) out->forces[3 * i + b] += q[i] * t->field[b];
        }
    }
    add_stretch(t, unwrapped.moment, q, out);
    return LRPOT_OK;
}

/* Charges that do not depend on the field: its forces are added to those of the model. */
static lrpot_status followed(const task *t, lrpot_outputs *out)
{
    lrpot__unwrapped unwrapped;
    lrpot_outputs field;
    LRPOT__COPY_INPUT(&field, out);
    lrpot_outputs inner;
    LRPOT__COPY_INPUT(&inner, out);
    double *q = NULL;
    field.flags |= LRPOT_ADD;
    LRPOT__TRY(charges_block(t, &q));
    field.charges = q;
    inner.charges = inner.dipole = NULL;
    if (!(out->flags & LRPOT_ADD) && out->dipole != NULL)
        memset(out->dipole, 0, 3 * sizeof(double));
    LRPOT__TRY(lrpot_potential_compute(t->potential, t->work, t->atoms, t->list, t->comm, &inner));
    LRPOT__TRY(lrpot_response_field_forces(t->potential, t->work, t->atoms, t->list, t->comm,
                                           t->field, &field));
    if (!(out->flags & LRPOT_ADD) && out->charges != NULL && t->atoms->n_owned > 0)
        memset(out->charges, 0, (size_t)t->atoms->n_owned * sizeof(double));
    for (int64_t i = 0; out->charges != NULL && i < t->atoms->n_owned; i++) out->charges[i] += q[i];
    if (t->atoms->periodic_mask == 0)
        return LRPOT_OK; /* the strain of the positions is already included there */
    LRPOT__TRY(lrpot__unwrap(t->potential->charges, t->work, t->atoms, t->comm, "the enthalpy",
                             &unwrapped));
    add_stretch(t, unwrapped.moment, q, out);
    return LRPOT_OK;
}

lrpot_status lrpot_response_enthalpy(const lrpot_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     const lrpot_comm *comm, const double *field, int32_t kind,
                                     lrpot_outputs *out)
{
    task t = { potential, work, atoms, list, comm, field, kind };
    LRPOT__TRY(check_call(&t, out));
    LRPOT__TRY(lrpot__charges_have_energy(potential->charges) ? settled(&t, out)
                                                              : followed(&t, out));
    return lrpot__finite_outputs(atoms, 1, out);
}
