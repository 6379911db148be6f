/* The polarizability of a structure: by learned tensors, by the charges of a model that respond to
 * a field, or as the structure states it. */
#ifndef LRPOT_TOOL_POLARIZABILITY_SOURCE_H
#define LRPOT_TOOL_POLARIZABILITY_SOURCE_H

#include "cli/inputs.h"

typedef struct polarizability_source {
    const char *path; /* of the model; NULL: structures state their polarizability */
    lrpot_tensor_model *tensors;
    lrpot_potential *potential;
    lrpot_workspace *work;
} polarizability_source;

/* Opens a file of `lrpot fit --tensors polarizability`, or of a model with charges. GO_ON, or an
 * exit code after a message. Close in any case. */
int polarizability_open(polarizability_source *source, const char *path, int32_t threads);
void polarizability_close(polarizability_source *source);
/* A^3, [3][3]. LRPOT_E_STATE for a structure that states none. */
lrpot_status polarizability_of(const polarizability_source *source,
                               const lrpot_structure *structure, double alpha[9]);
/* A^2, [n][3][3][3]; step: A, of differences, 0: default. */
lrpot_status polarizability_gradient(const polarizability_source *source,
                                     const lrpot_structure *structure, double step,
                                     double *gradient);

#endif
