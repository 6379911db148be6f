/* Configuration files in JSON: values under known keys, and errors that name file, line, key and
 * value. */
#ifndef LRPOT_TOOL_CONFIG_H
#define LRPOT_TOOL_CONFIG_H

#include "cli/options.h"

#include <jansson.h>

typedef struct config {
    const char *path; /* borrowed */
    char *text;
    json_t *root;  /* an object */
    json_t *texts; /* array that owns the texts returned */
} config;

/* All functions return GO_ON, or an exit code after a message. */

int config_open(config *file, const char *path);
void config_close(config *file);
/* "FILE:LINE: KEY = VALUE: expected EXPECTED". where: path of the key: "sets[1].weight". */
int config_refuse(const config *file, const char *where, const json_t *value, const char *expected);
/* "FILE:LINE: there is no key KEY; there are KNOWN". */
int config_unknown(const config *file, const char *where, const char *known);
int config_number(const config *file, const char *where, const json_t *value, double low,
                  double high, double *out);
int config_text(const config *file, const char *where, const json_t *value, const char **out);
/* A text; or a number, a list of texts, an object of numbers or texts, in their form on the command
 * line: "a,b", "x=1,y=2". */
int config_words(const config *file, const char *where, const json_t *value, const char **out);
/* Stores a value like the option of that name. */
int config_option(const config *file, const char *where, const json_t *value,
                  const tool_option *option);

#endif
