/* Signals that end the program. Their handlers remove unfinished files first. */
#ifndef LRPOT_TOOL_SIGNALS_H
#define LRPOT_TOOL_SIGNALS_H

/* Installs the handlers for the whole program. Signals that its caller ignores stay ignored. */
void signals_watch(void);
/* on: the first SIGINT or SIGTERM only makes signals_stop() true, the second ends the program. */
void signals_defer(int on);
int signals_stop(void);

#endif
