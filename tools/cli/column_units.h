/* Units in the names of a table's columns, as in "time (ps)", "Mx[Debye]" or "P/(C/m2)". */
#ifndef LRPOT_TOOL_COLUMN_UNITS_H
#define LRPOT_TOOL_COLUMN_UNITS_H

#include "cli/table.h"

enum column_kind {
    COLUMN_TIME,         /* fs */
    COLUMN_DIPOLE,       /* e A */
    COLUMN_CURRENT,      /* e A/fs */
    COLUMN_HEAT,         /* eV A/fs */
    COLUMN_FIELD,        /* V/A */
    COLUMN_POLARIZATION, /* e/A^2 */
    N_COLUMN_KINDS
};

/* Factor from the numbers of the column to the unit of the kind; 1 where its name states no unit. A
 * unit that is not known is an error; remedy: advice for its message. */
int column_factor(const table *t, int32_t column, enum column_kind kind, const char *remedy,
                  double *factor);
/* 1 if the name of the column states a unit of this kind. */
int column_states(const table *t, int32_t column, enum column_kind kind);

#endif
