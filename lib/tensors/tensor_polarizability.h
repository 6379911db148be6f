/* Polarizability of a system: the sum of the atoms' tensors, whose derivatives are Raman tensors.
 */
#ifndef LRPOT__TENSOR_POLARIZABILITY_H
#define LRPOT__TENSOR_POLARIZABILITY_H

#include "tensors/tensors.h"

enum { LRPOT__ALPHA_ROWS = 6 }; /* xx yy zz and the root of two times yz xz xy */

/* Equations of the coefficients, [LRPOT__ALPHA_ROWS][n_coefficients], from the features of all
 * atoms. */
void lrpot__polarizability_rows(const lrpot_tensor_model *model, const lrpot_atoms *atoms,
                                const double *features, double *rows);
/* A^3, the reference of a structure as right sides of these equations: its polarizability, or that
 * of its cell by eps_inf. LRPOT_E_STATE without either. */
lrpot_status lrpot__polarizability_target(const lrpot_structure *structure,
                                          double target[LRPOT__ALPHA_ROWS]);

#endif
