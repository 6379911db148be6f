/* A nep.txt from memory: what loads must be a model that can be evaluated, and that the library's
 * own format brings back whole. */
#include "fuzz.h"

#include "basis/nep/nep_model.h"
#include "io/models/model_read.h"
#include "io/models/model_write.h"
#include "io/nep/nep_file.h"
#include "io/nep/nep_numbers.h"
#include "potential/nep_assemble.h"

#include <string.h>

/* Two atoms of the first species at a distance that the model knows. */
static void evaluate(const lrpot_potential *potential)
{
    double positions[6] = { 0, 0, 0, 0.7 * lrpot_potential_cutoff(potential), 0, 0 }, energy,
           forces[6];
    const int32_t species[2] = { 0, 0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_workspace *work = NULL;
    atoms.n_owned = atoms.n_all = 2, atoms.positions = positions, atoms.species = species;
    out.energy = &energy, out.forces = forces;
    if (lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0.0) == LRPOT_OK
        && lrpot_workspace_create(&work, 1) == LRPOT_OK
        && lrpot_potential_compute(potential, work, &atoms, list, NULL, &out) == LRPOT_E_BUG)
        abort();
    lrpot_workspace_free(work);
    lrpot_nlist_free(list);
}

static double *numbers_of(const lrpot_potential *potential)
{
    const lrpot__nep *nep = lrpot__nep_of(potential);
    double *values = calloc((size_t)lrpot__nep_numbers(nep), sizeof *values);
    if (values == NULL) abort();
    lrpot__nep_get_numbers(nep, values);
    return values;
}

/* To the library's own format and back: the same header and the same bits. */
static void convert(const lrpot_potential *potential)
{
    json_t *model = json_object();
    lrpot_potential *back = NULL;
    if (lrpot__model_put(model, potential) != LRPOT_OK) abort();
    char *text = json_dumps(model, 0);
    if (text == NULL
        || lrpot__model_parse(&back, "nep.lrp", text, (int64_t)strlen(text), 0) != LRPOT_OK)
        abort();
    const lrpot__nep *before = lrpot__nep_of(potential), *after = lrpot__nep_of(back);
    double *given = numbers_of(potential), *found = numbers_of(back);
    if (strcmp(before->header, after->header) != 0
        || memcmp(given, found, (size_t)lrpot__nep_numbers(before) * sizeof *given) != 0)
        abort();
    free(given);
    free(found);
    free(text);
    json_decref(model);
    lrpot_potential_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot__nep *nep = NULL;
    lrpot_potential *potential = NULL;
    if (lrpot__nep_parse(&nep, "nep.txt", data, (int64_t)size) != LRPOT_OK) {
        fuzz_touch_message();
        return 0;
    }
    if (lrpot__nep_assemble(&potential, nep, LRPOT_KERNEL_AUTO, 0.0) != LRPOT_OK) {
        lrpot__nep_free(nep);
        fuzz_touch_message();
        return 0;
    }
    evaluate(potential);
    convert(potential);
    lrpot_potential_free(potential);
    return 0;
}
