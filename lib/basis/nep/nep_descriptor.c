#include "basis/nep/nep_descriptor.h"

#include "basis/nep/nep_run.h"
#include "basis/site_outputs.h"
#include "core/error.h"
#include "core/memory.h"

static int64_t count(const lrpot_basis *basis)
{
    return lrpot__nep_basis_evaluator(basis)->nep->charge_mode != LRPOT__NEP_UNCHARGED
               ? LRPOT__SITE_OUTPUTS
               : LRPOT__SITE_ENERGY + 1;
}

static lrpot_status run(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                        const lrpot_nlist *list, const lrpot__request *request)
{
    const lrpot__nep_evaluator *evaluator = lrpot__nep_basis_evaluator(basis);
    lrpot__site_outputs a;
    LRPOT__TRY(lrpot__site_outputs_start(basis, work, atoms, request, &a));
    lrpot__nep_request pass = { .mixed = basis->mixed,
                                .energy_weights = a.energy_weights,
                                .charge_weights = a.charge_weights,
                                .energies = a.energies,
                                .charges = a.charges,
                                .forces = request->forces,
                                .lever_arm = request->lever_arm,
                                .virial = request->virial,
                                .virial_neighbour = request->virial_atom,
                                .virial_centre = request->virial_centre };
    LRPOT__TRY(lrpot__nep_run(evaluator, work, atoms, list, &pass));
    lrpot__site_outputs_give(basis, atoms, request, &a);
    return LRPOT_OK;
}

/* Takes over one share of the evaluator. */
static lrpot_status wrap(lrpot_basis **out, lrpot__nep_evaluator *evaluator)
{
    lrpot_basis *basis = lrpot__calloc(1, sizeof *basis);
    if (basis == NULL) return LRPOT_E_MEMORY;
    basis->descriptor = &lrpot__nep_descriptor;
    basis->data = evaluator;
    basis->options = (lrpot_basis_options){ .struct_size = sizeof basis->options,
                                            .n_species = evaluator->nep->n_species,
                                            .kernel = evaluator->kernel,
                                            .cutoff = evaluator->nep->cutoff,
                                            .scaling = 1.0 };
    *out = basis;
    return LRPOT_OK;
}

static lrpot_status clone(lrpot_basis **out, const lrpot_basis *basis)
{
    lrpot__nep_evaluator *evaluator = lrpot__nep_evaluator_share(basis->data);
    lrpot_status status = wrap(out, evaluator);
    if (status != LRPOT_OK) lrpot__nep_evaluator_free(evaluator);
    else (*out)->mixed = basis->mixed;
    return status;
}

static lrpot_status set_mixed(lrpot_basis *basis, int32_t mixed)
{
    if (mixed) LRPOT__TRY(lrpot__nep_evaluator_add_single(basis->data));
    basis->mixed = mixed;
    return LRPOT_OK;
}

static void release(lrpot_basis *basis)
{
    lrpot__nep_evaluator_free(basis->data);
}

const lrpot__descriptor lrpot__nep_descriptor = { .name = "neuroevolution potential (NEP)",
                                                  .count = count,
                                                  .run = run,
                                                  .set_mixed = set_mixed,
                                                  .clone = clone,
                                                  .release = release };

lrpot_status lrpot__nep_basis_create(lrpot_basis **out, lrpot__nep *nep, int32_t kernel)
{
    lrpot__nep_evaluator *evaluator = NULL;
    LRPOT__TRY(lrpot__nep_evaluator_create(&evaluator, nep, kernel));
    lrpot_status status = wrap(out, evaluator);
    if (status != LRPOT_OK) {
        evaluator->nep = NULL; /* the model still belongs to the caller */
        lrpot__nep_evaluator_free(evaluator);
    }
    return status;
}

void lrpot__nep_basis_disown(lrpot_basis *basis)
{
    ((lrpot__nep_evaluator *)basis->data)->nep = NULL;
}

const lrpot__nep_evaluator *lrpot__nep_basis_evaluator(const lrpot_basis *basis)
{
    return basis != NULL && basis->descriptor == &lrpot__nep_descriptor ? basis->data : NULL;
}
