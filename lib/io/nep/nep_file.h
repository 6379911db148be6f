/* Files of neuroevolution potentials (nep.txt): versions 2 to 5 and the charged kinds. */
#ifndef LRPOT__NEP_FILE_H
#define LRPOT__NEP_FILE_H

#include "basis/nep/nep_model.h"

/* Reads a file, or text of `size` bytes that messages call `name`. Free with lrpot__nep_free(). */
lrpot_status lrpot__nep_read(lrpot__nep **out, const char *path);
lrpot_status lrpot__nep_parse(lrpot__nep **out, const char *name, const void *data, int64_t size);
/* 1 if a text begins like such a file, of whatever kind. */
int lrpot__nep_recognise(const char *text, int64_t size);

#endif
