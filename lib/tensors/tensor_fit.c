/* Fit of tensor models. The loss is a sum over species and parts. These are independent, so each is
 * solved by itself. */
#include "basis/basis.h"
#include "basis/evaluate.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "potential/structure_input.h"
#include "tensors/least_squares.h"
#include "tensors/tensor_coupled.h"
#include "tensors/tensor_heads.h"
#include "tensors/tensor_polarizability.h"

#include <math.h>
#include <string.h>

static const lrpot__tag weights_tag = { "weights of the adjoint" };
static const lrpot__tag forces_tag = { "derivatives of the heads" };
static const lrpot__tag features_tag = { "features of the tensors" };

enum { SETS = 2, DIPOLE_ROWS = 0, BORN_ROWS = 1, GRID = 13 };

struct lrpot_tensor_fit {
    lrpot_tensor_model *model;
    /* number of problems. Polar tensors: [species][part]; dipoles: one for dipoles, one for Born
     * charges; otherwise one */
    int64_t n_problems;
    lrpot__least_squares *squares[SETS];
    double *rows, *targets; /* scratch */
    int64_t rows_capacity, targets_capacity;
    int64_t components[SETS]; /* number of components compared by lrpot_tensor_fit_error */
};

static int is_dipole(const lrpot_tensor_fit *fit)
{
    return fit->model->options.kind == LRPOT_TENSORS_DIPOLE;
}

static int is_polarizability(const lrpot_tensor_fit *fit)
{
    return fit->model->options.kind == LRPOT_TENSORS_POLARIZABILITY;
}

static int is_independent(const lrpot_tensor_fit *fit)
{
    return fit->model->options.kind == LRPOT_TENSORS_INDEPENDENT;
}

/* Number of unknowns of a problem. */
static int64_t unknowns(const lrpot_tensor_fit *fit, int64_t problem)
{
    const lrpot_tensor_model *model = fit->model;
    if (!is_independent(fit)) return model->n_coefficients;
    const lrpot__tensor_part *part = &model->parts[problem % model->n_parts];
    return part->functions + part->constant;
}

/* Coefficients of these unknowns in the model. */
static double *coefficients_of(const lrpot_tensor_fit *fit, int64_t problem)
{
    const lrpot_tensor_model *model = fit->model;
    if (!is_independent(fit)) return model->coefficients;
    return model->coefficients + model->parts[problem % model->n_parts].offset
           + problem / model->n_parts * unknowns(fit, problem);
}

void lrpot_tensor_fit_free(lrpot_tensor_fit *fit)
{
    if (fit == NULL) return;
    for (int set = 0; set < SETS; set++) {
        for (int64_t p = 0; p < fit->n_problems && fit->squares[set] != NULL; p++)
            lrpot__least_squares_free(&fit->squares[set][p]);
        lrpot__free(fit->squares[set]);
    }
    lrpot__free(fit->rows);
    lrpot__free(fit->targets);
    lrpot__free(fit);
}

lrpot_status lrpot_tensor_fit_create(lrpot_tensor_fit **out, lrpot_tensor_model *model)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(model);
    lrpot_tensor_fit *fit = lrpot__calloc(1, sizeof *fit);
    if (fit == NULL) return LRPOT_E_MEMORY;
    fit->model = model;
    fit->n_problems = is_independent(fit) ? (int64_t)model->options.n_species * model->n_parts
                      : is_dipole(fit)    ? 2
                                          : 1;
    lrpot_status status = LRPOT_OK;
    for (int set = 0; set < SETS && status == LRPOT_OK; set++) {
        fit->squares[set] = lrpot__calloc(fit->n_problems, sizeof *fit->squares[set]);
        if (fit->squares[set] == NULL) status = LRPOT_E_MEMORY;
        for (int64_t p = 0; p < fit->n_problems && status == LRPOT_OK; p++)
            status = lrpot__least_squares_create(&fit->squares[set][p], unknowns(fit, p));
    }
    if (status != LRPOT_OK) lrpot_tensor_fit_free(fit);
    else *out = fit;
    return status;
}

