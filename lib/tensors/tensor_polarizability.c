#include "tensors/tensor_polarizability.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/workspace.h"
#include "tensors/tensor_compute.h"
#include "tensors/tensor_heads.h"

#include <math.h>
#include <string.h>

static const lrpot__tag weights_tag = { "weights of the adjoint" };
static const lrpot__tag forces_tag = { "derivatives of the heads" };

/* Row and column of the components xx yy zz yz xz xy. */
static const int place[LRPOT__ALPHA_ROWS][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 },
                                                 { 1, 2 }, { 0, 2 }, { 0, 1 } };

static lrpot_status require_kind(const lrpot_tensor_model *model)
{
    if (model->options.kind == LRPOT_TENSORS_POLARIZABILITY) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_UNSUPPORTED,
        "the tensor model has no polarizability; fit one of kind LRPOT_TENSORS_POLARIZABILITY");
}

/* Factor of component `from` of a part in component `to` of the polarizability: the symmetric part
 * counts without its trace. */
static double share_of(int32_t part, int32_t to, int32_t from)
{
    if (part == LRPOT__PART_SCALAR) return to < 3;
    return (to == from) - (to < 3 && from < 3 ? 1.0 / 3.0 : 0.0);
}

lrpot_status lrpot_tensor_model_polarizability(const lrpot_tensor_model *model,
                                               lrpot_workspace *work, const lrpot_atoms *atoms,
                                               const lrpot_nlist *list, double *alpha)
{
    double *values = NULL, sum[LRPOT__ALPHA_ROWS] = { 0.0 };
    int64_t n = 0;
    LRPOT__REQUIRE_NOT_NULL(alpha);
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    LRPOT__TRY(require_kind(model));
    LRPOT__TRY(lrpot__tensor_heads(model, work, atoms, list, &values, &n));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        const double *value = values + n * i;
        for (int32_t p = 0; p < model->n_parts; p++) {
            const lrpot__tensor_part *part = &model->parts[p];
            int32_t components = lrpot__part_components[part->part];
            int64_t constant = part->offset + atoms->species[i] * (part->functions + part->constant)
                               + part->functions;
            for (int32_t to = 0; to < LRPOT__ALPHA_ROWS; to++) {
                for (int32_t c = 0; c < components; c++)
                    sum[to] += share_of(part->part, to, c) * value[c];
                if (part->constant && to < 3) sum[to] += model->coefficients[constant];
            }
            value += components;
        }
    }
    for (int32_t c = 0; c < LRPOT__ALPHA_ROWS; c++)
        alpha[3 * place[c][0] + place[c][1]] = alpha[3 * place[c][1] + place[c][0]] = sum[c];
    return lrpot__finite_total("polarizability", 9, alpha);
}

/* Weights of the features of all atoms in one component of the polarizability. */
static void fill_weights(const lrpot_tensor_model *model, const lrpot_atoms *atoms, int32_t to,
                         double *weights)
{
    int64_t width = lrpot_basis_count(model->basis);
    memset(weights, 0, (size_t)(width * atoms->n_owned) * sizeof *weights);
    for (int32_t p = 0; p < model->n_parts; p++) {
        const lrpot__tensor_part *part = &model->parts[p];
        int32_t components = lrpot__part_components[part->part];
        for (int64_t i = 0; i < atoms->n_owned; i++) {
            const double *heads = model->heads + part->offset + atoms->species[i] * part->functions;
            double *w = weights + i * width + part->first;
            for (int64_t k = 0; k < part->functions; k++)
                for (int32_t c = 0; c < components; c++)
                    w[k * components + c] = share_of(part->part, to, c) * heads[k];
        }
    }
}

