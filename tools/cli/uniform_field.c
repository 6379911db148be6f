#include "cli/uniform_field.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

static int read_form(const char *verb, const char *text, int32_t *form)
{
    *form = LRPOT_DIPOLE_CURRENT;
    if (text == NULL || strcmp(text, "current") == 0) return GO_ON;
    *form = LRPOT_DIPOLE_POSITIONS;
    if (strcmp(text, "positions") == 0) return GO_ON;
    return report_usage(verb, "--dipole %s: expected current or positions", text);
}

int uniform_field_read(const char *verb, const field_options *options, const common_options *common,
                       double epsilon, lrpot_field *out, int32_t *has)
{
    static const char *const names[] = { "field", "voltage", "displacement", "flux" };
    const double *const values[] = { options->field, options->voltage, options->displacement,
                                     options->flux };
    const double *e = options->field;
    const char *given = NULL;
    *out = (lrpot_field)LRPOT_FIELD_INIT;
    *has = 0;
    for (int32_t k = 0; k < 4; k++) {
        if (!options_given(common, names[k])) continue;
        if (given != NULL)
            return report_usage(verb, "--%s and --%s: give one field", given, names[k]);
        given = names[k];
        out->kind = k;
        memcpy(out->value, values[k], sizeof out->value);
        *has = k != LRPOT_FIELD_FIXED || e[0] != 0.0 || e[1] != 0.0 || e[2] != 0.0;
    }
    for (int a = 0; a < 3; a++) out->eps_inf[4 * a] = epsilon;
    return read_form(verb, options->dipole, &out->form);
}

static lrpot_status enthalpy(evaluation *result, const lrpot_potential *model,
                             lrpot_workspace *work, const lrpot_atoms *atoms,
                             const lrpot_field *field)
{
    lrpot_nlist *list = NULL;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.energy = &result->energy;
    outputs.forces = result->forces;
    outputs.virial = result->virial;
    outputs.charges = result->charges;
    outputs.dipole = result->dipole;
    lrpot_status status = lrpot_nlist_build(&list, atoms, lrpot_potential_cutoff(model), 0.0);
    if (status == LRPOT_OK)
        status = lrpot_response_enthalpy(model, work, atoms, list, NULL, field, &outputs);
    lrpot_nlist_free(list);
    return status;
}

lrpot_status uniform_field_evaluate(evaluation *result, const lrpot_potential *model,
                                    lrpot_workspace *work, const lrpot_structure *structure,
                                    const lrpot_field *field)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int32_t *species = malloc((size_t)result->n * sizeof *species);
    if (species == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_structure_view(structure, lrpot_potential_species_count(model),
                                               lrpot_potential_symbols(model), species, &atoms);
    if (status == LRPOT_OK) status = enthalpy(result, model, work, &atoms, field);
    free(species);
    for (int k = 0; k < 9 && result->has_stress; k++)
        result->stress[k] = -0.5 * (result->virial[k] + result->virial[k % 3 * 3 + k / 3])
                            / lrpot_structure_volume(structure);
    return status;
}
