#include "learning/learn_config.h"

#include "cli/output_file.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Values of the configuration, in one table. */
enum learn_kind { LEARN_TEXT, LEARN_WORDS, LEARN_NUMBER, LEARN_COUNT };

typedef struct learn_key {
    const char *name;
    enum learn_kind kind;
    int32_t needed;
    double low, high;
    void *target;
} learn_key;

static int read_words(const config *file, const char *where, const json_t *value, word_list *out)
{
    size_t index = 0;
    json_t *word = NULL;
    if (json_is_string(value)) {
        out->items[out->n++] = json_string_value(value);
        return GO_ON;
    }
    if (!json_is_array(value) || json_array_size(value) == 0
        || json_array_size(value) >= WORDS_MOST)
        return config_refuse(file, where, value, "a list of 1 to 63 texts");
    json_array_foreach(value, index, word)
    {
        char place[80];
        snprintf(place, sizeof place, "%.40s[%zu]", where, index);
        int code = config_text(file, place, word, &out->items[out->n++]);
        if (code != GO_ON) return code;
    }
    return GO_ON;
}

static int read_value(const config *file, const json_t *value, const learn_key *key)
{
    double number = 0.0;
    switch (key->kind) {
    case LEARN_TEXT: return config_text(file, key->name, value, key->target);
    case LEARN_WORDS: return read_words(file, key->name, value, key->target);
    case LEARN_NUMBER:
        return config_number(file, key->name, value, key->low, key->high, key->target);
    case LEARN_COUNT: break;
    }
    int code = config_number(file, key->name, value, key->low, key->high, &number);
    if (code == GO_ON && number != floor(number))
        return config_refuse(file, key->name, value, "a whole number");
    if (code == GO_ON) *(int64_t *)key->target = (int64_t)number;
    return code;
}

static int refuse_name(const config *file, const char *name, const learn_key *keys, size_t n)
{
    char known[256] = "";
    for (size_t k = 0; k < n; k++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", k > 0 ? ", " : "",
                 keys[k].name);
    return config_unknown(file, name, known);
}

static int read_keys(const config *file, const learn_key *keys, size_t n)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(file->root, name, value)
    {
        size_t k = 0;
        while (k < n && strcmp(keys[k].name, name) != 0) k++;
        if (k == n) return refuse_name(file, name, keys, n);
        int code = read_value(file, value, keys + k);
        if (code != GO_ON) return code;
    }
    for (size_t k = 0; k < n; k++)
        if (keys[k].needed && json_object_get(file->root, keys[k].name) == NULL)
            return report_error(BAD_INPUT, "%s: the key %s is missing", file->path, keys[k].name);
    return GO_ON;
}

/* The folder of the configuration as an absolute name: commands run in other folders. */
static int find_here(learn_config *learn)
{
    const char *path = learn->file.path, *slash = strrchr(path, '/');
    char *folder = slash != NULL ? strndup(path, (size_t)(slash - path)) : NULL,
         *now = *path != '/' ? getcwd(NULL, 0) : NULL;
    if (*path == '/' && folder != NULL) learn->here = strdup(folder);
    else if (now != NULL) learn->here = folder != NULL ? output_join(now, folder) : strdup(now);
    free(folder);
    free(now);
    return learn->here != NULL ? GO_ON : report_error(FAILED, "the present folder has no name");
}

int learn_config_read(learn_config *learn, const char *path)
{
    *learn = (learn_config){ .folder = "learn",
                             .grade = "features",
                             .frames = "new.dump",
                             .write = 2.1,
                             .stop = 10.0,
                             .most = 20,
                             .cycles = 20,
                             .seed = 1 };
    const learn_key keys[] = {
        { "train", LEARN_WORDS, 1, 0, 0, &learn->train },
        { "valid", LEARN_TEXT, 1, 0, 0, &learn->valid },
        { "explore", LEARN_WORDS, 1, 0, 0, &learn->explore },
        { "reference", LEARN_WORDS, 1, 0, 0, &learn->reference },
        { "fit", LEARN_WORDS, 1, 0, 0, &learn->fit },
        { "refit", LEARN_WORDS, 0, 0, 0, &learn->refit },
        { "grade", LEARN_TEXT, 0, 0, 0, &learn->grade },
        { "frames", LEARN_TEXT, 0, 0, 0, &learn->frames },
        { "folder", LEARN_TEXT, 0, 0, 0, &learn->folder },
        { "write", LEARN_NUMBER, 0, 1.001, 1e9, &learn->write },
        { "stop", LEARN_NUMBER, 0, 1.001, 1e9, &learn->stop },
        { "most", LEARN_COUNT, 0, 1, 1e9, &learn->most },
        { "cycles", LEARN_COUNT, 0, 1, 999, &learn->cycles },
        { "seed", LEARN_COUNT, 0, 1, 1e9, &learn->seed },
    };
    int code = config_open(&learn->file, path);
    if (code == GO_ON) code = read_keys(&learn->file, keys, sizeof keys / sizeof keys[0]);
    if (code == GO_ON && learn->stop < learn->write)
        code = report_error(BAD_INPUT,
                            "%s: stop = %g is below write = %g: the exploration would end before a "
                            "frame is written",
                            path, learn->stop, learn->write);
    if (code == GO_ON && strcmp(learn->grade, "parameters") != 0
        && strcmp(learn->grade, "features") != 0)
        code = report_error(BAD_INPUT, "%s: grade is %s, expected parameters or features", path,
                            learn->grade);
    return code == GO_ON ? find_here(learn) : code;
}

void learn_config_free(learn_config *learn)
{
    free(learn->here);
    config_close(&learn->file);
}

char *learn_config_place(const learn_config *learn, const char *name)
{
    return *name == '/' ? strdup(name) : output_join(learn->here, name);
}
