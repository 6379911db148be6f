/* Units and signs of the numbers in a file, found from consistency checks of its contents. */
#ifndef LRPOT__CONVENTIONS_H
#define LRPOT__CONVENTIONS_H

#include "io/units/units.h"

#define LRPOT__MAX_NOTES 8

typedef struct lrpot__conventions {
    lrpot__rule rules[LRPOT_QUANTITY_COUNT]; /* [LRPOT__TIME] too */
    /* 1: from LAMMPS. The infos Time and Timestep are renamed, so that a file written again is not
     * taken for one of LAMMPS */
    int32_t lammps;
    char *notes[LRPOT__MAX_NOTES]; /* list of conversions and omissions, with reasons */
    int32_t n_notes;
} lrpot__conventions;

void lrpot__conventions_start(lrpot__conventions *c);
void lrpot__conventions_free(lrpot__conventions *c);
/* Adds a note; further ones are dropped when there are LRPOT__MAX_NOTES. */
__attribute__((format(printf, 2, 3))) lrpot_status lrpot__conventions_note(lrpot__conventions *c,
                                                                           const char *format, ...);
/* Fills the rules that were not stated. keys: names of the quantities in the frames. LRPOT_E_PARSE,
 * without a line, if the file contradicts itself. */
lrpot_status lrpot__conventions_recognise(lrpot__conventions *c, int64_t n,
                                          lrpot_structure *const *frames,
                                          const char *const keys[LRPOT_QUANTITY_COUNT]);
/* Converts a frame to the library's units. */
lrpot_status lrpot__conventions_apply(const lrpot__conventions *c, lrpot_structure *frame);

#endif
