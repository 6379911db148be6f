/* Checks that the times, velocities and forces of consecutive frames are consistent. */
#ifndef LRPOT__MOTION_LAW_H
#define LRPOT__MOTION_LAW_H

#include <lrpot/structure.h>

typedef struct lrpot__motion_law {
    const char *time; /* name of the time in the frames; NULL: they have none */
    int64_t steps;    /* number of pairs of consecutive frames with a time between them */
    double interval;  /* shortest time between frames, in the file's unit; 0: none */
    /* the same divided by the number of simulation steps in between; 0: unknown */
    double md_step;
    double drift;       /* displacement over velocity times time, in the file's units */
    double drift_match; /* correlation of the two, 0: not measured */
    /* acceleration times mass over force, in the file's units over A/fs^2 u/(eV/A) */
    double newton;
    double newton_match;
    double hot;       /* K: temperature of the velocities taken as A/fs; 0: none */
    double hot_moved; /* K: temperature of the displacements over the time taken as fs; 0: none */
} lrpot__motion_law;

/* Time of a frame by the infos "time", "Time", "t". Returns the name, or NULL. */
const char *lrpot__time_of(const lrpot_structure *frame, double *time);
void lrpot__motion_law_fit(int64_t n, lrpot_structure *const *frames, lrpot__motion_law *law);

#endif
