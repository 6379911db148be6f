/* phonopy's BORN file: its atoms and their order. */
#ifndef LRPOT_TOOL_BORN_FILE_H
#define LRPOT_TOOL_BORN_FILE_H

#include <lrpot/lrpot.h>

/* phonopy's own tolerance, in the length unit of its interface. */
#define BORN_SYMPREC 1e-5

typedef struct born_rows {
    int64_t n, *atoms; /* [n] atoms of the structure, in the order of the cell's file */
    int32_t all;       /* 1: every atom has a row, and phonopy must be run with --nosym */
} born_rows;

/* Chooses the rows. order: that of the cell's file, see lrpot_structure_species_order(). text: NULL
 * for the symmetry-independent atoms, "all", or indices from 0 separated by commas, one of each set
 * of equivalent atoms. Returns GO_ON or an exit code after a message. */
int born_rows_choose(born_rows *rows, const char *verb, const char *text,
                     const lrpot_structure *structure, const int64_t *order, double tolerance);
void born_rows_free(born_rows *rows);
/* factor: first line, 0 for `default`. epsilon [3][3] or NULL for the unit tensor. Z [n][3][3] of
 * all atoms of the structure. */
lrpot_status born_write(const char *path, double factor, const double *epsilon, const double *Z,
                        const born_rows *rows);

#endif
