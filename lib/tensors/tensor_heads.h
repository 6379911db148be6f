/* Heads of a tensor model at all atoms, and the rows of its results. */
#ifndef LRPOT__TENSOR_HEADS_H
#define LRPOT__TENSOR_HEADS_H

#include "tensors/tensors.h"

/* Values of all heads, [n_owned][n]: the components of part after part, without the constant. */
lrpot_status lrpot__tensor_heads(const lrpot_tensor_model *model, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list, double **values,
                                 int64_t *n);
/* Number of atoms that get a tensor: the owned ones; with a host that sends ghosts' values to their
 * owners also the ghosts, which then hold parts of their owners' tensors. */
int64_t lrpot__tensor_rows(const lrpot_atoms *atoms, const lrpot_comm *comm);
/* Checks that the host can send all values of ghosts to their owners. */
lrpot_status lrpot__tensor_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                  const char *what);

#endif
