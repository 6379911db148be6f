/* Ensembles: several models of one kind in the place of one, and the loop over them. */
#ifndef LRPOT_TOOL_ENSEMBLE_H
#define LRPOT_TOOL_ENSEMBLE_H

#include "checks/grading.h"
#include "cli/inputs.h"
#include "ensembles/spread.h"

/* Of the help page of a verb that takes MODEL... */
#define ENSEMBLE_HELP                                                                            \
    "Several models, as in `model-*` after lrpot fit --ensemble, are one ensemble: results are " \
    "means, +- is the standard deviation over the members.\n"

typedef struct ensemble {
    int32_t n;
    char **paths; /* [n], borrowed */
    lrpot_potential **models;
    lrpot_tensor_model **tensors; /* [n] instead of models; NULL for potentials */
    grading *grades;              /* [n] */
} ensemble;

/* All functions that return int give GO_ON, or an exit code after a message. */

/* Number of models among the operands MODEL... FILE...: the first operand, and the files of models
 * that follow it. At least one operand is left. */
int32_t ensemble_members(int32_t n_operands, char **operands);
/* The same for the operands MODEL... FILE: all but the last must be models. */
int ensemble_operands(const tool_command *command, int32_t n_operands, char **operands);
/* Loads the models. All have the same species and the same kind of charges, and none is given
 * twice. Tensor models are taken if with_tensors. */
int ensemble_open(ensemble *e, int32_t n, char **paths, const text_list *species, int with_tensors);
/* Loads models that need not belong together, without notes on their grading. */
int ensemble_load(ensemble *e, int32_t n, char **paths, const text_list *species);
/* Refuses members with different eps_inf, by which Born charges of the ensemble are scaled. option,
 * structure: as for inputs_epsilon(). */
int ensemble_one_epsilon(const ensemble *e, double option, const lrpot_structure *structure);
void ensemble_close(ensemble *e);

/* Calls work for each member until one call does not return GO_ON; returns the last result. */
typedef int (*ensemble_work)(void *ctx, int32_t member);
int ensemble_each(const ensemble *e, ensemble_work work, void *ctx);

/* Reports the largest extrapolation grade over the members. */
void ensemble_report_grades(const ensemble *e);
/* That of a single model; the list of all for several. */
json_t *ensemble_grades_json(const ensemble *e);
/* Puts "members": the names of the files, if there are several. */
void ensemble_names_json(json_t *object, const ensemble *e);
/* "# mean and standard deviation over N models: PATH ..." in one line. */
void ensemble_print_names(const ensemble *e, FILE *stream);

#endif
