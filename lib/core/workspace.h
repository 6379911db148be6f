/* Scratch memory of a call: blocks that only grow, and objects kept between calls. The address of a
 * static tag is the key of each, so that the file that defines the tag owns the block. */
#ifndef LRPOT__WORKSPACE_H
#define LRPOT__WORKSPACE_H

#include <lrpot/workspace.h>

/* One tag per use, so that nested calls never share a block: static const, in the .c file that
 * requests the block. Messages contain the name. */
typedef struct lrpot__tag {
    const char *name;
} lrpot__tag;

/* Returns a block of at least `count` elements, 64-byte aligned. Its content is lost when it grows,
 * and undefined between calls unless its owner says otherwise. Zeroed only when newly allocated.
 * Each thread of the workspace (0 to lrpot__workspace_threads() - 1) has blocks of its own: in a
 * parallel region a thread requests its own only. */
lrpot_status lrpot__workspace_block(lrpot_workspace *work, const lrpot__tag *tag, int32_t thread,
                                    int64_t count, size_t size, void **out);
/* The same for numbers; without a thread: blocks of thread 0, outside of parallel regions. */
lrpot_status lrpot__workspace_doubles(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                      double **out);
lrpot_status lrpot__workspace_int32s(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                     int32_t **out);
lrpot_status lrpot__workspace_int64s(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                     int64_t **out);
lrpot_status lrpot__workspace_thread_doubles(lrpot_workspace *work, const lrpot__tag *tag,
                                             int32_t thread, int64_t count, double **out);

/* Number of parts into which the work of a call is divided. Writes to the log, once, if a child of
 * fork() has one thread for all of them (core/threads.h). */
int32_t lrpot__workspace_threads(lrpot_workspace *work);

/* An object kept in the workspace between calls (a neighbour list, an Ewald plan), freed with it.
 * NULL: none. Not in parallel regions. */
typedef void (*lrpot__destroy)(void *object);
void *lrpot__workspace_kept(const lrpot_workspace *work, const lrpot__tag *tag);
/* Keeps the object instead of the one before, which is destroyed. On LRPOT_E_MEMORY the object is
 * destroyed too. */
lrpot_status lrpot__workspace_keep(lrpot_workspace *work, const lrpot__tag *tag, void *object,
                                   lrpot__destroy destroy);
/* Destroys the object. */
void lrpot__workspace_drop(lrpot_workspace *work, const lrpot__tag *tag);

#endif
