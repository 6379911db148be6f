/* Energy and its derivatives: charges, electrostatics, chain rule of the charges, local part. */
#include "potential/compute.h"

#include "basis/basis.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/core_repulsion.h"
#include "potential/pair_terms.h"
#include "potential/coulomb_part.h"
#include "potential/model.h"
#include "potential/structure_input.h"
#include "structure/atoms_check.h"
#include "structure/electrodes.h"
#include "structure/nlist.h"

#include <string.h>

static const lrpot__tag potentials_tag = { "potentials" };
static const lrpot__tag energies_tag = { "energies of the atoms" };
static const lrpot__tag rows_tag = { "derivatives by the features" };

static lrpot_status check_call(const lrpot_potential *potential, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    LRPOT__TRY(lrpot__atoms_check(atoms, potential->n_species));
    if (potential->charges == NULL)
        LRPOT__TRY(lrpot__refuse_electrodes(atoms, "a model without charges"));
    if (potential->network != NULL && potential->network->with_charge
        && atoms->potential_reference == LRPOT_POTENTIALS_VACUUM)
        LRPOT__TRY(lrpot__refuse_electrodes(
            atoms, "a model with the total charge as an input, which is free above the vacuum"));
    lrpot__rows rows; /* checked before any output is written */
    return lrpot__nlist_rows(list, atoms, lrpot_potential_cutoff(potential), &rows);
}

static lrpot_status check_comm(const lrpot_potential *potential, const lrpot_atoms *atoms,
                               const lrpot_comm *comm)
{
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    int can_fill = atoms->ghost_owner != NULL || (comm != NULL && comm->forward != NULL);
    if (potential->charges != NULL && atoms->n_all > atoms->n_owned && !can_fill)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "%lld ghost atoms need their charges: from comm->forward or by atoms->ghost_owner",
            (long long)(atoms->n_all - atoms->n_owned));
    return LRPOT_OK;
}

static void zero(double *array, int64_t n)
{
    if (array != NULL && n > 0) memset(array, 0, (size_t)n * sizeof *array);
}

/* Clears the outputs, since every part adds to them. */
static void start_outputs(const lrpot_atoms *atoms, const lrpot_outputs *out, int local_only)
{
    if (out->flags & LRPOT_ADD) return;
    zero(out->energy, 1);
    zero(out->energy_atom, atoms->n_owned);
    zero(out->forces, 3 * atoms->n_all);
    zero(out->virial, 9);
    zero(out->virial_atom, 9 * atoms->n_all);
    if (local_only) return;
    zero(out->charges, atoms->n_owned);
    zero(out->potential, atoms->n_owned);
    zero(out->dipole, 3);
    zero(out->field, 3 * atoms->n_owned);
}

static int wants_derivatives(const lrpot_outputs *out)
{
    return out->forces != NULL || out->virial != NULL || out->virial_atom != NULL;
}

static int wants_energy(const lrpot_outputs *out)
{
    return out->energy != NULL || out->energy_atom != NULL;
}

static void add_charge_outputs(const lrpot__charge_call *call, lrpot_outputs *out)
{
    const lrpot_atoms *atoms = call->atoms;
    const double *q = call->q, *dipoles = lrpot__charges_dipoles(call);
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (out->charges != NULL) out->charges[i] += q[i];
        if (out->dipole != NULL)
            for (int c = 0; c < 3; c++)
                out->dipole[c] += q[i] * atoms->positions[i * stride + c]
                                  + (dipoles != NULL ? dipoles[3 * i + c] : 0.0);
    }
}

/* 1 if one pass over the atoms gives the derivatives of the energy and of the charges. */
static int one_pass(const lrpot_potential *potential)
{
    const lrpot_charges *charges = potential->charges;
    return lrpot__basis_same(potential->basis, charges->basis) && charges->n_heads == 1
           && potential->network == NULL && charges->network == NULL
           && !lrpot__charges_have_energy(charges);
}

/* dE/dfeatures of that pass, [n_owned][K]: xi + w_i zeta with w = dE/dc. The potentials become
 * w. */
static lrpot_status joint_rows(const lrpot_potential *potential, const lrpot__charge_call *call,
                               double *potentials, double **out)
{
    const lrpot_charges *charges = potential->charges;
    int64_t n = call->atoms->n_owned, width = lrpot_basis_count(potential->basis);
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    double *rows = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &rows_tag, 2 * n * width, &rows));
    if (!potential->plain_forces)
        LRPOT__TRY(charges->rules->adjoint(call, potentials, potentials, &none));
    for (int64_t i = 0; i < n; i++) {
        int32_t z = call->atoms->species[i];
        const double *xi = potential->linear + z * potential->species_stride,
                     *zeta = charges->linear + z * charges->species_stride;
        for (int64_t k = 0; k < width; k++) rows[i * width + k] = xi[k] + potentials[i] * zeta[k];
    }
    *out = rows;
    return LRPOT_OK;
}

/* Coulomb energy at fixed charges, then the forces of the derivatives of the charges: here, or as
 * rows for the pass of the local part. */
static lrpot_status electrostatics(const lrpot_potential *potential, const lrpot__charge_call *call,
                                   lrpot_outputs *out, double **rows)
{
    int follow = wants_derivatives(out) && lrpot__charges_depend_on_positions(call->charges);
    double *phi = NULL;
    if (out->potential != NULL || follow)
        LRPOT__TRY(lrpot__workspace_doubles(
            call->work, &potentials_tag, call->charges->n_channels * call->atoms->n_owned, &phi));
    LRPOT__TRY(lrpot__potential_coulomb(potential, call, phi, out));
    if (out->potential != NULL)
        for (int64_t i = 0; i < call->atoms->n_owned; i++) out->potential[i] += phi[i];
    if (follow && one_pass(potential)) return joint_rows(potential, call, phi, rows);
    return lrpot__charges_add_forces(call, phi, out);
}

