/* Parser of the text of a .mtp file. */
#ifndef LRPOT__MTP_PARSE_H
#define LRPOT__MTP_PARSE_H

#include "io/mlip/mtp.h"

/* Parses text to tables. The caller frees them, also after a failure. */
lrpot_status lrpot__mtp_parse(lrpot__mtp *mtp, const char *file, const char *text, int64_t size);
void lrpot__mtp_free(lrpot__mtp *mtp);
/* 1 if a text begins like a .mtp file. */
int lrpot__mtp_recognise(const char *text, int64_t size);

#endif
