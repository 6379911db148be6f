/* A model evaluated at positions from another program, step after step: one neighbour list with a
 * skin, no allocation once sizes are known. */
#ifndef LRPOT_TOOL_DRIVEN_H
#define LRPOT_TOOL_DRIVEN_H

#include "checks/grading.h"
#include "drive/field_path.h"
#include "phonons/screening.h"

#include <lrpot/lrpot.h>

typedef struct driven {
    const lrpot_potential *model; /* borrowed */
    /* borrowed: response to a field instead of the model's charges; or NULL */
    const lrpot_tensor_model *tensors;
    lrpot_workspace *work, *tensor_work;
    lrpot_nlist *list;
    double skin;
    /* tensor_first: species of the tensors for the model's first species */
    int32_t threads, tensor_first;
    int32_t wants_born;
    /* of dipole, charges (not by a tensor) and Born charges, and of the field on the model's
     * charges */
    screening screening;
    int32_t has_field;
    field_path path; /* of the field, which is physical */
    int64_t n;
    int32_t *species, *tensor_species;        /* [n]; the latter NULL without tensors */
    double *positions, cell[9];               /* A, [n][3]; filled by the caller */
    double *listed_positions, listed_cell[9]; /* at the time when the list was built */
    int32_t periodic_mask;
    lrpot_structure *origin; /* holds the fragments, or NULL */
    lrpot_atoms told;        /* total charge and fragments, those of origin */
    double energy, virial[9], dipole[3];
    double *forces, *charges, *born; /* [n][3], [n], [n][3][3] with the sum rule imposed */
    grading grade;                   /* of all evaluations */
    int64_t n_evaluations, n_lists;
} driven;

/* 1 if the response to a field is known; 1 if the dipole is known. */
int driven_has_response(const driven *system);
int driven_has_dipole(const driven *system);
/* Takes species, periodicity, total charge and fragments from a structure; its positions are not
 * used. */
lrpot_status driven_from(driven *out, const lrpot_structure *structure);
/* Sets up n atoms of the only species, periodic in all directions. */
lrpot_status driven_of_one_species(driven *out, int64_t n);
/* Evaluates positions and cell. */
lrpot_status driven_evaluate(driven *system);
void driven_free(driven *system);

#endif
