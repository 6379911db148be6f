/* Writing of nep.txt. */
#include "basis/descriptor.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"
#include "io/nep/nep_numbers.h"
#include "potential/nep_assemble.h"

#include <lrpot/io.h>
#include <lrpot/nep.h>

/* A part of the model that a nep.txt cannot hold; NULL: it holds all. */
static const char *part_lost(const lrpot_potential *potential)
{
    for (int32_t z = 0; z < potential->n_species; z++)
        if (potential->shifts[z] != 0.0) return "energies of the species";
    if (potential->charges != NULL && !lrpot__nep_has_charges(potential))
        return "charges beside the NEP";
    if (potential->charges != NULL && potential->accuracy != 0.0)
        return "an accuracy of the Coulomb sum";
    if (lrpot_nep_sum(potential) != LRPOT_NEP_SUM_CONVERGED) return "the choice of the fitted sum";
    if (lrpot_nep_forces(potential) != LRPOT_NEP_FORCES_GRADIENT)
        return "the choice of plain forces";
    return potential->n_metadata > 0 ? "notes" : NULL;
}

static lrpot_status check_model(const lrpot_potential *potential, const char *path)
{
    if (lrpot__nep_of(potential) == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: a nep.txt holds a NEP, the energy of the model is of %s", path,
                           potential->basis->descriptor->name);
    const char *lost = part_lost(potential);
    if (lost != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: the model has %s, which a nep.txt cannot hold; use "
                           "lrpot_potential_save()",
                           path, lost);
    return LRPOT_OK;
}

lrpot_status lrpot_potential_save_nep(const lrpot_potential *potential, const char *path)
{
    lrpot__output output;
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__TRY(check_model(potential, path));
    const lrpot__nep *nep = lrpot__nep_of(potential);
    int64_t count = lrpot__nep_numbers(nep);
    double *values = lrpot__calloc(count, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    lrpot__nep_get_numbers(nep, values);
    lrpot_status status = lrpot__output_open(&output, path);
    if (status == LRPOT_OK) {
        lrpot__put_text(&output, nep->header);
        lrpot__put_numbers(&output, count, values, "\n");
        lrpot__put_text(&output, "\n");
        status = lrpot__output_close(&output);
    }
    lrpot__free(values);
    return status;
}
