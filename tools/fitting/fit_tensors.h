/* lrpot fit --tensors: polar tensors and dipoles learned directly, or coupled to the charges of a
 * model. */
#ifndef LRPOT_TOOL_FIT_TENSORS_H
#define LRPOT_TOOL_FIT_TENSORS_H

/* 1 if a command line of `lrpot fit` asks for tensors. --baseline and the like are then other
 * options. */
int fit_tensors_wanted(int count, char *const *arguments);
int fit_tensors(int count, char **arguments);

#endif
