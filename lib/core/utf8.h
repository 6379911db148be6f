/* Texts that go into files which are UTF-8. */
#ifndef LRPOT__UTF8_H
#define LRPOT__UTF8_H

/* 1 when the text is valid UTF-8. */
int lrpot__utf8_valid(const char *text);
/* A copy that is: bytes of a text that is not are taken as Latin-1. To be freed; NULL without
 * memory. */
char *lrpot__utf8_copy(const char *text);

#endif
