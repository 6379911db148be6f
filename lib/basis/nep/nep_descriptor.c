#include "basis/nep/nep_descriptor.h"

#include "basis/nep/nep_run.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

static const lrpot__tag outputs_tag = { "outputs and their weights" };

/* Arrays of one call, in one block. */
typedef struct {
    double *energies, *charges;              /* [n_owned] */
    double *energy_weights, *charge_weights; /* [n_owned] */
} arrays;

static int64_t count(const lrpot_basis *basis)
{
    return lrpot__nep_basis_evaluator(basis)->nep->charge_mode != LRPOT__NEP_UNCHARGED
               ? LRPOT__NEP_OUTPUTS
               : LRPOT__NEP_ENERGY + 1;
}

static lrpot_status check_request(const lrpot__request *request)
{
    int needs = request->values != NULL || request->forces != NULL || request->virial != NULL
                || request->virial_atom != NULL || request->virial_centre != NULL;
    if (request->network != NULL || request->heads != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "networks and several heads on the outputs of a %s are not offered",
                           lrpot__nep_descriptor.name);
    if (needs && request->coefficients == NULL && request->atom_coefficients == NULL)
        return lrpot__fail(LRPOT_E_NULL, "values or derivatives of a basis need coefficients");
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot_workspace *work, const lrpot_atoms *atoms, arrays *out)
{
    int64_t n = atoms->n_owned;
    LRPOT__TRY(lrpot__workspace_doubles(work, &outputs_tag, 4 * n, &out->energies));
    out->charges = out->energies + n;
    out->energy_weights = out->charges + n;
    out->charge_weights = out->energy_weights + n;
    return LRPOT_OK;
}

/* Coefficient of an output in the head of an atom. */
static double coefficient(const lrpot__request *request, const lrpot_atoms *atoms, int64_t width,
                          int64_t i, int64_t output)
{
    if (output >= width) return 0.0;
    if (request->atom_coefficients != NULL) return request->atom_coefficients[i * width + output];
    return request->coefficients == NULL
               ? 0.0
               : request->coefficients[atoms->species[i] * request->species_stride + output];
}

static void fill_weights(const lrpot__request *request, const lrpot_atoms *atoms, int64_t width,
                         arrays *a)
{
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double weight = request->weights != NULL ? request->weights[i] : 1.0;
        a->energy_weights[i] = weight * coefficient(request, atoms, width, i, LRPOT__NEP_ENERGY);
        a->charge_weights[i] = weight * coefficient(request, atoms, width, i, LRPOT__NEP_CHARGE);
    }
}

static void give_outputs(const lrpot__request *request, const lrpot_atoms *atoms, int64_t width,
                         const arrays *a)
{
    const double *outputs[LRPOT__NEP_OUTPUTS] = { a->energies, a->charges };
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (request->values != NULL) request->values[i] = 0.0;
        for (int64_t k = 0; k < width; k++) {
            if (request->features != NULL) request->features[i * width + k] = outputs[k][i];
            if (request->values != NULL)
                request->values[i] += coefficient(request, atoms, width, i, k) * outputs[k][i];
        }
    }
}

static lrpot_status run(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                        const lrpot_nlist *list, const lrpot__request *request)
{
    const lrpot__nep_evaluator *evaluator = lrpot__nep_basis_evaluator(basis);
    int64_t width = count(basis);
    arrays a;
    LRPOT__TRY(check_request(request));
    LRPOT__TRY(reserve(work, atoms, &a));
    fill_weights(request, atoms, width, &a);
    lrpot__nep_request pass = { .energy_weights = a.energy_weights,
                                .charge_weights = a.charge_weights,
                                .energies = a.energies,
                                .charges = a.charges,
                                .forces = request->forces,
                                .lever_arm = request->lever_arm,
                                .virial = request->virial,
                                .virial_neighbour = request->virial_atom,
                                .virial_centre = request->virial_centre };
    LRPOT__TRY(lrpot__nep_run(evaluator, work, atoms, list, &pass));
    give_outputs(request, atoms, width, &a);
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
    return status;
}

static void release(lrpot_basis *basis)
{
    lrpot__nep_evaluator_free(basis->data);
}

const lrpot__descriptor lrpot__nep_descriptor = { .name = "neuroevolution potential (NEP)",
                                                  .count = count,
                                                  .run = run,
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
