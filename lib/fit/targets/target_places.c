/* Unwrapped positions of a frame, from which the dipole of charges that flow is formed. */
#include "fit/targets/target_places.h"

#include "charges/charge_eval.h"
#include "core/memory.h"
#include "fit/data/frame.h"
#include "potential/potential.h"
#include "response/unwrap.h"

lrpot_status lrpot__target_unwrap(lrpot__frame *frame, const lrpot_potential *potential,
                                  lrpot_workspace *work, const char *what)
{
    const lrpot_charges *charges = lrpot_potential_charges(potential);
    lrpot__unwrapped unwrapped;
    if (frame->born.unwrapped != NULL || !lrpot__charges_have_energy(charges)) return LRPOT_OK;
    if (lrpot__charges_dielectric(charges, &frame->atoms))
        return frame->periodic
                   ? LRPOT_OK
                   : lrpot__fail(LRPOT_E_UNSUPPORTED,
                                 "%s of slabs and wires without fragments (periodic_mask = %d)",
                                 what, frame->atoms.periodic_mask);
    LRPOT__TRY(lrpot__unwrap(charges, work, &frame->atoms, NULL, what, &unwrapped));
    frame->born.unwrapped = lrpot__duplicate(unwrapped.moment, 3 * frame->n, sizeof(double));
    return frame->born.unwrapped != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot__target_require_response(lrpot__frame *frame, const lrpot_potential *potential,
                                            lrpot_workspace *work, const char *what)
{
    const lrpot_charges *charges = lrpot_potential_charges(potential);
    LRPOT__TRY(
        lrpot__charges_require_chain(charges, LRPOT__CHAIN_DENSITY, LRPOT__CHAIN_DENSITY, what));
    if (!lrpot__charges_screen_themselves(charges))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s of a density that does not respond", what);
    return lrpot__target_unwrap(frame, potential, work, what);
}
