/* In which units and signs a file is written, from what the file itself allows to check. */
#ifndef LRPOT__CONVENTIONS_H
#define LRPOT__CONVENTIONS_H

#include "io/units/units.h"

#define LRPOT__MAX_NOTES 8

typedef struct lrpot__conventions {
    lrpot__rule rules[LRPOT_QUANTITY_COUNT]; /* [LRPOT__TIME] too */
    int32_t lammps; /* of LAMMPS: the infos Time and Timestep are renamed, so that what is written
                       again is not taken for LAMMPS' */
    char *notes[LRPOT__MAX_NOTES]; /* what was converted or left out, and why */
    int32_t n_notes;
} lrpot__conventions;

void lrpot__conventions_start(lrpot__conventions *c);
void lrpot__conventions_free(lrpot__conventions *c);
/* Fills the rules that were not stated. keys: under which names the frames had the quantities.
 * LRPOT_E_PARSE, without a place, when the file contradicts itself. */
lrpot_status lrpot__conventions_recognise(lrpot__conventions *c, int64_t n,
                                          lrpot_structure *const *frames,
                                          const char *const keys[LRPOT_QUANTITY_COUNT]);
/* Brings a frame into the library's units. */
lrpot_status lrpot__conventions_apply(const lrpot__conventions *c, lrpot_structure *frame);

#endif
