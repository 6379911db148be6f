/* Start values of charges by electronegativity. */
#include "charges/charge_start.h"

/* Further channels start at random: their energy is a square, whose slope is zero at zero. */
void lrpot__charges_start(const lrpot__charge_start *start, double *base)
{
    int32_t S = start->n_species;
    for (int32_t z = 0; z < S; z++)
        base[z] = 0.25 * (start->mean - start->electronegativity[z]) + start->charge;
    for (int32_t z = S; z < S * start->n_channels; z++)
        base[z] = 0.25 * start->uniform(start->state);
}
