/* Evaluation of polar tensors and dipoles of a structure. */
#ifndef LRPOT__TENSOR_COMPUTE_H
#define LRPOT__TENSOR_COMPUTE_H

#include "tensors/tensors.h"

/* Tensors without the sum rule imposed, [lrpot__tensor_rows()][3][3]. */
lrpot_status lrpot__tensor_born(const lrpot_tensor_model *model, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *Z);
/* Checks everything that does not depend on positions. */
lrpot_status lrpot__tensor_check(const lrpot_tensor_model *model, const lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list);
/* View and list of a structure for the model; both live in work until the next call with it. */
lrpot_status lrpot__tensor_input(const lrpot_tensor_model *model, lrpot_workspace *work,
                                 const lrpot_structure *structure, lrpot_atoms *atoms,
                                 const lrpot_nlist **list);

#endif
