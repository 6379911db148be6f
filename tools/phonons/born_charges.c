#include "phonons/born_charges.h"

#include "cli/report.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double largest_of(const double *values, int64_t n)
{
    double largest = 0.0;
    for (int64_t i = 0; i < n; i++) largest = larger(largest, fabs(values[i]));
    return largest;
}

/* Adds the dipoles of the atoms to those of their charges. */
static void add_dipoles(born_result *result, const lrpot_structure *structure)
{
    lrpot_polarization *p = &result->polarization;
    const double *r = lrpot_structure_positions_const(structure);
    double volume = lrpot_structure_volume(structure);
    for (int a = 0; a < 3; a++) {
        double dipoles = result->eval.dipole[a];
        for (int64_t i = 0; i < result->eval.n; i++)
            dipoles -= result->eval.charges[i] * r[3 * i + a];
        p->dipole[a] += dipoles;
        if (volume > 0.0) p->value[a] += dipoles / volume;
    }
}

static lrpot_status polarization_of(born_result *result, const lrpot_potential *model,
                                    const lrpot_structure *structure)
{
    int32_t mask = lrpot_structure_periodic_mask(structure);
    result->has_polarization = mask == 0 || mask == LRPOT_PERIODIC_ALL;
    if (!result->has_polarization) return LRPOT_OK;
    int32_t *species = malloc((size_t)result->eval.n * sizeof *species);
    if (species == NULL) return LRPOT_E_MEMORY;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_status status = lrpot_structure_view(structure, lrpot_potential_species_count(model),
                                               lrpot_potential_symbols(model), species, &atoms);
    if (status == LRPOT_OK)
        status = lrpot_response_polarization(&atoms, result->eval.charges, result->near,
                                             &result->polarization);
    if (status == LRPOT_OK && charges_order(model) > 0) add_dipoles(result, structure);
    free(species);
    return status;
}

/* Of Born charges that are not scaled. */
static void residual(const born_result *result, double *out)
{
    int64_t n = result->eval.n;
    double mean[9];
    for (int k = 0; k < 9; k++) {
        double sum = 0.0;
        for (int64_t i = 0; i < n; i++) sum += result->eval.born[9 * i + k];
        mean[k] = (sum - (k % 4 == 0 ? result->total_charge : 0.0)) / (double)n;
    }
    screening_born(&result->screened, 1, mean, out);
}

/* Sum rule of the model's values, then the screening. */
static lrpot_status finish(born_result *result, int project)
{
    evaluation *eval = &result->eval;
    lrpot_status status = LRPOT_OK;
    residual(result, result->before);
    if (project) status = lrpot_response_project(eval->n, result->total_charge, eval->born);
    residual(result, result->after);
    screening_born(&result->screened, eval->n, eval->born, eval->born);
    return status;
}

lrpot_status born_run(born_result *result, const lrpot_potential *model, lrpot_workspace *work,
                      const lrpot_structure *structure, int32_t form, const screening *screened,
                      int project)
{
    evaluation *eval = &result->eval;
    lrpot_status status = evaluation_run(eval, model, work, structure);
    if (status == LRPOT_OK)
        status =
            lrpot_response_born_charges_structure(model, work, structure, form, eval->born, NULL);
    if (status != LRPOT_OK) return status;
    result->polarization = (lrpot_polarization)LRPOT_POLARIZATION_INIT;
    result->screened = *screened;
    result->scale = screened->scale;
    result->total_charge = 0.0;
    for (int64_t i = 0; i < eval->n; i++) result->total_charge += eval->charges[i];
    status = finish(result, project);
    result->response = (screening){ 0 };
    if (status == LRPOT_OK && screened->own
        && lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL)
        status = screening_by_model(&result->response, model, work, structure);
    return status == LRPOT_OK ? polarization_of(result, model, structure) : status;
}

static lrpot_status dipole_of(born_result *result, const lrpot_tensor_model *model,
                              lrpot_workspace *work, const lrpot_structure *structure)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_status status = lrpot_tensor_model_get_options(model, &options);
    result->has_polarization = status == LRPOT_OK && options.kind == LRPOT_TENSORS_DIPOLE;
    if (!result->has_polarization) return status;
    return lrpot_tensor_model_dipole_structure(model, work, structure, result->polarization.dipole);
}

lrpot_status born_run_tensors(born_result *result, const lrpot_tensor_model *model,
                              lrpot_workspace *work, const lrpot_structure *structure, int project)
{
    evaluation *eval = &result->eval;
    const double *charge = lrpot_structure_get(structure, LRPOT_QUANTITY_TOTAL_CHARGE);
    if (!evaluation_reserve(eval, lrpot_structure_count(structure))) return LRPOT_E_MEMORY;
    eval->has_charges = 0;
    result->polarization = (lrpot_polarization)LRPOT_POLARIZATION_INIT;
    result->scale = 1.0;
    result->response = (screening){ 0 };
    result->screened = (screening){ .root = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, .scale = 1.0 };
    result->total_charge = charge != NULL ? *charge : 0.0;
    lrpot_status status =
        lrpot_tensor_model_born_charges_structure(model, work, structure, eval->born, NULL);
    if (status != LRPOT_OK) return status;
    status = finish(result, project);
    return status == LRPOT_OK ? dipole_of(result, model, work, structure) : status;
}

void born_free(born_result *result)
{
    evaluation_free(&result->eval);
}
