/* Handle of a basis: options, radial coefficients, evaluation, each by the record of its
 * descriptor. */
#include "basis/basis.h"

#include "basis/descriptor.h"
#include "basis/plan/plan.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "structure/atoms_check.h"

#include <assert.h>
#include <math.h>
#include <string.h>

lrpot_status lrpot__basis_trained(const lrpot_basis *basis, const char *what)
{
    if (basis == NULL || basis->descriptor->trained) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: needs " LRPOT__MOMENT_TENSORS ", the model's descriptor is a %s", what,
                       basis->descriptor->name);
}

int lrpot__basis_same(const lrpot_basis *a, const lrpot_basis *b)
{
    if (a == NULL || b == NULL) return 0;
    return a == b || (a->data != NULL && a->data == b->data);
}

lrpot_status lrpot__basis_run(const lrpot_basis *basis, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot__request *request)
{
    assert(basis != NULL && work != NULL && atoms != NULL && list != NULL);
    return basis->descriptor->run(basis, work, atoms, list, request);
}

lrpot_status lrpot__basis_set_mixed(lrpot_basis *basis, int32_t mixed)
{
    if (basis->descriptor->set_mixed != NULL) return basis->descriptor->set_mixed(basis, mixed);
    if (!mixed) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "mixed precision is of NEPs, the model has %s: evaluate it in double "
                       "precision",
                       basis->descriptor->name);
}

lrpot_status lrpot__basis_clone(lrpot_basis **out, const lrpot_basis *basis)
{
    return basis->descriptor->clone(out, basis);
}

void lrpot_basis_free(lrpot_basis *basis)
{
    if (basis == NULL) return;
    basis->descriptor->release(basis);
    lrpot__free(basis);
}

const char *lrpot_basis_descriptor(const lrpot_basis *basis)
{
    return basis != NULL ? basis->descriptor->name : NULL;
}

int64_t lrpot_basis_count(const lrpot_basis *basis)
{
    return basis != NULL ? basis->descriptor->count(basis) : 0;
}

int64_t lrpot_basis_radial_functions(const lrpot_basis *basis)
{
    return basis != NULL && basis->plan != NULL ? basis->plan->n_radial : 0;
}

lrpot_status lrpot_basis_get_options(const lrpot_basis *basis, lrpot_basis_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(basis);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_RESULT(lrpot_basis_options, options);
    LRPOT__FILL_RESULT(options, &basis->options);
    return LRPOT_OK;
}

const double *lrpot_basis_radial(const lrpot_basis *basis)
{
    return basis != NULL ? basis->radial : NULL;
}

lrpot_status lrpot_basis_set_radial(lrpot_basis *basis, const double *radial)
{
    LRPOT__REQUIRE_NOT_NULL(basis);
    LRPOT__REQUIRE_NOT_NULL(radial);
    LRPOT__TRY(lrpot__basis_trained(basis, "radial coefficients"));
    int64_t s = basis->options.n_species,
            count = s * s * basis->plan->n_radial * basis->options.radial_size;
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(radial[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "radial coefficient %lld is %g", (long long)i,
                               radial[i]);
    memcpy(basis->radial, radial, (size_t)count * sizeof *radial);
    return LRPOT_OK;
}

static lrpot_status check_call(const lrpot_basis *basis, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list)
{
    LRPOT__REQUIRE_NOT_NULL(basis);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(list);
    return lrpot__atoms_check(atoms, basis->options.n_species);
}

lrpot_status lrpot_basis_eval(const lrpot_basis *basis, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list, double *features)
{
    LRPOT__REQUIRE_NOT_NULL(features);
    LRPOT__TRY(check_call(basis, work, atoms, list));
    lrpot__request request = { .features = features };
    LRPOT__TRY(lrpot__basis_run(basis, work, atoms, list, &request));
    return lrpot__finite("feature", atoms->n_owned, lrpot_basis_count(basis), features);
}

lrpot_status lrpot_basis_pull(const lrpot_basis *basis, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const double *dE_dfeatures, lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(dE_dfeatures);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    LRPOT__TRY(check_call(basis, work, atoms, list));
    lrpot__request request = { .atom_coefficients = dE_dfeatures,
                               .forces = out->forces,
                               .virial = out->virial,
                               .virial_atom = out->virial_atom };
    return lrpot__basis_run(basis, work, atoms, list, &request);
}
