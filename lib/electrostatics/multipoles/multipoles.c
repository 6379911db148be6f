/* Coulomb sums of atomic charges, dipoles and quadrupoles. */
#include "electrostatics/multipoles/multipoles.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/strain.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/multipoles/multipole_kspace.h"
#include "electrostatics/multipoles/multipole_mesh.h"
#include "electrostatics/multipoles/multipole_pairs.h"
#include "electrostatics/multipoles/multipole_split.h"

#include <math.h>
#include <string.h>

static const lrpot__tag moments_tag = { "moments of the atoms" };
static const lrpot__tag site_fields_tag = { "potentials of the moments" };
static const lrpot__tag site_strains_tag = { "strained potentials of the moments" };

/* Packs the moments of owned atoms and ghosts; squares are those of the owned ones. */
static void pack(lrpot__multipoles *p, const double *dipoles, const double *quadrupoles)
{
    for (int64_t i = 0; i < p->sum->atoms->n_all; i++) {
        lrpot__multipole_moments *to = &p->moments[i];
        memset(to, 0, sizeof *to);
        to->q = p->sum->q[i];
        for (int a = 0; dipoles != NULL && a < 3; a++) to->mu[a] = dipoles[3 * i + a];
        for (int c = 0; quadrupoles != NULL && c < 6; c++)
            to->m[c] =
                0.5
                * (quadrupoles[9 * i + 3 * lrpot__strain_row[c] + lrpot__strain_column[c]]
                   + quadrupoles[9 * i + 3 * lrpot__strain_column[c] + lrpot__strain_row[c]]);
        if (i >= p->sum->atoms->n_owned) continue;
        double trace = to->m[0] + to->m[1] + to->m[2];
        p->squares.q += to->q * to->q;
        p->squares.m += trace * trace;
        for (int a = 0; a < 3; a++) p->squares.mu += to->mu[a] * to->mu[a];
        for (int c = 0; c < 6; c++) p->squares.m += (c < 3 ? 2.0 : 4.0) * to->m[c] * to->m[c];
    }
}

/* Interaction of the multipoles of one atom with themselves through erf(a r)/r at r = 0, times
 * factor. */
static double add_self(const lrpot__multipole_moments *m, double a, double factor,
                       lrpot__site_field *site_field)
{
    double trace = m->m[0] + m->m[1] + m->m[2], square = 0.0, b[3],
           unit = factor * LRPOT_COULOMB_CONSTANT * 2.0 * a / sqrt(LRPOT__PI);
    for (int n = 0; n < 3; n++, unit *= 2.0 * a * a) b[n] = unit / (2 * n + 1);
    site_field->potential += m->q * b[0] - 0.5 * trace * b[1];
    double energy = m->q * m->q * b[0] - m->q * trace * b[1];
    for (int c = 0; c < 3; c++) {
        site_field->gradient[c] += m->mu[c] * b[1];
        energy += m->mu[c] * m->mu[c] * b[1];
    }
    for (int c = 0; c < 6; c++) {
        square += (c < 3 ? 1.0 : 2.0) * m->m[c] * m->m[c];
        site_field->second[c] += b[2] * m->m[c] + (c < 3 ? 0.5 * trace * b[2] - m->q * b[1] : 0.0);
    }
    for (int c = 0; c < 3; c++)
        for (int d = 0; d < 3; d++) /* of xxx the three terms are one */
            site_field->third[lrpot__third_index[c][c][d]] -= (c == d ? 3.0 : 1.0) * b[2]
                                                              * m->mu[d];
    return 0.5 * (energy + 0.25 * b[2] * (trace * trace + 2.0 * square));
}

/* Energy of an atom's moments in the potential of all others, halved for the pairs. */
static double half_energy(const lrpot__multipole_moments *m, const lrpot__site_field *f)
{
    double energy = m->q * f->potential;
    for (int a = 0; a < 3; a++) energy += m->mu[a] * f->gradient[a];
    for (int c = 0; c < 6; c++) energy += (c < 3 ? 0.5 : 1.0) * m->m[c] * f->second[c];
    return 0.5 * energy;
}

