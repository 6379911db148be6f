/* Signals that end the program. They remove unfinished files first. */
#ifndef LRPOT_TOOL_SIGNALS_H
#define LRPOT_TOOL_SIGNALS_H

/* For the whole program. Signals that its caller ignores stay ignored. */
void signals_watch(void);
/* on: the first SIGINT or SIGTERM only makes signals_stop() true, the second ends the program. */
void signals_defer(int on);
int signals_stop(void);

#endif
