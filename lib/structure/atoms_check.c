/* Checks of the atoms that a host passes. */
#include "structure/atoms_check.h"

#include "core/error.h"
#include "core/struct_size.h"
#include "structure/electrodes.h"
#include "structure/lattice.h"

#include <math.h>

static lrpot_status check_sizes(const lrpot_atoms *atoms)
{
    LRPOT__REQUIRE_INPUT(lrpot_atoms, atoms);
    if (atoms->n_owned < 0 || atoms->n_all < atoms->n_owned || atoms->n_all > INT32_MAX)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "n_owned is %lld and n_all is %lld, expected 0 <= n_owned <= n_all < 2^31",
            (long long)atoms->n_owned, (long long)atoms->n_all);
    if (atoms->stride != 0 && atoms->stride < 3)
        return lrpot__fail(LRPOT_E_ARGUMENT, "atoms->stride is %d, expected 0 or at least 3",
                           atoms->stride);
    if (atoms->n_all > 0) LRPOT__REQUIRE_NOT_NULL(atoms->positions);
    if (!isfinite(atoms->total_charge))
        return lrpot__fail(LRPOT_E_NOT_FINITE, "atoms->total_charge is %g", atoms->total_charge);
    return LRPOT_OK;
}

static lrpot_status check_positions(const lrpot_atoms *atoms)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_all; i++) {
        const double *r = atoms->positions + i * stride;
        /* 0 * x is 0 unless x is not finite: one test for three numbers. */
        if ((r[0] * 0.0 + r[1] * 0.0) + r[2] * 0.0 != 0.0)
            return lrpot__fail(LRPOT_E_NOT_FINITE, "position of atom %lld is (%g, %g, %g)",
                               (long long)i, r[0], r[1], r[2]);
    }
    return LRPOT_OK;
}

static lrpot_status check_species(const lrpot_atoms *atoms, int32_t n_species)
{
    if (n_species <= 0 || atoms->n_all == 0) return LRPOT_OK;
    LRPOT__REQUIRE_NOT_NULL(atoms->species);
    for (int64_t i = 0; i < atoms->n_all; i++)
        if (atoms->species[i] < 0 || atoms->species[i] >= n_species)
            return lrpot__fail(LRPOT_E_SPECIES, "species of atom %lld is %d, expected 0 to %d",
                               (long long)i, atoms->species[i], n_species - 1);
    return LRPOT_OK;
}

static lrpot_status check_owners(const lrpot_atoms *atoms)
{
    if (atoms->ghost_owner == NULL) return LRPOT_OK;
    for (int64_t i = atoms->n_owned; i < atoms->n_all; i++)
        if (atoms->ghost_owner[i] < 0 || atoms->ghost_owner[i] >= atoms->n_owned)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "ghost_owner of atom %lld is %lld, expected 0 to %lld", (long long)i,
                               (long long)atoms->ghost_owner[i], (long long)atoms->n_owned - 1);
    return LRPOT_OK;
}

static lrpot_status check_fragments(const lrpot_atoms *atoms)
{
    double sum = 0.0, size = 1.0;
    if (atoms->fragments == NULL) return LRPOT_OK;
    for (int64_t i = 0; i < atoms->n_owned; i++)
        if (atoms->fragments[i] < 0 || atoms->fragments[i] >= atoms->n_fragments)
            return lrpot__fail(LRPOT_E_ARGUMENT, "fragment of atom %lld is %d, expected 0 to %d",
                               (long long)i, atoms->fragments[i], atoms->n_fragments - 1);
    for (int32_t f = 0; atoms->fragment_charges != NULL && f < atoms->n_fragments; f++) {
        if (!isfinite(atoms->fragment_charges[f]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "charge of fragment %d is %g", f,
                               atoms->fragment_charges[f]);
        sum += atoms->fragment_charges[f];
        size += fabs(atoms->fragment_charges[f]);
    }
    if (fabs(sum - atoms->total_charge) > 1e-9 * size)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "the charges of the fragments sum to %g e, the total charge is %g e",
                           sum, atoms->total_charge);
    return LRPOT_OK;
}

lrpot_status lrpot__atoms_check(const lrpot_atoms *atoms, int32_t n_species)
{
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__TRY(check_sizes(atoms));
    LRPOT__TRY(lrpot__lattice_check(atoms->cell, atoms->periodic_mask));
    LRPOT__TRY(check_positions(atoms));
    LRPOT__TRY(check_species(atoms, n_species));
    LRPOT__TRY(check_fragments(atoms));
    LRPOT__TRY(lrpot__electrodes_check(atoms));
    return check_owners(atoms);
}
