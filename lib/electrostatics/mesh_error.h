/* The error of a mesh, predicted (Ballenegger, Cerda, Holm, J. Chem. Theory Comput. 8, 936 (2012),
 * for any window and screening). */
#ifndef LRPOT__MESH_ERROR_H
#define LRPOT__MESH_ERROR_H

#include "electrostatics/screening.h"
#include "electrostatics/window.h"

#define LRPOT__ALIAS_SAMPLES 10 /* along each axis of an octant */

/* Sums over aliases of a window at the middles of equal intervals of f = 0..1/2. */
typedef struct lrpot__alias_table {
    double eps[LRPOT__ALIAS_SAMPLES], second[LRPOT__ALIAS_SAMPLES];
    double eps_origin, second_origin; /* at f = 0: none of B-splines, a little of prolates */
} lrpot__alias_table;
void lrpot__alias_table_make(const lrpot__window *window, lrpot__alias_table *out);

/* RMS force error of unit charges at random, eV/A; steps h[3] of the mesh in A. rows: A, lengths of
 * its cell, or NULL: of any. */
double lrpot__error_mesh(const lrpot__screening *screening, const lrpot__alias_table *table,
                         const double *h, const double *rows, double density);

#endif
