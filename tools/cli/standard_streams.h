/* Standard streams of the program. */
#ifndef LRPOT_TOOL_STANDARD_H
#define LRPOT_TOOL_STANDARD_H

/* Opens those of the descriptors 0 to 2 that the caller closed, so that no file gets their numbers.
 * Reading from such an input and printing to such an output fail; messages are lost. Returns 0 on
 * failure. */
int standard_open(void);

#endif
