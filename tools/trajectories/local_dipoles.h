/* Dipoles of the cells of a crystal: each atom is shared among the centres that are nearest to it
 * in a reference structure, and brings its charge times its displacement from there. */
#ifndef LRPOT_TOOL_LOCAL_DIPOLES_H
#define LRPOT_TOOL_LOCAL_DIPOLES_H

#include "phonons/born_charges.h"

typedef struct local_dipoles {
    lrpot_structure *reference;
    int64_t n, n_centres;
    int64_t *centres;      /* [n_centres], atoms */
    int64_t *first, *cell; /* share k of atom i, first[i] <= k < first[i + 1], is of cell[k] */
    double *displacements; /* A, [n][3], of the frame, from the reference; their mean is zero */
    double *tensors;       /* e, [n][3][3] */
    double *dipoles;       /* e A, [n_centres][3] */
} local_dipoles;

/* How far beyond the nearest centre another one shares an atom, as a part of the distance. */
#define LOCAL_DIPOLES_SLACK 0.05

/* Functions return GO_ON, or an exit code after a message. The caller frees in any case. */

/* Takes over the reference. symbol: the element at the centres of the cells. */
int local_dipoles_begin(local_dipoles *cells, lrpot_structure *reference, const char *symbol,
                        const char *place);
/* Displacements of a frame, by nearest images in its own cell. */
int local_dipoles_displace(local_dipoles *cells, const lrpot_structure *frame, const char *place);
/* Tensors from the Born charges or the charges of the frame. */
int local_dipoles_charges(local_dipoles *cells, const lrpot_structure *frame, const char *place);
/* Tensors by a model: the mean of its Born charges over the straight way from the reference. */
int local_dipoles_model(local_dipoles *cells, const lrpot_structure *frame,
                        const lrpot_potential *model, lrpot_workspace *work, double eps_inf,
                        const char *place);
/* Dipoles of the cells from displacements and tensors; their sum is the dipole of the frame. */
void local_dipoles_sum(local_dipoles *cells);
/* The centres at their places in the frame, with their dipoles. */
lrpot_status local_dipoles_structure(const local_dipoles *cells, const lrpot_structure *frame,
                                     lrpot_structure **out);
void local_dipoles_free(local_dipoles *cells);

#endif
