/* Derivatives of an atom's gradient, scattered to the rows of forces, strains and Born charges. */
#ifndef LRPOT__SCATTER_H
#define LRPOT__SCATTER_H

#include "fit/local/local.h"

/* Adds rows to those of forces, strains and Born charges. */
void lrpot__local_scatter(lrpot__local *local, const lrpot__scatter *scatter,
                          lrpot__local_rows rows);

#endif
