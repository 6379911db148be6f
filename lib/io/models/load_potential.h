/* Loading of model files of any kind, recognised by their content. */
#ifndef LRPOT__LOAD_POTENTIAL_H
#define LRPOT__LOAD_POTENTIAL_H

#include "io/models/model_file.h"

/* Loads any model file from memory, recognised by content. */
lrpot_status lrpot__potential_load_memory(lrpot_potential **out, const char *name, const char *text,
                                          int64_t size);

#endif
