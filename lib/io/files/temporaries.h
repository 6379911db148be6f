/* Names of the unfinished files of this process, for a handler of signals to remove. */
#ifndef LRPOT__TEMPORARIES_H
#define LRPOT__TEMPORARIES_H

/* A place for the name, or -1 where there is none; the file is then left behind by a signal. */
int lrpot__temporary_add(const char *path);
void lrpot__temporary_drop(int place);

#endif
