/* Energy and its derivatives: charges, electrostatics, chain rule of the charges, local part. */
#include "potential/compute.h"

#include "basis/evaluate.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/model.h"
#include "potential/structure_input.h"
#include "structure/atoms_check.h"
#include "structure/nlist.h"

#include <string.h>

static const lrpot__tag potentials_tag = { "potentials" };
static const lrpot__tag energies_tag = { "energies of the atoms" };
static const lrpot__tag fields_tag = { "fields of the channels" };

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

static void add_charge_outputs(const lrpot_atoms *atoms, const double *q, lrpot_outputs *out)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (out->charges != NULL) out->charges[i] += q[i];
        if (out->dipole != NULL)
            for (int c = 0; c < 3; c++) out->dipole[c] += q[i] * atoms->positions[i * stride + c];
    }
}

/* Adds the Coulomb energies of the channels at fixed charges; phi [channels][n_owned] (or NULL)
 * receives the potentials. */
static lrpot_status coulomb_sums(const lrpot_potential *potential, const lrpot__charge_call *call,
                                 double *phi, const lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned;
    int32_t channels = call->charges->n_channels;
    lrpot_outputs coulomb;
    LRPOT__COPY_INPUT(&coulomb, out);
    coulomb.flags |= LRPOT_ADD;
    coulomb.charges = coulomb.dipole = NULL;
    coulomb.potential = phi;
    zero(phi, channels * n);
    if (out->field != NULL && channels > 1) {
        LRPOT__TRY(
            lrpot__workspace_doubles(call->work, &fields_tag, 3 * channels * n, &coulomb.field));
        zero(coulomb.field, 3 * channels * n);
    }
    LRPOT__TRY(lrpot_ewald_eval_channels(potential->ewald, call->work, call->atoms, call->list,
                                         call->comm, channels, call->q, &coulomb));
    for (int64_t k = 0; coulomb.field != out->field && k < 3 * n; k++)
        out->field[k] += coulomb.field[k]; /* field of the first channel */
    return LRPOT_OK;
}

/* Coulomb energy at fixed charges, then the forces of the derivatives of the charges. */
static lrpot_status electrostatics(const lrpot_potential *potential, const lrpot__charge_call *call,
                                   lrpot_outputs *out)
{
    int needed = out->potential != NULL
                 || (wants_derivatives(out) && lrpot__charges_depend_on_positions(call->charges));
    double *phi = NULL;
    if (needed)
        LRPOT__TRY(lrpot__workspace_doubles(
            call->work, &potentials_tag, call->charges->n_channels * call->atoms->n_owned, &phi));
    LRPOT__TRY(coulomb_sums(potential, call, phi, out));
    if (out->potential != NULL)
        for (int64_t i = 0; i < call->atoms->n_owned; i++) out->potential[i] += phi[i];
    return lrpot__charges_add_forces(call, phi, out);
}

static lrpot_status charged_part(const lrpot_potential *potential, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list,
                                 const lrpot_comm *comm, const double *shift, lrpot_outputs *out)
{
    int coulomb = wants_energy(out) || wants_derivatives(out) || out->potential != NULL
                  || out->field != NULL;
    if (!coulomb && out->charges == NULL && out->dipole == NULL) return LRPOT_OK;
    lrpot__charge_call call;
    LRPOT__TRY(lrpot__charges_evaluate(&call, potential->charges, work, atoms, list, comm, shift));
    add_charge_outputs(atoms, call.q, out);
    if (!coulomb) return LRPOT_OK;
    for (int32_t c = 0; c < potential->charges->n_channels; c++)
        LRPOT__TRY(lrpot__charges_to_ghosts(atoms, comm, call.q + c * atoms->n_all));
    return electrostatics(potential, &call, out);
}

static lrpot_status local_part(const lrpot_potential *potential, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               lrpot_outputs *out)
{
    if (!wants_energy(out) && !wants_derivatives(out)) return LRPOT_OK;
    double *site = NULL, energy = 0;
    LRPOT__TRY(lrpot__workspace_doubles(work, &energies_tag, atoms->n_owned, &site));
    lrpot__request request = lrpot__potential_request(potential);
    request.values = wants_energy(out) ? site : NULL;
    request.forces = out->forces;
    request.virial = out->virial;
    request.virial_atom = out->virial_atom;
    LRPOT__TRY(lrpot__basis_run(potential->basis, work, atoms, list, &request));
    if (!wants_energy(out)) return LRPOT_OK;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double e = site[i] + potential->shifts[atoms->species[i]];
        energy += e;
        if (out->energy_atom != NULL) out->energy_atom[i] += e;
    }
    if (out->energy != NULL) *out->energy += energy;
    return LRPOT_OK;
}

lrpot_status lrpot__potential_compute_shifted(const lrpot_potential *potential,
                                              lrpot_workspace *work, const lrpot_atoms *atoms,
                                              const lrpot_nlist *list, const lrpot_comm *comm,
                                              const double *shift, lrpot_outputs *out)
{
    LRPOT__TRY(check_call(potential, work, atoms, list, out));
    LRPOT__TRY(check_comm(potential, atoms, comm));
    start_outputs(atoms, out, 0);
    if (potential->charges != NULL)
        LRPOT__TRY(charged_part(potential, work, atoms, list, comm, shift, out));
    LRPOT__TRY(local_part(potential, work, atoms, list, out));
    return lrpot__finite_outputs(atoms, 1, out);
}

lrpot_status lrpot_potential_compute(const lrpot_potential *potential, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     const lrpot_comm *comm, lrpot_outputs *out)
{
    return lrpot__potential_compute_shifted(potential, work, atoms, list, comm, NULL, out);
}

lrpot_status lrpot_potential_local(const lrpot_potential *potential, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   lrpot_outputs *out)
{
    LRPOT__TRY(check_call(potential, work, atoms, list, out));
    start_outputs(atoms, out, 1);
    LRPOT__TRY(local_part(potential, work, atoms, list, out));
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
