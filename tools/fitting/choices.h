/* What lrpot fit chooses when it is not told: from the amount of data alone. */
#ifndef LRPOT_TOOL_CHOICES_H
#define LRPOT_TOOL_CHOICES_H

#include "fitting/dataset.h"

/* Numbers that force components and energies of a set can determine. */
int64_t choice_equations(const dataset *set);
/* What is known of a model whose level is sought. */
typedef struct choice_model {
    int32_t n_species, own_energy, own_charges; /* own: linear coefficients of each species */
    int64_t radial_size;                        /* 0: the default */
    /* 0: no charges, or none that follow their neighbours */
    int64_t charge_level;
    int64_t radial_step, charge_radial_step; /* 0: the default */
    int64_t per_parameter;                   /* equations; 0: 25 */
} choice_model;
/* Highest level up to 18 with at least so many equations per parameter. */
int64_t choice_level(int64_t equations, const choice_model *model);

#endif
