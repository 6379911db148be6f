#include "cli/completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char head[] =
    "# bash completion for lrpot, written by `lrpot --completion`\n"
    "_lrpot()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local verb=${COMP_WORDS[1]} options='' kind='' values=''\n"
    "    COMPREPLY=()\n"
    "    # bash makes a word of the = in --option=value\n"
    "    if [[ $cur == = ]]; then cur=''\n"
    "    elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi\n";

static const char tail[] =
    "    *) return ;;\n"
    "    esac\n"
    "    if [[ -z $kind && $cur == -* ]]; then kind=words values=$options; fi\n"
    "    # without words bash completes names of files; not for numbers and texts\n"
    "    case $kind in\n"
    "    words) mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\") ;;\n"
    "    esac\n"
    "    if [[ $kind == words || $kind == text ]]; then compopt +o default 2> /dev/null; fi\n"
    "    return 0\n"
    "} && complete -o default -F _lrpot lrpot\n";

/* The words of "table|extxyz|phonopy"; those in capitals stand for something else. */
static void print_choices(const char *argument)
{
    const char *blank = "";
    while (*argument != '\0') {
        size_t length = strcspn(argument, "|"), plain = 0;
        while (plain < length
               && (islower((unsigned char)argument[plain]) || argument[plain] == '-'))
            plain++;
        if (length > 0 && plain == length) {
            printf("%s%.*s", blank, (int)length, argument);
            blank = " ";
        }
        argument += length + (argument[length] == '|');
    }
}

static void print_value(const tool_option *option)
{
    const char *argument = option->argument;
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_IN_PLACE: return;
    case OPTION_INPUT:
    case OPTION_INPUTS:
    case OPTION_OUTPUT:
    case OPTION_TEXT:
    case OPTION_REAL:
    case OPTION_COUNT:
    case OPTION_THREE: break;
    }
    printf("        --%s", option->name);
    if (option->letter != 0) printf("|-%c", option->letter);
    if (option->kind == OPTION_INPUT || option->kind == OPTION_INPUTS
        || option->kind == OPTION_OUTPUT || strcmp(argument, "DIR") == 0
        || strcmp(argument, "PATH") == 0)
        printf(") kind=files ;;\n");
    else if (strchr(argument, '|') != NULL) {
        printf(") kind=words values='");
        print_choices(argument);
        printf("' ;;\n");
    } else printf(") kind=text ;;\n");
}

void completion_print_options(const tool_option *options, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (options[i].help != NULL) printf("        options+=' --%s'\n", options[i].name);
    printf("        case $option in\n");
    for (size_t i = 0; i < n; i++)
        if (options[i].help != NULL) print_value(&options[i]);
    printf("        esac\n");
}

static int print_case(const tool_verb *verb, int with_mode)
{
    char mode[32] = "", value[] = "x", wanted[] = "--completion";
    char *arguments[] = { mode, value, wanted, NULL };
    if (with_mode) snprintf(mode, sizeof mode, "%s", verb->mode);
    printf("    '%s%s%s')\n", verb->name, with_mode ? " " : "", mode);
    if (!with_mode && verb->mode != NULL) printf("        options=' %s'\n", verb->mode);
    int code = verb->run(with_mode ? 3 : 1, with_mode ? arguments : arguments + 2);
    printf("        ;;\n");
    return code;
}

int completion_print(const tool_verb *verbs, size_t n)
{
    int code = DONE;
    printf("%s    local verbs='help", head);
    for (size_t v = 0; v < n; v++) printf(" %s", verbs[v].name);
    printf("'\n    if ((COMP_CWORD == 1)); then kind=words values=\"$verbs --help --version "
           "--completion\"\n"
           "    elif [[ $verb == help ]]; then kind=words values=$verbs; fi\n");
    for (size_t v = 0; v < n; v++)
        if (verbs[v].mode != NULL)
            printf("    if [[ $verb == %s && \" ${COMP_WORDS[*]:2}\" == *' %s'* ]]; then verb+=' "
                   "%s'; fi\n",
                   verbs[v].name, verbs[v].mode, verbs[v].mode);
    printf("    [[ -n $kind ]] || case $verb in\n");
    for (size_t v = 0; v < n && code == DONE; v++) {
        code = print_case(&verbs[v], 0);
        if (verbs[v].mode != NULL && code == DONE) code = print_case(&verbs[v], 1);
    }
    fputs(tail, stdout);
    return code;
}
