/* A nep.txt from memory: what loads must be a model that can be evaluated. */
#include "fuzz.h"

#include "basis/nep/nep_model.h"
#include "io/nep/nep_file.h"
#include "potential/nep_compute.h"

/* Two atoms of the first species at a distance that the model knows. */
static void evaluate(const lrpot__nep_potential *potential)
{
    double positions[6] = { 0, 0, 0, 0.7 * potential->evaluator->nep->cutoff, 0, 0 }, energy,
           forces[6];
    const int32_t species[2] = { 0, 0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_workspace *work = NULL;
    atoms.n_owned = atoms.n_all = 2, atoms.positions = positions, atoms.species = species;
    out.energy = &energy, out.forces = forces;
    if (lrpot_nlist_build(&list, &atoms, potential->evaluator->nep->cutoff, 0.0) == LRPOT_OK
        && lrpot_workspace_create(&work, 1) == LRPOT_OK
        && lrpot__nep_compute(potential, work, &atoms, list, NULL, &out) == LRPOT_E_BUG)
        abort();
    lrpot_workspace_free(work);
    lrpot_nlist_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot__nep *nep = NULL;
    lrpot__nep_potential *potential = NULL;
    if (lrpot__nep_parse(&nep, "nep.txt", data, (int64_t)size) != LRPOT_OK) {
        fuzz_touch_message();
        return 0;
    }
    if (lrpot__nep_potential_create(&potential, nep, NULL) != LRPOT_OK) {
        lrpot__nep_free(nep);
        fuzz_touch_message();
        return 0;
    }
    evaluate(potential);
    lrpot__nep_potential_free(potential);
    return 0;
}
