/* The core of a model for `lrpot info`: where it begins for each pair of species, and its strength
 * in units of the nuclei's. */
#ifndef LRPOT_TOOL_CORE_PRINT_H
#define LRPOT_TOOL_CORE_PRINT_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>
#include <stdio.h>

void core_print(const lrpot_potential *model, FILE *stream);
json_t *core_json(const lrpot_potential *model);

#endif
