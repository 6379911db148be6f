/* Scratch memory: blocks with ids that only grow. Content is undefined between calls, except where
 * an id says otherwise. */
#ifndef LRPOT__WORKSPACE_H
#define LRPOT__WORKSPACE_H

#include <lrpot/workspace.h>

/* One id per use, so that nested calls never share a block. Per-thread blocks use id + thread. */
enum {
    LRPOT__BLOCK_BASIS = 0,      /* 8 ids for lib/basis */
    LRPOT__BLOCK_EWALD = 8,      /* 24 ids for lib/electrostatics */
    LRPOT__BLOCK_CHARGES = 32,   /* 8 ids for lib/charges */
    LRPOT__BLOCK_POTENTIAL = 40, /* 8 ids for lib/potential */
    LRPOT__BLOCK_RESPONSE = 48,  /* 8 ids for lib/response */
    LRPOT__BLOCK_PHONONS = 56,   /* 8 more ids for lib/response */
    LRPOT__BLOCK_TENSORS = 64,   /* 8 ids for lib/tensors */
    LRPOT__BLOCK_UNWRAP = 72,    /* 8 ids for unwrapped positions in lib/response */
    LRPOT__BLOCK_SELF = 80,      /* 8 ids for self-consistent densities in lib/charges */
    LRPOT__BLOCK_DENSITY = 88,   /* 8 ids for polarizable densities in lib/potential */
    LRPOT__BLOCK_COUNT = 96
};

/* Returns a block of at least `bytes` bytes, 64-byte aligned. Its content is lost when it grows.
 * Zeroed only when newly allocated. */
lrpot_status lrpot__workspace_block(lrpot_workspace *work, int32_t id, int32_t thread,
                                    int64_t count, size_t size, void **out);

/* Number of parts into which the work of a call is divided. Writes to the log, once, if a child of
 * fork() has one thread for all of them (core/threads.h). */
int32_t lrpot__workspace_threads(lrpot_workspace *work);

/* An object kept in the workspace between calls (a neighbour list, an Ewald plan), freed with it.
 * Slots are few and fixed. */
enum {
    LRPOT__KEEP_NLIST = 0,
    LRPOT__KEEP_EWALD = 1,
    LRPOT__KEEP_EWALD_NLIST = 2,
    LRPOT__KEEP_EWALD_MESH = 3,
    LRPOT__KEEP_CHARGES = 4,
    LRPOT__KEEP_SELF = 5,
    LRPOT__KEEP_COUNT = 6
};
typedef void (*lrpot__destroy)(void *object);
void *lrpot__workspace_kept(const lrpot_workspace *work, int32_t slot);
/* Replaces (and destroys) the object of the slot. */
void lrpot__workspace_keep(lrpot_workspace *work, int32_t slot, void *object,
                           lrpot__destroy destroy);

#endif
