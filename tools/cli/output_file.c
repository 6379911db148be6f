#include "cli/output_file.h"

#include "cli/options.h"
#include "cli/report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_open(output *out, const char *path)
{
    *out = (output){ NULL, NULL, NULL };
    if (path == NULL || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return GO_ON;
    }
    lrpot_status status = lrpot_file_open(&out->file, path);
    if (status != LRPOT_OK) return report_failure(status, path);
    out->stream = lrpot_file_stream(out->file);
    out->path = path;
    return GO_ON;
}

int output_standard(void)
{
    errno = 0; /* the error number of an earlier failed write is lost */
    if (fflush(stdout) == 0 && !ferror(stdout)) return DONE;
    return report_error(FAILED, "standard output: %s",
                        errno == EBADF ? "is closed"
                        : errno != 0   ? strerror(errno)
                                       : "not all could be written");
}

static int complete(output *out, int keep)
{
    if (out->file == NULL) return out->stream != NULL ? output_standard() : DONE;
    if (!keep) {
        lrpot_file_abandon(out->file);
        return DONE;
    }
    lrpot_status status = lrpot_file_close(out->file);
    return status == LRPOT_OK ? DONE : report_failure(status, out->path);
}

int output_close(output *out, int keep)
{
    int code = complete(out, keep);
    *out = (output){ NULL, NULL, NULL };
    return code;
}

int output_possible(const char *path)
{
    struct stat about;
    int exists = stat(path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode))
        return report_error(FAILED, "%s: is a folder; give the name of a file", path);
    /* a trial opening of a pipe would wait for its reader */
    if (exists && !S_ISREG(about.st_mode))
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
