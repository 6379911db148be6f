#include "charges/gaussian_widths.h"

#include "core/memory.h"

lrpot_status lrpot__gaussian_widths_take(lrpot_charges *charges)
{
    lrpot_charges_options *o = &charges->options;
    charges->widths = lrpot__calloc(o->n_species, sizeof *charges->widths);
    if (charges->widths == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < o->n_species; z++)
        charges->widths[z] = o->widths != NULL ? o->widths[z] : o->sigma;
    o->widths = charges->widths;
    return LRPOT_OK;
}

void lrpot__gaussian_widths_coulomb(const lrpot_charges *charges, lrpot_ewald_options *options)
{
    options->n_widths = charges->n_species;
    options->widths = charges->widths;
    options->flags = charges->options.flags & LRPOT_CHARGES_WITHOUT_SELF ? 0 : LRPOT_EWALD_SELF;
}

double lrpot__gaussian_width(const lrpot_charges *charges, int32_t species)
{
    return charges->widths[species];
}
