/* Options and sets of a fit from a configuration file (docs/reference/fit_config.md). */
#include "fitting/charge_kind_lists.h"
#include "fitting/fit_run.h"

#include "cli/report.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE = 160 };

static int unknown_target(const config *file, const char *place)
{
    char names[256];
    return config_unknown(file, place, target_names(names, sizeof names, ", "));
}

/* Reads factors on the squares of targets; 0 leaves a target out. */
static int read_weights(const config *file, const char *where, const json_t *value,
                        lrpot_fit_frame *how)
{
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value))
        return config_refuse(file, where, value, "an object such as {\"energy\": 2}");
    json_object_foreach((json_t *)value, name, member)
    {
        char place[2 * PLACE];
        double weight = 0.0;
        int32_t t = target_of(name);
        snprintf(place, sizeof place, "%.150s.%.150s", where, name);
        if (t < 0) return unknown_target(file, place);
        int code = config_number(file, place, member, 0.0, 1e12, &weight);
        if (code != GO_ON) return code;
        how->target_weights[t] = weight > 0.0 ? weight : -1.0;
    }
    return GO_ON;
}

static int read_role(const config *file, const char *where, const json_t *value, fit_set *set)
{
    const char *role = json_string_value(value);
    if (role != NULL && strcmp(role, "train") == 0) set->valid = 0;
    else if (role != NULL && strcmp(role, "valid") == 0) set->valid = 1;
    else return config_refuse(file, where, value, "\"train\" or \"valid\"");
    return GO_ON;
}

static int read_weight(const config *file, const char *where, const json_t *value, fit_set *set)
{
    int code = config_number(file, where, value, 0.0, 1e12, &set->how.weight);
    if (code == GO_ON && set->how.weight == 0.0)
        return config_refuse(file, where, value, "a number above 0");
    return code;
}

/* Reads a source. Sources are numbered in the order of their names' first appearance. Sets without
 * a name are one source. */
static int read_source(const config *file, const char *where, const json_t *value,
                       const json_t *sets, fit_set *set)
{
    const char *name = NULL, *names[64] = { "" };
    int n = 0;
    size_t index = 0;
    json_t *member = NULL;
    if (value != NULL) {
        int code = config_text(file, where, value, &name);
        if (code != GO_ON) return code;
    }
    json_array_foreach(sets, index, member)
    {
        const char *other = json_string_value(json_object_get(member, "source"));
        int k = 0;
        if (other == NULL) other = "";
        while (k < n && strcmp(names[k], other) != 0) k++;
        if (k == 64) return config_refuse(file, where, value, "64 sources at most");
        if (k == n) names[n++] = other;
        if (strcmp(other, name != NULL ? name : "") != 0) continue;
        set->how.source = k;
        return GO_ON;
    }
    return GO_ON;
}

static int read_keys(const config *file, const char *where, const json_t *value, fit_set *set)
{
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value))
        return config_refuse(file, where, value, "an object such as {\"energy\": \"REF_energy\"}");
    json_object_foreach((json_t *)value, name, member)
    {
        char place[2 * PLACE];
        int32_t q = 1;
        snprintf(place, sizeof place, "%.150s.%.150s", where, name);
        while (q < LRPOT_QUANTITY_COUNT
               && (lrpot_quantity_name(q) == NULL || strcmp(name, lrpot_quantity_name(q)) != 0))
            q++;
        if (q == LRPOT_QUANTITY_COUNT)
            return config_unknown(file, place,
                                  "energy, forces, stress, total_charge and other quantities");
        if (!json_is_string(member)) return config_refuse(file, place, member, "a text");
    }
    return config_words(file, where, value, &set->keys);
}

static int read_member(const config *file, const char *where, const char *key, const json_t *value,
                       fit_set *set)
{
    if (strcmp(key, "file") == 0) return config_text(file, where, value, &set->path);
    if (strcmp(key, "role") == 0) return read_role(file, where, value, set);
    if (strcmp(key, "weight") == 0) return read_weight(file, where, value, set);
    if (strcmp(key, "weights") == 0) return read_weights(file, where, value, &set->how);
    if (strcmp(key, "keys") == 0) return read_keys(file, where, value, set);
    if (strcmp(key, "units") == 0) return config_words(file, where, value, &set->units);
    if (strcmp(key, "total_charge") == 0)
        return config_number(file, where, value, -1e6, 1e6, &set->total_charge);
    if (strcmp(key, "source") == 0) return GO_ON; /* read_source() */
    return config_unknown(file, where,
                          "file, role, weight, weights, source, keys, units, "
                          "total_charge");
}

