/* Surface terms: contributions of the dipole of a crystal to its Coulomb sum. */
#ifndef LRPOT__SURFACE_TERM_H
#define LRPOT__SURFACE_TERM_H

#include "electrostatics/ewald/ewald.h"

typedef struct lrpot__surface_term {
    int32_t kind;             /* 0, LRPOT_EWALD_SLAB_CORRECTION or LRPOT_EWALD_VACUUM */
    double factor;            /* eV/(e A)^2 */
    double normal[3], height; /* slab: unit vector along c*, and A: distance between the layers */
} lrpot__surface_term;

/* Sums over the atoms of all processes: q, q r, q z^2. */
typedef struct lrpot__surface_moments {
    double charge, dipole[3], second;
} lrpot__surface_moments;

lrpot_status lrpot__surface_term_make(const lrpot__sum *sum, lrpot__surface_term *out);
lrpot_status lrpot__surface_term_moments(const lrpot__sum *sum, const lrpot__surface_term *s,
                                         const lrpot_comm *comm, const double *q,
                                         lrpot__surface_moments *out);
double lrpot__surface_term_potential(const lrpot__sum *sum, const lrpot__surface_term *s,
                                     const lrpot__surface_moments *m, int64_t i);
/* Adds the surface term to all results of one evaluation. */
lrpot_status lrpot__surface_term_add(const lrpot__sum *sum, const lrpot_comm *comm,
                                     lrpot__sum_results *out);

/* Matrix elements: interaction of unit charges at a and b, its derivative by a for a different atom
 * at b (3), and by strain (9). */
double lrpot__surface_term_pair(const lrpot__surface_term *s, const double *a, const double *b);
void lrpot__surface_term_gradient(const lrpot__surface_term *s, const double *a, const double *b,
                                  double *out);
void lrpot__surface_term_strain(const lrpot__surface_term *s, const double *a, const double *b,
                                double *out);

#endif
