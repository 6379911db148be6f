/* Internals of a tensor model. */
#ifndef LRPOT__TENSORS_H
#define LRPOT__TENSORS_H

#include "basis/plan/covariant.h"
#include "basis/evaluate.h"
#include "core/workspace.h"

#include <lrpot/tensors.h>

/* A part of the basis with the coefficients of all species. */
typedef struct lrpot__tensor_part {
    int32_t part;      /* LRPOT__PART_* */
    int32_t constant;  /* 1: the last coefficient of a species is that of the constant 1 */
    int64_t functions; /* K */
    int64_t first;     /* index of the part's first component among the features */
    int64_t offset;    /* offset of the part among all coefficients: [S][K + constant] */
} lrpot__tensor_part;

enum { LRPOT__TENSOR_PARTS = 3 };

struct lrpot_tensor_model {
    lrpot_tensor_options options; /* defaults filled in; symbols are copies */
    char **symbols;
    lrpot_potential *potential; /* potential of coupled models: a copy of the given one, or NULL */
    lrpot_basis *basis;         /* features: the parts, [function][component]; NULL for GLOBAL */
    int32_t n_parts;
    lrpot__tensor_part parts[LRPOT__TENSOR_PARTS];
    int64_t n_coefficients;
    double *coefficients;
    /* the coefficients without the constants, [S][K] of part after part, in the layout of heads */
    double *heads;
};

#endif
