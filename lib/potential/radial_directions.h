/* Directions of the radial coefficients that change a head: rows of the extrapolation grade. */
#ifndef LRPOT__RADIAL_DIRECTIONS_H
#define LRPOT__RADIAL_DIRECTIONS_H

#include "basis/evaluate.h"
#include "core/workspace.h"

/* Number of directions for each species of the centre. */
int64_t lrpot__radial_directions(const lrpot_basis *basis);
/* Derivatives of the head's value along them, rows [n_owned][lrpot__radial_directions()]. head: a
 * request with its coefficients and network. The rows are a block of the workspace, valid until the
 * next call. */
lrpot_status lrpot__radial_rows(const lrpot_basis *basis, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                lrpot__request head, double **rows);

#endif
