#include "cli/options.h"

#include "cli/completion.h"
#include "cli/files.h"
#include "cli/report.h"
#include "cli/version.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_SHARED = 9 };

static const char *units;

const char *options_units(void)
{
    return units;
}

typedef struct shared_table {
    tool_option options[N_SHARED];
    int32_t help, version, completion;
    common_options *common;
} shared_table;

static void shared_fill(shared_table *table, common_options *common)
{
    const tool_option options[N_SHARED] = {
        { 'o', "output", OPTION_OUTPUT, "FILE", "write there instead of standard output",
          &common->output, 0, 0 },
        { 't', "threads", OPTION_COUNT, "N", "OpenMP threads", &common->threads, 1, 4096 },
        { 'j', "json", OPTION_FLAG, NULL, "results as JSON", &common->json, 0, 0 },
        { 'q', "quiet", OPTION_FLAG, NULL, "errors only on standard error", &common->quiet, 0, 0 },
        { 'v', "verbose", OPTION_FLAG, NULL, "more on standard error", &common->verbose, 0, 0 },
        { 0, "units", OPTION_TEXT, "name=unit,...",
          "of the structures read, as in stress=-bar,time=ps; metal or real for LAMMPS", &units, 0,
          0 },
        { 'h', "help", OPTION_FLAG, NULL, "this page", &table->help, 0, 0 },
        { 0, "version", OPTION_FLAG, NULL, "version, commit, BLAS, OpenMP runtime and kernels",
          &table->version, 0, 0 },
        { 0, "completion", OPTION_FLAG, NULL, NULL, &table->completion, 0, 0 },
    };
    memcpy(table->options, options, sizeof options);
    table->help = table->version = table->completion = 0;
    table->common = common;
}

static void print_option(const tool_option *option)
{
    if (option->help == NULL) return;
    char left[64], letter[8] = "   ";
    if (option->letter != 0) snprintf(letter, sizeof letter, "-%c,", option->letter);
    snprintf(left, sizeof left, "%s --%s %s", letter, option->name,
             option->argument != NULL ? option->argument : "");
    printf("  %-34s %s\n", left, option->help);
}

static void print_help(const tool_command *command, const shared_table *shared)
{
    printf("Usage: lrpot %s %s [options]\n\n%s\n", command->verb, command->operands,
           command->summary);
    if (command->n_options > 0) printf("\nOptions:\n");
    for (size_t i = 0; i < command->n_options; i++) print_option(&command->options[i]);
    printf("\nOptions of every verb:\n");
    for (size_t i = 0; i < N_SHARED; i++) print_option(&shared->options[i]);
    if (command->details != NULL) printf("\n%s\n", command->details);
    printf("\nExit codes: 0 done, 1 run failed, 2 usage, 3 bad input file, 4 not converged or "
           "an assumption of the result fails\n");
}

static const tool_option *find(const tool_command *command, const shared_table *shared,
                               const char *name, size_t length, char letter)
{
    for (size_t i = 0; i < command->n_options + N_SHARED; i++) {
        const tool_option *option = i < command->n_options
                                        ? &command->options[i]
                                        : &shared->options[i - command->n_options];
        if (name != NULL && strlen(option->name) == length
            && strncmp(option->name, name, length) == 0)
            return option;
        if (name == NULL && option->letter != 0 && option->letter == letter) return option;
    }
    return NULL;
}

int parse_real(const char *text, double *out)
{
    char *end = NULL;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value)) return 0;
    *out = value;
    return 1;
}

static int parse_three(const char *text, double *out)
{
    text_list list;
    int good = text_list_split(&list, text) && list.count == 3;
    for (int32_t i = 0; good && i < 3; i++) good = parse_real(list.items[i], &out[i]);
    text_list_free(&list);
    return good;
}

static int store(const tool_command *command, const tool_option *option, const char *value)
{
    double number = 0.0;
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_IN_PLACE: *(int32_t *)option->target = 1; return GO_ON;
    case OPTION_TEXT:
    case OPTION_INPUT:
    case OPTION_INPUTS:
    case OPTION_OUTPUT: *(const char **)option->target = value; return GO_ON;
    case OPTION_THREE:
        if (parse_three(value, option->target)) return GO_ON;
        return report_usage(command->verb, "--%s %s: expected three numbers x,y,z", option->name,
                            value);
    case OPTION_REAL:
    case OPTION_COUNT: break;
    }
    if (!parse_real(value, &number) || (option->kind == OPTION_COUNT && number != floor(number)))
        return report_usage(command->verb, "--%s %s: expected %s", option->name, value,
                            option->kind == OPTION_COUNT ? "a whole number" : "a number");
    if (number < option->low || number > option->high)
        return report_usage(command->verb, "--%s %s: expected %g to %g", option->name, value,
                            option->low, option->high);
    if (option->kind == OPTION_COUNT) *(int64_t *)option->target = (int64_t)number;
    else *(double *)option->target = number;
    return GO_ON;
}

int options_given(const common_options *common, const char *name)
{
    for (int32_t k = 0; k < common->n_given; k++)
        if (strcmp(common->given[k], name) == 0) return 1;
    return 0;
}

static void remember(common_options *common, const char *name)
{
    int32_t most = (int32_t)(sizeof common->given / sizeof common->given[0]);
    if (!options_given(common, name) && common->n_given < most)
        common->given[common->n_given++] = name;
}

