#include "cli/config.h"

#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path, size_t *size)
{
    enum { LARGEST = 1 << 24 };
    FILE *file = fopen(path, "rb");
    char *text = malloc(LARGEST);
    if (file == NULL || text == NULL) {
        if (file != NULL) fclose(file);
        free(text);
        return NULL;
    }
    *size = fread(text, 1, LARGEST - 1, file);
    fclose(file);
    text[*size] = '\0';
    return text;
}

int config_open(config *file, const char *path)
{
    json_error_t error;
    size_t size = 0;
    file->path = path;
    file->text = read_text(path, &size);
    file->texts = json_array();
    if (file->text == NULL) return report_error(BAD_INPUT, "%s: cannot be read", path);
    if (file->texts == NULL) return report_no_memory();
    file->root = json_loadb(file->text, size, JSON_REJECT_DUPLICATES, &error);
    if (file->root == NULL
        && (json_error_code(&error) == json_error_out_of_memory || error.text[0] == '\0'))
        return report_no_memory();
    if (file->root == NULL)
        return report_error(BAD_INPUT, "%s:%d: %s", path, error.line, error.text);
    if (!json_is_object(file->root))
        return report_error(BAD_INPUT, "%s:1: expected an object, { ... }", path);
    return GO_ON;
}

void config_close(config *file)
{
    json_decref(file->root);
    json_decref(file->texts);
    free(file->text);
}

/* Search for the line of a value. The JSON library does not keep lines, so they are found when
 * needed. The text is known to be valid. */
typedef struct search {
    const char *at, *wanted;
    int line, found;
    char path[256];
} search;

static void skip_space(search *s)
{
    for (; *s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'; s->at++)
        if (*s->at == '\n') s->line++;
}

/* Skips a string; appends its letters to the path if append is set. */
static void skip_string(search *s, int append)
{
    size_t used = strlen(s->path);
    for (s->at++; *s->at != '"' && *s->at != '\0'; s->at++) {
        if (*s->at == '\\' && s->at[1] != '\0') s->at++;
        if (append && used + 1 < sizeof s->path) s->path[used++] = *s->at;
    }
    s->path[used < sizeof s->path ? used : sizeof s->path - 1] = '\0';
    if (*s->at == '"') s->at++;
}

static void note_line(search *s)
{
    if (s->found == 0 && strcmp(s->path, s->wanted) == 0) s->found = s->line;
}

static void search_value(search *s);

static void search_members(search *s, int is_object)
{
    size_t length = strlen(s->path);
    for (int k = 0; s->found == 0; k++) {
        s->at++; /* bracket or comma */
        skip_space(s);
        if (*s->at == '}' || *s->at == ']' || *s->at == '\0') break;
        if (is_object) {
            if (length > 0 && length + 2 < sizeof s->path) strcat(s->path, ".");
            skip_string(s, 1);
            note_line(s);
            skip_space(s);
            s->at++; /* colon */
        } else {
            snprintf(s->path + length, sizeof s->path - length, "[%d]", k);
            skip_space(s);
            note_line(s);
        }
        search_value(s);
        s->path[length] = '\0';
        if (*s->at != ',') break;
    }
    if (*s->at == '}' || *s->at == ']') s->at++;
    skip_space(s);
}

static void search_value(search *s)
{
    skip_space(s);
    if (*s->at == '{' || *s->at == '[') search_members(s, *s->at == '{');
    else if (*s->at == '"') skip_string(s, 0);
    else s->at += strcspn(s->at, ",]} \t\r\n");
    skip_space(s);
}

static int line_of(const config *file, const char *where)
{
    search s = { file->text, where, 1, 0, "" };
    search_value(&s);
    return s.found > 0 ? s.found : 1;
}

int config_refuse(const config *file, const char *where, const json_t *value, const char *expected)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    int code = report_error(BAD_INPUT, "%s:%d: %s = %.60s: expected %s", file->path,
                            line_of(file, where), where, text != NULL ? text : "?", expected);
    free(text);
    return code;
}

int config_unknown(const config *file, const char *where, const char *known)
{
    return report_error(BAD_INPUT, "%s:%d: there is no key %.100s; there are %s", file->path,
                        line_of(file, where), where, known);
}

int config_number(const config *file, const char *where, const json_t *value, double low,
                  double high, double *out)
{
    char expected[80];
    *out = json_number_value(value);
    if (json_is_number(value) && *out >= low && *out <= high) return GO_ON;
    snprintf(expected, sizeof expected, "a number from %g to %g", low, high);
    return config_refuse(file, where, value, expected);
}

int config_text(const config *file, const char *where, const json_t *value, const char **out)
{
    *out = json_string_value(value);
    return *out != NULL && **out != '\0' ? GO_ON : config_refuse(file, where, value, "a text");
}

/* Appends "name=value" or "value", with a comma before all but the first. Returns 0 for values of
 * other kinds. */
static int append_word(char *text, size_t size, const char *name, const json_t *value)
{
    size_t used = strlen(text);
    if (!json_is_string(value) && !json_is_number(value)) return 0;
    used += (size_t)snprintf(text + used, size - used, "%s%s%s", used > 0 ? "," : "", name,
                             *name != '\0' ? "=" : "");
    if (used >= size) return 0;
    if (json_is_string(value))
        used += (size_t)snprintf(text + used, size - used, "%s", json_string_value(value));
    else used += (size_t)snprintf(text + used, size - used, "%.17g", json_number_value(value));
    return used < size;
}

int config_words(const config *file, const char *where, const json_t *value, const char **out)
{
    char text[4096] = "";
    size_t index = 0;
    json_t *member = NULL;
    const char *name = NULL;
    int good = 1;
    if (json_is_array(value)) {
        json_array_foreach(value, index, member)
            good = good && append_word(text, sizeof text, "", member);
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)value, name, member)
            good = good && append_word(text, sizeof text, name, member);
    } else good = append_word(text, sizeof text, "", value);
    if (!good)
        return config_refuse(file, where, value,
                             "a text, a number, a list of these or an object of these");
    json_t *kept = json_string(text);
    if (kept == NULL || json_array_append_new(file->texts, kept) != 0) return report_no_memory();
    *out = json_string_value(kept);
    return GO_ON;
}

static int config_count(const config *file, const char *where, const json_t *value,
                        const tool_option *option)
{
    double number = 0.0;
    int code = config_number(file, where, value, option->low, option->high, &number);
    if (code == GO_ON && number != floor(number))
        return config_refuse(file, where, value, "a whole number");
    if (code == GO_ON) *(int64_t *)option->target = (int64_t)number;
    return code;
}

int config_option(const config *file, const char *where, const json_t *value,
                  const tool_option *option)
{
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_IN_PLACE:
        if (!json_is_boolean(value)) return config_refuse(file, where, value, "true or false");
        *(int32_t *)option->target = json_is_true(value);
        return GO_ON;
    case OPTION_REAL:
        return config_number(file, where, value, option->low, option->high, option->target);
    case OPTION_COUNT: return config_count(file, where, value, option);
    case OPTION_TEXT:
    case OPTION_INPUT:
    case OPTION_INPUTS:
    case OPTION_OUTPUT:
    case OPTION_THREE: break;
    }
    return config_words(file, where, value, option->target);
}
