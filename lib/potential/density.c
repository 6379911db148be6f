/* Energies, forces, charges and gradients of polarizable densities. */
#include "potential/density.h"

#include "charges/selfconsistent.h"
#include "charges/selfconsistent_pull.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/density_local.h"
#include "structure/atoms_check.h"
#include "structure/nlist.h"

#include <string.h>

static const lrpot__tag basis_tag = { "features of the basis" };
static const lrpot__tag heads_tag = { "values of the heads" };
static const lrpot__tag pairs_tag = { "pairs of a density" };
static const lrpot__tag row_tag = { "neighbours of an atom" };
static const lrpot__tag moments_tag = { "moments" };
static const lrpot__tag multipliers_tag = { "multipliers" };
static const lrpot__tag direct_tag = { "derivatives by the moments" };
static const lrpot__tag forces_tag = { "forces of a density" };

typedef struct {
    const lrpot_density *density;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    lrpot__density_local local;
    /* arrays of local, followed by space for their derivatives */
    double *features_of_basis, *values;
} task;

static void add_row(lrpot__density_local *local, int64_t i, int64_t count, double reach,
                    const int32_t *j, const double *vectors, lrpot__density_pair *pairs)
{
    for (int64_t k = 0; k < count; k++) {
        const double *d = vectors + 3 * k;
        double left = 1.0 - (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / (reach * reach);
        if (left <= 0.0) continue;
        pairs[local->n_pairs++] = (lrpot__density_pair){
            i, j[k], { d[0], d[1], d[2] }, left * left * left, -6.0 * left * left / (reach * reach)
        };
    }
}

static lrpot_status find_pairs(task *t)
{
    lrpot__rows rows;
    void *pairs = NULL, *row = NULL;
    double reach = t->density->options.reach;
    LRPOT__TRY(lrpot__nlist_rows(t->list, t->atoms, reach, &rows));
    int64_t count = rows.max_count, total = lrpot_nlist_pairs(t->list);
    LRPOT__TRY(
        lrpot__workspace_block(t->work, &pairs_tag, 0, total, sizeof(lrpot__density_pair), &pairs));
    LRPOT__TRY(lrpot__workspace_block(t->work, &row_tag, 0, count,
                                      3 * sizeof(double) + sizeof(int32_t), &row));
    double *vectors = row;
    int32_t *j = (int32_t *)(vectors + 3 * count);
    for (int64_t i = 0; i < t->local.n; i++)
        add_row(&t->local, i, lrpot_nlist_row(t->list, t->atoms, i, count, j, vectors), reach, j,
                vectors, pairs);
    t->local.pairs = pairs;
    return LRPOT_OK;
}

static void fill_heads(const task *t)
{
    int64_t count = lrpot_basis_count(t->density->basis), s = t->density->options.n_species;
    int32_t heads = t->density->heads.count;
    for (int64_t i = 0; i < t->local.n; i++)
        for (int32_t h = 0; h < heads; h++) {
            const double *c = t->density->params + (h * s + t->atoms->species[i]) * (count + 1),
                         *b = t->features_of_basis + i * count;
            double sum = c[count];
            for (int64_t k = 0; k < count; k++) sum += c[k] * b[k];
            t->values[i * heads + h] = sum;
        }
}

static lrpot_status begin(task *t, const lrpot_density *density, lrpot_workspace *work,
                          const lrpot_atoms *atoms, const lrpot_nlist *list)
{
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__TRY(lrpot__atoms_check(atoms, density->options.n_species));
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "self-consistent densities are of owned atoms: no ghosts");
    *t = (task){ density,
                 work,
                 atoms,
                 list,
                 { .density = density, .atoms = atoms, .n = atoms->n_owned, .scale = 1.0 },
                 NULL,
                 NULL };
    t->local.size = density->scheme->components * t->local.n;
    LRPOT__TRY(lrpot__workspace_doubles(work, &basis_tag,
                                        2 * t->local.n * lrpot_basis_count(density->basis),
                                        &t->features_of_basis));
    LRPOT__TRY(lrpot__workspace_doubles(work, &heads_tag, 2 * t->local.n * density->heads.count,
                                        &t->values));
    LRPOT__TRY(lrpot_basis_eval(density->basis, work, atoms, list, t->features_of_basis));
    fill_heads(t);
    t->local.features_of_basis = t->features_of_basis, t->local.values = t->values;
    return find_pairs(t);
}

