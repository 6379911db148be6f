/* Configuration of `lrpot learn` (docs/how-to/learn.md). */
#ifndef LRPOT_TOOL_LEARN_CONFIG_H
#define LRPOT_TOOL_LEARN_CONFIG_H

#include "cli/config.h"

enum { WORDS_MOST = 64 };

/* Words of a command line, borrowed from the configuration. */
typedef struct word_list {
    int32_t n;
    const char *items[WORDS_MOST];
} word_list;

typedef struct learn_config {
    config file;
    char *here;        /* absolute folder of the configuration; its names of files start there */
    word_list train;   /* labelled frames of the first fit */
    const char *valid; /* labelled frames kept apart */
    const char *folder;
    const char *grade;  /* what grades go by: parameters or features */
    const char *frames; /* what the exploration writes, in the folder of the cycle */
    word_list explore, reference, fit, refit;
    double write, stop; /* grades */
    int64_t most, cycles, seed;
} learn_config;

/* GO_ON, or an exit code after a message. learn_config_free() in any case. */
int learn_config_read(learn_config *learn, const char *path);
void learn_config_free(learn_config *learn);
/* Absolute name of a file that the configuration names; NULL without memory. The caller frees it.
 */
char *learn_config_place(const learn_config *learn, const char *name);

#endif
