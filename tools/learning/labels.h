/* Frames that come back from a reference calculation. */
#ifndef LRPOT_TOOL_LABELS_H
#define LRPOT_TOOL_LABELS_H

#include <stdint.h>

/* Checks that a file has frames, at most as many as asked for, each with energy and forces. keys:
 * as of `lrpot fit --keys`, or NULL. Fewer frames than asked for are a note: calculations that did
 * not converge are left out. Returns GO_ON, or an exit code after a message. */
int labels_check(const char *path, int64_t asked, const char *keys);

#endif
