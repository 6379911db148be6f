/* Names of the unfinished files of this process, which a signal handler removes. */
#ifndef LRPOT__TEMPORARIES_H
#define LRPOT__TEMPORARIES_H

/* Index of an entry for the name, or -1 if the table is full; a signal then leaves the file
 * behind. */
int lrpot__temporary_add(const char *path);
void lrpot__temporary_drop(int place);

#endif
