#define _GNU_SOURCE
#include "failing_heap.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* those of glibc, under the names that are left when malloc is replaced */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *pointer);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);
void free(void *pointer);

static atomic_long requests, blocks;
static long fails_from = -1;
static int armed, fails_on;

void heap_arm(long first, int all)
{
    requests = 0;
    fails_from = first;
    fails_on = all;
    armed = 1;
}

long heap_disarm(void)
{
    armed = 0;
    return requests;
}

long heap_blocks(void)
{
    return blocks;
}

/* jansson 2.14 leaves out characters, or asserts, when the buffer of a token (32, 64, ... bytes)
 * cannot grow, and says nothing; such requests do not fail. */
static int is_token(const char *file, size_t size)
{
    return strncmp(file, "libjansson", 10) == 0 && size >= 32 && (size & (size - 1)) == 0;
}

static int counts(void *caller, size_t size)
{
    static const char *const names[] = { "liblrpot", "libjansson", "liblapacke", "libz.", "libc." };
    struct dl_find_object about;
    if (_dl_find_object(caller, &about) != 0) return 0;
    const char *path = about.dlfo_link_map->l_name, *slash = strrchr(path, '/'),
               *file = slash != NULL ? slash + 1 : path;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (strncmp(file, names[k], strlen(names[k])) == 0) return !is_token(file, size);
    return 0;
}

static int refuses(void *caller, size_t size)
{
    if (!armed || !counts(caller, size)) return 0;
    long number = atomic_fetch_add(&requests, 1);
    int refused = fails_from >= 0 && (number == fails_from || (fails_on && number > fails_from));
    if (refused) errno = ENOMEM;
    return refused;
}

static void *counted(void *block)
{
    if (block != NULL) atomic_fetch_add(&blocks, 1);
    return block;
}

void *malloc(size_t size)
{
    return refuses(__builtin_return_address(0), size) ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return refuses(__builtin_return_address(0), n * size) ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size)
{
    if (refuses(__builtin_return_address(0), size)) return NULL;
    void *block = __libc_realloc(old, size);
    if (old == NULL) counted(block);
    else if (size == 0 && block == NULL) atomic_fetch_sub(&blocks, 1);
    return block;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return refuses(__builtin_return_address(0), size) ? NULL
                                                      : counted(__libc_memalign(alignment, size));
}

void *memalign(size_t alignment, size_t size)
{
    return refuses(__builtin_return_address(0), size) ? NULL
                                                      : counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (refuses(__builtin_return_address(0), size)) return ENOMEM;
    *out = counted(__libc_memalign(alignment, size));
    return *out != NULL ? 0 : ENOMEM;
}

void free(void *pointer)
{
    if (pointer != NULL) atomic_fetch_sub(&blocks, 1);
    __libc_free(pointer);
}
