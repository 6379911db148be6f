/* Polar tensors coupled to charges: d(sum_j gamma_j q_j r_j)/dr by adjoint passes of the charge
 * model and of the factor (docs/theory/polar_tensors.md). */
#ifndef LRPOT__TENSOR_COUPLED_H
#define LRPOT__TENSOR_COUPLED_H

#include "tensors/tensors.h"

/* Tensors of LOCAL models, as lrpot__tensor_born(), and of GLOBAL ones, for one process. */
lrpot_status lrpot__tensor_coupled(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, double *Z);
/* rows[9 n_owned][count]: the tensors of a coupled model with one coefficient 1 and all others 0,
 * for each coefficient. */
lrpot_status lrpot__tensor_coupled_rows(const lrpot_tensor_model *model, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        double *rows);
/* For a LOCAL model: the factors gamma [n_owned], and unit_born [9 n_owned][n_owned], the tensors
 * of a fixed unit charge at each atom (its factor depends on the positions); without Q/N. */
lrpot_status lrpot__tensor_factor(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list, double *gamma,
                                  double *unit_born);

#endif
