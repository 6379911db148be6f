#include "cli/inputs.h"

#include "cli/neighbourhood.h"
#include "cli/report.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_number(const char *label)
{
    if (*label == '\0') return 0;
    for (; *label != '\0'; label++)
        if (!isdigit((unsigned char)*label)) return 0;
    return 1;
}

static int has_names(const lrpot_potential *model)
{
    const char *const *symbols = lrpot_potential_symbols(model);
    for (int32_t i = 0; i < lrpot_potential_species_count(model); i++)
        if (is_number(symbols[i])) return 0;
    return 1;
}

int inputs_species(const char *verb, const char *text, text_list *list)
{
    if (text_list_split(list, text)) return GO_ON;
    text_list_free(list);
    return report_usage(verb, "--species %s: expected names with commas between, as in Na,Cl",
                        text);
}

int inputs_model(lrpot_potential **out, const char *path, const text_list *species)
{
    lrpot_status status = lrpot_potential_load(out, path);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (species == NULL || species->count == 0 || has_names(*out)) return GO_ON;
    if (species->count == lrpot_potential_species_count(*out))
        status =
            lrpot_potential_set_symbols(*out, species->count, (const char *const *)species->items);
    int code = GO_ON;
    if (status != LRPOT_OK) code = report_failure(status, path);
    else if (species->count != lrpot_potential_species_count(*out))
        code = report_error(BAD_INPUT, "%s: the model has %d species, --species names %d", path,
                            (int)lrpot_potential_species_count(*out), (int)species->count);
    if (code == GO_ON) return GO_ON;
    lrpot_potential_free(*out);
    *out = NULL;
    return code;
}

int inputs_has_moments(const lrpot_potential *model)
{
    return lrpot_basis_radial_functions(lrpot_potential_basis(model)) > 0;
}

/* 0 or 1: which of two words an option has; 2: none. */
static int word_of(const char *text, const char *first, const char *second)
{
    return text == NULL || strcmp(text, first) == 0 ? 0 : strcmp(text, second) == 0 ? 1 : 2;
}

