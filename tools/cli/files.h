/* Files that a run reads and writes. An output is never an input, nor another output, under any
 * name. Every verb registers its files before it computes: options_parse() those of operands and
 * options, these functions all others. */
#ifndef LRPOT_TOOL_FILES_H
#define LRPOT_TOOL_FILES_H

/* "-" and NULL are not files. Return GO_ON, or an exit code after a message. */
int files_read(const char *path);
/* option: long name of the option with the file name, as in "output"; must outlive the run. */
int files_write(const char *option, const char *path);

/* Forgets all files: for a command that runs others one after the other. */
void files_forget(void);

#endif
