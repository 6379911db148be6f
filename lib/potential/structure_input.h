/* Views of structures for a model: species and neighbours stay in the workspace between calls. */
#ifndef LRPOT__STRUCTURE_INPUT_H
#define LRPOT__STRUCTURE_INPUT_H

#include "potential/potential.h"

/* View of a structure for the model: species mapped, list built or rebuilt inside the workspace.
 * Both live in work until the next call with it. */
lrpot_status lrpot__potential_input(const lrpot_potential *potential, lrpot_workspace *work,
                                    const lrpot_structure *structure, lrpot_atoms *atoms,
                                    const lrpot_nlist **list);
/* The same for any list of symbols and cutoff. */
lrpot_status lrpot__structure_input(lrpot_workspace *work, const lrpot_structure *structure,
                                    int32_t n_symbols, const char *const *symbols, double cutoff,
                                    lrpot_atoms *atoms, const lrpot_nlist **list);

#endif
