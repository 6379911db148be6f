/* Differences between a model and reference values, collected per set and quantity. */
#ifndef LRPOT_TOOL_ERRORS_H
#define LRPOT_TOOL_ERRORS_H

#include "cli/inputs.h"
#include "cli/output_file.h"
#include "ensembles/spread.h"

enum {
    ERROR_ENERGY,
    ERROR_FORCES,
    ERROR_STRESS,
    ERROR_CHARGES,
    ERROR_DIPOLE,
    ERROR_ATOMIC_DIPOLES,
    ERROR_ATOMIC_QUADRUPOLES,
    ERROR_BORN,
    ERROR_POTENTIAL,
    N_ERRORS
};

typedef struct error_sum {
    double squares, absolutes, largest;
    /* sums of model^2, model reference, reference^2, scaled as in the comparison */
    double models, products, references;
    double model, reference; /* sums of the values themselves */
    int64_t n;
    int64_t frames, fitted; /* of a fit: frames that have the quantity; those that were fitted */
} error_sum;

typedef struct error_set {
    char *name;
    int64_t frames;
    error_sum sums[N_ERRORS];
} error_set;

typedef struct error_table {
    error_set *sets;
    int64_t n, capacity;
} error_table;

/* Adds model - reference of one frame to the set of that name. Energies are per atom;
 * with_born 0 leaves Born charges out. Returns 0 without memory. */
int errors_add(error_table *table, const char *set, const lrpot_structure *reference,
               const evaluation *model, int with_born);
/* Records for which quantities a frame of a fit was fitted, LRPOT_FIT_TARGET_*: the JSON then says
 * "fitted": false where none was. The set has been added to. */
void errors_mark(error_table *table, const char *set, const lrpot_structure *frame, int32_t fitted);
/* Warns of forces and stresses that differ from the model's by a factor typical of another sign or
 * unit. */
void errors_judge(const error_table *table);
/* n > 1: table holds the errors of the mean prediction of n models, of_members [n] those of each.
 * Then the mean and the spread of the members' errors are printed, and the RMSE of the mean
 * prediction. */
void errors_print(const error_table *table, int32_t n, const error_table *of_members, FILE *stream);
json_t *errors_json(const error_table *table, int32_t n, const error_table *of_members);
void errors_free(error_table *table);

#endif
