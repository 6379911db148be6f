/* Interface between the parts of the sum over multipoles. */
#ifndef LRPOT__MULTIPOLES_H
#define LRPOT__MULTIPOLES_H

#include "electrostatics/ewald/ewald.h"

#include <lrpot/multipoles.h>

/* Moments of an atom: second moments xx yy zz yz xz xy. */
typedef struct lrpot__multipole_moments {
    double q, mu[3], m[6];
} lrpot__multipole_moments;

/* Potential of all other atoms at an atom, and its derivatives by the position; force at fixed
 * moments. */
typedef struct lrpot__site_field {
    double potential, gradient[3], second[6], force[3];
} lrpot__site_field;

/* Sums over the atoms of all processes: q^2, mu^2, and tr(M)^2 + 2 M:M. */
typedef struct lrpot__multipole_squares {
    double q, mu, m;
} lrpot__multipole_squares;

typedef struct lrpot__multipoles {
    lrpot_ewald solver; /* the caller's solver, except for the method */
    lrpot__sum *sum;
    const lrpot_comm *comm;
    lrpot__multipole_moments *moments; /* [n_all] */
    lrpot__site_field *site_fields;    /* [n_owned] */
    lrpot__multipole_squares squares;
    int rank;   /* of the highest moments: 0, 1, 2 */
    int forces; /* 1 if forces or the virial are wanted */
    int orders; /* number of orders of derivatives of the potential, itself included: 2 to 4 */
    double virial[9];
} lrpot__multipoles;

extern const int lrpot__voigt_index[3][3]; /* index of ab among xx yy zz yz xz xy */

#endif
