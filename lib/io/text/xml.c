#include "io/text/xml.h"

#ifdef LRPOT_HAVE_LIBXML2
#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"

#include <libxml/xmlreader.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

struct lrpot__xml {
    lrpot__text *text;
    xmlTextReaderPtr reader;
    char *string;
    int64_t capacity;
    int64_t line; /* of the present element */
    char error[200];
    int64_t error_line;
    lrpot_status failure; /* of the text below */
};

static int read_text(void *context, char *bytes, int room)
{
    lrpot__xml *xml = context;
    int64_t size = 0;
    xml->failure = lrpot__text_bytes(xml->text, bytes, room, &size);
    return xml->failure == LRPOT_OK ? (int)size : -1;
}

/* Keeps the first error; without a handler libxml2 would print. */
#if LIBXML_VERSION >= 21200
static void keep_error(void *context, const xmlError *error)
#else
static void keep_error(void *context, xmlErrorPtr error)
#endif
{
    lrpot__xml *xml = context;
    if (xml->error[0] != '\0' || error == NULL || error->message == NULL
        || error->level < XML_ERR_ERROR)
        return;
    snprintf(xml->error, sizeof xml->error, "%s", error->message);
    xml->error[strcspn(xml->error, "\n")] = '\0';
    xml->error_line = error->line;
}

