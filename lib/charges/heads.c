/* Heads: scalars linear in the basis, with or without a network, all of them from one pass; and
 * their forces by one adjoint pass. */
#include "charges/heads.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "basis/network.h"
#include "core/error.h"
#include "core/workspace.h"

#include <cblas.h>
#include <string.h>

static const lrpot__tag rows_tag = { "features of the charges" };

lrpot__request lrpot__head_request(const lrpot_charges *charges, int32_t head)
{
    lrpot__request request = { .coefficients = charges->linear != NULL
                                                   ? charges->linear + head * charges->head_stride
                                                   : NULL,
                               .species_stride = charges->species_stride,
                               .network = charges->network,
                               .output = head };
    return request;
}

/* zeta of a head and the species of an atom. */
static const double *coefficients_of(const lrpot_charges *charges, int64_t head, int32_t species)
{
    return charges->linear + head * charges->head_stride + species * charges->species_stride;
}

/* scalars [m][n] from features [n][K]. */
static void multiply(const lrpot_charges *charges, const lrpot_atoms *atoms, const double *features,
                     double *scalars)
{
    int64_t n = atoms->n_owned, k = lrpot_basis_count(charges->basis), m = charges->n_heads;
    if (charges->species_stride == 0 && n > 0)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)n, (int)k, 1.0,
                    charges->linear, (int)k, features, (int)k, 0.0, scalars, (int)n);
    for (int64_t i = 0; charges->species_stride != 0 && i < n; i++)
        for (int64_t h = 0; h < m; h++)
            scalars[h * n + i] = cblas_ddot((int)k, coefficients_of(charges, h, atoms->species[i]),
                                            1, features + i * k, 1);
}

/* rows [n][K] of dE/dfeatures from weights [m][n]. */
static void multiply_back(const lrpot_charges *charges, const lrpot_atoms *atoms,
                          const double *weights, double *rows)
{
    int64_t n = atoms->n_owned, k = lrpot_basis_count(charges->basis), m = charges->n_heads;
    if (charges->species_stride == 0 && n > 0)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)k, (int)m, 1.0, weights,
                    (int)n, charges->linear, (int)k, 0.0, rows, (int)k);
    for (int64_t i = 0; charges->species_stride != 0 && i < n; i++) {
        memset(rows + i * k, 0, (size_t)k * sizeof *rows);
        for (int64_t h = 0; h < m; h++)
            cblas_daxpy((int)k, weights[h * n + i], coefficients_of(charges, h, atoms->species[i]),
                        1, rows + i * k, 1);
    }
}

/* Adds the networks' part to scalars [m][n], or, with weights [m][n], to rows [n][K]. */
static void add_networks(const lrpot_charges *charges, const lrpot_atoms *atoms,
                         const double *features, const double *weights, double *scalars,
                         double *rows)
{
    int64_t n = atoms->n_owned, k = lrpot_basis_count(charges->basis);
    if (charges->network == NULL) return;
    for (int64_t i = 0; i < n; i++)
        for (int32_t h = 0; h < charges->n_heads; h++) {
            double value = lrpot__network_run(
                charges->network, h, atoms->species[i], features + i * k, atoms->total_charge,
                weights != NULL ? weights[h * n + i] : 0.0, rows != NULL ? rows + i * k : NULL);
            if (scalars != NULL) scalars[h * n + i] += value;
        }
}

/* Linear part of the scalars. A single head includes its coefficients in the pass. Several heads
 * would need a pass each, so they share the features. */
static lrpot_status linear_part(const lrpot_charges *charges, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list, double *scalars)
{
    double *features = NULL;
    if (charges->n_heads == 1) {
        lrpot__request request = lrpot__head_request(charges, 0);
        request.values = scalars;
        return lrpot__basis_run(charges->basis, work, atoms, list, &request);
    }
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &rows_tag, atoms->n_owned * lrpot_basis_count(charges->basis), &features));
    lrpot__request request = { .features = features };
    LRPOT__TRY(lrpot__basis_run(charges->basis, work, atoms, list, &request));
    multiply(charges, atoms, features, scalars);
    add_networks(charges, atoms, features, NULL, scalars, NULL);
    return LRPOT_OK;
}

lrpot_status lrpot__heads_eval(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, double *scalars)
{
    int64_t n = atoms->n_owned;
    if (charges->basis != NULL) LRPOT__TRY(linear_part(charges, work, atoms, list, scalars));
    else if (n > 0) memset(scalars, 0, (size_t)(n * charges->n_heads) * sizeof *scalars);
    for (int32_t h = 0; h < charges->n_heads; h++)
        for (int64_t i = 0; i < n; i++)
            scalars[h * n + i] += charges->base[h * charges->n_species + atoms->species[i]];
    return LRPOT_OK;
}

/* dE/dfeatures of several heads at once. A network makes them depend on the features, which then
 * need a pass of their own. */
static lrpot_status several_rows(const lrpot_charges *charges, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list,
                                 const double *weights, const double **out)
{
    int64_t size = atoms->n_owned * lrpot_basis_count(charges->basis);
    double *rows = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &rows_tag, (charges->network != NULL ? 2 : 1) * size,
                                        &rows));
    multiply_back(charges, atoms, weights, rows);
    *out = rows;
    if (charges->network == NULL) return LRPOT_OK;
    lrpot__request request = { .features = rows + size };
    LRPOT__TRY(lrpot__basis_run(charges->basis, work, atoms, list, &request));
    add_networks(charges, atoms, rows + size, weights, NULL, rows);
    return LRPOT_OK;
}

lrpot_status lrpot__heads_pull(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *weights, lrpot_outputs *out)
{
    if (charges->basis == NULL) return LRPOT_OK; /* such scalars do not depend on the positions */
    lrpot__request request = lrpot__head_request(charges, 0);
    request.forces = out->forces;
    request.virial = out->virial;
    request.virial_atom = out->virial_atom;
    if (charges->n_heads == 1) request.weights = weights;
    else LRPOT__TRY(several_rows(charges, work, atoms, list, weights, &request.atom_coefficients));
    return lrpot__basis_run(charges->basis, work, atoms, list, &request);
}

lrpot_status lrpot__heads_pull_in_field(const lrpot__charge_call *call, const double *weights,
                                        const double *slopes, double *forces)
{
    lrpot__request request = lrpot__head_request(call->charges, 0);
    request.forces = forces;
    request.offsets = weights;
    request.weights = slopes;
    request.lever_arm = call->lever_arm;
    return lrpot__basis_run(call->charges->basis, call->work, call->atoms, call->list, &request);
}
