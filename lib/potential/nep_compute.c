/* Energy and its derivatives of a NEP: charges, Coulomb sum, and one adjoint pass for the energy
 * and the response of the charges to the potential. */
#include "potential/nep_compute.h"

#include "basis/nep/nep_run.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/nep_coulomb.h"
#include "structure/atoms_check.h"
#include "structure/nlist.h"

#include <string.h>

static const lrpot__tag charges_tag = { "charges" };
static const lrpot__tag potentials_tag = { "potentials" };
static const lrpot__tag energies_tag = { "energies of the atoms" };

static lrpot_status check_call(const lrpot__nep_potential *potential, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    lrpot__rows rows; /* checked before any output is written */
    LRPOT__TRY(lrpot__atoms_check(atoms, potential->evaluator->nep->n_species));
    return lrpot__nlist_rows(list, atoms, potential->evaluator->nep->cutoff, &rows);
}

static lrpot_status sum_processes(const lrpot_comm *comm, double *sums, int64_t n)
{
    return comm != NULL && comm->sum != NULL ? comm->sum(comm->ctx, sums, n) : LRPOT_OK;
}

static lrpot_status mean_of(const lrpot_comm *comm, const double *values, int64_t n, double total,
                            double *mean)
{
    double sums[2] = { 0.0, (double)n };
    for (int64_t i = 0; i < n; i++) sums[0] += values[i];
    LRPOT__TRY(sum_processes(comm, sums, 2));
    *mean = sums[1] > 0.0 ? (sums[0] - total) / sums[1] : 0.0;
    return LRPOT_OK;
}

lrpot_status lrpot__nep_charges(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *q)
{
    double mean = 0.0;
    lrpot__nep_request request = { .charges = q };
    if (potential->evaluator->nep->charge_mode == LRPOT__NEP_UNCHARGED)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges");
    LRPOT__TRY(lrpot__nep_run(potential->evaluator, work, atoms, list, &request));
    LRPOT__TRY(mean_of(comm, q, atoms->n_owned, atoms->total_charge, &mean));
    for (int64_t i = 0; i < atoms->n_owned; i++) q[i] -= mean;
    return lrpot__charges_to_ghosts(atoms, comm, q);
}

static void zero(double *array, int64_t n)
{
    if (array != NULL && n > 0) memset(array, 0, (size_t)n * sizeof *array);
}

/* Clears the outputs, since every part adds to them. `potential` belongs to one part, which
 * overwrites it. */
static void start_outputs(const lrpot_atoms *atoms, const lrpot_outputs *out)
{
    if (out->flags & LRPOT_ADD) return;
    zero(out->energy, 1);
    zero(out->energy_atom, atoms->n_owned);
    zero(out->forces, 3 * atoms->n_all);
    zero(out->virial, 9);
    zero(out->virial_atom, 9 * atoms->n_all);
    zero(out->charges, atoms->n_owned);
    zero(out->potential, atoms->n_owned);
    zero(out->dipole, 3);
    zero(out->field, 3 * atoms->n_owned);
}

static void add_charges(const lrpot_atoms *atoms, const double *q, const double *phi,
                        lrpot_outputs *out)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (out->charges != NULL) out->charges[i] += q[i];
        if (out->potential != NULL) out->potential[i] += phi[i];
        for (int c = 0; c < 3 && out->dipole != NULL; c++)
            out->dipole[c] += q[i] * atoms->positions[i * stride + c];
    }
}

/* Coulomb part; the weights of the adjoint pass are dE/dz_i = phi_i - mean(phi). */
static lrpot_status charged_part(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list,
                                 const lrpot_comm *comm, lrpot_outputs *out, double **weights)
{
    double *q = NULL, *phi = NULL, mean = 0.0;
    int64_t n = atoms->n_owned;
    LRPOT__TRY(lrpot__workspace_doubles(work, &charges_tag, atoms->n_all, &q));
    LRPOT__TRY(lrpot__workspace_doubles(work, &potentials_tag, n, &phi));
    LRPOT__TRY(lrpot__nep_charges(potential, work, atoms, list, comm, q));
    lrpot_outputs coulomb;
    LRPOT__COPY_INPUT(&coulomb, out);
    coulomb.potential = phi;
    LRPOT__TRY(lrpot__nep_coulomb(potential, work, atoms, list, comm, q, &coulomb));
    add_charges(atoms, q, phi, out);
    if (potential->options.forces == LRPOT__NEP_GRADIENT)
        LRPOT__TRY(mean_of(comm, phi, n, 0.0, &mean));
    for (int64_t i = 0; i < n; i++) phi[i] -= mean;
    *weights = phi;
    return LRPOT_OK;
}

static lrpot_status local_part(const lrpot__nep_potential *potential, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *weights, lrpot_outputs *out)
{
    double *energies = NULL;
    lrpot__nep_request request = { .energy_weight = 1.0,
                                   .charge_weights = weights,
                                   .forces = out->forces,
                                   .virial = out->virial,
                                   .virial_neighbour = out->virial_atom };
    LRPOT__TRY(lrpot__workspace_doubles(work, &energies_tag, atoms->n_owned, &energies));
    request.energies = energies;
    LRPOT__TRY(lrpot__nep_run(potential->evaluator, work, atoms, list, &request));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (out->energy != NULL) *out->energy += energies[i];
        if (out->energy_atom != NULL) out->energy_atom[i] += energies[i];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__nep_compute(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, lrpot_outputs *out)
{
    double *weights = NULL;
    LRPOT__TRY(check_call(potential, work, atoms, list, out));
    start_outputs(atoms, out);
    if (potential->evaluator->nep->charge_mode != LRPOT__NEP_UNCHARGED)
        LRPOT__TRY(charged_part(potential, work, atoms, list, comm, out, &weights));
    LRPOT__TRY(local_part(potential, work, atoms, list, weights, out));
    return lrpot__finite_outputs(atoms, 1, out);
}
