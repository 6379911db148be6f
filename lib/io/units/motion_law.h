/* Whether the times, velocities and forces of consecutive frames belong together. */
#ifndef LRPOT__MOTION_LAW_H
#define LRPOT__MOTION_LAW_H

#include <lrpot/structure.h>

typedef struct lrpot__motion_law {
    const char *time;   /* name under which the frames have their time; NULL: they have none */
    int64_t steps;      /* pairs of consecutive frames with a time between them */
    double interval;    /* shortest time between frames, in the file's unit; 0: none */
    double md_step;     /* the same over the steps of the simulation that lie between; 0: unknown */
    double drift;       /* displacement over velocity times time, in the file's units */
    double drift_match; /* correlation of the two, 0: not measured */
    /* acceleration times mass over force, in the file's units over A/fs^2 u/(eV/A) */
    double newton;
    double newton_match;
    double hot;       /* K: temperature of the velocities taken as A/fs; 0: none */
    double hot_moved; /* K: of the displacements over the time taken as fs; 0: none */
} lrpot__motion_law;

/* Time of a frame by the infos "time", "Time", "t": the name, or NULL. */
const char *lrpot__time_of(const lrpot_structure *frame, double *time);
void lrpot__motion_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__motion_law *law);

#endif