lrpot_status lrpot__xml_open(lrpot__xml **out, lrpot__text *text)
{
    lrpot__xml *xml = lrpot__calloc(1, sizeof *xml);
    if (xml == NULL) return LRPOT_E_MEMORY;
    xml->text = text;
    xml->line = 1;
    xml->reader = xmlReaderForIO(read_text, NULL, xml, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING
                                     | XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
    if (xml->reader == NULL) {
        lrpot__free(xml);
        return lrpot__fail(LRPOT_E_MEMORY, "%s: no memory for a reader of XML", text->name);
    }
    xmlTextReaderSetStructuredErrorHandler(xml->reader, keep_error, xml);
    *out = xml;
    return LRPOT_OK;
}

void lrpot__xml_close(lrpot__xml *xml)
{
    if (xml == NULL) return;
    xmlFreeTextReader(xml->reader);
    lrpot__free(xml->string);
    lrpot__free(xml);
}

lrpot_status lrpot__xml_fail(lrpot__xml *xml, const char *format, ...)
{
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return lrpot__fail(LRPOT_E_PARSE, "%s:%lld: %s", xml->text->name, (long long)xml->line,
                       message);
}

static lrpot_status broken(lrpot__xml *xml)
{
    if (xml->failure != LRPOT_OK) return xml->failure;
    if (xml->error_line > 0) xml->line = xml->error_line;
    return lrpot__xml_fail(xml, "the file is cut off or damaged here: %s",
                           xml->error[0] != '\0' ? xml->error : "no well-formed XML");
}

/* Next node; *type is 0 at the end. */
static lrpot_status advance(lrpot__xml *xml, int *type)
{
    int got = xmlTextReaderRead(xml->reader);
    *type = 0;
    if (got < 0 || (got == 0 && xml->error[0] != '\0')) return broken(xml);
    if (got == 0) return LRPOT_OK;
    *type = xmlTextReaderNodeType(xml->reader);
    if (*type == XML_READER_TYPE_ELEMENT)
        xml->line = xmlGetLineNo(xmlTextReaderCurrentNode(xml->reader));
    if (*type == XML_READER_TYPE_ENTITY_REFERENCE || *type == XML_READER_TYPE_DOCUMENT_TYPE)
        return lrpot__xml_fail(xml,
                               "'%.60s' is an entity or a document type, which programs that "
                               "compute do not write; it is not followed",
                               (const char *)xmlTextReaderConstName(xml->reader));
    return LRPOT_OK;
}

int lrpot__xml_depth(const lrpot__xml *xml)
{
    return xmlTextReaderDepth(xml->reader);
}

int64_t lrpot__xml_line(const lrpot__xml *xml)
{
    return xml->line;
}

const char *lrpot__xml_name(const lrpot__xml *xml)
{
    return (const char *)xmlTextReaderConstName(xml->reader);
}

int lrpot__xml_is(const lrpot__xml *xml, const char *name)
{
    return strcmp(lrpot__xml_name(xml), name) == 0;
}

int lrpot__xml_has(const lrpot__xml *xml, const char *attribute, const char *value)
{
    if (xmlTextReaderMoveToAttribute(xml->reader, (const xmlChar *)attribute) != 1) return 0;
    const char *text = (const char *)xmlTextReaderConstValue(xml->reader);
    int same = text != NULL && strcmp(text, value) == 0;
    xmlTextReaderMoveToElement(xml->reader);
    return same;
}

lrpot_status lrpot__xml_attribute(lrpot__xml *xml, const char *attribute, char *value, size_t room)
{
    value[0] = '\0';
    if (xmlTextReaderMoveToAttribute(xml->reader, (const xmlChar *)attribute) != 1) return LRPOT_OK;
    const char *text = (const char *)xmlTextReaderConstValue(xml->reader);
    size_t length = text != NULL ? strlen(text) : 0;
    if (length < room && length > 0) strcpy(value, text);
    xmlTextReaderMoveToElement(xml->reader);
    if (length < room) return LRPOT_OK;
    return lrpot__xml_fail(xml, "attribute %s has %lld characters, expected at most %lld",
                           attribute, (long long)length, (long long)room - 1);
}

static int stands_on_empty(const lrpot__xml *xml)
{
    return xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT
           && xmlTextReaderIsEmptyElement(xml->reader) == 1;
}

lrpot_status lrpot__xml_child(lrpot__xml *xml, int depth, int32_t *found)
{
    int type = 0;
    *found = 0;
    if (depth >= 0 && lrpot__xml_depth(xml) == depth
        && (stands_on_empty(xml)
            || xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_END_ELEMENT))
        return LRPOT_OK;
    for (;;) {
        LRPOT__TRY(advance(xml, &type));
        if (type == 0) return LRPOT_OK;
        int at = lrpot__xml_depth(xml);
        if (type == XML_READER_TYPE_END_ELEMENT && at == depth) return LRPOT_OK;
        if (type == XML_READER_TYPE_ELEMENT && at == depth + 1) break;
    }
    *found = 1;
    return LRPOT_OK;
}

/* Appends a piece of text. */
static lrpot_status append(lrpot__xml *xml, int64_t *length)
{
    const char *piece = (const char *)xmlTextReaderConstValue(xml->reader);
    int64_t more = piece != NULL ? (int64_t)strlen(piece) : 0;
    LRPOT__TRY(lrpot__grow((void **)&xml->string, &xml->capacity, *length + more + 1, 1));
    if (more > 0) memcpy(xml->string + *length, piece, (size_t)more);
    *length += more;
    xml->string[*length] = '\0';
    return LRPOT_OK;
}

static int is_space(char c)
{
    return lrpot__is_blank(c) || c == '\n' || c == '\r';
}

/* Text of the present element as it stands in the file. */
static lrpot_status whole_text(lrpot__xml *xml)
{
    int64_t length = 0;
    int depth = lrpot__xml_depth(xml), type = 0, empty = stands_on_empty(xml);
    LRPOT__TRY(lrpot__grow((void **)&xml->string, &xml->capacity, 1, 1));
    xml->string[0] = '\0';
    while (!empty) {
        int64_t line = xml->line;
        LRPOT__TRY(advance(xml, &type));
        if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE
            || type == XML_READER_TYPE_WHITESPACE || type == XML_READER_TYPE_CDATA)
            LRPOT__TRY(append(xml, &length));
        else if (type == XML_READER_TYPE_ELEMENT)
            return lrpot__xml_fail(xml, "element <%.60s> stands where a text is expected",
                                   lrpot__xml_name(xml));
        xml->line = line;
        empty = type == 0
                || (type == XML_READER_TYPE_END_ELEMENT && lrpot__xml_depth(xml) == depth);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__xml_string(lrpot__xml *xml, char **string)
{
    LRPOT__TRY(whole_text(xml));
    char *begin = xml->string, *end = begin + strlen(begin);
    while (is_space(*begin)) begin++;
    while (end > begin && is_space(end[-1])) *--end = '\0';
    *string = begin;
    return LRPOT_OK;
}

/* Next run of characters without blanks and line ends; counts the lines passed. */
static int next_word(lrpot__xml *xml, const char **cursor, lrpot__field *word)
{
    const char *at = *cursor;
    for (; is_space(*at); at++) xml->line += *at == '\n';
    word->text = at;
    while (*at != '\0' && !is_space(*at)) at++;
    word->end = *cursor = at;
    return word->end > word->text;
}

lrpot_status lrpot__xml_numbers(lrpot__xml *xml, const char *what, int64_t count, double *values)
{
    lrpot__field word;
    LRPOT__TRY(whole_text(xml));
    const char *cursor = xml->string;
    for (int64_t k = 0; k < count; k++) {
        if (!next_word(xml, &cursor, &word))
            return lrpot__xml_fail(xml, "%s: %lld numbers, expected %lld", what, (long long)k,
                                   (long long)count);
        if (lrpot__number_parse(word.text, word.end, &values[k]) != word.end
            || !isfinite(values[k]))
            return lrpot__xml_fail(xml, "%s is '%.*s', expected a number", what,
                                   lrpot__field_print_length(word), word.text);
    }
    if (!next_word(xml, &cursor, &word)) return LRPOT_OK;
    return lrpot__xml_fail(xml, "%s: '%.*s' stands behind the %lld numbers expected", what,
                           lrpot__field_print_length(word), word.text, (long long)count);
}
#else
typedef int lrpot__xml_is_not_built; /* a file without declarations is not standard C */
#endif
