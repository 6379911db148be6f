/* Plots of a fit: learning curve, parity of energies and forces, errors by element. */
#ifndef LRPOT_TOOL_FIT_PLOTS_H
#define LRPOT_TOOL_FIT_PLOTS_H

#include "fitting/examination.h"

#define FIT_REPORT_SUFFIX ".fit.json"

enum { FIT_PLOTS = 4 };
/* Endings of the files, behind the name of the model. */
extern const char *const fit_plot_suffixes[FIT_PLOTS];

/* PATH and suffix; NULL without memory. The caller frees it. */
char *fit_beside(const char *path, const char *suffix);
/* Draws all plots beside the model. Returns GO_ON or an exit code after a message. */
int fit_plots(const examination *e, const json_t *history, const char *path);

#endif
