/* Predicted error of a mesh (Ballenegger, Cerda, Holm, J. Chem. Theory Comput. 8, 936 (2012), for
 * any window and screening). */
#ifndef LRPOT__MESH_ERROR_H
#define LRPOT__MESH_ERROR_H

#include "electrostatics/splitting/screening.h"
#include "electrostatics/mesh/window.h"

#define LRPOT__ALIAS_SAMPLES 10 /* along each axis of an octant */

/* Sums over aliases of a window at the middles of equal intervals of f = 0..1/2. */
typedef struct lrpot__alias_table {
    double eps[LRPOT__ALIAS_SAMPLES], second[LRPOT__ALIAS_SAMPLES];
    double eps_origin, second_origin; /* at f = 0: zero for B-splines, small for prolates */
} lrpot__alias_table;
void lrpot__alias_table_make(const lrpot__window *window, lrpot__alias_table *out);

/* RMS force error for random unit charges, eV/A. h[3]: steps of the mesh, A. rows: lengths of its
 * cell, A, or NULL for any cell. */
double lrpot__mesh_error_random(const lrpot__screening *screening, const lrpot__alias_table *table,
                                const double *h, const double *rows, double density);

/* The same for the simplest crystals of this density, whose charges put all of the error into a few
 * stars of vectors. */
double lrpot__mesh_error_crystal(const lrpot__screening *screening, const lrpot__alias_table *table,
                                 const double *h, double density);

/* Errors of a reciprocal sum in the potential between unit charges, and in r times the force (the
 * trace of the virial), as integrals over k without the Coulomb constant. */
typedef struct lrpot__kspace_error {
    double square;   /* A: of the square, for density 1/A^3 */
    double own;      /* 1/A, signed: at the charge itself */
    double absolute; /* 1/A: of the absolute value */
} lrpot__kspace_error;
typedef struct lrpot__kspace_errors {
    lrpot__kspace_error potential, virial;
} lrpot__kspace_errors;
/* Errors of leaving out the vectors from k_cut on. */
void lrpot__kspace_errors_cut(const lrpot__screening *screening, double k_cut,
                              lrpot__kspace_errors *out);
/* Errors of a mesh with steps h[3] in A. */
void lrpot__kspace_errors_mesh(const lrpot__screening *screening, const lrpot__alias_table *table,
                               const double *h, lrpot__kspace_errors *out);

#endif
