/* What lrpot fit chooses when it is not told: from the amount of data alone. */
#ifndef LRPOT_TOOL_CHOICES_H
#define LRPOT_TOOL_CHOICES_H

#include "dataset.h"

/* Numbers that force components and energies of a set can determine. */
int64_t choice_equations(const dataset *set);
/* Highest level up to 18 with at least 25 equations per parameter of a model with this basis for energies (and charges of the
 * charge level, 0 without). radial_size 0 means the default. */
int64_t choice_level(int64_t equations, int32_t n_species, int64_t radial_size, int64_t charge_level);

#endif
