#include "learning/exploration.h"

#include "cli/inputs.h"
#include "cli/nan_extremes.h"
#include "cli/output_file.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Steps of a line of LAMMPS, or 0. A run that was halted prints the steps it did. */
static double steps_of(const char *line)
{
    static const char word[] = " procs for ";
    const char *at = strncmp(line, "Loop time of", 12) == 0 ? strstr(line, word) : NULL;
    char *end = NULL;
    double steps = at != NULL ? strtod(at + sizeof word - 1, &end) : 0.0;
    return at != NULL && strncmp(end, " steps", 6) == 0 ? steps : 0.0;
}

int exploration_note(const char *log, const char *done)
{
    FILE *stream = fopen(log, "r");
    char *line = NULL;
    size_t capacity = 0;
    double steps = 0.0;
    int32_t told = 0, halted = 0;
    output out;
    if (stream == NULL) return report_error(FAILED, "%s: cannot be read", log);
    while (getline(&line, &capacity, stream) >= 0) {
        steps += steps_of(line);
        told = told || strncmp(line, "Loop time of", 12) == 0;
        halted = halted || strncmp(line, "Fix halt condition", 18) == 0;
    }
    free(line);
    fclose(stream);
    int code = output_open(&out, done);
    if (code != GO_ON) return code;
    json_t *root = json_object();
    json_put_real(root, "steps", told ? steps : NAN);
    json_object_set_new(root, "halted", json_boolean(halted));
    code = output_json(&out, root);
    int closed = output_close(&out, code == DONE);
    code = code != DONE ? code : closed;
    return code == DONE ? GO_ON : code;
}

/* An empty file, or a dump whose snapshots are empty, is an answer and no failure. */
int exploration_met(const char *frames, int32_t *met)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *first = NULL;
    struct stat about;
    *met = 0;
    if (stat(frames, &about) != 0 || about.st_size == 0) return GO_ON;
    int code = inputs_reader(&reader, frames, NULL, NULL);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_reader_next(reader, &first);
    *met = status == LRPOT_OK;
    if (status == LRPOT_OK) lrpot_structure_free(first);
    else if (status != LRPOT_E_END) code = report_failure(status, frames);
    lrpot_reader_close(reader);
    return code;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) report_error(FAILED, "%s:%d: %s", path, error.line, error.text);
    return root;
}

static double real_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

int exploration_read(const char *done, double *steps, int32_t *halted)
{
    json_t *root = load(done);
    if (root == NULL) return FAILED;
    *steps = real_of(json_object_get(root, "steps"));
    *halted = json_is_true(json_object_get(root, "halted"));
    json_decref(root);
    return GO_ON;
}

int exploration_selection(const char *path, double *written, double *grade, int64_t *selected)
{
    json_t *root = load(path), *frame = NULL;
    size_t index = 0;
    if (root == NULL) return FAILED;
    *selected = (int64_t)json_integer_value(json_object_get(root, "selected"));
    const json_t *frames = json_object_get(root, "frames");
    *written = (double)json_array_size(frames);
    *grade = 0.0;
    json_array_foreach((json_t *)frames, index, frame) *grade =
        larger(*grade, real_of(json_object_get(frame, "grade")));
    json_decref(root);
    return GO_ON;
}

int exploration_errors(const char *path, int64_t *train_frames, double *energy, double *forces)
{
    json_t *root = load(path);
    if (root == NULL) return FAILED;
    const json_t *train = json_object_get(json_object_get(root, "data"), "train"),
                 *member = json_array_get(json_object_get(root, "members"), 0),
                 *valid = json_object_get(member, "valid");
    *train_frames = (int64_t)json_integer_value(json_object_get(train, "frames"));
    *energy = real_of(json_object_get(json_object_get(valid, "energy_per_atom"), "rmse"));
    *forces = real_of(json_object_get(json_object_get(valid, "forces"), "rmse"));
    json_decref(root);
    return GO_ON;
}
