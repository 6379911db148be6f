/* Heat flux: energies and virials of the atoms times velocities, and what charges that follow their
 * neighbours carry beside them (theory: docs/theory/heat_flux.md). */
#include <lrpot/heat.h>

#include "charges/charge_eval.h"
#include "charges/heads.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/coulomb_part.h"
#include "potential/structure_input.h"
#include "response/velocities.h"

#include <math.h>
#include <string.h>

static const lrpot__tag energies_tag = { "energies of the atoms" };
static const lrpot__tag virials_tag = { "virials of the atoms" };
static const lrpot__tag potentials_tag = { "potentials of the channels" };
static const lrpot__tag moments_tag = { "moments of the interaction" };
static const lrpot__tag weights_tag = { "weights of the scalars" };
static const lrpot__tag forces_tag = { "derivatives of the moments" };

/* eV: 1 u (A/ps)^2, from CODATA 2018. */
#define MASS_UNIT 1.0364269656e-4

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    double *velocities;          /* [n_all][3] */
    double *energies, *virials;  /* [n_owned], [n_all][9] */
    double *potentials;          /* [C][n_owned] V: dE/dq */
    double *moments;             /* [C][n_owned][3] V A */
    double *by_scalar;           /* [m][n_owned]: dE/dc */
    double *by_charge, *weights; /* [C][n_owned], [m][n_owned]: of one direction */
    double *forces;              /* [n_all][3] */
} task;

static lrpot_status check_model(const lrpot_potential *potential)
{
    const lrpot_charges *charges = potential->charges;
    if (charges == NULL) return LRPOT_OK;
    if (lrpot__charges_have_energy(charges))
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "the heat flux of charge model '%s': its charges minimise an energy over "
            "the whole system, and move energy without a path",
            charges->rules->name);
    if (potential->plain_forces)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the heat flux of plain forces, which are not those of the energy");
    return lrpot__charges_require_order(charges, 0, "the heat flux");
}

static lrpot_status check_call(const task *t, const double *velocities, const double *masses,
                               lrpot_heat_flux *flux)
{
    LRPOT__REQUIRE_NOT_NULL(t->potential);
    LRPOT__REQUIRE_NOT_NULL(t->work);
    LRPOT__REQUIRE_NOT_NULL(t->atoms);
    LRPOT__REQUIRE_NOT_NULL(t->list);
    LRPOT__REQUIRE_NOT_NULL(velocities);
    LRPOT__REQUIRE_NOT_NULL(flux);
    LRPOT__REQUIRE_RESULT(lrpot_heat_flux, flux);
    LRPOT__REQUIRE_INPUT(lrpot_comm, t->comm);
    LRPOT__TRY(check_model(t->potential));
    LRPOT__REQUIRE_INPUT(lrpot_atoms, t->atoms);
    for (int64_t i = 0; masses != NULL && i < t->atoms->n_owned; i++)
        if (!(masses[i] >= 0.0) || isinf(masses[i]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "mass of atom %lld is %g u", (long long)i,
                               masses[i]);
    return LRPOT_OK;
}

static lrpot_status reserve(task *t)
{
    const lrpot_charges *charges = t->potential->charges;
    int64_t n = t->atoms->n_owned, n_all = t->atoms->n_all;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &energies_tag, n, &t->energies));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &virials_tag, 9 * n_all, &t->virials));
    if (charges == NULL) return LRPOT_OK;
    int64_t c = charges->n_channels * n, m = charges->n_heads * n;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &potentials_tag, 2 * c, &t->potentials));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &moments_tag, 3 * c, &t->moments));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, 2 * m, &t->by_scalar));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 3 * n_all, &t->forces));
    t->by_charge = t->potentials + c;
    t->weights = t->by_scalar + m;
    return LRPOT_OK;
}

/* Weights of the rates of the scalars along one direction. Of an isolated system the energy that a
 * charge gains where it is, r phi dq, comes from where the forces do their work, r dE/dc dc: the
 * difference is what the redistribution of charge carries. In a crystal that is counted from the
 * atom itself, and nothing is left. */
static lrpot_status weigh(const task *t, const lrpot__charge_call *call, int a)
{
    const lrpot_charges *charges = call->charges;
    int64_t n = t->atoms->n_owned, stride = t->atoms->stride != 0 ? t->atoms->stride : 3;
    const double *r = t->atoms->positions + a;
    int isolated = t->atoms->periodic_mask == 0;
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    for (int64_t k = 0; k < charges->n_channels * n; k++)
        t->by_charge[k] = t->moments[3 * k + a]
                          + (isolated ? r[k % n * stride] * t->potentials[k] : 0.0);
    LRPOT__TRY(charges->rules->adjoint(call, t->by_charge, t->weights, &none));
    for (int64_t k = 0; isolated && k < charges->n_heads * n; k++)
        t->weights[k] -= r[k % n * stride] * t->by_scalar[k];
    return LRPOT_OK;
}

