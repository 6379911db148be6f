#include "core/workspace.h"

#include "core/blas_check.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"

#include <stdio.h>

typedef struct {
    void *data;
    int64_t bytes;
} block;

struct lrpot_workspace {
    int32_t threads, told_fork;
    lrpot_log log;
    void *log_ctx;
    block *blocks; /* [LRPOT__BLOCK_COUNT][threads] */
    void *kept[LRPOT__KEEP_COUNT];
    lrpot__destroy destroy[LRPOT__KEEP_COUNT];
};

lrpot_status lrpot_workspace_create(lrpot_workspace **out, int32_t threads)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    if (threads < 1 || threads > 4096)
        return lrpot__fail(LRPOT_E_ARGUMENT, "threads = %d, expected 1 to 4096", threads);
#ifndef _OPENMP
    threads = 1;
#endif
    LRPOT__TRY(lrpot__blas_check());
    lrpot_workspace *work = lrpot__calloc(1, sizeof *work);
    if (work == NULL) return LRPOT_E_MEMORY;
    work->threads = threads;
    work->blocks = lrpot__calloc((int64_t)LRPOT__BLOCK_COUNT * threads, sizeof *work->blocks);
    if (work->blocks == NULL) {
        lrpot__free(work);
        return LRPOT_E_MEMORY;
    }
    *out = work;
    return LRPOT_OK;
}

void lrpot_workspace_free(lrpot_workspace *work)
{
    if (work == NULL) return;
    for (int32_t slot = 0; slot < LRPOT__KEEP_COUNT; slot++)
        lrpot__workspace_keep(work, slot, NULL, NULL);
    for (int32_t i = 0; i < LRPOT__BLOCK_COUNT * work->threads; i++)
        lrpot__free(work->blocks[i].data);
    lrpot__free(work->blocks);
    lrpot__free(work);
}

int64_t lrpot_workspace_bytes(const lrpot_workspace *work)
{
    int64_t bytes = 0;
    if (work == NULL) return 0;
    for (int32_t i = 0; i < LRPOT__BLOCK_COUNT * work->threads; i++) bytes += work->blocks[i].bytes;
    return bytes;
}

void lrpot_workspace_set_log(lrpot_workspace *work, lrpot_log log, void *ctx)
{
    if (work == NULL) return;
    work->log = log;
    work->log_ctx = ctx;
}

static void tell_fork(lrpot_workspace *work)
{
    char message[160];
    snprintf(message, sizeof message,
             "this process was forked after its parent computed: 1 thread instead of %d, because "
             "the threads of OpenMP do not survive a fork",
             work->threads);
    work->told_fork = 1;
    if (work->log != NULL) work->log(work->log_ctx, LRPOT_LOG_WARNING, message);
}

int32_t lrpot__workspace_threads(lrpot_workspace *work)
{
    if (lrpot__is_forked_child() && work->threads > 1 && !work->told_fork) tell_fork(work);
    return work->threads;
}

lrpot_status lrpot__workspace_block(lrpot_workspace *work, int32_t id, int32_t thread,
                                    int64_t count, size_t size, void **out)
{
    block *b = &work->blocks[(int64_t)id * work->threads + thread];
    if (count < 0 || (uint64_t)count > (uint64_t)INT64_MAX / (size + 1))
        return lrpot__fail(LRPOT_E_MEMORY, "workspace block of %lld elements is too large",
                           (long long)count);
    int64_t bytes = count * (int64_t)size;
    if (bytes > b->bytes || b->data == NULL) {
        int64_t wanted =
            /* reserve, so that small fluctuations of a run do not allocate again */
            bytes + bytes / 4;
        void *data = lrpot__calloc(wanted, 1);
        if (data == NULL) return LRPOT_E_MEMORY;
        lrpot__free(b->data);
        b->data = data;
        b->bytes = wanted;
    }
    *out = b->data;
    return LRPOT_OK;
}

void *lrpot__workspace_kept(const lrpot_workspace *work, int32_t slot)
{
    return work->kept[slot];
}

void lrpot__workspace_keep(lrpot_workspace *work, int32_t slot, void *object,
                           lrpot__destroy destroy)
{
    if (work->kept[slot] != NULL && work->destroy[slot] != NULL)
        work->destroy[slot](work->kept[slot]);
    work->kept[slot] = object;
    work->destroy[slot] = destroy;
}
