/* Files of polarizable densities: options, basis, coefficients. */
#ifndef LRPOT__DENSITY_FILE_H
#define LRPOT__DENSITY_FILE_H

#include "io/models/model_file.h"

/* Reads a polarizable density from text; `verify` 0 skips the checksum. */
lrpot_status lrpot__density_parse(lrpot_density **out, const char *file, const char *text,
                                  int64_t size, int verify);

#endif
