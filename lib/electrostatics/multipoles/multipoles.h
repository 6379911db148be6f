/* Interface between the parts of the sum over multipoles. */
#ifndef LRPOT__MULTIPOLES_H
#define LRPOT__MULTIPOLES_H

#include "core/strain.h"
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
    double third[10]; /* filled where asked for */
} lrpot__site_field;

/* Derivatives of the potential of an atom and of its derivatives by the strains r_b += e_ab r_a of
 * strain.h, at fixed moments. */
typedef struct lrpot__site_strain {
    double potential[LRPOT__STRAINS], gradient[LRPOT__STRAINS][3], second[LRPOT__STRAINS][6];
} lrpot__site_strain;

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
    lrpot__site_strain *site_strains;  /* [n_owned], or NULL */
    lrpot__multipole_squares squares;
    int rank;   /* of the highest moments: 0, 1, 2 */
    int forces; /* 1 if forces or the virial are wanted */
    int third;  /* 1 if third derivatives of the potential are wanted */
    int orders; /* number of orders of derivatives of the potential, itself included: 2 to 4 */
    int keeps;  /* 1 if the radial functions of the pairs are kept for more sums */
    double virial[9];
} lrpot__multipoles;

extern const int lrpot__voigt_index[3][3]; /* index of ab among xx yy zz yz xz xy */
/* of abc among xxx xxy xxz xyy xyz xzz yyy yyz yzz zzz */
extern const int lrpot__third_index[3][3][3];

/* Outputs of lrpot_multipoles_eval(), and third derivatives of the potential [n_owned][10]; NULL:
 * not computed. The mesh is not used where third derivatives or those by strains are wanted. */
typedef struct lrpot__multipole_results {
    double *energy, *forces, *virial, *potential, *dE_ddipole, *dE_dquadrupole, *third;
    int keeps_pairs; /* 1: more sums at the same places will follow */
    /* [6][n], [6][n][3] and [6][n][3][3] in one block: of crystals, the derivatives of potential,
     * dE_ddipole and dE_dquadrupole, as far as there are moments of their order, by the strains of
     * strain.h at fixed moments */
    double *strained;
} lrpot__multipole_results;

/* The sum behind lrpot_multipoles_eval(), with its arguments. */
lrpot_status lrpot__multipoles_evaluate(const lrpot_ewald *ewald, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, const double *charges,
                                        const double *dipoles, const double *quadrupoles,
                                        const lrpot__multipole_results *results);

#endif
