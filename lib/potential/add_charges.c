/* Charges for a model that has none. */
#include "potential/model.h"

#include "basis/basis.h"
#include "core/error.h"
#include "core/struct_size.h"

#include <lrpot/active_set.h>

lrpot_status lrpot_potential_add_charges(lrpot_potential **out, const lrpot_potential *potential,
                                         const lrpot_potential_options *options)
{
    lrpot_potential_options known;
    lrpot_basis *basis = NULL;
    lrpot_charges *charges = NULL;
    lrpot_potential *sum = NULL;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_potential_options, options);
    LRPOT__COPY_INPUT(&known, options);
    if (potential->charges != NULL || known.charges == LRPOT_CHARGES_NONE)
        return lrpot__fail(LRPOT_E_ARGUMENT, potential->charges != NULL
                                                 ? "the model has charges already"
                                                 : "no kind of charges is given to add");
    known.n_species = potential->n_species;
    LRPOT__TRY(lrpot__potential_create_charges(&charges, &known));
    int own = lrpot_charges_kind_traits(known.charges) & LRPOT_CHARGES_TAKES_WIDTHS;
    lrpot_status status = lrpot__basis_clone(&basis, potential->basis);
    if (status == LRPOT_OK)
        status = lrpot__potential_assemble(&sum, (const char *const *)potential->symbols, basis,
                                           charges, known.accuracy, own ? NULL : known.widths,
                                           potential->species_stride != 0);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        lrpot_basis_free(basis);
        return status;
    }
    status = lrpot__potential_copy_state(sum, potential);
    /* the features of the charges would be missing in it */
    lrpot_active_set_free(sum->active_set);
    sum->active_set = NULL;
    if (status != LRPOT_OK) lrpot_potential_free(sum);
    else *out = sum;
    return status;
}
