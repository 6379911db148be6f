/* Learned tensors of hydrogen and oxygen, and structures for them: shared by their tests. */
#ifndef TENSOR_MODELS_H
#define TENSOR_MODELS_H

#include "support.h"

#include <stdlib.h>

static const char *const tensor_symbols[2] = { "H", "O" };

static inline lrpot_tensor_model *tensor_model(int32_t kind)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    options.symbols = tensor_symbols;
    options.n_species = 2;
    options.kind = kind;
    options.levels[0] = 9, options.levels[1] = options.levels[2] = 8;
    options.min_distance = 1.2;
    options.cutoff = 4.0;
    ck_ok(lrpot_tensor_model_create(&model, &options));
    return model;
}

static inline lrpot_tensor_model *tensor_random_model(int32_t kind, uint64_t seed)
{
    support_random random = { seed };
    lrpot_tensor_model *model = tensor_model(kind);
    int64_t n = lrpot_tensor_model_param_count(model);
    double *params = malloc((size_t)n * sizeof *params);
    for (int64_t k = 0; k < n; k++) params[k] = support_uniform(&random, -0.1, 0.1);
    ck_ok(lrpot_tensor_model_set_params(model, n, params));
    free(params);
    return model;
}

static inline lrpot_structure *tensor_structure(int kind, int64_t n, uint64_t seed)
{
    support_random random = { seed };
    return support_random_structure(&random, kind, n, 2, tensor_symbols, 1.5);
}

#endif
