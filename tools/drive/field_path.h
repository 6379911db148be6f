/* Field along the path of a system: unwrapped positions, and the dipole of charges that follow
 * their neighbours as the integral of its changes from evaluation to evaluation. */
#ifndef LRPOT_TOOL_FIELD_PATH_H
#define LRPOT_TOOL_FIELD_PATH_H

#include <lrpot/lrpot.h>

typedef struct field_path {
    lrpot_field field; /* as given; positions and dipole are set here */
    int64_t n;         /* atoms; 0 before the first evaluation */
    double *unwrapped,
        *before;              /* A, [n][3]: unwrapped positions, positions of the last evaluation */
    double cell[9];           /* A, of the last evaluation */
    double *born, *last_born; /* e, [n][3][3]; NULL unless the dipole is integrated */
    /* e A: response of the dipole to strain, [direction][3][3] */
    double strain[27], last_strain[27];
    double dipole[3]; /* e A, of the model's charges */
    double acting[3]; /* V/A, physical */
} field_path;

/* Adds energy, forces and virial of the field to the outputs, and moves on to these atoms.
 * Crystals with a net charge give no virial. */
lrpot_status field_path_add(field_path *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            lrpot_outputs *outputs);
void field_path_free(field_path *path);

#endif
