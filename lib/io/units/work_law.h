/* Checks that the energies, forces and stresses of frames are consistent. */
#ifndef LRPOT__WORK_LAW_H
#define LRPOT__WORK_LAW_H

#include <lrpot/structure.h>

/* dE = forces * (-F.dr) + stress * V sigma:strain, fitted to pairs of frames that differ little.
 * Both factors are 1 if all data have the same units and signs. */
typedef struct lrpot__work_law {
    int64_t pairs;
    double forces, stress;             /* 0: not measured */
    double forces_error, stress_error; /* standard errors */
    double match;                      /* fraction of the variance of dE that the law explains */
    double atoms;                      /* number of atoms in all pairs; 0 if they differ (by 5 %) */
    double volume;                     /* mean volume over the pairs; 0 if they differ by a half */
} lrpot__work_law;

/* Distances of the pairs of frames in the fit. A larger distance makes it less accurate. */
typedef struct lrpot__work_reach {
    double distance; /* A, root of the mean square displacement */
    double strain;
} lrpot__work_reach;

lrpot_status lrpot__work_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__work_reach reach,
                                 lrpot__work_law *law);

#endif
