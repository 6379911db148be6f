/* A model at the positions that somebody else sends, step after step: one neighbour list with a skin, no allocation once sizes are known. */
#ifndef LRPOT_TOOL_DRIVEN_H
#define LRPOT_TOOL_DRIVEN_H

#include <lrpot/lrpot.h>

typedef struct driven {
    const lrpot_potential *model; /* borrowed */
    lrpot_workspace *work;
    lrpot_nlist *list;
    double skin;
    int32_t wants_born;
    double scale; /* sqrt(eps_inf): of dipole, charges and Born charges */
    int64_t n;
    int32_t *species;                        /* [n] */
    double *positions, cell[9];              /* A, [n][3]; filled by the caller */
    double *listed_positions, listed_cell[9]; /* at the time of the list */
    int32_t periodic_mask;
    double total_charge;
    double energy, virial[9], dipole[3];
    double *forces, *charges, *born; /* [n][3], [n], [n][3][3] with the sum rule imposed */
    int64_t n_evaluations, n_lists;
} driven;

/* Species, periodicity and total charge of a structure, whose positions do not matter. */
lrpot_status driven_from(driven *out, const lrpot_structure *structure);
/* n atoms of the only species, periodic in all directions. */
lrpot_status driven_of_one_species(driven *out, int64_t n);
/* Evaluates positions and cell. */
lrpot_status driven_evaluate(driven *system);
void driven_free(driven *system);

#endif
