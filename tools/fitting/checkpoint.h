/* Checkpoint: file of the best state while a fit runs. Fits that run at the same time with the same
 * output have separate files. */
#ifndef LRPOT_TOOL_CHECKPOINT_H
#define LRPOT_TOOL_CHECKPOINT_H

#include <lrpot/lrpot.h>

typedef struct checkpoint {
    const char *asked; /* borrowed: the name asked for */
    int given;         /* 1: given by the user; no other name is then used */
    char *path;        /* name that this fit writes to */
    int lock;          /* descriptor of the locked file; -1: none yet */
    double every;      /* s, at least, between two writes; the first is written at once */
    double written_at;
    /* written: 1 after the first write; pending: 1 if the best state is not written yet */
    int written, pending;
    lrpot_potential *best;
    double *params; /* [n] of the best state */
    int64_t n;
} checkpoint;

/* Chooses a name that no other fit writes to; path NULL: no file. Returns GO_ON or an exit code
 * after a message. */
int checkpoint_open(checkpoint *file, const char *path, int given, double every);
/* Keeps the present state of the model as the best so far. */
void checkpoint_keep(checkpoint *file, const lrpot_potential *model);
/* Writes the best state if it is pending and its time has come, or at once. */
void checkpoint_write(checkpoint *file, const lrpot_potential *model, int at_once);
/* Releases the name; drop: the file is not needed any more. */
void checkpoint_close(checkpoint *file, int drop);

#endif
