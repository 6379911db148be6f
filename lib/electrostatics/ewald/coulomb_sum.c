/* One evaluation of the Coulomb sum, part by part, for one charge per atom or several. */
#include "electrostatics/ewald/coulomb_sum.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/ewald_neighbours.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/pair_moments.h"
#include "electrostatics/ewald/real_space.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/ewald/surface_term.h"
#include "electrostatics/ewald/truncation.h"
#include "electrostatics/mesh/mesh_atoms.h"
#include "electrostatics/mesh/mesh_sum.h"

#include <string.h>

static const lrpot__tag potentials_tag = { "potentials" };
static const lrpot__tag fields_tag = { "fields" };
static const lrpot__tag virials_tag = { "virials of the atoms" };

/* Data that do not depend on the charges. */
typedef struct {
    const lrpot_nlist *list;
    lrpot__kspace vectors;
    lrpot__mesh_job job;
} places;

static lrpot_status find_places(const lrpot__sum *sum, lrpot_workspace *work,
                                const lrpot_nlist *list, const lrpot_comm *comm, places *p)
{
    p->list = NULL;
    if (sum->volume == 0.0) return LRPOT_OK;
    if (lrpot__sum_has_pairs(sum)) {
        p->list = list;
        if (list == NULL || lrpot_nlist_cutoff(list) < sum->split.pair.cutoff)
            LRPOT__TRY(lrpot__ewald_neighbours(sum, work, &p->list));
    }
    if (sum->split.method == LRPOT_EWALD_EXACT) return lrpot__kspace_build(sum, work, &p->vectors);
    return lrpot__mesh_job_prepare(sum, work, comm, &p->job);
}

static lrpot_status exact_sum(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_comm *comm,
                              lrpot__kspace *k, double *moments, lrpot__sum_results *out)
{
    LRPOT__TRY(lrpot__kspace_structure(sum, work, k));
    memcpy(k->structure, k->own, 2 * (size_t)k->n_vectors * sizeof(double));
    if (comm != NULL && comm->sum != NULL)
        LRPOT__TRY(comm->sum(comm->ctx, k->structure, 2 * k->n_vectors));
    if (moments != NULL) LRPOT__TRY(lrpot__kspace_moments(sum, work, k, moments));
    return lrpot__kspace_collect(sum, work, k, out);
}

/* moments: [n_owned][3] or NULL. */
static lrpot_status add_parts(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_comm *comm,
                              places *p, double *moments, lrpot__sum_results *out)
{
    if (sum->volume > 0.0) {
        LRPOT__TRY(sum->split.method == LRPOT_EWALD_EXACT
                       ? exact_sum(sum, work, comm, &p->vectors, moments, out)
                       : lrpot__mesh_sum(&p->job, comm, moments, out));
        lrpot__truncation_virial(sum, out);
    }
    if (lrpot__sum_has_pairs(sum)) LRPOT__TRY(lrpot__real_space(sum, work, p->list, out));
    if (moments != NULL) LRPOT__TRY(lrpot__pair_moments(sum, work, p->list, moments));
    lrpot__self_energy_add(sum, out);
    return lrpot__surface_term_add(sum, comm, out);
}

static lrpot_status reserve_sums(lrpot_workspace *work, const lrpot_outputs *out, int64_t n,
                                 lrpot__sum_results *sums)
{
    memset(sums, 0, sizeof *sums);
    LRPOT__TRY(lrpot__workspace_doubles(work, &potentials_tag, n, &sums->potential));
    LRPOT__TRY(lrpot__workspace_doubles(work, &fields_tag, 3 * n, &sums->field));
    memset(sums->potential, 0, (size_t)n * sizeof(double));
    memset(sums->field, 0, 3 * (size_t)n * sizeof(double));
    if (out->virial_atom == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(work, &virials_tag, 9 * n, &sums->virial_atom));
    memset(sums->virial_atom, 0, 9 * (size_t)n * sizeof(double));
    return LRPOT_OK;
}

/* out = old or 0, plus the sum. */
static void deliver(double *out, const double *values, int64_t count, int add)
{
    for (int64_t i = 0; out != NULL && i < count; i++) out[i] = (add ? out[i] : 0.0) + values[i];
}

/* Energies, forces and virials of the channels are summed. Potential and field are separate. */
static void deliver_channel(const lrpot__sum *sum, int32_t channel, lrpot__sum_results *sums,
                            lrpot_outputs *out)
{
    int kept = (out->flags & LRPOT_ADD) != 0, add = kept || channel > 0;
    int64_t n = sum->atoms->n_owned, ghosts = sum->atoms->n_all - n;
    double energy = 0.0;
    for (int64_t i = 0; i < n; i++) energy += 0.5 * sum->q[i] * sums->potential[i];
    deliver(out->energy, &energy, 1, add);
    if (out->potential != NULL) deliver(out->potential + channel * n, sums->potential, n, kept);
    if (out->field != NULL) deliver(out->field + 3 * channel * n, sums->field, 3 * n, kept);
    deliver(out->virial, sums->virial, 9, add);
    if (sums->virial_atom != NULL) deliver(out->virial_atom, sums->virial_atom, 9 * n, add);
    for (int64_t i = 0; i < n; i++) {
        if (out->energy_atom != NULL)
            out->energy_atom[i] = (add ? out->energy_atom[i] : 0.0)
                                  + 0.5 * sum->q[i] * sums->potential[i];
        for (int a = 0; out->forces != NULL && a < 3; a++)
            out->forces[3 * i + a] = (add ? out->forces[3 * i + a] : 0.0)
                                     + sum->q[i] * sums->field[3 * i + a];
    }
    if (!add && out->forces != NULL)
        memset(out->forces + 3 * n, 0, 3 * (size_t)ghosts * sizeof(double));
    if (!add && out->virial_atom != NULL)
        memset(out->virial_atom + 9 * n, 0, 9 * (size_t)ghosts * sizeof(double));
}

