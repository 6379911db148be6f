/* XML input element by element, by libxml2's streaming reader: the memory does not grow with the
 * file. Its guards stay: no entity is replaced, no document type is taken, nothing is loaded from
 * elsewhere, no single text exceeds what libxml2 allows. */
#ifndef LRPOT__XML_H
#define LRPOT__XML_H

#include "io/text/text.h"

#include <stddef.h>

typedef struct lrpot__xml lrpot__xml;

/* Borrows the text until lrpot__xml_close(). */
lrpot_status lrpot__xml_open(lrpot__xml **out, lrpot__text *text);
void lrpot__xml_close(lrpot__xml *xml);

/* Depth of the present element; the root has 0. */
int lrpot__xml_depth(const lrpot__xml *xml);
/* Line of the present element. */
int64_t lrpot__xml_line(const lrpot__xml *xml);
/* Moves to the next child of the element at `depth` and skips what is left of the child before.
 * *found is 0 at the end of the element. A depth of -1 gives the root. */
lrpot_status lrpot__xml_child(lrpot__xml *xml, int depth, int32_t *found);
/* Tests of the present element. */
const char *lrpot__xml_name(const lrpot__xml *xml);
int lrpot__xml_is(const lrpot__xml *xml, const char *name);
int lrpot__xml_has(const lrpot__xml *xml, const char *attribute, const char *value);
/* Value of an attribute, "" without it; LRPOT_E_PARSE when it is longer than the room. */
lrpot_status lrpot__xml_attribute(lrpot__xml *xml, const char *attribute, char *value, size_t room);
/* Text of the present element, blanks at both ends cut off; borrowed until the next call. Moves to
 * the end of the element. */
lrpot_status lrpot__xml_string(lrpot__xml *xml, char **string);
/* Exactly `count` numbers of the present element; `what` names them in messages. */
lrpot_status lrpot__xml_numbers(lrpot__xml *xml, const char *what, int64_t count, double *values);

/* LRPOT_E_PARSE with the line of the present element before the message. */
__attribute__((format(printf, 2, 3))) lrpot_status lrpot__xml_fail(lrpot__xml *xml,
                                                                   const char *format, ...);

#endif