static lrpot_status reserve(lrpot_tensor_fit *fit, int64_t rows, int64_t width)
{
    void *r = fit->rows, *t = fit->targets;
    lrpot_status status = lrpot__grow(&r, &fit->rows_capacity, rows * width, sizeof *fit->rows);
    fit->rows = r;
    if (status == LRPOT_OK)
        status = lrpot__grow(&t, &fit->targets_capacity, rows, sizeof *fit->targets);
    fit->targets = t;
    return status;
}

/* Components of a part of a matrix, each times the root of its number of matrix elements. */
static void target_of(int32_t part, const double *z, double *out)
{
    static const double root_two = 1.4142135623730950488, root_three = 1.7320508075688772935;
    double third = (z[0] + z[4] + z[8]) / 3.0;
    if (part == LRPOT__PART_SCALAR) out[0] = root_three * third;
    if (part == LRPOT__PART_ANTISYMMETRIC) {
        out[0] = 0.5 * root_two * (z[5] - z[7]);
        out[1] = 0.5 * root_two * (z[6] - z[2]);
        out[2] = 0.5 * root_two * (z[1] - z[3]);
    }
    if (part == LRPOT__PART_SYMMETRIC) {
        for (int c = 0; c < 3; c++) out[c] = z[4 * c] - third;
        out[3] = 0.5 * root_two * (z[5] + z[7]);
        out[4] = 0.5 * root_two * (z[2] + z[6]);
        out[5] = 0.5 * root_two * (z[1] + z[3]);
    }
}

/* Writes the equations of one atom and part. */
static void write_rows(const lrpot__tensor_part *part, const double *features, const double *z,
                       double *rows, double *targets)
{
    static const double root[LRPOT__PARTS][6] = {
        { 1.7320508075688772935 },
        { 1, 1, 1 },
        { 1.4142135623730950488, 1.4142135623730950488, 1.4142135623730950488 },
        { 1, 1, 1, 1.4142135623730950488, 1.4142135623730950488, 1.4142135623730950488 }
    };
    int32_t components = lrpot__part_components[part->part];
    int64_t width = part->functions + part->constant;
    target_of(part->part, z, targets);
    for (int64_t k = 0; k < part->functions; k++) {
        const double *f = features + part->first + k * components;
        double third = part->part == LRPOT__PART_SYMMETRIC ? (f[0] + f[1] + f[2]) / 3.0 : 0.0;
        for (int32_t c = 0; c < components; c++)
            rows[c * width + k] = root[part->part][c] * (f[c] - (c < 3 ? third : 0.0));
    }
    if (part->constant) rows[part->functions] = root[part->part][0];
}

static lrpot_status add_part(lrpot_tensor_fit *fit, int set, int64_t problem,
                             const lrpot_atoms *atoms, const double *features, const double *Z)
{
    const lrpot_tensor_model *model = fit->model;
    const lrpot__tensor_part *part = &model->parts[problem % model->n_parts];
    int64_t width = unknowns(fit, problem), components = lrpot__part_components[part->part],
            count = 0, atoms_of_species = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++)
        atoms_of_species += atoms->species[i] == problem / model->n_parts;
    LRPOT__TRY(reserve(fit, atoms_of_species * components, width));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (atoms->species[i] != problem / model->n_parts) continue;
        write_rows(part, features + i * lrpot_basis_count(model->basis), Z + 9 * i,
                   fit->rows + count * width, fit->targets + count);
        count += components;
    }
    double elements = part->part == LRPOT__PART_SYMMETRIC       ? 9.0
                      : part->part == LRPOT__PART_ANTISYMMETRIC ? 6.0
                                                                : 3.0;
    lrpot__least_squares_add(&fit->squares[set][problem], count, fit->rows, fit->targets,
                             elements * (double)atoms_of_species);
    return LRPOT_OK;
}

static lrpot_status add_tensors(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list, int set,
                                const double *Z)
{
    double *features = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &features_tag, atoms->n_owned * lrpot_basis_count(fit->model->basis), &features));
    LRPOT__TRY(lrpot_basis_eval(fit->model->basis, work, atoms, list, features));
    for (int64_t p = 0; p < fit->n_problems; p++)
        LRPOT__TRY(add_part(fit, set, p, atoms, features, Z));
    fit->components[set] += 9 * atoms->n_owned;
    return LRPOT_OK;
}

