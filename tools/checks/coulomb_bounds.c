#include "checks/coulomb_bounds.h"

#include <lrpot/ewald.h>
#include <math.h>
#include <stdlib.h>

lrpot_status coulomb_bounds_get(coulomb_bounds *out, const lrpot_potential *model,
                                lrpot_workspace *work, const lrpot_structure *structure)
{
    const lrpot_ewald *ewald = lrpot_potential_ewald(model);
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    *out = (coulomb_bounds){ 0.0, 0.0, 0.0 };
    if (ewald == NULL) return LRPOT_OK;
    int32_t *species = malloc((size_t)lrpot_structure_count(structure) * sizeof *species);
    if (species == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_structure_view(structure, lrpot_potential_species_count(model),
                                               lrpot_potential_symbols(model), species, &atoms);
    if (status == LRPOT_OK) status = lrpot_ewald_plan(ewald, work, &atoms, &report);
    free(species);
    if (status != LRPOT_OK) return status;
    out->energy = fabs(report.predicted_energy);
    out->force = report.predicted_error;
    out->potential = lrpot_potential_charge_unit(model) * report.predicted_potential;
    return LRPOT_OK;
}