static int read_set(fit_run *run, const config *file, const json_t *sets, size_t index)
{
    const json_t *value = json_array_get(sets, index);
    fit_set set = { NULL, NULL, NAN, 0, LRPOT_FIT_FRAME_INIT, NULL };
    char where[PLACE], place[2 * PLACE];
    const char *key = NULL;
    json_t *member = NULL;
    snprintf(where, sizeof where, "sets[%d]", (int)index);
    if (!json_is_object(value))
        return config_refuse(file, where, value, "an object with at least \"file\"");
    json_object_foreach((json_t *)value, key, member)
    {
        snprintf(place, sizeof place, "%.150s.%.150s", where, key);
        int code = read_member(file, place, key, member, &set);
        if (code != GO_ON) return code;
    }
    if (set.path == NULL) return config_refuse(file, where, value, "\"file\" in it");
    snprintf(place, sizeof place, "%.150s.source", where);
    int code = read_source(file, place, json_object_get(value, "source"), sets, &set);
    return code == GO_ON ? fit_add_set(run, &set) : code;
}

static int read_sets(fit_run *run, const config *file, const json_t *sets)
{
    int code = GO_ON;
    if (!json_is_array(sets))
        return config_refuse(file, "sets", sets, "a list of objects, [{\"file\": ...}, ...]");
    for (size_t k = 0; k < json_array_size(sets) && code == GO_ON; k++)
        code = read_set(run, file, sets, k);
    return code;
}

/* Reads {"energy": 0.001, "forces": true}: the fitted targets, with the errors that count as equal;
 * true is the default. A list has names alone. */
static int read_targets(fit_run *run, const config *file, const json_t *value)
{
    lrpot_fit_options *o = &run->job.options;
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value)) return config_words(file, "targets", value, &run->text.targets);
    json_object_foreach((json_t *)value, name, member)
    {
        char place[PLACE];
        int32_t t = target_of(name);
        snprintf(place, sizeof place, "targets.%.140s", name);
        if (t < 0) return unknown_target(file, place);
        int code = json_is_true(member)
                       ? GO_ON
                       : config_number(file, place, member, 1e-12, 1e12, &o->errors[t]);
        if (code != GO_ON) return code;
        o->targets |= LRPOT_FIT_TARGET(t);
    }
    return GO_ON;
}

/* Checks a text against the allowed ones; "#" stands for any number. */
static int check_words(const config *file, const char *key, const json_t *value)
{
    char kinds[CHARGE_KINDS_TEXT];
    const struct {
        const char *key, *words;
    } known[] = { { "charges", charge_kinds_all(", ", kinds) },
                  { "neutrality", "exact, soft, off" },
                  { "response", "bonds, atoms, none" },
                  { "charge_input", "no, energy, all" },
                  { "regularization", "auto, #" },
                  { "min_distance", "auto, #" },
                  { "min-distance", "auto, #" } };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const char *text = json_string_value(value), *words = known[k].words;
        if (strcmp(key, known[k].key) != 0) continue;
        if (json_is_number(value) && strchr(words, '#') != NULL) return GO_ON;
        for (const char *at = words; text != NULL && *at != '\0'; at += strspn(at, ", ")) {
            size_t length = strcspn(at, ",");
            if (length == strlen(text) && strncmp(at, text, length) == 0) return GO_ON;
            at += length;
        }
        return config_refuse(file, key, value,
                             strchr(words, '#') != NULL ? "auto or a number" : words);
    }
    return GO_ON;
}

/* Finds an option by its name on the command line, with underscores. */
static const tool_option *find_option(const char *key, const tool_option *options, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t c = 0;
        const char *name = options[k].name;
        while (key[c] != '\0' && (key[c] == name[c] || (key[c] == '_' && name[c] == '-'))) c++;
        if (key[c] == '\0' && name[c] == '\0') return &options[k];
    }
    return NULL;
}

int fit_read_config(fit_run *run, const config *file, const tool_option *options, size_t n_options)
{
    const tool_option shared[] = {
        { 0, "output", OPTION_TEXT, NULL, NULL, &run->common.output, 0, 0 },
        { 0, "threads", OPTION_COUNT, NULL, NULL, &run->common.threads, 1, 4096 }
    };
    const char *key = NULL;
    json_t *value = NULL;
    run->data.config_text = json_dumps(file->root, JSON_COMPACT);
    if (run->data.config_text == NULL) return report_no_memory();
    json_object_foreach(file->root, key, value)
    {
        const tool_option *option = find_option(key, options, n_options);
        int code = GO_ON;
        if (option == NULL) option = find_option(key, shared, 2);
        if (strcmp(key, "sets") == 0) code = read_sets(run, file, value);
        else if (strcmp(key, "targets") == 0) code = read_targets(run, file, value);
        else if (option == NULL || strcmp(key, "config") == 0)
            code = config_unknown(
                file, key, "sets, targets, output, threads and the options of `lrpot fit --help`");
        else if ((code = check_words(file, key, value)) == GO_ON)
            code = config_option(file, key, value, option);
        if (code != GO_ON) return code;
    }
    return GO_ON;
}
