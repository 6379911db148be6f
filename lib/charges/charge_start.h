/* Start values of the charges of a fit. */
#ifndef LRPOT__CHARGE_START_H
#define LRPOT__CHARGE_START_H

#include <lrpot/charges.h>

#include <stdint.h>

/* Inputs of the start values. */
typedef struct lrpot__charge_start {
    const lrpot_charges *charges;    /* of the fit, for their options */
    int32_t n_species;               /* S */
    int32_t n_channels;              /* C */
    const double *electronegativity; /* [S], Pauling's scale */
    double mean;                     /* mean electronegativity over the atoms */
    double charge;                   /* e, total charge per atom, mean over the frames */
    double (*uniform)(uint64_t *);   /* random numbers from -1 to 1 */
    uint64_t *state;                 /* state of the random numbers */
} lrpot__charge_start;

/* Charges of half a unit per unit of electronegativity difference, neutral over the training set.
 * base: b [C][S]. */
void lrpot__charges_start(const lrpot__charge_start *start, double *base);

#endif