/* Adds forces of the heads through the features of the neighbourhoods. */
static lrpot_status pull_heads(const task *t, const double *slopes, lrpot_outputs *out)
{
    int64_t count = lrpot_basis_count(t->density->basis), s = t->density->options.n_species;
    int32_t heads = t->density->heads.count;
    double *pull = t->features_of_basis + t->local.n * count;
    memset(pull, 0, (size_t)(t->local.n * count) * sizeof *pull);
    for (int64_t i = 0; i < t->local.n; i++)
        for (int32_t h = 0; h < heads; h++) {
            const double *c = t->density->params + (h * s + t->atoms->species[i]) * (count + 1);
            for (int64_t k = 0; k < count; k++) pull[i * count + k] += slopes[i * heads + h] * c[k];
        }
    return lrpot_basis_pull(t->density->basis, t->work, t->atoms, t->list, pull, out);
}

/* Forces and virial of the whole energy, overwritten. virial: or NULL. */
static lrpot_status differentiate(task *t, const lrpot_local_model *local, const double *features,
                                  double *moments, double *forces, double *virial)
{
    double *y = moments + t->local.size, *slopes = t->values + t->local.n * t->density->heads.count;
    LRPOT__TRY(lrpot_selfconsistent_pull(t->density->scheme, t->work, t->atoms, local, features,
                                         moments, y, NULL, forces, virial));
    lrpot__density_slopes(&t->local, features, y, slopes, forces, virial);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces, out.virial = virial;
    return pull_heads(t, slopes, &out);
}

static void copy_or_add(double *to, const double *from, int64_t n, int add)
{
    for (int64_t k = 0; to != NULL && k < n; k++) to[k] = from[k] + (add ? to[k] : 0.0);
}

static void output_dipole(const task *t, const double *moments, double *dipole)
{
    int32_t stride = t->atoms->stride != 0 ? t->atoms->stride : 3;
    for (int c = 0; c < 3; c++) dipole[c] = 0.0;
    for (int64_t i = 0; i < t->local.n; i++)
        for (int c = 0; c < 3; c++)
            dipole[c] += moments[i] * t->atoms->positions[stride * i + c]
                         + (t->density->options.order > 0 ? moments[t->local.n + 3 * i + c] : 0.0);
}

