/* Energies beside a series of dipoles, from the same file. */
#ifndef LRPOT_TOOL_ENERGY_SERIES_H
#define LRPOT_TOOL_ENERGY_SERIES_H

#include "trajectories/series_input.h"

/* Reads the potential energies (eV) of all rows or frames of a file that series_read() has read.
 * column: name or number from 1 of a table's column, NULL: E, energy, pe, PotEng or U. *out: [n] of
 * the part of the series that is not skipped; the caller frees it. GO_ON, or an exit code after a
 * message. */
int energies_read(double **out, const series_input *input, const char *path, const char *column);

#endif
