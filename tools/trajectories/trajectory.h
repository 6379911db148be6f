/* Dipoles and currents of the frames of a trajectory, one frame in memory at a time. */
#ifndef LRPOT_TOOL_TRAJECTORY_H
#define LRPOT_TOOL_TRAJECTORY_H

#include "cli/inputs.h"

enum dipole_source {
    SOURCE_AUTO,
    SOURCE_CHARGES,            /* M = sum q r, unwrapped from frame to frame */
    SOURCE_BEC,                /* M = integral of sum Z dr */
    SOURCE_CHARGES_VELOCITIES, /* J = sum q v */
    SOURCE_BEC_VELOCITIES,     /* J = sum Z v */
    SOURCE_DIPOLE,             /* M of the frame */
    N_SOURCES
};
extern const char *const source_names[N_SOURCES];

typedef struct trajectory {
    lrpot_reader *reader;
    const char *file;
    enum dipole_source source;
    int want_current;
    double velocity_unit; /* A/fs in the file's unit; 0: not given, taken as 1 */
    double temperature;   /* K, 0: not known */
    lrpot_path *path;
    int32_t periodic;
    double *first_charges, charge_change; /* e: charges of frame 0; largest change from them */
    double net_charge;                    /* e, of the first frame that has one */
    double volumes, kinetic;              /* sums over the frames; kinetic temperatures in K */
    /* 1: sampling must resolve the motion: steps are compared with the velocities */
    int follows_motion;
    lrpot_structure *before;
    double before_time, steps, misses; /* A^2, sums of squares: steps, steps minus those expected */
    int64_t frames;
} trajectory;

/* Functions return GO_ON, or an exit code after a message. The caller closes the trajectory in any
 * case. */
int trajectory_open(trajectory *t, const char *file);
/* Values of the next frame and its time in fs (NaN if not stated); *got is 0 after the last. */
int trajectory_next(trajectory *t, double *values, double *time, int32_t *got);
/* Checks the values on all frames together. GO_ON, or an exit code after a message. */
int trajectory_judge(const trajectory *t);
/* Time of a frame, fs; NaN if not stated. */
double trajectory_time(const lrpot_structure *frame);
int source_is_current(enum dipole_source source);
void trajectory_close(trajectory *t);

#endif
