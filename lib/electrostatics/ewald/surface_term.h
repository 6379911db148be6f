/* Surface terms: contributions of the dipole of a crystal to its Coulomb sum. */
#ifndef LRPOT__SURROUNDINGS_H
#define LRPOT__SURROUNDINGS_H

#include "electrostatics/ewald/ewald.h"

typedef struct lrpot__surroundings {
    int32_t kind;             /* 0, LRPOT_EWALD_SLAB_CORRECTION or LRPOT_EWALD_VACUUM */
    double factor;            /* eV/(e A)^2 */
    double normal[3], height; /* slab: unit vector along c*, and A: distance between the layers */
} lrpot__surroundings;

/* Sums over the atoms of all processes: q, q r, q z^2. */
typedef struct lrpot__moments {
    double charge, dipole[3], second;
} lrpot__moments;

lrpot_status lrpot__surroundings_make(const lrpot__sum *sum, lrpot__surroundings *out);
lrpot_status lrpot__surroundings_sums(const lrpot__sum *sum, const lrpot__surroundings *s,
                                      const lrpot_comm *comm, const double *q, lrpot__moments *out);
double lrpot__surroundings_potential(const lrpot__sum *sum, const lrpot__surroundings *s,
                                     const lrpot__moments *m, int64_t i);
/* Adds the surface term to all results of one evaluation. */
lrpot_status lrpot__surroundings_add(const lrpot__sum *sum, const lrpot_comm *comm,
                                     lrpot__sums *out);

/* Matrix elements: interaction of unit charges at a and b, its derivative by a for a different atom
 * at b (3), and by strain (9). */
double lrpot__surroundings_pair(const lrpot__surroundings *s, const double *a, const double *b);
void lrpot__surroundings_gradient(const lrpot__surroundings *s, const double *a, const double *b,
                                  double *out);
void lrpot__surroundings_strain(const lrpot__surroundings *s, const double *a, const double *b,
                                double *out);

#endif
