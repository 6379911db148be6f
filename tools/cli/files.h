/* The files that a run reads and writes. An output is never an input, nor another output, under
 * whatever names. Every verb has its files here before it computes: those of operands and options
 * by options_parse(), others by these functions. */
#ifndef LRPOT_TOOL_FILES_H
#define LRPOT_TOOL_FILES_H

/* "-" and NULL are no files. Return GO_ON, or an exit code after a message. */
int files_read(const char *path);
/* option: the long name of what gave the file its name, as in "output"; outlives the run. */
int files_write(const char *option, const char *path);

#endif
