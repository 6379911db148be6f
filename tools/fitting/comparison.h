/* A model beside reference forces and energies: parity, errors by element and by distance to the
 * nearest neighbour; JSON and plots. */
#ifndef LRPOT_TOOL_COMPARISON_H
#define LRPOT_TOOL_COMPARISON_H

#include "cli/inputs.h"
#include "cli/output_file.h"

/* Pairs of a parity plot; of many values an even part. */
typedef struct parity {
    double *reference, *model;
    int64_t n, room;
    int64_t stride, seen; /* values per point, and so far */
} parity;

enum { COMPARISON_BINS = 80 }; /* of 0.1 A */

/* Sums over the forces of atoms of one kind. */
typedef struct force_error {
    double squares;
    int64_t atoms;
} force_error;

typedef struct comparison {
    int32_t n_symbols;
    const char *const *symbols; /* borrowed from the model */
    double cutoff;              /* A: neighbours further away are none */
    force_error *by_element;    /* [n_symbols] */
    force_error by_distance[COMPARISON_BINS];
    parity forces;          /* eV/A */
    parity energies, loose; /* eV per atom; loose: those that were not fitted */
} comparison;

int comparison_begin(comparison *c, const lrpot_potential *model);
void comparison_free(comparison *c);
/* Adds a frame where it has reference values; energy: eV, of the model. GO_ON or an exit code after
 * a message. */
int comparison_add(comparison *c, const lrpot_structure *frame, const evaluation *result,
                   double energy, int energy_is_fitted);

double force_error_rmse(const force_error *e);
/* {"Na": rmse, ...}, eV/A, and [{"from", "to", "rmse", "atoms"}, ...]; NULL without forces. */
json_t *comparison_elements_json(const comparison *c);
json_t *comparison_distances_json(const comparison *c);

enum { COMPARISON_PLOTS = 4, COMPARISON_SETS = 2 };
/* Endings of the files, behind a name. */
extern const char *const comparison_suffixes[COMPARISON_PLOTS];
/* NAME and suffix; NULL without memory. The caller frees it. */
char *comparison_beside(const char *name, const char *suffix);
/* Draws what there is of one or two sets with their labels. who: file of the model, or of the
 * first. GO_ON or an exit code after a message. */
int comparison_plots(const comparison *sets, int32_t n_sets, const char *const *labels,
                     const char *name, int32_t n_models, const char *who);

#endif