static lrpot_status add_coupled(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list, int set,
                                const double *Z)
{
    int64_t rows = 9 * atoms->n_owned;
    LRPOT__TRY(reserve(fit, rows, unknowns(fit, 0)));
    LRPOT__TRY(lrpot__tensor_coupled_rows(fit->model, work, atoms, list, fit->rows));
    double kept = fit->model->options.kind == LRPOT_TENSORS_LOCAL
                      ? atoms->total_charge / (double)atoms->n_owned
                      : 0.0;
    for (int64_t k = 0; k < rows; k++) fit->targets[k] = Z[k] - (k % 9 % 4 == 0 ? kept : 0.0);
    lrpot__least_squares_add(&fit->squares[set][0], rows, fit->rows, fit->targets, (double)rows);
    fit->components[set] += rows;
    return LRPOT_OK;
}

/* ---- Dipoles ---- */

static lrpot_status add_dipole(lrpot_tensor_fit *fit, const lrpot_atoms *atoms,
                               const double *features, int set, const double *dipole)
{
    const lrpot__tensor_part *part = &fit->model->parts[0];
    int64_t width = unknowns(fit, DIPOLE_ROWS), size = lrpot_basis_count(fit->model->basis);
    LRPOT__TRY(reserve(fit, 3, width));
    memset(fit->rows, 0, (size_t)(3 * width) * sizeof *fit->rows);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int64_t k = 0; k < part->functions; k++)
            for (int a = 0; a < 3; a++)
                fit->rows[a * width + atoms->species[i] * part->functions + k] +=
                    features[i * size + 3 * k + a];
    lrpot__least_squares_add(&fit->squares[set][DIPOLE_ROWS], 3, fit->rows, dipole, 3.0);
    fit->components[set] += 3;
    return LRPOT_OK;
}

/* Column of one unknown: the Born charges of its vector alone. One adjoint pass for each of its
 * components. */
static lrpot_status born_column(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list, int64_t column,
                                double *weights, double *forces)
{
    const lrpot__tensor_part *part = &fit->model->parts[0];
    int64_t size = lrpot_basis_count(fit->model->basis), width = unknowns(fit, BORN_ROWS),
            z = column / part->functions, k = column % part->functions;
    for (int a = 0; a < 3; a++) {
        memset(forces, 0, (size_t)(3 * atoms->n_all) * sizeof *forces);
        for (int64_t i = 0; i < atoms->n_owned; i++)
            weights[i * size + 3 * k + a] = atoms->species[i] == z;
        lrpot__request request = { .atom_coefficients = weights, .forces = forces };
        LRPOT__TRY(lrpot__basis_run(fit->model->basis, work, atoms, list, &request));
        for (int64_t i = 0; i < atoms->n_owned; i++) weights[i * size + 3 * k + a] = 0.0;
        for (int64_t i = 0; i < atoms->n_owned; i++)
            for (int b = 0; b < 3; b++)
                fit->rows[(9 * i + 3 * a + b) * width + column] = -forces[3 * i + b];
    }
    return LRPOT_OK;
}

static lrpot_status add_dipole_derivatives(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                           const lrpot_atoms *atoms, const lrpot_nlist *list,
                                           int set, const double *Z)
{
    int64_t rows = 9 * atoms->n_owned, width = unknowns(fit, BORN_ROWS),
            size = lrpot_basis_count(fit->model->basis);
    double *weights = NULL, *forces = NULL;
    LRPOT__TRY(reserve(fit, rows, width));
    LRPOT__TRY(lrpot__workspace_doubles(work, &weights_tag, size * atoms->n_owned, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(work, &forces_tag, 3 * atoms->n_all, &forces));
    memset(weights, 0, (size_t)(size * atoms->n_owned) * sizeof *weights);
    for (int64_t column = 0; column < width; column++)
        LRPOT__TRY(born_column(fit, work, atoms, list, column, weights, forces));
    lrpot__least_squares_add(&fit->squares[set][BORN_ROWS], rows, fit->rows, Z, (double)rows);
    return LRPOT_OK;
}

static lrpot_status add_isolated(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list, int set,
                                 const lrpot_structure *structure)
{
    const double *dipole = lrpot_structure_get(structure, LRPOT_QUANTITY_DIPOLE),
                 *Z = lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES);
    double *features = NULL;
    if (dipole == NULL && Z == NULL)
        return lrpot__fail(
            LRPOT_E_STATE,
            "a structure with neither dipole nor Born charges cannot be fitted by dipoles");
    if (atoms->periodic_mask != 0 || atoms->total_charge != 0.0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a structure with periodic_mask = %d and a charge of %g e cannot be "
                           "fitted by dipoles: only isolated neutral ones",
                           atoms->periodic_mask, atoms->total_charge);
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &features_tag, atoms->n_owned * lrpot_basis_count(fit->model->basis), &features));
    LRPOT__TRY(lrpot_basis_eval(fit->model->basis, work, atoms, list, features));
    if (dipole != NULL) LRPOT__TRY(add_dipole(fit, atoms, features, set, dipole));
    return Z != NULL ? add_dipole_derivatives(fit, work, atoms, list, set, Z) : LRPOT_OK;
}

