/* Dipoles and currents of the frames of a trajectory, one frame in memory at a time. */
#ifndef LRPOT_TOOL_TRAJECTORY_H
#define LRPOT_TOOL_TRAJECTORY_H

#include "inputs.h"

enum dipole_source {
    SOURCE_AUTO,
    SOURCE_CHARGES,            /* M = sum q r, followed from frame to frame */
    SOURCE_BEC,                /* M = integral of sum Z dr */
    SOURCE_CHARGES_VELOCITIES, /* J = sum q v */
    SOURCE_BEC_VELOCITIES,     /* J = sum Z v */
    SOURCE_DIPOLE,             /* M as the frame has it */
    N_SOURCES
};
extern const char *const source_names[N_SOURCES];

typedef struct trajectory {
    lrpot_reader *reader;
    const char *path;
    lrpot_structure *first, *before; /* before: what the last frame was */
    enum dipole_source source;
    int want_current;
    double velocity_unit;
    /* [n][3]: places in reduced coordinates where there is a cell, A elsewhere */
    double *unwrapped;
    double dipole[3];
    double volumes, largest_step;
    int64_t frames;
} trajectory;

/* Functions return GO_ON, or an exit code after a message. The trajectory is closed by the caller
 * in any case. */
int trajectory_open(trajectory *t, const char *path, enum dipole_source source, int want_current,
                    double velocity_unit);
/* Values of the next frame and its time in fs (NaN when it says none); *got is 0 behind the last.
 */
int trajectory_next(trajectory *t, double *values, double *time, int32_t *got);
int source_is_current(enum dipole_source source);
void trajectory_close(trajectory *t);

#endif