int options_without(const common_options *common, const char *verb, const char *names,
                    const char *why)
{
    text_list list;
    int code = GO_ON;
    if (!text_list_split(&list, names)) return report_no_memory();
    for (int32_t k = 0; k < list.count && code == GO_ON; k++)
        if (options_given(common, list.items[k]))
            code = report_usage(verb, "--%s has no effect %s", list.items[k], why);
    text_list_free(&list);
    return code;
}

/* Reads the option at *at and moves on to the next argument. */
static int read_option(const tool_command *command, const shared_table *shared, int count,
                       char **arguments, int *at)
{
    const char *argument = arguments[*at], *value = NULL;
    const tool_option *option = NULL;
    if (argument[1] == '-') {
        size_t length = strcspn(argument + 2, "=");
        option = find(command, shared, argument + 2, length, 0);
        if (argument[2 + length] == '=') value = argument + 3 + length;
    } else {
        option = find(command, shared, NULL, 0, argument[1]);
        if (argument[2] != '\0') value = argument + 2;
    }
    if (option == NULL) return report_usage(command->verb, "no option %s", argument);
    int is_flag = option->kind == OPTION_FLAG || option->kind == OPTION_IN_PLACE;
    if (is_flag && value != NULL)
        return report_usage(command->verb, "%s: --%s takes no value", argument, option->name);
    if (!is_flag && value == NULL) {
        if (*at + 1 >= count)
            return report_usage(command->verb, "%s needs a value %s", argument, option->argument);
        value = arguments[++*at];
    }
    ++*at;
    remember(shared->common, option->name);
    return store(command, option, value);
}

static int gather(const tool_command *command, const shared_table *shared, int count,
                  char **arguments, int32_t *n_operands)
{
    int plain = 0, at = 0;
    *n_operands = 0;
    while (at < count) {
        if (!plain && strcmp(arguments[at], "--") == 0) {
            plain = 1;
            at++;
        } else if (plain || arguments[at][0] != '-' || arguments[at][1] == '\0') {
            arguments[(*n_operands)++] = arguments[at++];
        } else {
            int code = read_option(command, shared, count, arguments, &at);
            if (code != GO_ON) return code;
        }
    }
    return GO_ON;
}

static int add_inputs(const char *names)
{
    text_list list;
    int code = GO_ON, good = text_list_split(&list, names); /* others are refused by the verb */
    for (int32_t k = 0; good && k < list.count && code == GO_ON; k++)
        code = files_read(list.items[k]);
    text_list_free(&list);
    return code;
}

static int add_option_file(const tool_option *option)
{
    if (option->kind != OPTION_INPUT && option->kind != OPTION_INPUTS
        && option->kind != OPTION_OUTPUT)
        return GO_ON;
    const char *path = *(const char **)option->target;
    if (path == NULL || option->kind == OPTION_INPUT) return files_read(path);
    if (option->kind == OPTION_INPUTS) return add_inputs(path);
    return files_write(option->name, path);
}

/* Files of operands and options, those of a configuration file included. */
static int add_files(const tool_command *command, const shared_table *shared, char **operands,
                     int32_t n_operands)
{
    int in_place = 0, code = GO_ON;
    for (size_t i = 0; i < command->n_options; i++)
        if (command->options[i].kind == OPTION_IN_PLACE)
            in_place = *(int32_t *)command->options[i].target;
    const char *name = command->operands;
    for (int32_t k = 0; k < n_operands && code == GO_ON; k++) {
        if (strncmp(name, "OUT", 3) == 0) code = files_write("output", operands[k]);
        else if (!in_place) code = files_read(operands[k]);
        size_t length = strcspn(name, " ");
        if (name[length] == ' ') name += length + 1;
    }
    for (size_t i = 0; i < command->n_options && code == GO_ON; i++)
        code = add_option_file(&command->options[i]);
    for (size_t i = 0; i < N_SHARED && code == GO_ON; i++)
        code = add_option_file(&shared->options[i]);
    return code;
}

int options_parse(const tool_command *command, common_options *common, int count, char **arguments,
                  int32_t *n_operands)
{
    shared_table shared;
    shared_fill(&shared, common);
    int code = gather(command, &shared, count, arguments, n_operands);
    if (shared.help) {
        print_help(command, &shared);
        return DONE;
    }
    if (code != GO_ON) return code;
    if (shared.completion) {
        completion_print_options(command->options, command->n_options);
        completion_print_options(shared.options, N_SHARED);
        return DONE;
    }
    if (shared.version) {
        version_print();
        return DONE;
    }
    if (*n_operands < command->min_operands || *n_operands > command->max_operands)
        return report_usage(command->verb, "%d operands given; expected %s", (int)*n_operands,
                            command->operands);
    report_set_level(common->quiet ? 0 : common->verbose ? 2 : 1);
    return add_files(command, &shared, arguments, *n_operands);
}

int text_list_split(text_list *list, const char *text)
{
    *list = (text_list){ 0, NULL };
    if (text == NULL) return 1;
    size_t length = strlen(text), count = 1;
    for (const char *c = text; *c != '\0'; c++) count += *c == ',';
    list->items = malloc(count * sizeof *list->items + length + 1);
    if (list->items == NULL) return 0;
    char *copy = (char *)(list->items + count);
    memcpy(copy, text, length + 1);
    for (size_t i = 0; i < count; i++) {
        size_t item = strcspn(copy, ",");
        copy[item] = '\0';
        if (item == 0) return 0;
        list->items[list->count++] = copy;
        copy += item + 1;
    }
    return 1;
}

void text_list_free(text_list *list)
{
    free(list->items);
    *list = (text_list){ 0, NULL };
}
