/* Repulsion of atoms that come closer than any did in the data of the fit: screened nuclear
 * repulsion, switched off at a distance of each pair of species. */
#ifndef LRPOT__CORE_REPULSION_H
#define LRPOT__CORE_REPULSION_H

#include "basis/zbl.h"
#include "potential/potential.h"

typedef struct lrpot__core {
    int32_t n_species;
    double reach;             /* A: largest outer distance */
    double *outer, *strength; /* [S][S] A, factor */
    lrpot__zbl *pairs;        /* [S][S] */
} lrpot__core;

/* cutoff: of the model. */
lrpot_status lrpot__core_create(lrpot__core **out, const lrpot_potential *potential, double cutoff,
                                const double *outer, const double *strength);
void lrpot__core_free(lrpot__core *core);
/* 1 if the basis of the energy notices each pair that is within its core. */
int lrpot__core_within_rest(const lrpot_potential *potential);

#endif
