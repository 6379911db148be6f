/* Plots of a fit: learning curve, and those of the comparison. */
#ifndef LRPOT_TOOL_FIT_PLOTS_H
#define LRPOT_TOOL_FIT_PLOTS_H

#include "fitting/examination.h"

#define FIT_REPORT_SUFFIX ".fit.json"

#define FIT_LEARNING_SUFFIX ".learning.png"

/* Draws all plots as NAME.learning.png and so on. model: file name for their titles. Returns GO_ON
 * or an exit code after a message. */
int fit_plots(const examination *e, const json_t *history, const char *name, const char *model);

#endif
