/* The best state of a fit in a file, while the fit runs. Fits that run at the same time with the
 * same output have files of their own. */
#ifndef LRPOT_TOOL_CHECKPOINT_H
#define LRPOT_TOOL_CHECKPOINT_H

#include <lrpot/lrpot.h>

typedef struct checkpoint {
    const char *asked; /* borrowed: the name asked for */
    int given;         /* by the user: then no other name may take its place */
    char *path;        /* the name that this fit writes to */
    int lock;     /* descriptor of the file, locked as long as it is this fit's; -1: none yet */
    double every; /* s, at least, between two writes; the first is written at once */
    double written_at;
    int written, pending; /* whether there was a write; whether the best state waits for one */
    lrpot_potential *best;
    double *params; /* [n] of the best state */
    int64_t n;
} checkpoint;

/* Chooses a name that no other fit writes to. Returns GO_ON or an exit code after a message. */
int checkpoint_open(checkpoint *file, const char *path, int given, double every);
/* Remembers the state that the model holds as the best so far. */
void checkpoint_keep(checkpoint *file, const lrpot_potential *model);
/* Writes the best state when it waits and its time has come, or at once. */
void checkpoint_write(checkpoint *file, const lrpot_potential *model, int at_once);
/* Gives the name back; drop: the file is not needed any more. */
void checkpoint_close(checkpoint *file, int drop);

#endif