/* Self-interactions and the mean potential of the background. Returns the energy. */
static double complete(lrpot__multipoles *p)
{
    const lrpot__sum *sum = p->sum;
    double energy = 0.0;
    lrpot__self_energy b;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        double width = lrpot__atom_width(sum->ewald, sum->atoms, i);
        double mean =
            lrpot__background_potential(sum, &b, i, sum->totals.charge, sum->totals.spread);
        p->site_fields[i].potential += mean;
        for (int s = 0; p->site_strains != NULL && s < 3; s++)
            p->site_strains[i].potential[s] -= mean; /* proportional to the inverse volume */
        /* proportional to the inverse of volume, area or length of what repeats */
        for (int x = 0; x < 9; x++) p->virial[x] += 0.5 * sum->q[i] * mean * sum->boundary.along[x];
        energy += half_energy(&p->moments[i], &p->site_fields[i]);
        if (sum->volume > 0.0)
            energy += add_self(&p->moments[i], sum->split.alpha, -1.0, &p->site_fields[i]);
        if ((sum->ewald->options.flags & LRPOT_EWALD_SELF) && width > 0.0)
            energy += add_self(&p->moments[i], 0.5 / width, 1.0, &p->site_fields[i]);
    }
    return energy;
}

static void deliver(const lrpot__multipoles *p, const lrpot__multipole_results *out)
{
    if (out->virial != NULL) memcpy(out->virial, p->virial, sizeof p->virial);
    for (int64_t i = 0; i < p->sum->atoms->n_owned; i++) {
        const lrpot__site_field *f = &p->site_fields[i];
        if (out->potential != NULL) out->potential[i] = f->potential;
        if (out->forces != NULL) memcpy(out->forces + 3 * i, f->force, sizeof f->force);
        if (out->dE_ddipole != NULL)
            memcpy(out->dE_ddipole + 3 * i, f->gradient, sizeof f->gradient);
        if (out->third != NULL) memcpy(out->third + 10 * i, f->third, sizeof f->third);
        for (int a = 0; out->dE_dquadrupole != NULL && a < 3; a++)
            for (int b = 0; b < 3; b++)
                out->dE_dquadrupole[9 * i + 3 * a + b] = 0.5 * f->second[lrpot__voigt_index[a][b]];
    }
}

static void deliver_strains(const lrpot__multipoles *p, double *out)
{
    int64_t n = p->sum->atoms->n_owned, block = p->rank > 1 ? 13 * n : p->rank > 0 ? 4 * n : n;
    for (int64_t i = 0; i < n; i++)
        for (int s = 0; s < LRPOT__STRAINS; s++) {
            const lrpot__site_strain *from = &p->site_strains[i];
            double *to = out + s * block;
            to[i] = from->potential[s];
            for (int a = 0; p->rank > 0 && a < 3; a++) to[n + 3 * i + a] = from->gradient[s][a];
            for (int c = 0; p->rank > 1 && c < 9; c++)
                to[4 * n + 9 * i + c] = 0.5 * from->second[s][lrpot__voigt_index[c / 3][c % 3]];
        }
}

static lrpot_status check_system(const lrpot__sum *sum)
{
    const lrpot_ewald_options *o = &sum->ewald->options;
    const char *what = "a Coulomb sum of multipoles";
    if (o->flags & (LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: flags = %d, tin-foil surroundings are offered",
                           what, o->flags);
    LRPOT__TRY(lrpot__ewald_require_trait(sum->ewald, LRPOT_EWALD_KERNEL_DERIVATIVES, what));
    return LRPOT_OK;
}

static lrpot_status reserve_strains(lrpot__multipoles *p, lrpot_workspace *work)
{
    int64_t n = p->sum->atoms->n_owned;
    p->third |= p->rank > 1;
    LRPOT__TRY(lrpot__workspace_block(work, &site_strains_tag, 0, n, sizeof *p->site_strains,
                                      (void **)&p->site_strains));
    memset(p->site_strains, 0, (size_t)n * sizeof *p->site_strains);
    return LRPOT_OK;
}

/* Checks and packs everything; totals and squares are those of all processes. */
static lrpot_status prepare(lrpot__multipoles *p, const lrpot_ewald *ewald, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const double *charges, const double *dipoles,
                            const double *quadrupoles, int strains)
{
    lrpot__sum *sum = p->sum;
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, charges, sum));
    LRPOT__TRY(lrpot__all_finite("dipoles", 3 * atoms->n_all, dipoles));
    LRPOT__TRY(lrpot__all_finite("quadrupoles", 9 * atoms->n_all, quadrupoles));
    LRPOT__TRY(check_system(sum));
    LRPOT__TRY(lrpot__workspace_block(work, &moments_tag, 0, atoms->n_all, sizeof *p->moments,
                                      (void **)&p->moments));
    LRPOT__TRY(lrpot__workspace_block(work, &site_fields_tag, 0, atoms->n_owned,
                                      sizeof *p->site_fields, (void **)&p->site_fields));
    memset(p->site_fields, 0, (size_t)atoms->n_owned * sizeof *p->site_fields);
    p->rank = quadrupoles != NULL ? 2 : dipoles != NULL ? 1 : 0;
    if (p->orders < p->rank + 1) p->orders = p->rank + 1;
    if ((p->forces || strains) && p->orders < p->rank + 2) p->orders = p->rank + 2;
    if (strains) LRPOT__TRY(reserve_strains(p, work));
    pack(p, dipoles, quadrupoles);
    if (p->comm != NULL && p->comm->sum != NULL) {
        LRPOT__TRY(p->comm->sum(p->comm->ctx, (double *)&sum->totals,
                                (int64_t)(sizeof sum->totals / sizeof(double))));
        LRPOT__TRY(p->comm->sum(p->comm->ctx, (double *)&p->squares,
                                (int64_t)(sizeof p->squares / sizeof(double))));
    }
    return sum->boundary.kind == LRPOT__SLAB || sum->boundary.kind == LRPOT__WIRE
               ? lrpot__sum_extent(sum, p->comm)
               : LRPOT_OK;
}

