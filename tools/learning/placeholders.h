/* Words with {names} in braces, which are replaced by values. */
#ifndef LRPOT_TOOL_PLACEHOLDERS_H
#define LRPOT_TOOL_PLACEHOLDERS_H

typedef struct placeholder {
    const char *name, *value; /* borrowed; name NULL ends a list */
} placeholder;

/* The word with the values in the place of {name}; other braces stay. NULL without memory. The
 * caller frees it. */
char *placeholders_fill(const char *word, const placeholder *values);

#endif
