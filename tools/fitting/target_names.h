/* Targets of a fit by name, from the library's table. */
#ifndef LRPOT_TOOL_TARGETS_H
#define LRPOT_TOOL_TARGETS_H

#include <lrpot/fit.h>

/* Facts of a target of the library. */
lrpot_fit_target target_facts(int32_t target);
/* Index of a target by its name; -1: there is none. */
int32_t target_of(const char *name);
/* All names, separated by `between`, for messages. */
const char *target_names(char *text, size_t size, const char *between);
/* Their units, likewise. */
const char *target_units(char *text, size_t size, const char *between);
/* Sum of the targets that are fitted if none is named. */
int32_t targets_usual(void);

#endif
