/* A cycle of active learning: explore with the model of the cycle before, select frames, label
 * them, fit. Each step is done when its file is there, so that a run that was ended goes on. */
#ifndef LRPOT_TOOL_LEARN_CYCLE_H
#define LRPOT_TOOL_LEARN_CYCLE_H

#include "learning/learn_config.h"

/* What a cycle did. Numbers that are not known are NaN. */
typedef struct learn_result {
    int64_t cycle, train_frames, selected;
    int32_t halted;                    /* the exploration ended by its grade */
    double steps, written, grade;      /* of the exploration; cycle 0 has none */
    double valid_energy, valid_forces; /* RMSE of the model of this cycle, eV/atom, eV/A */
} learn_result;

/* Name of a file in the folder of a cycle; NULL without memory. The caller frees it. */
char *learn_cycle_file(const learn_config *learn, int64_t number, const char *name);

/* Runs the cycle as far as it is not done. A cycle that selects no frame fits no model. Returns
 * GO_ON, or an exit code after a message. */
int learn_cycle_run(const learn_config *learn, int64_t number, learn_result *result);

#endif
