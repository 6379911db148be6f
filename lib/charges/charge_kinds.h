/* The kinds of charges: one line for each, LRPOT_CHARGES_<first> of the public header with the
 * rules lrpot__charges_<second>. */
#ifndef LRPOT__CHARGE_KINDS_H
#define LRPOT__CHARGE_KINDS_H

#define LRPOT__CHARGE_KINDS(X)    \
    X(FIXED, fixed)               \
    X(QRD, qrd)                   \
    X(EDQ, edq)                   \
    X(EDQRD, edqrd)               \
    X(LATENT, latent)             \
    X(EQUILIBRATED, equilibrated) \
    X(DENSITY, density)           \
    /* the last line: a new kind stands above it */

#endif
