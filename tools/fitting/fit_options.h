/* Options of `lrpot fit`. */
#ifndef LRPOT_TOOL_FIT_OPTIONS_H
#define LRPOT_TOOL_FIT_OPTIONS_H

#include "cli/options.h"
#include "fitting/charge_kind_lists.h"
#include "fitting/fit_run.h"

enum { FIT_OPTIONS_MOST = 64 };

typedef struct fit_options {
    tool_option options[FIT_OPTIONS_MOST];
    size_t n;
    /* texts that options point to */
    char kinds[CHARGE_KINDS_TEXT], help[11][CHARGE_KINDS_TEXT], targets[256], weights[256];
} fit_options;

/* Fills the list with the options; they write to the run. Both must stay where they are. */
void fit_options_fill(fit_options *list, fit_run *run);

#endif
