#include "basis/site_outputs.h"

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "core/error.h"
#include "core/workspace.h"

static const lrpot__tag outputs_tag = { "outputs and their weights" };

static lrpot_status check_request(const lrpot_basis *basis, const lrpot__request *request)
{
    int needs = request->values != NULL || request->forces != NULL || request->virial != NULL
                || request->virial_atom != NULL || request->virial_centre != NULL;
    if (request->network != NULL || request->heads != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "networks and several heads on the outputs of a %s are not offered",
                           basis->descriptor->name);
    if (needs && request->coefficients == NULL && request->atom_coefficients == NULL)
        return lrpot__fail(LRPOT_E_NULL, "values or derivatives of a basis need coefficients");
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot_workspace *work, const lrpot_atoms *atoms,
                            lrpot__site_outputs *out)
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
                         lrpot__site_outputs *a)
{
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double weight = request->weights != NULL ? request->weights[i] : 1.0;
        a->energy_weights[i] = weight * coefficient(request, atoms, width, i, LRPOT__SITE_ENERGY);
        a->charge_weights[i] = weight * coefficient(request, atoms, width, i, LRPOT__SITE_CHARGE);
    }
}

void lrpot__site_outputs_give(const lrpot_basis *basis, const lrpot_atoms *atoms,
                              const lrpot__request *request, const lrpot__site_outputs *a)
{
    int64_t width = lrpot_basis_count(basis);
    const double *outputs[LRPOT__SITE_OUTPUTS] = { a->energies, a->charges };
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (request->values != NULL) request->values[i] = 0.0;
        for (int64_t k = 0; k < width; k++) {
            if (request->features != NULL) request->features[i * width + k] = outputs[k][i];
            if (request->values != NULL)
                request->values[i] += coefficient(request, atoms, width, i, k) * outputs[k][i];
        }
    }
}

lrpot_status lrpot__site_outputs_start(const lrpot_basis *basis, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot__request *request,
                                       lrpot__site_outputs *out)
{
    LRPOT__TRY(check_request(basis, request));
    LRPOT__TRY(reserve(work, atoms, out));
    fill_weights(request, atoms, lrpot_basis_count(basis), out);
    return LRPOT_OK;
}