static lrpot_status finite(const lrpot_atoms *atoms, const lrpot__multipole_results *out)
{
    int64_t n = atoms->n_owned;
    LRPOT__TRY(lrpot__finite("force", n, 3, out->forces));
    LRPOT__TRY(lrpot__finite("potential", n, 1, out->potential));
    LRPOT__TRY(lrpot__finite("derivative by the dipole", n, 3, out->dE_ddipole));
    LRPOT__TRY(lrpot__finite("derivative by the quadrupole", n, 9, out->dE_dquadrupole));
    LRPOT__TRY(lrpot__finite("third derivative of the potential", n, 10, out->third));
    LRPOT__TRY(lrpot__finite_total("energy", 1, out->energy));
    return lrpot__finite_total("virial", 9, out->virial);
}

lrpot_status lrpot__multipoles_evaluate(const lrpot_ewald *ewald, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, const double *charges,
                                        const double *dipoles, const double *quadrupoles,
                                        const lrpot__multipole_results *out)
{
    lrpot__sum sum;
    lrpot__multipoles p = { .solver = *ewald,
                            .sum = &sum,
                            .comm = comm,
                            .forces = out->forces != NULL || out->virial != NULL,
                            .third = out->third != NULL,
                            .keeps = out->keeps_pairs };
    p.orders = p.third ? 4 : out->dE_dquadrupole != NULL ? 3 : 2;
    if (p.third || out->strained != NULL) p.solver.options.method = LRPOT_EWALD_EXACT;
    LRPOT__TRY(
        prepare(&p, &p.solver, work, atoms, charges, dipoles, quadrupoles, out->strained != NULL));
    LRPOT__TRY(lrpot__multipoles_split(&p, work, list));
    if (sum.volume > 0.0) {
        LRPOT__TRY(sum.split.method == LRPOT_EWALD_EXACT ? lrpot__multipoles_kspace(&p, work)
                                                         : lrpot__multipoles_mesh(&p, work));
        lrpot__multipoles_across_virial(&p);
        lrpot__multipoles_rotation_virial(&p);
    }
    LRPOT__TRY(lrpot__multipoles_real(&p, work, list));
    double total = complete(&p);
    if (out->energy != NULL) *out->energy = total;
    deliver(&p, out);
    if (out->strained != NULL) deliver_strains(&p, out->strained);
    return finite(atoms, out);
}

lrpot_status lrpot_multipoles_eval(const lrpot_ewald *ewald, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, const double *charges,
                                   const double *dipoles, const double *quadrupoles, double *energy,
                                   double *forces, double *virial, double *potential,
                                   double *dE_ddipole, double *dE_dquadrupole)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    const lrpot__multipole_results out = { energy,         forces, virial, potential, dE_ddipole,
                                           dE_dquadrupole, NULL,   0,      NULL };
    return lrpot__multipoles_evaluate(ewald, work, atoms, list, comm, charges, dipoles, quadrupoles,
                                      &out);
}
