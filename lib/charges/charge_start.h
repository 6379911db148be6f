/* Start values of the charges of a fit. */
#ifndef LRPOT__CHARGE_START_H
#define LRPOT__CHARGE_START_H

#include <stdint.h>

/* What the start values of a fit are made of. */
typedef struct lrpot__charge_start {
    int32_t n_species;               /* S */
    int32_t n_channels;              /* C */
    const double *electronegativity; /* [S], Pauling's scale */
    double mean;                     /* of the electronegativity, over the atoms */
    double charge;                   /* e, total charge per atom, mean over the frames */
    double (*uniform)(uint64_t *);   /* random numbers from -1 to 1 */
    uint64_t *state;                 /* of these */
} lrpot__charge_start;

/* Charges of half a unit per unit of electronegativity difference, neutral over the training set.
 * base: b [C][S]. */
void lrpot__charges_start(const lrpot__charge_start *start, double *base);

#endif
