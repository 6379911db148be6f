/* Atoms of a structure in the order of a model's species, with their neighbours. */
#ifndef LRPOT_TOOL_NEIGHBOURHOOD_H
#define LRPOT_TOOL_NEIGHBOURHOOD_H

#include <lrpot/lrpot.h>

typedef struct neighbourhood {
    lrpot_atoms atoms; /* borrows from the structure */
    lrpot_nlist *list; /* as far as the model reaches */
    int32_t *species;
} neighbourhood;

/* neighbourhood_close() in any case. */
lrpot_status neighbourhood_open(neighbourhood *near, const lrpot_potential *model,
                                const lrpot_structure *structure);
void neighbourhood_close(neighbourhood *near);

#endif
