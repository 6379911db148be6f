/* Columns of atoms that need more than a copy: positions by component, image flags, identities. */
#ifndef LRPOT__XYZ_COLUMNS_H
#define LRPOT__XYZ_COLUMNS_H

#include "io/files/reader.h"

/* Joins columns x y z, xu yu zu, ix iy iz to one target each. */
void lrpot__xyz_join_columns(lrpot_reader *reader);
/* Without a column of identities: finds one whose name may mean them. */
void lrpot__xyz_guess_ids(lrpot_reader *reader);
/* Computes image flags from unwrapped positions, once all atoms are read. */
lrpot_status lrpot__xyz_find_images(lrpot_reader *reader);
/* Checks identities: integers and distinct, or an error that names frame and line. A guessed column
 * is dropped instead. The first atom is on first_atom_line. */
lrpot_status lrpot__xyz_check_ids(lrpot_reader *reader, int64_t first_atom_line);

#endif
