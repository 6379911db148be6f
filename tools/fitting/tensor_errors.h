/* Errors of the tensors and dipoles of a tensor model against reference values. */
#ifndef LRPOT_TOOL_TENSOR_ERRORS_H
#define LRPOT_TOOL_TENSOR_ERRORS_H

#include "fitting/dataset.h"
#include "cli/output_file.h"

enum {
    TENSOR_ALL,
    TENSOR_DIAGONAL,
    TENSOR_OFF_DIAGONAL,
    TENSOR_RAW,
    TENSOR_DIPOLE,
    TENSOR_POLARIZABILITY,
    TENSOR_ERRORS
};

typedef struct tensor_error {
    double squares, absolutes;
    int64_t n;
} tensor_error;

/* Adds the frames of a set. The sum rule is imposed on Born charges, except for TENSOR_RAW. Returns
 * GO_ON or an exit code. */
int tensor_errors_add(tensor_error errors[TENSOR_ERRORS], const lrpot_tensor_model *model,
                      lrpot_workspace *work, const dataset *set);
void tensor_errors_print(const tensor_error errors[TENSOR_ERRORS], const char *set, FILE *stream);
json_t *tensor_errors_json(const tensor_error errors[TENSOR_ERRORS]);

#endif
