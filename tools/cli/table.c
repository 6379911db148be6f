#include "cli/table.h"

#include "cli/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char separators[] = " \t\r\n,;";

int table_error(const table *t, const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return report_error(BAD_INPUT, "%s:%lld: %s", t->path, (long long)t->number, text);
}

/* Next field of a line, terminated in place; NULL if there is none. */
static char *next_field(char **cursor, const char *apart)
{
    char *field = *cursor + strspn(*cursor, separators);
    if (*field == '\0') return NULL;
    *cursor = field + strcspn(field, apart);
    if (**cursor != '\0') *(*cursor)++ = '\0';
    return field;
}

static void forget_names(table *t)
{
    for (int32_t c = 0; c < TABLE_MOST; c++) {
        free(t->names[c]);
        free(t->units[c]);
        t->names[c] = t->units[c] = NULL;
    }
}

/* Next name with its unit, which may contain blanks and follow a blank: "time (fs)", "M [e A]". */
static char *next_name(char **cursor, const char *apart)
{
    char *field = *cursor + strspn(*cursor, separators), *end = field;
    int depth = 0;
    if (*field == '\0') return NULL;
    for (; *end != '\0' && *end != '\n' && *end != '\r'; end++) {
        if (*end == '(' || *end == '[') depth++;
        if (*end == ')' || *end == ']') depth--;
        if (depth > 0 || strchr(apart, *end) == NULL) continue;
        size_t blanks = strspn(end, " \t");
        if (blanks == 0 || (end[blanks] != '(' && end[blanks] != '[')) break;
        end += blanks - 1;
    }
    *cursor = end;
    if (*end != '\0') *(*cursor)++ = '\0';
    return field;
}

/* Unit after a name, as in "/fs" or "[e*A]"; numbers and letters such as x are indices. */
static char *unit_behind(const char *text)
{
    static const char indices[] = "0123456789xyztabc";
    text += strspn(text, " ([/");
    size_t length = strlen(text);
    while (length > 0 && strchr(" )]", text[length - 1]) != NULL) length--;
    if (length == 0 || (length == 1 && strchr(indices, *text) != NULL)
        || strspn(text, "0123456789") >= length)
        return NULL;
    return strndup(text, length);
}

/* Reads the names: "Mx[e*A]" and "time/fs" are mx in e*A and time in fs. Returns their number, -1
 * without memory. */
static int32_t read_names(table *t, char *line)
{
    int32_t n = 0;
    const char *apart = strpbrk(line, ",;") != NULL ? ",;\t\r\n" : separators;
    forget_names(t);
    for (char *field; n < TABLE_MOST && (field = next_name(&line, apart)) != NULL; n++) {
        size_t length = strcspn(field, "([/");
        t->units[n] = unit_behind(field + length);
        while (length > 0 && field[length - 1] == ' ') length--;
        field[length] = '\0';
        for (char *c = field; *c != '\0'; c++) *c = (char)tolower((unsigned char)*c);
        t->names[n] = malloc(strlen(field) + 1);
        if (t->names[n] == NULL) return -1;
        strcpy(t->names[n], field);
    }
    return n;
}

static int is_row(const char *line)
{
    char *end;
    line += strspn(line, separators);
    strtod(line, &end);
    return end != line && (*end == '\0' || strchr(separators, *end) != NULL);
}

static int32_t count_fields(const char *line)
{
    int32_t n = 0;
    for (line += strspn(line, separators); *line != '\0'; line += strspn(line, separators), n++)
        line += strcspn(line, separators);
    return n;
}

/* Reads the next line that is not blank; 0 at the end. */
static int next_line(table *t, int *code)
{
    ssize_t length;
    errno = 0;
    while ((length = getline(&t->line, &t->capacity, t->stream)) >= 0) {
        t->number++;
        if ((size_t)length != strlen(t->line)) {
            *code = table_error(t, "holds a zero byte; expected text");
            return 0;
        }
        if (t->line[strspn(t->line, separators)] != '\0') return 1;
    }
    if (ferror(t->stream))
        *code = report_error(BAD_INPUT, "%s: cannot be read: %s", t->path, strerror(errno));
    return 0;
}

int table_open(table *t, const char *path)
{
    int code = GO_ON;
    int32_t named = 0;
    *t = (table){ .path = path };
    t->stream = fopen(path, "r");
    if (t->stream == NULL)
        return report_error(BAD_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
    int words = 0;
    while (next_line(t, &code)) {
        char *text = t->line + strspn(t->line, separators);
        if (*text == '#') named = read_names(t, text + 1);
        else if (is_row(text)) {
            t->n_columns = count_fields(text);
            t->pending = 1;
            break;
        } else if (words++ == 0) named = read_names(t, text);
        else return table_error(t, "'%.40s' is no row of numbers", strtok(text, "\n"));
        if (named < 0) return report_no_memory();
    }
    if (code != GO_ON) return code;
    if (!t->pending) return report_error(BAD_INPUT, "%s: holds no row of numbers", path);
    if (t->n_columns > TABLE_MOST)
        return table_error(t, "%d columns, at most %d are read", (int)t->n_columns, TABLE_MOST);
    if (named != t->n_columns) forget_names(t);
    return GO_ON;
}

int32_t table_column(const table *t, const char *name)
{
    for (int32_t c = 0; c < t->n_columns; c++)
        if (t->names[c] != NULL && strcmp(t->names[c], name) == 0) return c;
    return -1;
}

static int32_t column_of(const table *t, const char *item)
{
    double number;
    char lower[64];
    size_t i = 0;
    if (parse_real(item, &number))
        return number >= 1.0 && number <= t->n_columns && number == (int32_t)number
                   ? (int32_t)number - 1
                   : -1;
    for (; item[i] != '\0' && i + 1 < sizeof lower; i++)
        lower[i] = (char)tolower((unsigned char)item[i]);
    lower[i] = '\0';
    return table_column(t, lower);
}

int table_choose(const table *t, const char *verb, const text_list *items, int32_t *columns)
{
    for (int32_t i = 0; i < items->count; i++) {
        columns[i] = column_of(t, items->items[i]);
        if (columns[i] < 0)
            return report_usage(verb,
                                "--columns %s: %s has %d columns%s and none of that name or number",
                                items->items[i], t->path, (int)t->n_columns,
                                t->names[0] == NULL ? " without names" : "");
    }
    return GO_ON;
}

int table_next(table *t, int32_t n, const int32_t *columns, double *row, int32_t *got)
{
    int code = GO_ON;
    char *fields[TABLE_MOST], *cursor;
    int32_t count = 0;
    *got = 0;
    do {
        if (!t->pending && !next_line(t, &code)) return code;
        t->pending = 0;
        cursor = t->line + strspn(t->line, separators);
    } while (*cursor == '#');
    int32_t there = count_fields(cursor);
    if (there != t->n_columns)
        return table_error(t, "%d columns, the first row has %d", (int)there, (int)t->n_columns);
    while (count < t->n_columns && (fields[count] = next_field(&cursor, separators)) != NULL)
        count++;
    for (int32_t c = 0; c < n; c++)
        if (!parse_real(fields[columns[c]], &row[c]))
            return table_error(t, "'%.40s' in column %d is no finite number", fields[columns[c]],
                               (int)columns[c] + 1);
    *got = 1;
    return GO_ON;
}

void table_close(table *t)
{
    if (t->stream != NULL) fclose(t->stream);
    free(t->line);
    forget_names(t);
    *t = (table){ 0 };
}
