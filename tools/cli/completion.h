/* Completion of command lines in bash, written from the tables of options that the help pages are
 * printed from. */
#ifndef LRPOT_TOOL_COMPLETION_H
#define LRPOT_TOOL_COMPLETION_H

#include "cli/options.h"

typedef struct tool_verb {
    const char *name;
    int (*run)(int count, char **arguments);
    const char *help;
    const char *mode; /* option that exchanges all others of the verb, or NULL */
} tool_verb;

/* Prints the script. Verbs are run with --completion, upon which options_parse() calls
 * completion_print_options(). */
int completion_print(const tool_verb *verbs, size_t n);

/* Options without a help text are not offered. */
void completion_print_options(const tool_option *options, size_t n);

#endif
