/* Whether the energies, forces and stresses of frames belong together. */
#ifndef LRPOT__WORK_LAW_H
#define LRPOT__WORK_LAW_H

#include <lrpot/structure.h>

/* dE = forces * (-F.dr) + stress * V sigma:strain, fitted to pairs of frames that differ little; 1
 * and 1 where all are in the same units and signs. */
typedef struct lrpot__work_law {
    int64_t pairs;
    double forces, stress;             /* 0: not measured */
    double forces_error, stress_error; /* standard errors */
    double match;                      /* part of the variance of dE that the law explains */
    double atoms;                      /* of all pairs; 0 where they differ (by 5 %) */
    double volume;                     /* mean over the pairs; 0 where they differ by a half */
} lrpot__work_law;

/* Pairs of frames that the law is fitted to: the farther, the less accurate. */
typedef struct lrpot__work_reach {
    double distance; /* A, root of the mean square displacement */
    double strain;
} lrpot__work_reach;

lrpot_status lrpot__work_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__work_reach reach,
                                 lrpot__work_law *law);

#endif
