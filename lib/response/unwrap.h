/* Unwrapped positions of the charges, from which their dipole is formed. */
#ifndef LRPOT__UNWRAP_H
#define LRPOT__UNWRAP_H

#include "charges/charges.h"

#include <lrpot/response.h>

typedef struct lrpot__unwrapped {
    double along[9];      /* projector on the directions that repeat; symmetric */
    const double *moment; /* A [n_owned][3]: the dipole is sum q moment */
    /* A [n_owned][3]: derivative of the dipole by the charges, as far as it depends on positions */
    const double *weight;
} lrpot__unwrapped;

/* Charges that minimise an energy flow through whole fragments. For them the fragments are
 * unwrapped: weight and moment are the unwrapped positions. For all other charges the moment is the
 * given position. The weight is its part along the directions that do not repeat: along the others
 * the response of local charges is a sum over neighbours at their own images. The arrays are blocks
 * of the workspace, valid until the next call. LRPOT_E_UNSUPPORTED, naming `what`, where charge
 * flows without end. */
lrpot_status lrpot__unwrap(const lrpot_charges *charges, lrpot_workspace *work,
                           const lrpot_atoms *atoms, const lrpot_comm *comm, const char *what,
                           lrpot__unwrapped *out);
/* The same for dielectric charges without fragments: moment is the given position, weight its part
 * along the directions that do not repeat. */
lrpot_status lrpot__unwrap_dielectric(const lrpot_charges *charges, lrpot_workspace *work,
                                      const lrpot_atoms *atoms, lrpot__unwrapped *out);
/* The same in a field: at unwrapped positions of the caller where there are any, and for
 * LRPOT_DIPOLE_POSITIONS with the positions as weights. */
lrpot_status lrpot__unwrap_in_field(const lrpot_charges *charges, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const lrpot_comm *comm,
                                    const lrpot_field *field, const char *what,
                                    lrpot__unwrapped *out);

#endif