int inputs_nep(const char *verb, lrpot_potential *model, const char *path, const char *sum,
               const char *forces)
{
    int32_t which_sum = word_of(sum, "converged", "fitted"),
            which_forces = word_of(forces, "gradient", "plain");
    if (which_sum > 1) return report_usage(verb, "--nep-sum %s: expected converged or fitted", sum);
    if (which_forces > 1)
        return report_usage(verb, "--nep-forces %s: expected gradient or plain", forces);
    lrpot_status status = sum != NULL ? lrpot_nep_set_sum(model, which_sum) : LRPOT_OK;
    if (status == LRPOT_OK && forces != NULL) status = lrpot_nep_set_forces(model, which_forces);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

int inputs_precision(const char *verb, lrpot_potential *model, const char *path, const char *text)
{
    int32_t precision = word_of(text, "double", "mixed");
    if (precision > 1) return report_usage(verb, "--precision %s: expected double or mixed", text);
    lrpot_status status = lrpot_potential_set_precision(model, precision);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

int inputs_reader(lrpot_reader **out, const char *path, const lrpot_potential *model,
                  const text_list *species)
{
    lrpot_status status = lrpot_reader_open(out, path);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (species != NULL && species->count > 0)
        status = lrpot_reader_set_types(*out, species->count, (const char *const *)species->items);
    else if (model != NULL && strcmp(lrpot_reader_format(*out), "MLIP .cfg") == 0)
        status = lrpot_reader_set_types(*out, lrpot_potential_species_count(model),
                                        lrpot_potential_symbols(model));
    if (status == LRPOT_OK && options_units() != NULL)
        status = lrpot_reader_set_units(*out, options_units());
    if (status == LRPOT_OK) return GO_ON;
    lrpot_reader_close(*out);
    *out = NULL;
    return report_failure(status, path);
}

/* Reports recognised units, once per file. */
static void report_units(const lrpot_reader *reader, const char *path)
{
    const char *text = NULL;
    if (lrpot_reader_frames(reader) != 1) return;
    for (int32_t k = 0; (text = lrpot_reader_note(reader, k)) != NULL; k++)
        report_note("%s: %s", path, text);
}

int inputs_next(lrpot_reader *reader, const char *path, lrpot_structure **out)
{
    *out = NULL;
    lrpot_status status = lrpot_reader_next(reader, out);
    if (status == LRPOT_OK) {
        report_units(reader, path);
        return GO_ON;
    }
    *out = NULL;
    if (status != LRPOT_E_END) return report_failure(status, path);
    int64_t left = lrpot_reader_left_out(reader);
    if (left > 0)
        report_note("%s: %lld frames are left out: their electrons are not converged", path,
                    (long long)left);
    if (lrpot_reader_frames(reader) == 0)
        return report_error(BAD_INPUT, "%s: holds no frame that can be used", path);
    return GO_ON;
}

int inputs_frame(lrpot_structure **out, const char *path, int64_t frame,
                 const lrpot_potential *model, const text_list *species)
{
    lrpot_reader *reader = NULL;
    *out = NULL;
    int code = inputs_reader(&reader, path, model, species);
    for (int64_t at = 0; code == GO_ON && at <= frame; at++) {
        lrpot_structure_free(*out);
        code = inputs_next(reader, path, out);
        if (code == GO_ON && *out == NULL)
            code = report_error(BAD_INPUT,
                                "%s: has %lld frames, frame %lld was asked for (they count from 0)",
                                path, (long long)at, (long long)frame);
    }
    lrpot_reader_close(reader);
    return code;
}

int evaluation_reserve(evaluation *result, int64_t n)
{
    result->n = n;
    if (n <= result->capacity) return 1;
    evaluation_free(result);
    result->n = result->capacity = n;
    result->forces = malloc((size_t)(3 * n) * sizeof(double));
    result->charges = malloc((size_t)n * sizeof(double));
    result->potential = malloc((size_t)n * sizeof(double));
    result->born = malloc((size_t)(9 * n) * sizeof(double));
    result->dipoles = malloc((size_t)(3 * n) * sizeof(double));
    result->quadrupoles = malloc((size_t)(9 * n) * sizeof(double));
    return result->forces != NULL && result->charges != NULL && result->potential != NULL
           && result->born != NULL && result->dipoles != NULL && result->quadrupoles != NULL;
}

int32_t charges_order(const lrpot_potential *model)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    const lrpot_charges *charges = lrpot_potential_charges(model);
    return charges != NULL && lrpot_charges_get_options(charges, &options) == LRPOT_OK
               ? options.order
               : 0;
}

static lrpot_status evaluate_moments(evaluation *result, const lrpot_potential *model,
                                     lrpot_workspace *work, const lrpot_structure *structure)
{
    neighbourhood near;
    result->order = charges_order(model);
    if (result->order == 0) return LRPOT_OK;
    lrpot_status status = neighbourhood_open(&near, model, structure);
    if (status == LRPOT_OK)
        status = lrpot_charges_moments(lrpot_potential_charges(model), work, &near.atoms, near.list,
                                       NULL, result->dipoles,
                                       result->order > 1 ? result->quadrupoles : NULL);
    neighbourhood_close(&near);
    return status;
}

static lrpot_status evaluate_points(evaluation *result, const lrpot_potential *model,
                                    lrpot_workspace *work, const lrpot_structure *structure)
{
    int64_t n = 0;
    const double *points = lrpot_structure_points(structure, &n, NULL);
    free(result->at_points);
    result->at_points = NULL;
    if (points == NULL || lrpot_charges_channels(lrpot_potential_charges(model)) != 1
        || result->order > 0) /* points see dipoles, too */
        return LRPOT_OK;
    result->at_points = malloc((size_t)n * sizeof(double));
    if (result->at_points == NULL) return LRPOT_E_MEMORY;
    return lrpot_potential_points_structure(model, work, structure, n, points, result->at_points);
}

lrpot_status evaluation_run(evaluation *result, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_structure *structure)
{
    if (!evaluation_reserve(result, lrpot_structure_count(structure))) return LRPOT_E_MEMORY;
    result->has_charges = lrpot_potential_charges(model) != NULL;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.energy = &result->energy;
    outputs.forces = result->forces;
    outputs.virial = result->virial;
    if (result->has_charges) {
        outputs.charges = result->charges;
        outputs.potential = result->potential;
        outputs.dipole = result->dipole;
    }
    lrpot_status status = lrpot_potential_compute_structure(model, work, structure, &outputs);
    if (status != LRPOT_OK) return status;
    double volume = lrpot_structure_volume(structure);
    result->has_stress = volume > 0.0 && lrpot_structure_periodic_mask(structure) != 0;
    for (int k = 0; k < 9; k++)
        result->stress[k] = result->has_stress ? -result->virial[k] / volume : 0.0;
    status = evaluate_moments(result, model, work, structure);
    return status == LRPOT_OK ? evaluate_points(result, model, work, structure) : status;
}

void evaluation_free(evaluation *result)
{
    free(result->dipoles);
    free(result->quadrupoles);
    free(result->forces);
    free(result->charges);
    free(result->potential);
    free(result->born);
    free(result->at_points);
    *result = (evaluation){ 0 };
}

double inputs_epsilon(double option, const lrpot_structure *structure, const lrpot_potential *model)
{
    if (option > 0.0) return option;
    const double *tensor = lrpot_structure_get(structure, LRPOT_QUANTITY_EPSILON_INF);
    return tensor != NULL ? (tensor[0] + tensor[4] + tensor[8]) / 3.0
                          : lrpot_potential_epsilon_infinity(model);
}