/* Flux by the rates of the charges, for each direction one pass. */
static lrpot_status add_rates(const task *t, const lrpot__charge_call *call, double *flux)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = t->forces;
    for (int a = 0; a < 3; a++) {
        LRPOT__TRY(weigh(t, call, a));
        memset(t->forces, 0, (size_t)(3 * t->atoms->n_all) * sizeof *t->forces);
        LRPOT__TRY(lrpot__heads_pull(call->charges, t->work, t->atoms, t->list, t->weights, &out));
        for (int64_t k = 0; k < 3 * t->atoms->n_all; k++)
            flux[a] -= t->forces[k] * t->velocities[k];
    }
    return LRPOT_OK;
}

/* Adds energies and virials of the Coulomb sum and of charges that follow, and gives the flux by
 * their rates. */
static lrpot_status charged_part(const task *t, double *rates)
{
    const lrpot_charges *charges = t->potential->charges;
    lrpot_outputs coulomb = LRPOT_OUTPUTS_INIT, following = LRPOT_OUTPUTS_INIT;
    lrpot__charge_call call;
    coulomb.energy_atom = t->energies;
    coulomb.virial_atom = following.virial_atom = t->virials;
    LRPOT__TRY(
        lrpot__charges_evaluate(&call, charges, t->work, t->atoms, t->list, t->comm, NULL, NULL));
    for (int32_t c = 0; c < charges->n_channels; c++)
        LRPOT__TRY(lrpot__charges_to_ghosts(t->atoms, t->comm, call.q + c * t->atoms->n_all));
    LRPOT__TRY(
        lrpot__potential_coulomb_moments(t->potential, &call, t->potentials, t->moments, &coulomb));
    if (!lrpot__charges_depend_on_positions(charges)) return LRPOT_OK;
    LRPOT__TRY(charges->rules->adjoint(&call, t->potentials, t->by_scalar, &following));
    LRPOT__TRY(lrpot__heads_pull(charges, t->work, t->atoms, t->list, t->by_scalar, &following));
    return add_rates(t, &call, rates);
}

static void add_up(const task *t, const double *masses, lrpot_heat_flux *sum)
{
    for (int64_t i = 0; i < t->atoms->n_owned; i++) {
        const double *v = t->velocities + 3 * i;
        double energy = t->energies[i]
                        + (masses != NULL ? 0.5 * MASS_UNIT * masses[i] * lrpot__dot3(v, v) : 0.0);
        for (int a = 0; a < 3; a++) sum->convective[a] += energy * v[a];
    }
    for (int64_t j = 0; j < t->atoms->n_all; j++)
        for (int a = 0; a < 3; a++)
            sum->virial[a] += lrpot__dot3(t->virials + 9 * j + 3 * a, t->velocities + 3 * j);
    for (int a = 0; a < 3; a++)
        sum->flux[a] = sum->convective[a] + sum->virial[a] + sum->charges[a];
}

lrpot_status lrpot_potential_heat_flux(const lrpot_potential *potential, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list,
                                       const lrpot_comm *comm, const double *velocities,
                                       const double *masses, lrpot_heat_flux *flux)
{
    task t = { .potential = potential, .work = work, .atoms = atoms, .list = list, .comm = comm };
    lrpot_heat_flux sum = LRPOT_HEAT_FLUX_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    LRPOT__TRY(check_call(&t, velocities, masses, flux));
    LRPOT__TRY(reserve(&t));
    out.energy_atom = t.energies;
    out.virial_atom = t.virials;
    LRPOT__TRY(lrpot_potential_local(potential, work, atoms, list, &out));
    LRPOT__TRY(lrpot__velocities_spread(work, atoms, comm, velocities, &t.velocities));
    if (potential->charges != NULL) LRPOT__TRY(charged_part(&t, sum.charges));
    add_up(&t, masses, &sum);
    LRPOT__TRY(lrpot__finite_total("heat flux", 3, sum.flux));
    LRPOT__FILL_RESULT(flux, &sum);
    return LRPOT_OK;
}

lrpot_status lrpot_potential_heat_flux_structure(const lrpot_potential *potential,
                                                 lrpot_workspace *work,
                                                 const lrpot_structure *structure,
                                                 const double *velocities, const double *masses,
                                                 lrpot_heat_flux *flux)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_potential_heat_flux(potential, work, &atoms, list, NULL, velocities, masses, flux);
}
