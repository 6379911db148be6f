/* Preloaded, counts what the library and the pair style ask of the heap, themselves or through what
 * they call, and prints it to standard error at the end: calls on whose stack a function of
 * liblrpot or of lrpotplugin.so stands. What MPI's threads and LAMMPS ask for by themselves is not
 * counted. For glibc from 2.35 on, whose own functions it hands on to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long count, all;
static _Thread_local int inside; /* unwinding may allocate */

static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *found)
{
    struct dl_find_object about;
    if (_dl_find_object((void *)_Unwind_GetIP(context), &about) != 0) return _URC_NO_REASON;
    const char *name = about.dlfo_link_map->l_name, *slash = strrchr(name, '/'),
               *file = slash != NULL ? slash + 1 : name;
    if (strncmp(file, "liblrpot", 8) != 0 && strncmp(file, "lrpotplugin", 11) != 0)
        return _URC_NO_REASON;
    *(int *)found = 1;
    return _URC_END_OF_STACK;
}

static void note(void)
{
    int found = 0;
    if (inside) return;
    inside = 1;
    _Unwind_Backtrace(look, &found);
    inside = 0;
    atomic_fetch_add(&all, 1);
    atomic_fetch_add(&count, found);
}

void *malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    note();
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    note();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    note();
    *out = __libc_memalign(alignment, size);
    return *out == NULL ? 12 : 0;
}

__attribute__((destructor)) static void report(void)
{
    fprintf(stderr, "\nallocations = %ld\nof all = %ld\n", atomic_load(&count), atomic_load(&all));
}