static lrpot_status add_polarizability(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list, int set,
                                       const lrpot_structure *structure)
{
    double *features = NULL, target[LRPOT__ALPHA_ROWS];
    LRPOT__TRY(lrpot__polarizability_target(structure, target));
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &features_tag, atoms->n_owned * lrpot_basis_count(fit->model->basis), &features));
    LRPOT__TRY(lrpot_basis_eval(fit->model->basis, work, atoms, list, features));
    LRPOT__TRY(reserve(fit, LRPOT__ALPHA_ROWS, unknowns(fit, 0)));
    lrpot__polarizability_rows(fit->model, atoms, features, fit->rows);
    lrpot__least_squares_add(&fit->squares[set][0], LRPOT__ALPHA_ROWS, fit->rows, target, 9.0);
    fit->components[set] += 9;
    return LRPOT_OK;
}

lrpot_status lrpot_tensor_fit_add(lrpot_tensor_fit *fit, lrpot_workspace *work,
                                  const lrpot_structure *structure, int32_t set)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (set != LRPOT_TENSOR_FIT_TRAIN && set != LRPOT_TENSOR_FIT_VALID)
        return lrpot__fail(LRPOT_E_ARGUMENT, "set %d does not exist", set);
    const lrpot_tensor_options *o = &fit->model->options;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__structure_input(work, structure, o->n_species, o->symbols,
                                      lrpot_tensor_model_cutoff(fit->model), &atoms, &list));
    if (is_dipole(fit)) return add_isolated(fit, work, &atoms, list, set, structure);
    if (is_polarizability(fit)) return add_polarizability(fit, work, &atoms, list, set, structure);
    const double *Z = lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES);
    if (Z == NULL)
        return lrpot__fail(LRPOT_E_STATE,
                           "a structure without Born charges cannot be fitted by polar tensors");
    return is_independent(fit) ? add_tensors(fit, work, &atoms, list, set, Z)
                               : add_coupled(fit, work, &atoms, list, set, Z);
}

/* ---- Solution ---- */

/* Chooses the coefficients with the smallest validation error, for strengths from 0.1 to 1e-13. */
static lrpot_status choose(const lrpot__least_squares *train, const lrpot__least_squares *valid,
                           double *scratch, double *trial, double *best)
{
    double least = INFINITY, strength = 0.1;
    lrpot_status status = LRPOT_OK;
    for (int step = 0; step < GRID; step++, strength *= 0.1) {
        status = lrpot__least_squares_solve(train, strength, scratch, trial);
        if (status == LRPOT_E_SINGULAR) break; /* a weaker term does not improve it */
        LRPOT__TRY(status);
        double residual = lrpot__least_squares_residual(valid, trial);
        if (residual >= least) continue;
        least = residual;
        memcpy(best, trial, (size_t)train->n * sizeof *best);
    }
    return isfinite(least) ? LRPOT_OK : status;
}

