/* Where charges count as being when their dipole is formed. */
#ifndef LRPOT__PLACES_H
#define LRPOT__PLACES_H

#include "charges/charges.h"

typedef struct lrpot__places {
    double along[9];      /* projector on the directions that repeat; symmetric */
    const double *moment; /* A [n_owned][3]: the dipole is sum q moment */
    /* A [n_owned][3]: what a change of charge adds to it as far as that is a matter of places */
    const double *weight;
} lrpot__places;

/* Charges that minimise an energy flow through whole fragments, so that these are made whole:
 * weight and moment are the places in them. For all others the moment is as the positions are
 * given, and the weight its part along directions that do not repeat: along the others the answer
 * of local charges is a sum over neighbours at their own images. In blocks of the workspace until
 * the next call. LRPOT_E_UNSUPPORTED, naming `what`, where charge flows without end. */
lrpot_status lrpot__places_make(const lrpot_charges *charges, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_comm *comm, const char *what,
                                lrpot__places *out);

#endif