static lrpot_status charged_part(const lrpot_potential *potential, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list,
                                 const lrpot_comm *comm, const lrpot__acting *acting,
                                 lrpot_outputs *out, double **rows)
{
    int coulomb = wants_energy(out) || wants_derivatives(out) || out->potential != NULL
                  || out->field != NULL;
    if (!coulomb && out->charges == NULL && out->dipole == NULL) return LRPOT_OK;
    lrpot__charge_call call;
    LRPOT__TRY(lrpot__charges_evaluate(&call, potential->charges, work, atoms, list, comm,
                                       acting->shift, acting->field));
    call.lever_arm = acting->lever_arm;
    add_charge_outputs(&call, out);
    if (!coulomb) return LRPOT_OK;
    for (int32_t c = 0; c < potential->charges->n_channels; c++)
        LRPOT__TRY(lrpot__charges_to_ghosts(atoms, comm, call.q + c * atoms->n_all));
    return electrostatics(potential, &call, out, rows);
}

/* Turns features [n_owned][K] into site energies. */
static void combine(const lrpot_potential *potential, const lrpot_atoms *atoms,
                    const double *features, double *site)
{
    int64_t width = lrpot_basis_count(potential->basis);
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        const double *xi = potential->linear + atoms->species[i] * potential->species_stride;
        site[i] = 0.0;
        for (int64_t k = 0; k < width; k++) site[i] += xi[k] * features[i * width + k];
    }
}

/* rows: of joint_rows(), with room for the features behind them; or NULL. */
static lrpot_status local_part(const lrpot_potential *potential, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, double *rows,
                               lrpot_outputs *out)
{
    if (!wants_energy(out) && !wants_derivatives(out)) return LRPOT_OK;
    double *site = NULL, energy = 0;
    LRPOT__TRY(lrpot__workspace_doubles(work, &energies_tag, atoms->n_owned, &site));
    lrpot__request request = lrpot__potential_request(potential);
    request.values = wants_energy(out) && rows == NULL ? site : NULL;
    request.forces = out->forces;
    request.virial = out->virial;
    request.virial_atom = out->virial_atom;
    if (rows != NULL) {
        request.coefficients = NULL;
        request.atom_coefficients = rows;
        request.features = rows + atoms->n_owned * lrpot_basis_count(potential->basis);
    }
    /* pairs that come into the core pass the place where functions begin to rest */
    int32_t close = 1;
    if (lrpot__core_within_rest(potential)) request.resting = &close;
    LRPOT__TRY(lrpot__basis_run(potential->basis, work, atoms, list, &request));
    LRPOT__TRY(lrpot__pair_terms_add(potential, close, work, atoms, list, out));
    if (!wants_energy(out)) return LRPOT_OK;
    if (rows != NULL) combine(potential, atoms, request.features, site);
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double e = site[i] + potential->shifts[atoms->species[i]];
        energy += e;
        if (out->energy_atom != NULL) out->energy_atom[i] += e;
    }
    if (out->energy != NULL) *out->energy += energy;
    return LRPOT_OK;
}

int lrpot__potential_takes_lever(const lrpot_potential *potential, const lrpot_outputs *out)
{
    const lrpot_charges *charges = potential->charges;
    return out->forces != NULL && out->virial == NULL && out->virial_atom == NULL
           && charges->basis != NULL && charges->basis->plan != NULL && charges->n_heads == 1
           && charges->n_channels == 1 && !potential->plain_forces && !one_pass(potential);
}

lrpot_status lrpot__potential_compute_acted(const lrpot_potential *potential, lrpot_workspace *work,
                                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                                            const lrpot_comm *comm, const lrpot__acting *acting,
                                            lrpot_outputs *out)
{
    static const lrpot__acting nothing = { NULL, NULL, NULL };
    double *rows = NULL;
    LRPOT__TRY(check_call(potential, work, atoms, list, out));
    LRPOT__TRY(check_comm(potential, atoms, comm));
    start_outputs(atoms, out, 0);
    if (potential->charges != NULL)
        LRPOT__TRY(charged_part(potential, work, atoms, list, comm,
                                acting != NULL ? acting : &nothing, out, &rows));
    LRPOT__TRY(local_part(potential, work, atoms, list, rows, out));
    return lrpot__finite_outputs(atoms, 1, out);
}

lrpot_status lrpot_potential_compute(const lrpot_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     const lrpot_comm *comm, lrpot_outputs *out)
{
    return lrpot__potential_compute_acted(potential, work, atoms, list, comm, NULL, out);
}

lrpot_status lrpot_potential_local(const lrpot_potential *potential, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   lrpot_outputs *out)
{
    LRPOT__TRY(check_call(potential, work, atoms, list, out));
    start_outputs(atoms, out, 1);
    LRPOT__TRY(local_part(potential, work, atoms, list, NULL, out));
    return lrpot__finite_outputs(atoms, 0, out);
}

lrpot_status lrpot_potential_compute_structure(const lrpot_potential *potential,
                                               lrpot_workspace *work,
                                               const lrpot_structure *structure, lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_potential_compute(potential, work, &atoms, list, NULL, out);
}
