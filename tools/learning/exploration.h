/* What the steps of a cycle leave: length of the exploration, selection, errors of the fit. */
#ifndef LRPOT_TOOL_EXPLORATION_H
#define LRPOT_TOOL_EXPLORATION_H

#include <stdint.h>

/* All functions return GO_ON, or an exit code after a message. */

/* Notes that an exploration is done: what its output tells, read from LAMMPS' lines "Loop time of
 * ... for N steps" and "Fix halt condition". Other programs may print the same. */
int exploration_note(const char *log, const char *done);
/* steps is NaN when the output did not tell. */
int exploration_read(const char *done, double *steps, int32_t *halted);
/* *met is 1 when the exploration wrote a frame, 0 when its file is missing or holds none. */
int exploration_met(const char *frames, int32_t *met);
/* Number of frames, largest grade and number of selected frames, of `lrpot select --json`. */
int exploration_selection(const char *path, double *written, double *grade, int64_t *selected);
/* Of the report of `lrpot fit`; errors are NaN where the data have no such quantity. */
int exploration_errors(const char *path, int64_t *train_frames, double *energy, double *forces);

#endif
