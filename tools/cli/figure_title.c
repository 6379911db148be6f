#include "cli/figure_title.h"

#include <stdio.h>
#include <string.h>

enum { ELEMENTS = 12 };

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void append(char title[FIGURE_TITLE], const char *text)
{
    size_t used = strlen(title);
    snprintf(title + used, FIGURE_TITLE - used, "%s", text);
}

/* Elements in the order of the file, reduced counts: "SrTiO3". */
static void append_formula(char title[FIGURE_TITLE], const lrpot_structure *structure)
{
    const char *symbols[ELEMENTS];
    int64_t counts[ELEMENTS], divisor = 0;
    int32_t n = 0;
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++) {
        const char *symbol = lrpot_structure_symbol(structure, i);
        int32_t k = 0;
        while (k < n && strcmp(symbols[k], symbol) != 0) k++;
        if (k == ELEMENTS) return;
        if (k == n) {
            symbols[n] = symbol;
            counts[n++] = 0;
        }
        counts[k]++;
    }
    for (int32_t k = 0; k < n; k++) divisor = common_divisor(counts[k], divisor);
    append(title, " of ");
    for (int32_t k = 0; k < n; k++) {
        char number[24] = "";
        append(title, symbols[k]);
        if (counts[k] > divisor)
            snprintf(number, sizeof number, "%lld", (long long)(counts[k] / divisor));
        append(title, number);
    }
}

void figure_title(char title[FIGURE_TITLE], const char *what, const lrpot_structure *structure,
                  int32_t n_models, const char *path)
{
    char several[80] = "";
    title[0] = '\0';
    append(title, what);
    if (structure != NULL) append_formula(title, structure);
    if (n_models < 2 && path != NULL) {
        const char *slash = strrchr(path, '/');
        append(title, ", ");
        append(title, slash != NULL ? slash + 1 : path);
    }
    if (n_models > 1)
        snprintf(several, sizeof several, ", mean and standard deviation of %d models",
                 (int)n_models);
    append(title, several);
    /* quotes would end the text in the plotter's language */
    for (char *c = title; *c != '\0'; c++)
        if (*c == '"' || *c == '\\' || *c == '$' || *c == '\n') *c = '_';
}
