/* Charges as Gaussians, of one width for each species: what kinds with an energy share. */
#ifndef LRPOT__GAUSSIAN_WIDTHS_H
#define LRPOT__GAUSSIAN_WIDTHS_H

#include "charges/charge_model.h"

/* Takes the widths of the options, sigma where there are none; the charges own them. */
lrpot_status lrpot__gaussian_widths_take(lrpot_charges *charges);
/* Options of the Coulomb sum: these widths, self-energies counted. */
void lrpot__gaussian_widths_coulomb(const lrpot_charges *charges, lrpot_ewald_options *options);
/* A */
double lrpot__gaussian_width(const lrpot_charges *charges, int32_t species);

#endif
