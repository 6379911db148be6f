/* Components of the running library: asked from the libraries that were loaded, since a BLAS or
 * an OpenMP runtime may be exchanged without building anew. */
#define _GNU_SOURCE /* dladdr */
#include "core/commit.h"
#include "core/processor.h"

#include <lrpot/status.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

enum { TEXT_SIZE = 512 };

/* Of OpenBLAS and MKL. Weak: absent in other libraries. */
char *openblas_get_config(void) __attribute__((weak));
void mkl_get_version_string(char *text, int size) __attribute__((weak));
double ddot_(const int32_t *n, const double *x, const int32_t *step_x, const double *y,
             const int32_t *step_y);

typedef void (*any_function)(void);

/* The shared library or program that a function came from; NULL where the loader does not know. */
static const void *object_of(any_function function, const char **path)
{
    void *address = NULL;
    Dl_info found;
    memcpy(&address, &function, sizeof address);
    if (!dladdr(address, &found)) return NULL;
    *path = found.dli_fname;
    return found.dli_fbase;
}

/* File name of the shared library that a function came from; `linked` where it is part of the same
 * file as this one. */
static const char *file_of(any_function function, const char *linked)
{
    const char *path = NULL, *own_path = NULL;
    const void *object = object_of(function, &path);
    if (object == NULL || path == NULL || object == object_of((any_function)file_of, &own_path))
        return linked;
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* More than one BLAS may be loaded: the one that counts is the one that calls reach. */
static void describe_blas(char *text)
{
    const char *file = file_of((any_function)ddot_, LRPOT_BLAS_NAME), *path = NULL;
    const void *object = object_of((any_function)ddot_, &path);
    snprintf(text, TEXT_SIZE, "%s", file);
    size_t used = strlen(text);
    if (openblas_get_config != NULL
        && object_of((any_function)openblas_get_config, &path) == object)
        snprintf(text + used, TEXT_SIZE - used, ", %s", openblas_get_config());
    else if (mkl_get_version_string != NULL && strncmp(file, "libmkl", strlen("libmkl")) == 0) {
        snprintf(text + used, TEXT_SIZE - used, ", ");
        mkl_get_version_string(text + used + 2, (int)(TEXT_SIZE - used - 2));
    }
}

static void describe_openmp(char *text)
{
#ifdef _OPENMP
    snprintf(text, TEXT_SIZE, "%s, specification %d",
             file_of((any_function)omp_get_max_threads, "linked statically"), (int)_OPENMP);
#else
    snprintf(text, TEXT_SIZE, "none");
#endif
}

static void describe_kernels(char *text)
{
    static const char *const names[] = {
        [LRPOT__PLAIN] = "plain", [LRPOT__AVX2] = "AVX2", [LRPOT__AVX512] = "AVX-512"
    };
    snprintf(text, TEXT_SIZE, "%s", names[lrpot__instruction_set()]);
}

/* One line without blanks at its end. */
static void tidy(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\n') *c = ' ';
    for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--) text[n - 1] = '\0';
}

int64_t lrpot_build_info(int32_t item, char *buffer, int64_t size)
{
    char text[TEXT_SIZE] = "";
    if (item == LRPOT_BUILD_COMMIT) snprintf(text, sizeof text, "%s", LRPOT_COMMIT);
    if (item == LRPOT_BUILD_BLAS) describe_blas(text);
    if (item == LRPOT_BUILD_OPENMP) describe_openmp(text);
    if (item == LRPOT_BUILD_KERNELS) describe_kernels(text);
    tidy(text);
    if (buffer != NULL && size > 0) snprintf(buffer, (size_t)size, "%s", text);
    return (int64_t)strlen(text);
}
