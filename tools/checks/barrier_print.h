/* The gap barrier of a model for `lrpot info`: pairs of species, both ends and the height. */
#ifndef LRPOT_TOOL_BARRIER_PRINT_H
#define LRPOT_TOOL_BARRIER_PRINT_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>
#include <stdio.h>

/* 1 if any pair of species has one. */
int barrier_present(const lrpot_potential *model);
void barrier_print(const lrpot_potential *model, FILE *stream);
json_t *barrier_json(const lrpot_potential *model);

#endif