lrpot_status lrpot_tensor_model_raman(const lrpot_tensor_model *model, lrpot_workspace *work,
                                      const lrpot_atoms *atoms, const lrpot_nlist *list,
                                      double *gradient)
{
    double *weights = NULL, *forces = NULL;
    LRPOT__REQUIRE_NOT_NULL(gradient);
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    LRPOT__TRY(require_kind(model));
    LRPOT__TRY(lrpot__tensor_ghosts(atoms, NULL, "derivatives of a polarizability"));
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &weights_tag, lrpot_basis_count(model->basis) * atoms->n_owned, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(work, &forces_tag, 3 * atoms->n_all, &forces));
    for (int32_t c = 0; c < LRPOT__ALPHA_ROWS; c++) {
        fill_weights(model, atoms, c, weights);
        memset(forces, 0, (size_t)(3 * atoms->n_all) * sizeof *forces);
        lrpot__request request = { .atom_coefficients = weights, .forces = forces };
        LRPOT__TRY(lrpot__basis_run(model->basis, work, atoms, list, &request));
        for (int64_t k = 0; k < 3 * atoms->n_owned; k++) {
            double *of_atom = gradient + 27 * (k / 3) + k % 3;
            of_atom[9 * place[c][0] + 3 * place[c][1]] = -forces[k];
            of_atom[9 * place[c][1] + 3 * place[c][0]] = -forces[k];
        }
    }
    return lrpot__finite("Raman tensor", atoms->n_owned, 27, gradient);
}

lrpot_status lrpot_tensor_model_polarizability_structure(const lrpot_tensor_model *model,
                                                         lrpot_workspace *work,
                                                         const lrpot_structure *structure,
                                                         double *alpha)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__tensor_input(model, work, structure, &atoms, &list));
    return lrpot_tensor_model_polarizability(model, work, &atoms, list, alpha);
}

lrpot_status lrpot_tensor_model_raman_structure(const lrpot_tensor_model *model,
                                                lrpot_workspace *work,
                                                const lrpot_structure *structure, double *gradient)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__tensor_input(model, work, structure, &atoms, &list));
    return lrpot_tensor_model_raman(model, work, &atoms, list, gradient);
}

/* ---- Equations of a fit ---- */

void lrpot__polarizability_rows(const lrpot_tensor_model *model, const lrpot_atoms *atoms,
                                const double *features, double *rows)
{
    int64_t width = model->n_coefficients, size = lrpot_basis_count(model->basis);
    memset(rows, 0, (size_t)(LRPOT__ALPHA_ROWS * width) * sizeof *rows);
    for (int32_t to = 0; to < LRPOT__ALPHA_ROWS; to++) {
        double root = to < 3 ? 1.0 : sqrt(2.0);
        for (int64_t x = 0; x < model->n_parts * atoms->n_owned; x++) {
            const lrpot__tensor_part *part = &model->parts[x / atoms->n_owned];
            int64_t i = x % atoms->n_owned;
            int32_t components = lrpot__part_components[part->part];
            const double *f = features + i * size + part->first;
            double *row = rows + to * width + part->offset
                          + atoms->species[i] * (part->functions + part->constant);
            for (int64_t k = 0; k < part->functions; k++)
                for (int32_t c = 0; c < components; c++)
                    row[k] += root * share_of(part->part, to, c) * f[k * components + c];
            if (part->constant && to < 3) row[part->functions] += 1.0;
        }
    }
}

lrpot_status lrpot__polarizability_target(const lrpot_structure *structure,
                                          double target[LRPOT__ALPHA_ROWS])
{
    const double *given = lrpot_structure_get(structure, LRPOT_QUANTITY_POLARIZABILITY),
                 *epsilon = lrpot_structure_get(structure, LRPOT_QUANTITY_EPSILON_INF);
    double alpha[9];
    if (given == NULL && epsilon == NULL)
        return lrpot__fail(LRPOT_E_STATE, "a structure with neither polarizability nor eps_inf "
                                          "cannot be fitted by polarizabilities");
    if (given == NULL && lrpot_structure_periodic_mask(structure) != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "eps_inf gives a polarizability to crystals only: periodic_mask is %d, "
                           "expected 7; give the polarizability",
                           lrpot_structure_periodic_mask(structure));
    double factor = lrpot_structure_volume(structure) / (4.0 * LRPOT__PI);
    for (int k = 0; k < 9; k++)
        alpha[k] = given != NULL ? given[k] : factor * (epsilon[k] - (k % 4 == 0 ? 1.0 : 0.0));
    for (int32_t c = 0; c < LRPOT__ALPHA_ROWS; c++) {
        double one = alpha[3 * place[c][0] + place[c][1]],
               other = alpha[3 * place[c][1] + place[c][0]];
        if (fabs(one - other) > 1e-2 * (fabs(alpha[0]) + fabs(alpha[4]) + fabs(alpha[8])))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "the polarizability is not symmetric: components %g and %g A^3", one,
                               other);
        target[c] = (c < 3 ? 1.0 : sqrt(0.5)) * (c < 3 ? one : one + other);
    }
    return LRPOT_OK;
}
