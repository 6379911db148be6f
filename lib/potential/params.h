/* Parameters of a model. */
#ifndef LRPOT__PARAMS_H
#define LRPOT__PARAMS_H

#include "potential/potential.h"

/* 1 if some numbers of the model are parameters of a fit. */
int lrpot__potential_has_parameters(const lrpot_potential *potential);

#endif
