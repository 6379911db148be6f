/* Command lines: tables of options, the ones that all verbs share, help pages. */
#ifndef LRPOT_TOOL_OPTIONS_H
#define LRPOT_TOOL_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes of the command. */
enum { DONE = 0, FAILED = 1, BAD_USAGE = 2, BAD_INPUT = 3, NOT_CONVERGED = 4 };
/* Result of options_parse() when the verb shall go on. */
enum { GO_ON = -1 };

enum option_kind {
    OPTION_FLAG,     /* target: int32_t, set to 1 */
    OPTION_IN_PLACE, /* the same; outputs may then replace files of the operands */
    OPTION_TEXT,     /* target: const char * */
    /* Names of files, target: const char *. options_parse() refuses an output that is an input or
     * another output. Files that an option only implies are added by files_read(), files_write().
     */
    OPTION_INPUT,
    OPTION_INPUTS, /* several, separated by commas */
    OPTION_OUTPUT,
    OPTION_REAL,  /* target: double */
    OPTION_COUNT, /* target: int64_t */
    OPTION_THREE  /* target: double[3], given as x,y,z */
};

typedef struct tool_option {
    char letter; /* 0: no short form */
    const char *name;
    enum option_kind kind;
    const char *argument; /* as printed on the help page */
    const char *help;
    void *target;
    double low, high; /* allowed range of REAL and COUNT */
} tool_option;

/* Options of every verb. */
typedef struct common_options {
    const char *output;
    int32_t quiet, verbose, json;
    int64_t threads;
    const char *given[48]; /* names of the options on the command line */
    int32_t n_given;
} common_options;

typedef struct tool_command {
    const char *verb;
    const char *operands; /* as on the help page; OUT is written, all others are read */
    const char *summary;
    const char *details; /* last paragraph of the help page */
    const tool_option *options;
    size_t n_options;
    int32_t min_operands, max_operands;
} tool_command;

/* Reads a command line. Operands are moved to the front of arguments and counted. Returns GO_ON,
 * DONE after a help page, or BAD_USAGE after a message. */
int options_parse(const tool_command *command, common_options *common, int count, char **arguments,
                  int32_t *n_operands);

/* 1 if an option is on the command line. */
int options_given(const common_options *common, const char *name);
/* GO_ON, or BAD_USAGE if one of the options "a,b,c" is given; why: text on when it has no
 * effect. */
int options_without(const common_options *common, const char *verb, const char *names,
                    const char *why);
/* Value of --units, which every verb has: units of the structures that are read; NULL without. */
const char *options_units(void);

/* Parses a text that is one double; returns 1 on success. */
int parse_real(const char *text, double *out);

/* Texts of a comma-separated list, in one block of memory. */
typedef struct text_list {
    int32_t count;
    char **items;
} text_list;
/* NULL makes an empty list. Returns 1 on success, 0 for an empty item or without memory. */
int text_list_split(text_list *list, const char *text);
void text_list_free(text_list *list);

#endif
