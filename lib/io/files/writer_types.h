/* Numbers of the types that a writer gives to species, for formats without symbols. */
#ifndef LRPOT__WRITER_TYPES_H
#define LRPOT__WRITER_TYPES_H

#include "io/files/writer.h"

/* Type number of a symbol. A new symbol is added to the table if that is allowed. */
lrpot_status lrpot__writer_type(lrpot_writer *writer, const char *symbol, int32_t *type);
/* Removes all types. */
void lrpot__writer_free_types(lrpot_writer *writer);

#endif
