/* Text for UTF-8 files. */
#ifndef LRPOT__UTF8_H
#define LRPOT__UTF8_H

/* 1 when the text is valid UTF-8. */
int lrpot__utf8_valid(const char *text);
/* UTF-8 copy of a text. Bytes of a text that is not UTF-8 are taken as Latin-1. The caller frees
 * it; NULL without memory. */
char *lrpot__utf8_copy(const char *text);

#endif
