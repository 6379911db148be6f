/* Electrical boundary conditions of a cell: fixed field, fixed voltage, fixed displacement field,
 * fixed flux (docs/theory/field_stress.md). */
#include "response/condition.h"

#include "core/comm.h"
#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/struct_size.h"

#include <math.h>
#include <string.h>

#define FOUR_PI_K (4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT)
/* e for each atom: largest net charge of a cell that counts as neutral. Charges in model files are
 * rounded. */
#define NEUTRAL 1e-6

int lrpot__condition_open(const lrpot_field *field)
{
    return field->kind == LRPOT_FIELD_DISPLACEMENT || field->kind == LRPOT_FIELD_FLUX;
}

static lrpot_status check_kind(const lrpot_field *field, const lrpot_atoms *atoms)
{
    static const char *const names[] = { "a fixed field", "a fixed voltage",
                                         "a fixed displacement field", "a fixed flux" };
    if (field->kind < LRPOT_FIELD_FIXED || field->kind > LRPOT_FIELD_FLUX)
        return lrpot__fail(LRPOT_E_ARGUMENT, "field of kind %d, expected LRPOT_FIELD_* from 0 to 3",
                           field->kind);
    if (field->form != LRPOT_DIPOLE_CURRENT && field->form != LRPOT_DIPOLE_POSITIONS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "dipole form %d, expected LRPOT_DIPOLE_* from 0 to 1",
                           field->form);
    if (field->kind != LRPOT_FIELD_FIXED && atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s needs a cell that is periodic in three directions, periodic_mask is "
                           "%d; use a fixed field",
                           names[field->kind], atoms->periodic_mask);
    return LRPOT_OK;
}

static lrpot_status check_finite(const char *what, const double *values, int n)
{
    for (int k = 0; values != NULL && k < n; k++)
        if (!isfinite(values[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "component %d of the %s is %g", k, what,
                               values[k]);
    return LRPOT_OK;
}

/* eps_inf: symmetric and positive definite by its leading minors. */
static lrpot_status check_tensor(const double *e)
{
    double off = fabs(e[1] - e[3]) + fabs(e[2] - e[6]) + fabs(e[5] - e[7]),
           trace = fabs(e[0]) + fabs(e[4]) + fabs(e[8]);
    LRPOT__TRY(check_finite("dielectric tensor eps_inf", e, 9));
    if (off <= 1e-6 * trace && e[0] > 0.0 && e[0] * e[4] - e[1] * e[3] > 0.0
        && lrpot__det3(e) > 0.0)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "eps_inf %g %g %g / %g %g %g / %g %g %g is not symmetric and positive: give "
                       "nine components, or zeros for 1",
                       e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7], e[8]);
}

/* Denman-Beavers iteration for the root of a positive matrix and its inverse; it converges
 * quadratically. */
static void square_root(const double *matrix, double *root, double *inverse)
{
    memcpy(root, matrix, 9 * sizeof *root);
    for (int k = 0; k < 9; k++) inverse[k] = k % 4 == 0 ? 1.0 : 0.0;
    for (int step = 0; step < 60; step++) {
        double a[9], b[9], change = 0.0;
        lrpot__inverse3(root, a);
        lrpot__inverse3(inverse, b);
        for (int k = 0; k < 9; k++) {
            double next = 0.5 * (root[k] + b[k]);
            change = fmax(change, fabs(next - root[k]) / root[0]);
            root[k] = next;
            inverse[k] = 0.5 * (inverse[k] + a[k]);
        }
        if (change < 1e-15) break;
    }
}

lrpot_status lrpot_response_screening(const double *eps_inf, double *root, double *inverse)
{
    double e[9], found[9], inverted[9];
    LRPOT__REQUIRE_NOT_NULL(eps_inf);
    LRPOT__REQUIRE_NOT_NULL(root);
    LRPOT__TRY(check_tensor(eps_inf));
    for (int k = 0; k < 9; k++) e[k] = 0.5 * (eps_inf[k] + eps_inf[k % 3 * 3 + k / 3]);
    square_root(e, found, inverted);
    memcpy(root, found, sizeof found);
    if (inverse != NULL) memcpy(inverse, inverted, sizeof inverted);
    return LRPOT_OK;
}

/* The tensor of the field, otherwise the constant that the model states, otherwise 1. */
static lrpot_status start_screening(lrpot__condition *c, const lrpot_potential *potential)
{
    double own[9], constant = lrpot_potential_epsilon_infinity(potential);
    int given = 0;
    for (int k = 0; k < 9; k++) {
        given = given || c->field->eps_inf[k] != 0.0;
        own[k] = k % 4 != 0 ? 0.0 : constant > 0.0 ? constant : 1.0;
    }
    return lrpot_response_screening(given ? c->field->eps_inf : own, c->root, c->inverse);
}

/* E of a voltage: sum_c value[c] b_c with the rows b_c of the reciprocal cell (b_c.a_d = 1 for c =
 * d). D of a flux: sum_c value[c] a_c / V. */
static void start_vectors(lrpot__condition *c, const lrpot_atoms *atoms)
{
    const double *value = c->field->value;
    double inverse[9];
    switch (c->field->kind) {
    case LRPOT_FIELD_REDUCED:
        lrpot__inverse3(atoms->cell, inverse);
        for (int a = 0; a < 3; a++) c->physical[a] = lrpot__dot3(inverse + 3 * a, value);
        break;
    case LRPOT_FIELD_DISPLACEMENT: memcpy(c->displacement, value, 3 * sizeof *value); break;
    case LRPOT_FIELD_FLUX:
        lrpot__row_times3(value, atoms->cell, c->displacement);
        for (int a = 0; a < 3; a++) c->displacement[a] /= c->volume;
        break;
    default: memcpy(c->physical, value, 3 * sizeof *value);
    }
    lrpot__row_times3(c->physical, c->root, c->acting);
}

