/* One fit: the model it starts from, progress, Ctrl-C, checkpoints, errors. */
#ifndef LRPOT_TOOL_TRAINING_H
#define LRPOT_TOOL_TRAINING_H

#include "fitting/checkpoint.h"
#include "fitting/dataset.h"
#include "cli/output_file.h"

typedef struct training {
    lrpot_fit_options options;
    int32_t hold_species;    /* 1: the charges of the species are not changed */
    checkpoint *checkpoint;  /* file of the best state so far */
    double checkpoint_every; /* s, least time between two of them */
    /* tensor model with the factor of the charges in the Born charges, or NULL */
    const char *factor;
    /* file of that factor when it is fitted with the charges, or NULL: it is fixed */
    const char *fitted_factor;
    const dataset *train, *valid; /* valid may have no frames */
    /* results */
    lrpot_fit_errors train_errors, valid_errors;
    int64_t iterations; /* number in all stages */
    double seconds;
    int32_t interrupted; /* 1: ended by Ctrl-C; the model holds the best state */
    int32_t at_limit;    /* 1: the last stage used all its iterations */
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
