/* Choice of the level of a basis by the amount of data. */
#ifndef LRPOT__FIT_SUGGEST_LEVEL_H
#define LRPOT__FIT_SUGGEST_LEVEL_H

#include <lrpot/fit.h>

/* Sizes of a model whose level is searched for. */
typedef struct lrpot__model_size {
    int32_t n_species, own_energy, own_charges; /* own: linear coefficients of each species */
    int32_t radial_size;                        /* 0: the default */
    /* 0: no charges, or charges that do not depend on their neighbours */
    int32_t charge_level;
    int32_t radial_step, charge_radial_step; /* 0: the default */
    int64_t per_parameter;                   /* number of equations per parameter; 0: 25 */
} lrpot__model_size;

/* Highest level up to 18 with at least so many equations per parameter. */
lrpot_status lrpot__suggest_level(int64_t equations, const lrpot__model_size *model,
                                  int32_t *level);

#endif
