/* lrpot --version. */
#ifndef LRPOT_TOOL_VERSION_H
#define LRPOT_TOOL_VERSION_H

/* Prints version, commit, BLAS, OpenMP runtime and kernels, one line each, in the form that the
 * reference of the command states. */
void version_print(void);

#endif