lrpot_status lrpot__condition_start(lrpot__condition *c, const lrpot_potential *potential,
                                    const lrpot_field *field, const lrpot_atoms *atoms)
{
    *c = (lrpot__condition){ .field = field };
    LRPOT__REQUIRE_INPUT(lrpot_field, field);
    LRPOT__TRY(check_kind(field, atoms));
    LRPOT__TRY(check_finite("field", field->value, 3));
    LRPOT__TRY(check_finite("dipole", field->dipole, 3));
    LRPOT__TRY(start_screening(c, potential));
    if (field->positions != NULL)
        for (int64_t k = 0; k < 3 * atoms->n_owned; k++)
            if (!isfinite(field->positions[k]))
                return lrpot__fail(LRPOT_E_NOT_FINITE, "unwrapped position of atom %lld is %g",
                                   (long long)(k / 3), field->positions[k]);
    if (atoms->periodic_mask == LRPOT_PERIODIC_ALL) c->volume = fabs(lrpot__det3(atoms->cell));
    start_vectors(c, atoms);
    return LRPOT_OK;
}

lrpot_status lrpot__condition_measure(lrpot__condition *c, const lrpot_atoms *atoms,
                                      const lrpot_comm *comm, const double *q, const double *places)
{
    double sums[5] = { 0, 0, 0, 0, (double)atoms->n_owned };
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        for (int a = 0; a < 3; a++) sums[a] += q[i] * places[3 * i + a];
        sums[3] += q[i];
    }
    LRPOT__TRY(lrpot__comm_sum(comm, sums, 5));
    c->charge = sums[3];
    c->count = sums[4] > 0.0 ? sums[4] : 1.0;
    for (int a = 0; a < 3; a++) {
        c->dipole[a] = c->field->dipole != NULL ? c->field->dipole[a] : sums[a];
        c->excess[a] = (c->dipole[a] - sums[a]) / c->count;
    }
    if (lrpot__condition_open(c->field)) {
        lrpot__row_times3(c->displacement, c->inverse, c->acting);
        for (int a = 0; a < 3; a++) c->acting[a] -= FOUR_PI_K * c->dipole[a] / c->volume;
        lrpot__row_times3(c->acting, c->inverse, c->physical);
    }
    if (c->field->acting != NULL) memcpy(c->field->acting, c->physical, sizeof c->physical);
    if (c->field->on_charges != NULL) memcpy(c->field->on_charges, c->acting, sizeof c->acting);
    return LRPOT_OK;
}

lrpot_status lrpot__condition_neutral(const lrpot__condition *c, const lrpot_atoms *atoms,
                                      const lrpot_outputs *out)
{
    int asked = lrpot__condition_open(c->field) || out->virial != NULL || out->virial_atom != NULL;
    if (atoms->periodic_mask == 0 || !asked || fabs(c->charge) <= NEUTRAL * c->count)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "the cell has the charge %g e, so that its dipole, and with it stress and "
                       "displacement field, depend on the origin; use charges that keep the total "
                       "charge, a neutral system, or forces of a fixed field alone",
                       c->charge);
}

/* -dH/dstrain[a][b] at fixed charges and reduced positions, without the part of M_a acting_b that
 * belongs to each atom. */
static void cell_virial(const lrpot__condition *c, double *virial)
{
    double M[3], energy = 0.0;
    memset(virial, 0, 9 * sizeof *virial);
    lrpot__row_times3(c->dipole, c->root, M);
    if (c->field->kind == LRPOT_FIELD_REDUCED)
        for (int k = 0; k < 9; k++) virial[k] = -M[k / 3] * c->physical[k % 3];
    if (!lrpot__condition_open(c->field)) return;
    energy = c->volume / (2.0 * FOUR_PI_K) * lrpot__dot3(c->acting, c->acting);
    for (int k = 0; k < 9; k += 4) virial[k] = -energy - lrpot__dot3(c->acting, c->dipole);
    if (c->field->kind != LRPOT_FIELD_FLUX) return;
    double factor = c->volume / FOUR_PI_K, work = lrpot__dot3(c->physical, c->displacement);
    for (int k = 0; k < 9; k++)
        virial[k] -= factor
                     * (c->displacement[k / 3] * c->physical[k % 3] - (k % 4 == 0 ? work : 0.0));
}

static double energy_of_atom(const lrpot__condition *c, double q, const double *r, int within)
{
    double direct = q * lrpot__dot3(c->acting, r);
    if (lrpot__condition_open(c->field))
        return c->volume / (2.0 * FOUR_PI_K * c->count) * lrpot__dot3(c->acting, c->acting)
               + (within ? direct : 0.0);
    return -lrpot__dot3(c->acting, c->excess) - (within ? 0.0 : direct);
}

void lrpot__condition_add(const lrpot__condition *c, const lrpot_atoms *atoms, const double *q,
                          const double *places, int within, const lrpot_outputs *out)
{
    double cell[9];
    cell_virial(c, cell);
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        const double *r = places + 3 * i;
        double energy = energy_of_atom(c, q[i], r, within);
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
        for (int a = 0; a < 3 && out->dipole != NULL; a++)
            out->dipole[a] += q[i] * r[a] + c->excess[a];
        for (int k = 0; k < 9; k++) {
            double virial = (q[i] * r[k / 3] + c->excess[k / 3]) * c->acting[k % 3]
                            + cell[k] / c->count;
            if (out->virial != NULL) out->virial[k] += virial;
            if (out->virial_atom != NULL) out->virial_atom[9 * i + k] += virial;
        }
    }
}