lrpot_status lrpot_density_compute(const lrpot_density *density, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   double *features, lrpot_outputs *out, double *dipoles)
{
    task t;
    double *moments = NULL, *forces = NULL, energy = 0.0, virial[9];
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    LRPOT__TRY(begin(&t, density, work, atoms, list));
    if (dipoles != NULL && density->options.order == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the density has no dipoles: order 0");
    LRPOT__TRY(lrpot__workspace_doubles(work, &moments_tag, 2 * t.local.size, &moments));
    LRPOT__TRY(lrpot__workspace_doubles(work, &forces_tag, 3 * t.local.n, &forces));
    lrpot_local_model local = { sizeof local, &t.local, lrpot__density_eval, lrpot__density_pull };
    LRPOT__TRY(lrpot_selfconsistent_solve(density->scheme, work, atoms, &local, features, moments,
                                          &energy, NULL));
    if (out->forces != NULL || out->virial != NULL)
        LRPOT__TRY(differentiate(&t, &local, features, moments, forces,
                                 out->virial != NULL ? virial : NULL));
    int add = (out->flags & LRPOT_ADD) != 0;
    copy_or_add(out->energy, &energy, 1, add);
    copy_or_add(out->forces, forces, 3 * t.local.n, add);
    copy_or_add(out->virial, virial, 9, add);
    copy_or_add(out->charges, moments, t.local.n, 0);
    copy_or_add(dipoles, moments + t.local.n, 3 * t.local.n, 0);
    if (out->dipole != NULL) output_dipole(&t, moments, out->dipole);
    LRPOT__TRY(lrpot__finite("dipole", t.local.n, 3, dipoles));
    return lrpot__finite_outputs(atoms, 0, out);
}

/* Derivatives of w_E x.A x/2 + w.mu by x. */
static lrpot_status start_adjoint(const task *t, const lrpot_atoms *view, const double *moments,
                                  double energy, const double *dipole, double *direct)
{
    int32_t stride = t->atoms->stride != 0 ? t->atoms->stride : 3;
    LRPOT__TRY(lrpot__selfconsistent_sum(t->density->scheme, t->work, view, 0, moments, direct,
                                         NULL, NULL, NULL));
    for (int64_t k = 0; k < t->local.size; k++) direct[k] *= energy;
    for (int64_t i = 0; dipole != NULL && i < t->local.n; i++)
        for (int c = 0; c < 3; c++) {
            direct[i] += dipole[c] * t->atoms->positions[stride * i + c];
            if (t->density->options.order > 0) direct[t->local.n + 3 * i + c] += dipole[c];
        }
    return LRPOT_OK;
}

static void add_gradient(const task *t, const double *slopes, double *gradient)
{
    int64_t count = lrpot_basis_count(t->density->basis), s = t->density->options.n_species;
    int32_t heads = t->density->heads.count;
    for (int64_t i = 0; i < t->local.n; i++)
        for (int32_t h = 0; h < heads; h++) {
            double *g = gradient + (h * s + t->atoms->species[i]) * (count + 1),
                   slope = slopes[i * heads + h];
            for (int64_t k = 0; k < count; k++) g[k] += slope * t->features_of_basis[i * count + k];
            g[count] += slope;
        }
}

lrpot_status lrpot_density_gradient(const lrpot_density *density, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const lrpot_nlist *list,
                                    const double *features, double energy, const double *dipole,
                                    double *gradient)
{
    task t;
    lrpot_atoms view;
    double *moments = NULL, *direct = NULL, *multipliers = NULL, ignored;
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__REQUIRE_NOT_NULL(gradient);
    LRPOT__TRY(begin(&t, density, work, atoms, list));
    LRPOT__TRY(lrpot__selfconsistent_begin(density->scheme, work, atoms, &view));
    LRPOT__TRY(lrpot__workspace_doubles(work, &moments_tag, 2 * t.local.size, &moments));
    LRPOT__TRY(lrpot__workspace_doubles(work, &direct_tag, t.local.size, &direct));
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &multipliers_tag, lrpot_density_feature_count(density, t.local.n), &multipliers));
    lrpot_local_model local = { sizeof local, &t.local, lrpot__density_eval, lrpot__density_pull };
    LRPOT__TRY(local.eval(local.ctx, features, moments, &ignored));
    lrpot__selfconsistent_neutralise(density->scheme, t.local.n, atoms->total_charge, moments);
    LRPOT__TRY(start_adjoint(&t, &view, moments, energy, dipole, direct));
    t.local.scale = energy;
    double *y = moments + t.local.size, *slopes = t.values + t.local.n * density->heads.count;
    LRPOT__TRY(lrpot__selfconsistent_adjoint(density->scheme, work, &view, &local, features, direct,
                                             multipliers, y));
    lrpot__density_slopes(&t.local, features, y, slopes, NULL, NULL);
    add_gradient(&t, slopes, gradient);
    return lrpot__finite_total("gradient", lrpot_density_param_count(density), gradient);
}