/* Totals of every channel over all processes. The splitting uses the sum of squares over all
 * channels: the error of the force of a charge on itself through the mesh has the same sign in all
 * of them. */
static lrpot_status add_up(lrpot__sum *sum, const lrpot_comm *comm, int32_t channels,
                           const double *q, lrpot__charge_totals *totals)
{
    double square = 0.0;
    for (int32_t c = 0; c < channels; c++) {
        LRPOT__TRY(lrpot__sum_charges(sum, q + c * sum->atoms->n_all));
        totals[c] = sum->totals;
    }
    if (comm != NULL && comm->sum != NULL)
        LRPOT__TRY(comm->sum(comm->ctx, (double *)totals,
                             channels * (int64_t)(sizeof *totals / sizeof(double))));
    for (int32_t c = 0; c < channels; c++) square += totals[c].square;
    sum->totals = totals[0];
    sum->totals.square = square;
    return LRPOT_OK;
}

/* Checks an isolated system that is distributed over processes: the sum over all pairs needs every
 * other atom among the ghosts. */
static lrpot_status check_pieces(const lrpot__sum *sum, const lrpot_comm *comm)
{
    if (sum->volume > 0.0 || comm == NULL || comm->sum == NULL
        || sum->totals.count == (double)sum->atoms->n_all)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "all pairs of an isolated system need all %.0f atoms, this process knows "
                       "%lld; use LRPOT_EWALD_MESH, which does not need them",
                       sum->totals.count, (long long)sum->atoms->n_all);
}

static lrpot_status check_moments(const lrpot_ewald *ewald, const lrpot_atoms *atoms)
{
    const char what[] = "the heat flux of charges";
    if (ewald->options.flags & (LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: flags = %d, tin-foil surroundings are offered",
                           what, ewald->options.flags);
    if (atoms->periodic_mask != 0 && atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: periodic_mask = %d, isolated systems (0) and crystals (7) are "
                           "offered",
                           what, atoms->periodic_mask);
    return LRPOT_OK;
}

static lrpot_status eval(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
                         const lrpot_nlist *list, const lrpot_comm *comm, int32_t n_channels,
                         const double *q, double *moments, lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    lrpot__sum sum;
    lrpot__sum_results sums;
    lrpot__charge_totals totals[LRPOT_EWALD_MAX_CHANNELS];
    places p;
    int parallel = comm != NULL && comm->sum != NULL;
    if (n_channels < 1 || n_channels > LRPOT_EWALD_MAX_CHANNELS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%d channels, expected 1 to %d", n_channels,
                           LRPOT_EWALD_MAX_CHANNELS);
    if (parallel && list == NULL && (ewald->kernel->traits & LRPOT_EWALD_KERNEL_PAIRS))
        return lrpot__fail(LRPOT_E_ARGUMENT, "a parallel host must lend its neighbour list");
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, NULL, &sum));
    if (moments != NULL) LRPOT__TRY(check_moments(ewald, atoms));
    LRPOT__TRY(add_up(&sum, comm, n_channels, q, totals));
    LRPOT__TRY(lrpot__sum_extent(&sum, comm));
    /* on a mesh the virials of an isolated system's atoms are not those of their pairs */
    int pairs = moments != NULL && sum.boundary.kind == LRPOT__OPEN;
    LRPOT__TRY(lrpot__sum_split(&sum, work, list, parallel, pairs));
    LRPOT__TRY(check_pieces(&sum, comm));
    LRPOT__TRY(find_places(&sum, work, list, comm, &p));
    for (int32_t c = 0; c < n_channels; c++) {
        sum.q = q + c * atoms->n_all;
        sum.totals = totals[c];
        LRPOT__TRY(reserve_sums(work, out, atoms->n_owned, &sums));
        LRPOT__TRY(add_parts(&sum, work, comm, &p,
                             moments != NULL ? moments + 3 * c * atoms->n_owned : NULL, &sums));
        deliver_channel(&sum, c, &sums, out);
    }
    /* charges and dipole are not outputs of this sum */
    lrpot_outputs own;
    LRPOT__COPY_INPUT(&own, out);
    own.charges = own.dipole = NULL;
    return lrpot__finite_outputs(atoms, n_channels, &own);
}

lrpot_status lrpot_ewald_eval_channels(const lrpot_ewald *ewald, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list,
                                       const lrpot_comm *comm, int32_t n_channels, const double *q,
                                       lrpot_outputs *out)
{
    return eval(ewald, work, atoms, list, comm, n_channels, q, NULL, out);
}

lrpot_status lrpot__ewald_moments(const lrpot_ewald *ewald, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, int32_t n_channels, const double *q,
                                  double *moments, lrpot_outputs *out)
{
    memset(moments, 0, (size_t)(3 * n_channels * atoms->n_owned) * sizeof *moments);
    LRPOT__TRY(eval(ewald, work, atoms, list, comm, n_channels, q, moments, out));
    return lrpot__finite("moment of the interaction", n_channels * atoms->n_owned, 3, moments);
}

lrpot_status lrpot_ewald_eval(const lrpot_ewald *ewald, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot_comm *comm, const double *q, lrpot_outputs *out)
{
    return lrpot_ewald_eval_channels(ewald, work, atoms, list, comm, 1, q, out);
}
