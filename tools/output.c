#include "output.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *beside(const char *path)
{
    size_t size = strlen(path) + 16;
    char *name = malloc(size);
    if (name != NULL) snprintf(name, size, "%s.XXXXXX", path);
    return name;
}

/* mkstemp makes files private; results are as readable as the user's other files. */
static void usual_mode(int descriptor)
{
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(descriptor, 0666 & ~mask) != 0)
        report_detail("the mode of a result file could not be set");
}

/* A device, a pipe or a socket: renaming a file over it would destroy it. */
static int is_special(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

static int open_special(output *out, const char *path)
{
    out->path = malloc(strlen(path) + 1);
    if (out->path == NULL) return report_no_memory();
    strcpy(out->path, path);
    out->stream = fopen(path, "w");
    return out->stream != NULL
               ? GO_ON
               : report_error(FAILED, "%s: cannot be written: %s", path, strerror(errno));
}

static int open_aside(output *out, const char *path)
{
    size_t size = strlen(path) + 1;
    out->path = malloc(size);
    out->aside = beside(path);
    if (out->path == NULL || out->aside == NULL) return report_no_memory();
    memcpy(out->path, path, size);
    int descriptor = mkstemp(out->aside);
    if (descriptor < 0)
        return report_error(FAILED, "%s: cannot be written: %s", path, strerror(errno));
    usual_mode(descriptor);
    out->stream = fdopen(descriptor, "w");
    if (out->stream != NULL) return GO_ON;
    close(descriptor);
    remove(out->aside);
    return report_no_memory();
}

int output_open(output *out, const char *path)
{
    *out = (output){ NULL, NULL, NULL };
    if (path == NULL || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return GO_ON;
    }
    int code = is_special(path) ? open_special(out, path) : open_aside(out, path);
    if (code == GO_ON) return GO_ON;
    free(out->path);
    free(out->aside);
    return code;
}

static int complete(output *out, int keep)
{
    int good = fflush(out->stream) == 0 && !ferror(out->stream);
    if (out->path == NULL)
        return good ? DONE : report_error(FAILED, "standard output: %s", strerror(errno));
    if (out->aside != NULL)
        good = good && fsync(fileno(out->stream)) == 0; /* devices need not know it */
    good = fclose(out->stream) == 0 && good;
    if (keep && good && (out->aside == NULL || rename(out->aside, out->path) == 0)) return DONE;
    int reason = errno;
    if (out->aside != NULL) remove(out->aside);
    return keep ? report_error(FAILED, "%s: cannot be written: %s", out->path, strerror(reason))
                : DONE;
}

int output_close(output *out, int keep)
{
    int code = out->stream != NULL ? complete(out, keep) : DONE;
    free(out->path);
    free(out->aside);
    *out = (output){ NULL, NULL, NULL };
    return code;
}

int output_possible(const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return report_error(FAILED, "%s: is a folder; give the name of a file", path);
    /* opening a pipe for a trial would wait for its reader */
    if (is_special(path))
        return access(path, W_OK) == 0
                   ? GO_ON
                   : report_error(FAILED, "%s: cannot be written: %s", path, strerror(errno));
    output trial;
    int code = output_open(&trial, path);
    if (code != GO_ON) return code;
    output_close(&trial, 0);
    return GO_ON;
}

char *output_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

void json_put_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, real_or_null(value));
}
void json_put_count(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

void json_put_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, value != NULL ? json_string(value) : json_null());
}

json_t *json_row(const double *values, int64_t n)
{
    json_t *row = json_array();
    for (int64_t i = 0; i < n; i++) json_array_append_new(row, real_or_null(values[i]));
    return row;
}

json_t *json_tensors(const double *values, int64_t n)
{
    json_t *list = json_array();
    for (int64_t i = 0; i < n; i++) {
        json_t *tensor = json_array();
        for (int a = 0; a < 3; a++)
            json_array_append_new(tensor, json_row(values + 9 * i + 3 * a, 3));
        json_array_append_new(list, tensor);
    }
    return list;
}

int output_json(output *out, json_t *root)
{
    int good = root != NULL
               && json_dumpf(root, out->stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) == 0;
    json_decref(root);
    if (!good) return report_error(FAILED, "the JSON document could not be written");
    fputc('\n', out->stream);
    return DONE;
}