static lrpot_status solve(const lrpot__least_squares *train, const lrpot__least_squares *valid,
                          double regularization, double *out)
{
    if (train->n == 0 || train->weights == 0.0)
        return LRPOT_OK; /* no function, or no atom of the species */
    double *scratch = lrpot__calloc(train->n * (train->n + 2), sizeof *scratch);
    if (scratch == NULL) return LRPOT_E_MEMORY;
    int search = regularization == 0.0 && valid->weights > 0.0;
    double strength = regularization > 0.0 ? regularization : 1e-6;
    lrpot_status status =
        search ? choose(train, valid, scratch, scratch + train->n * (train->n + 1), out)
               : lrpot__least_squares_solve(train, strength, scratch, out);
    lrpot__free(scratch);
    return status;
}

/* Joins the equations of dipoles and of Born charges. */
static void join(lrpot__least_squares *to, const lrpot__least_squares *from)
{
    for (int64_t k = 0; k < to->n * to->n; k++) to->matrix[k] += from->matrix[k];
    for (int64_t k = 0; k < to->n; k++) to->vector[k] += from->vector[k];
    to->targets += from->targets;
    to->weights += from->weights;
}

static lrpot_status run_dipoles(lrpot_tensor_fit *fit, double regularization, double *coefficients)
{
    lrpot__least_squares sums[SETS] = { { 0 }, { 0 } };
    lrpot_status status = LRPOT_OK;
    for (int set = 0; set < SETS && status == LRPOT_OK; set++) {
        status = lrpot__least_squares_create(&sums[set], unknowns(fit, 0));
        for (int p = 0; p < 2 && status == LRPOT_OK; p++) join(&sums[set], &fit->squares[set][p]);
    }
    if (status == LRPOT_OK) status = solve(&sums[0], &sums[1], regularization, coefficients);
    for (int set = 0; set < SETS; set++) lrpot__least_squares_free(&sums[set]);
    return status;
}

lrpot_status lrpot_tensor_fit_run(lrpot_tensor_fit *fit, double regularization)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    if (!isfinite(regularization) || regularization < 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "regularization is %g, expected 0 or a positive number", regularization);
    double weights = 0.0;
    for (int64_t p = 0; p < fit->n_problems; p++)
        weights += fit->squares[LRPOT_TENSOR_FIT_TRAIN][p].weights;
    if (weights == 0.0) return lrpot__fail(LRPOT_E_STATE, "the fit has no training data");
    int64_t n = fit->model->n_coefficients;
    double *coefficients = lrpot__calloc(n, sizeof *coefficients);
    if (coefficients == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = LRPOT_OK;
    int separate = is_independent(fit) || is_polarizability(fit)
                   || fit->model->options.kind == LRPOT_TENSORS_LOCAL;
    for (int64_t p = 0; p < fit->n_problems && status == LRPOT_OK && separate; p++)
        status = solve(&fit->squares[0][p], &fit->squares[1][p], regularization,
                       coefficients + (coefficients_of(fit, p) - fit->model->coefficients));
    if (is_dipole(fit)) status = run_dipoles(fit, regularization, coefficients);
    if (fit->model->options.kind == LRPOT_TENSORS_GLOBAL && fit->squares[0][0].matrix[0] > 0.0)
        coefficients[0] = fit->squares[0][0].vector[0] / fit->squares[0][0].matrix[0];
    if (status == LRPOT_OK) status = lrpot_tensor_model_set_params(fit->model, n, coefficients);
    lrpot__free(coefficients);
    return status;
}

lrpot_status lrpot_tensor_fit_error(const lrpot_tensor_fit *fit, int32_t set, double *rmse,
                                    int64_t *n)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(rmse);
    LRPOT__REQUIRE_NOT_NULL(n);
    if (set != LRPOT_TENSOR_FIT_TRAIN && set != LRPOT_TENSOR_FIT_VALID)
        return lrpot__fail(LRPOT_E_ARGUMENT, "set %d does not exist", set);
    double sum = 0.0;
    int64_t problems = is_dipole(fit) ? 1 : fit->n_problems; /* dipoles alone */
    for (int64_t p = 0; p < problems; p++)
        sum += lrpot__least_squares_residual(&fit->squares[set][p], coefficients_of(fit, p));
    *n = fit->components[set];
    *rmse = *n > 0 ? sqrt(sum / (double)*n) : 0.0;
    return LRPOT_OK;
}
