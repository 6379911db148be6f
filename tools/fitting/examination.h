/* A fitted model on the frames of its fit: errors by set, by element and by distance, points of
 * parity plots. */
#ifndef LRPOT_TOOL_EXAMINATION_H
#define LRPOT_TOOL_EXAMINATION_H

#include "fitting/comparison.h"
#include "fitting/errors.h"
#include "fitting/training.h"

enum { EXAMINED_SETS = 2 }; /* training, validation */

typedef struct examination {
    /* sets: all, each file if there are several, each config_type */
    error_table errors[EXAMINED_SETS];
    comparison compared[EXAMINED_SETS];
} examination;

/* Evaluates the model on all frames. Energies of further sources are compared after their offsets.
 * Returns GO_ON or an exit code after a message; the caller frees in any case. */
int examination_run(examination *e, const training *job, const lrpot_potential *model);
void examination_free(examination *e);
/* {"train": [...], "valid": [...]}: errors of each set and target. */
json_t *examination_sets_json(const examination *e);
/* {"train": {"Na": rmse, ...}, ...} eV/A; and the same by distance to the nearest neighbour. */
json_t *examination_elements_json(const examination *e);
json_t *examination_distances_json(const examination *e);

#endif
