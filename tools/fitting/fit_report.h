/* Report of a fit beside its model: MODEL.fit.json, and plots on request. */
#ifndef LRPOT_TOOL_FIT_REPORT_H
#define LRPOT_TOOL_FIT_REPORT_H

#include "fitting/fit_run.h"

/* All functions that return int give GO_ON, or an exit code after a message. */

/* Registers the files of the report. member: file of a member of an ensemble, or the model. */
int fit_report_add_files(const fit_run *run);
int fit_report_add_plots(const fit_run *run, const char *member);
/* Options and data of the fit; members are added by fit_report_member(). The caller owns it. */
json_t *fit_report_open(const fit_run *run);
/* Adds a fitted model: its errors, history and times; draws its plots. result: training_json(). */
int fit_report_member(const fit_run *run, json_t *report, json_t *result,
                      const lrpot_potential *model, const char *path);
/* Writes the report so far. */
int fit_report_write(const fit_run *run, json_t *report);

#endif
