/* A fitted model on the frames of its fit: errors by set and by element, points of parity plots. */
#ifndef LRPOT_TOOL_EXAMINATION_H
#define LRPOT_TOOL_EXAMINATION_H

#include "fitting/errors.h"
#include "fitting/training.h"

enum { EXAMINED_SETS = 2 }; /* training, validation */

/* Pairs of a parity plot; of many values an even part. */
typedef struct parity {
    double *reference, *model;
    int64_t n;
} parity;

typedef struct examination {
    /* sets: all, each file if there are several, each config_type */
    error_table errors[EXAMINED_SETS];
    int32_t n_symbols;
    const char *const *symbols;         /* borrowed from the model */
    double *squares[EXAMINED_SETS];     /* [n_symbols] sums of squared force errors */
    int64_t *components[EXAMINED_SETS]; /* [n_symbols] */
    parity forces[EXAMINED_SETS], energies[EXAMINED_SETS]; /* eV/A; eV per atom */
} examination;

/* Evaluates the model on all frames. Energies of further sources are compared after their offsets.
 * Returns GO_ON or an exit code after a message; the caller frees in any case. */
int examination_run(examination *e, const training *job, const lrpot_potential *model);
void examination_free(examination *e);
/* {"train": [...], "valid": [...]}: errors of each set and target. */
json_t *examination_sets_json(const examination *e);
/* {"train": {"Na": rmse, ...}, ...} eV/A */
json_t *examination_elements_json(const examination *e);
/* Root mean square error of the forces of an element; NaN without its forces. */
double examination_rmse(const examination *e, int set, int32_t species);

#endif
