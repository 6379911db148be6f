/* Inputs of the verbs: models, structures, and a model evaluated on a structure. */
#ifndef LRPOT_TOOL_INPUTS_H
#define LRPOT_TOOL_INPUTS_H

#include "cli/options.h"

#include <lrpot/lrpot.h>

/* All functions return GO_ON, or an exit code after a message. */

/* Loads a model. species: names of its types if its file has numbers only. */
int inputs_model(lrpot_potential **out, const char *path, const text_list *species);
/* 1 if the energy of a model is of moment tensors, which fits, active sets and grades need. */
int inputs_has_moments(const lrpot_potential *model);
/* Chooses the conventions of a charged NEP; NULL: the default. */
int inputs_nep(const char *verb, lrpot_potential *model, const char *path, const char *sum,
               const char *forces);
/* Chooses the precision, "double" or "mixed"; NULL: double. */
int inputs_precision(const char *verb, lrpot_potential *model, const char *path, const char *text);
/* Order of the moments of the model's atoms: 0 charges, 1 dipoles too, 2 quadrupoles too. */
int32_t charges_order(const lrpot_potential *model);
/* Opens structures. Types that are numbers are the species of the list, in a .cfg otherwise those
 * of the model
 * (model may be NULL). */
int inputs_reader(lrpot_reader **out, const char *path, const lrpot_potential *model,
                  const text_list *species);
/* Next frame; *out is NULL after the last. */
int inputs_next(lrpot_reader *reader, const char *path, lrpot_structure **out);
/* One frame (0-based) of a file. */
int inputs_frame(lrpot_structure **out, const char *path, int64_t frame,
                 const lrpot_potential *model, const text_list *species);
/* Splits the value of --species. */
int inputs_species(const char *verb, const char *text, text_list *list);

/* Results of a model for one structure. */
typedef struct evaluation {
    int64_t n, capacity;
    double energy, virial[9], stress[9], dipole[3];
    double *forces, *charges, *potential, *born; /* [n][3], [n], [n], [n][3][3] */
    /* V: potential at the points of the structure; NULL without points, or if the model does not
     * have one charge per atom */
    double *at_points;
    double *dipoles, *quadrupoles; /* of the atoms, [n][3] and [n][3][3], up to the order */
    int32_t has_stress, has_charges;
    int32_t order; /* of the moments of the atoms that are known: 0 charges, 1 dipoles too, 2 all */
} evaluation;

/* Computes energy, forces, stress (with a cell), charges and potentials (if the model has charges),
 * moments of the atoms, potential at points. Memory grows and is kept. */
lrpot_status evaluation_run(evaluation *result, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_structure *structure);
void evaluation_free(evaluation *result);
/* Reserves the arrays for n atoms, with unknown results. Returns 0 without memory. */
int evaluation_reserve(evaluation *result, int64_t n);

/* Electronic dielectric constant: the value of an option if positive, otherwise a third of the
 * trace of the structure's, otherwise the model's own (a charged NEP has one; model may be NULL),
 * otherwise 0. */
double inputs_epsilon(double option, const lrpot_structure *structure,
                      const lrpot_potential *model);

#endif
