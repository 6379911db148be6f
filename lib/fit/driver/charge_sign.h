/* Choice of the sign of charges, which energies and forces do not determine. */
#ifndef LRPOT__CHARGE_SIGN_H
#define LRPOT__CHARGE_SIGN_H

#include "fit/driver/fit.h"

/* Chooses the sign of all charges together, which energies and forces of neutral systems do not
 * determine. Total charges determine it, and so do charges of fragments and fitted dipoles, charges
 * or Born charges. Without them, charges shall correlate with reference charges or Born charges of
 * the frames; without those, they shall decrease with electronegativity. Further channels use the
 * electronegativity. Changes the model. */
lrpot_status lrpot__fit_choose_charge_sign(lrpot_fit *fit);

#endif
