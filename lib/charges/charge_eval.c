/* Charges from the local environment, and the chain rule back to the atoms. */
#include "charges/charges.h"

#include "core/error.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

#include <math.h>
#include <string.h>

enum { BLOCK_VALUES = LRPOT__BLOCK_CHARGES, BLOCK_WEIGHTS };

/* The list matters only to models with a basis: the others may come without one. */
static lrpot_status check_call(const lrpot_charges *charges, const lrpot_workspace *work, const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *values)
{
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(values);
    if (charges->basis != NULL) LRPOT__REQUIRE_NOT_NULL(list);
    return lrpot__atoms_check(atoms, charges->n_species);
}

static lrpot_status local_scalars(const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  double *values)
{
    if (charges->basis != NULL) {
        lrpot__request request = { .coefficients = charges->linear, .values = values };
        LRPOT__TRY(lrpot__basis_run(charges->basis, work, atoms, list, &request));
    } else {
        memset(values, 0, (size_t)atoms->n_owned * sizeof *values);
    }
    for (int64_t i = 0; i < atoms->n_owned; i++) values[i] += charges->base[atoms->species[i]];
    return LRPOT_OK;
}

lrpot_status lrpot_charges_eval(const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *q)
{
    LRPOT__TRY(check_call(charges, work, atoms, list, q));
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, BLOCK_VALUES, 0, atoms->n_owned, sizeof(double), &block));
    double *values = block;
    LRPOT__TRY(local_scalars(charges, work, atoms, list, values));
    LRPOT__TRY(charges->rules->forward(charges, atoms, comm, values));
    if (atoms->n_owned > 0) memcpy(q, values, (size_t)atoms->n_owned * sizeof *q);
    return LRPOT_OK;
}

lrpot_status lrpot_charges_pull(const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, const double *dE_dq, lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__TRY(check_call(charges, work, atoms, list, dE_dq));
    if (out->struct_size < sizeof *out)
        return lrpot__fail(LRPOT_E_SIZE, "lrpot_outputs of %zu bytes, expected %zu", out->struct_size, sizeof *out);
    int wanted = out->forces != NULL || out->virial != NULL || out->virial_atom != NULL;
    if (charges->basis == NULL || !wanted) return LRPOT_OK; /* such charges do not follow the atoms */
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, BLOCK_WEIGHTS, 0, atoms->n_owned, sizeof(double), &block));
    double *weights = block;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (!isfinite(dE_dq[i])) return lrpot__fail(LRPOT_E_NOT_FINITE, "dE/dq of atom %lld is %g", (long long)i, dE_dq[i]);
        weights[i] = dE_dq[i];
    }
    LRPOT__TRY(charges->rules->adjoint(charges, atoms, comm, weights));
    lrpot__request request = { .coefficients = charges->linear, .weights = weights, .forces = out->forces, .virial = out->virial,
                               .virial_atom = out->virial_atom };
    return lrpot__basis_run(charges->basis, work, atoms, list, &request);
}
