/* Child processes: commands of the user, and verbs of this command. Their output goes to a file.
 * SIGTERM and SIGINT, held back by signals_defer(), are handed to the child. */
#ifndef LRPOT_TOOL_CHILD_H
#define LRPOT_TOOL_CHILD_H

#include <stdint.h>

/* Where a child runs. All names are borrowed. */
typedef struct child_place {
    const char *folder; /* it runs there */
    const char *log;    /* standard error; and standard output unless `out` is given */
    const char *out;    /* standard output, or NULL */
} child_place;

/* Both functions wait for the end. They return the exit code, 128 + number of the signal that ended
 * the child, or -1 when it could not be started (errno). */

/* words: [n + 1], NULL at the end. */
int child_command(const child_place *place, char *const *words);
/* The verb without its name in the words: [n + 1], NULL at the end. */
int child_verb(const child_place *place, int (*verb)(int, char **), int32_t n, char **words);

#endif
