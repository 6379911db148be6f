#include "io/text/comment.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/text/text.h"

#include <stdio.h>
#include <string.h>

/* A word inside the private line; `after`: where the search continues. */
typedef struct {
    char *begin;
    char *end;
    char *after;
} word;

static lrpot_status take_quoted(const lrpot__text *text, char *at, word *w)
{
    char quote = *at++;
    char *to = at;
    w->begin = at;
    for (; *at != quote; at++) {
        if (*at == '\0')
            return lrpot__text_fail(text, "a value that starts with %c has no end", quote);
        if (at[0] == '\\' && (at[1] == quote || at[1] == '\\')) at++;
        *to++ = *at;
    }
    w->end = to;
    w->after = at + 1;
    return LRPOT_OK;
}

/* Takes a nested value. {...} loses its braces. [...] keeps its brackets, which distinguish a list
 * from a number. */
static lrpot_status take_nested(const lrpot__text *text, char *at, word *w)
{
    char open = *at, close = open == '{' ? '}' : ']';
    int64_t depth = 0;
    w->begin = at;
    do {
        if (*at == '\0')
            return lrpot__text_fail(text, "a value that starts with %c has no end", open);
        depth += *at == open;
        depth -= *at == close;
        at++;
    } while (depth > 0);
    while (open == '[' && *at != '\0' && !lrpot__is_blank(*at)) at++;
    w->end = w->after = at;
    if (open == '{') {
        w->begin++;
        w->end--;
    }
    return LRPOT_OK;
}

static lrpot_status take_word(const lrpot__text *text, char *at, const char *stop, word *w)
{
    if (*at == '"' || *at == '\'') return take_quoted(text, at, w);
    if (*at == '{' || *at == '[') return take_nested(text, at, w);
    w->begin = at;
    while (*at != '\0' && !lrpot__is_blank(*at) && strchr(stop, *at) == NULL) at++;
    w->end = w->after = at;
    return LRPOT_OK;
}

static char *skip_blanks(char *at)
{
    while (lrpot__is_blank(*at)) at++;
    return at;
}

static lrpot_status add_entry(lrpot__comment *comment, const char *key, const char *value)
{
    LRPOT__TRY(lrpot__grow((void **)&comment->entries, &comment->capacity, comment->n + 1,
                           sizeof *comment->entries));
    comment->entries[comment->n++] = (lrpot__comment_entry){ key, value, 0 };
    return LRPOT_OK;
}

static lrpot_status take_entry(lrpot__comment *comment, const lrpot__text *text, char **cursor)
{
    word key, value;
    LRPOT__TRY(take_word(text, *cursor, "=", &key));
    char *at = skip_blanks(key.after);
    if (key.end == key.begin)
        return lrpot__text_fail(text, "the comment line has a value without a key");
    if (*at != '=') {
        *cursor = at;
        *key.end = '\0';
        return add_entry(comment, key.begin, "T");
    }
    LRPOT__TRY(take_word(text, skip_blanks(at + 1), "", &value));
    *cursor = value.after + (*value.after != '\0' && value.after == value.end);
    *key.end = '\0';
    *value.end = '\0';
    return add_entry(comment, key.begin, value.begin);
}

lrpot_status lrpot__comment_parse(lrpot__comment *comment, const lrpot__text *text,
                                  const char *line)
{
    int64_t size = (int64_t)strlen(line) + 1;
    LRPOT__TRY(lrpot__grow((void **)&comment->line, &comment->line_capacity, size, 1));
    memcpy(comment->line, line, (size_t)size);
    comment->n = 0;
    char *cursor = skip_blanks(comment->line);
    if (*cursor == '\0') return LRPOT_OK;
    if (strchr(cursor, '=') == NULL) return add_entry(comment, "comment", cursor);
    while (*cursor != '\0') {
        LRPOT__TRY(take_entry(comment, text, &cursor));
        cursor = skip_blanks(cursor);
    }
    return LRPOT_OK;
}

void lrpot__comment_free(lrpot__comment *comment)
{
    lrpot__free(comment->line);
    lrpot__free(comment->entries);
    *comment = (lrpot__comment){ 0 };
}

lrpot_status lrpot__comment_find(const lrpot__comment *comment, const lrpot__text *text,
                                 const char *key, lrpot__comment_entry **entry)
{
    *entry = NULL;
    for (int64_t i = 0; i < comment->n; i++) {
        if (!lrpot__equal_ignoring_case(comment->entries[i].key, key)) continue;
        if (*entry != NULL)
            return lrpot__text_fail(text, "key '%s' stands twice in the comment line", key);
        *entry = &comment->entries[i];
    }
    return LRPOT_OK;
}

lrpot__comment_entry *lrpot__comment_exact(const lrpot__comment *comment, const char *key)
{
    for (int64_t i = 0; i < comment->n; i++)
        if (strcmp(comment->entries[i].key, key) == 0) return &comment->entries[i];
    return NULL;
}

static int is_separator(char c)
{
    return lrpot__is_blank(c) || (c != '\0' && strchr(",[]{}", c) != NULL);
}

int lrpot__comment_list_next(const char **cursor, lrpot__field *item)
{
    const char *at = *cursor;
    while (is_separator(*at)) at++;
    if (strncmp(at, "_JSON", 5) == 0 && is_separator(at[5])) at += 5;
    while (is_separator(*at)) at++;
    item->text = at;
    while (*at != '\0' && !is_separator(*at)) at++;
    item->end = at;
    *cursor = at;
    return item->end > item->text;
}

lrpot_status lrpot__comment_entry_numbers(const lrpot__comment_entry *entry,
                                          const lrpot__text *text, int64_t max, double *values,
                                          int64_t *count)
{
    const char *cursor = entry->value;
    lrpot__field item;
    char what[80];
    snprintf(what, sizeof what, "a value of '%.40s'", entry->key);
    for (*count = 0; lrpot__comment_list_next(&cursor, &item); (*count)++) {
        double value = 0;
        LRPOT__TRY(lrpot__field_number(text, item, what, &value));
        if (*count < max) values[*count] = value;
    }
    return LRPOT_OK;
}

static int is_plain(const char *text)
{
    if (*text == '\0') return 0;
    for (; *text != '\0'; text++)
        if (!(*text >= '0' && *text <= '9') && !(*text >= 'A' && *text <= 'Z')
            && !(*text >= 'a' && *text <= 'z') && strchr("_-+.:/@%", *text) == NULL)
            return 0;
    return 1;
}

char *lrpot__comment_quote(const char *text)
{
    if (is_plain(text)) return lrpot__strdup(text);
    char *quoted = lrpot__calloc(2 * (int64_t)strlen(text) + 3, 1), *to = quoted;
    if (quoted == NULL) return NULL;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') *to++ = '\\';
        /* a frame has one comment line */
        *to++ = *text == '\n' || *text == '\r' ? ' ' : *text;
    }
    *to = '"';
    return quoted;
}
