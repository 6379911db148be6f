/* One fit: the model it starts from, progress, Ctrl-C, checkpoints, errors. */
#ifndef LRPOT_TOOL_TRAINING_H
#define LRPOT_TOOL_TRAINING_H

#include "fitting/checkpoint.h"
#include "fitting/dataset.h"
#include "cli/output_file.h"

/* Parts of the energy that a fit does not change. */
enum training_freeze {
    FREEZE_NOTHING,
    FREEZE_COEFFICIENTS, /* radial and linear ones, and networks */
    FREEZE_ENERGY        /* the energies of the species, too */
};

typedef struct training {
    lrpot_fit_options options;
    int32_t hold_species; /* 1: the charges of the species are not changed */
    int32_t keep_energy;  /* 1: the energy part starts from the model's values */
    enum training_freeze freeze;
    checkpoint *checkpoint;  /* file of the best state so far */
    double checkpoint_every; /* s, least time between two of them */
    /* tensor model with the factor of the charges in the Born charges, or NULL */
    const char *factor;
    /* file of that factor when it is fitted with the charges, or NULL: it is fixed */
    const char *fitted_factor;
    const dataset *train, *valid; /* valid may have no frames */
    /* results */
    lrpot_fit_errors train_errors, valid_errors;
    int64_t iterations;        /* number in all stages */
    double seconds, processor; /* s: by the clock, and of all threads */
    int32_t interrupted;       /* 1: ended by Ctrl-C; the model holds the best state */
    int32_t at_limit;          /* 1: the last stage used all its iterations */
    json_t *history;           /* one object for each iteration; of the caller, or NULL */
    /* [sources - 1][species] eV per atom, energies of further sources over the model's; NULL: none
     */
    double *offsets;
    lrpot_fit_options settled; /* the options after the fit, all chosen */
} training;

/* Fits the model, which holds the best state afterwards. first: reports memory and parameters
 * before the start. */
int training_run(training *job, lrpot_potential *model, int first);
/* Prints rows of train and valid: RMSE and MAE of each target. */
void training_print(const training *job, FILE *stream);
json_t *training_json(const training *job);
/* The same in one line for the metadata of a model. */
void training_line(const training *job, char *text, size_t size);

#endif
