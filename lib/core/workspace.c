#include "core/workspace.h"

#include "core/blas_check.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"

#include <assert.h>
#include <stdio.h>

/* A block, or an object kept. */
typedef struct {
    const lrpot__tag *tag; /* NULL: this place is free */
    void *data;
    int64_t bytes; /* of a block */
    lrpot__destroy destroy;
} record;

/* Hash table of one thread, with linear probing. Places are never freed. */
typedef struct {
    record *records; /* [1 << bits], or NULL */
    int32_t bits, count;
} table;

struct lrpot_workspace {
    int32_t threads, told_fork;
    lrpot_log log;
    void *log_ctx;
    table *tables; /* [threads] */
};

enum { FIRST_BITS = 5 };

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
    work->tables = lrpot__calloc(threads, sizeof *work->tables);
    if (work->tables == NULL) {
        lrpot__free(work);
        return LRPOT_E_MEMORY;
    }
    *out = work;
    return LRPOT_OK;
}

static int64_t places_of(const table *t)
{
    return t->records != NULL ? (int64_t)1 << t->bits : 0;
}

void lrpot_workspace_free(lrpot_workspace *work)
{
    if (work == NULL) return;
    for (int32_t t = 0; t < work->threads; t++) {
        record *records = work->tables[t].records;
        for (int64_t k = 0; k < places_of(&work->tables[t]); k++)
            if (records[k].data != NULL) records[k].destroy(records[k].data);
        lrpot__free(records);
    }
    lrpot__free(work->tables);
    lrpot__free(work);
}

int64_t lrpot_workspace_bytes(const lrpot_workspace *work)
{
    int64_t bytes = 0;
    if (work == NULL) return 0;
    for (int32_t t = 0; t < work->threads; t++)
        for (int64_t k = 0; k < places_of(&work->tables[t]); k++)
            bytes += work->tables[t].records[k].bytes;
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

/* Place of a tag in records [1 << bits], at least one of which is free. Multiplies by 2^64 divided
 * by the golden ratio: addresses that differ in their low bits only are spread over the table. */
static record *place_of(record *records, int32_t bits, const lrpot__tag *tag)
{
    uint64_t mask = ((uint64_t)1 << bits) - 1,
             k = (uint64_t)(uintptr_t)tag * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits);
    while (records[k].tag != NULL && records[k].tag != tag) k = (k + 1) & mask;
    return &records[k];
}

static lrpot_status widen(table *t)
{
    table wider = { .bits = t->records != NULL ? t->bits + 1 : FIRST_BITS, .count = t->count };
    wider.records = lrpot__calloc((int64_t)1 << wider.bits, sizeof *wider.records);
    if (wider.records == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < places_of(t); k++)
        if (t->records[k].tag != NULL)
            *place_of(wider.records, wider.bits, t->records[k].tag) = t->records[k];
    lrpot__free(t->records);
    *t = wider;
    return LRPOT_OK;
}

/* Record of a tag; a new one if there is none. At least half of the places stay free. */
static lrpot_status record_of(table *t, const lrpot__tag *tag, record **out)
{
    if (t->records == NULL) LRPOT__TRY(widen(t));
    *out = place_of(t->records, t->bits, tag);
    if ((*out)->tag == tag) return LRPOT_OK;
    if (2 * (t->count + 1) > places_of(t)) {
        LRPOT__TRY(widen(t));
        *out = place_of(t->records, t->bits, tag);
    }
    (*out)->tag = tag;
    t->count++;
    return LRPOT_OK;
}

lrpot_status lrpot__workspace_block(lrpot_workspace *work, const lrpot__tag *tag, int32_t thread,
                                    int64_t count, size_t size, void **out)
{
    record *block = NULL;
    assert(thread >= 0 && thread < work->threads);
    if (count < 0 || (uint64_t)count > (uint64_t)INT64_MAX / (size + 1))
        return lrpot__fail(LRPOT_E_MEMORY, "workspace block '%s' of %lld elements is too large",
                           tag->name, (long long)count);
    LRPOT__TRY(record_of(&work->tables[thread], tag, &block));
    int64_t bytes = count * (int64_t)size;
    if (bytes > block->bytes || block->data == NULL) {
        int64_t wanted =
            /* reserve, so that small fluctuations of a run do not allocate again */
            bytes + bytes / 4;
        void *data = lrpot__calloc(wanted, 1);
        if (data == NULL) return LRPOT_E_MEMORY;
        lrpot__free(block->data);
        block->data = data;
        block->bytes = wanted;
        block->destroy = lrpot__free;
    }
    *out = block->data;
    return LRPOT_OK;
}

lrpot_status lrpot__workspace_thread_doubles(lrpot_workspace *work, const lrpot__tag *tag,
                                             int32_t thread, int64_t count, double **out)
{
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, tag, thread, count, sizeof **out, &block));
    *out = block;
    return LRPOT_OK;
}

lrpot_status lrpot__workspace_doubles(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                      double **out)
{
    return lrpot__workspace_thread_doubles(work, tag, 0, count, out);
}

lrpot_status lrpot__workspace_int32s(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                     int32_t **out)
{
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, tag, 0, count, sizeof **out, &block));
    *out = block;
    return LRPOT_OK;
}

lrpot_status lrpot__workspace_int64s(lrpot_workspace *work, const lrpot__tag *tag, int64_t count,
                                     int64_t **out)
{
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, tag, 0, count, sizeof **out, &block));
    *out = block;
    return LRPOT_OK;
}

void *lrpot__workspace_kept(const lrpot_workspace *work, const lrpot__tag *tag)
{
    const table *t = &work->tables[0];
    return t->records != NULL ? place_of(t->records, t->bits, tag)->data : NULL;
}

lrpot_status lrpot__workspace_keep(lrpot_workspace *work, const lrpot__tag *tag, void *object,
                                   lrpot__destroy destroy)
{
    record *kept = NULL;
    lrpot_status status = record_of(&work->tables[0], tag, &kept);
    if (status != LRPOT_OK) {
        destroy(object);
        return status;
    }
    if (kept->data != NULL) kept->destroy(kept->data);
    kept->data = object;
    kept->destroy = destroy;
    return LRPOT_OK;
}

void lrpot__workspace_drop(lrpot_workspace *work, const lrpot__tag *tag)
{
    const table *t = &work->tables[0];
    if (t->records == NULL) return;
    record *kept = place_of(t->records, t->bits, tag);
    if (kept->data != NULL) kept->destroy(kept->data);
    kept->data = NULL;
}
