/* How the sum is split: method, screening, cutoffs, mesh. */
#ifndef LRPOT__SPLITTING_H
#define LRPOT__SPLITTING_H

#include "electrostatics/pair.h"

#include <lrpot/electrostatics.h>

struct lrpot_ewald {
    lrpot_ewald_options options; /* accuracy in eV/A; widths point to `widths` */
    double *widths;              /* [n_widths] */
    double widest;               /* largest width */
};

/* What a splitting is made for. */
typedef struct lrpot__wanted {
    const double *cell;
    int64_t n;          /* atoms of all processes */
    double volume;      /* 0: isolated */
    double list_cutoff; /* A; 0: none lent */
    int32_t list_only;  /* neighbours beyond the lent list cannot be found */
    int32_t exact_only;
} lrpot__wanted;

/* Kept in the workspace while the system changes little, so that a run is smooth. */
typedef struct lrpot__splitting {
    lrpot_ewald_options options; /* it was made for; widths not looked at */
    double widest, volume, list_cutoff;
    int64_t n;
    int32_t list_only, exact_only;
    int32_t method;   /* LRPOT_EWALD_EXACT or LRPOT_EWALD_MESH */
    double alpha;     /* 1/A; 0 for isolated systems */
    double k_cut;     /* 1/A, exact */
    int32_t order, size[3]; /* mesh */
    int64_t map[9];   /* mesh: rows of its cell in rows of the atoms' cell */
    double predicted; /* eV/A for unit charges */
    lrpot__pair pair; /* with the cutoff in real space */
} lrpot__splitting;

/* Chooses for the least cost at the accuracy asked for. */
lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, const lrpot__wanted *wanted, lrpot__splitting *out);
/* Whether it may go on being used. */
int lrpot__splitting_fits(const lrpot__splitting *kept, const lrpot_ewald *ewald, const lrpot__wanted *wanted);

/* RMS force errors of unit charges at random, eV/A (Kolafa and Perram, Mol. Simul. 9, 351 (1992)): truncation in real and in
 * reciprocal space; mesh with steps h[3] (Ballenegger, Cerda, Holm, J. Chem. Theory Comput. 8, 936 (2012)). */
double lrpot__error_real(double alpha, double cutoff, double density);
double lrpot__error_reciprocal(double alpha, double k_cut, double density);
double lrpot__error_mesh(double alpha, const double *h, int32_t order, double density);

/* Sums over aliases of the weight U(n)^2, U = (sin(pi n/K)/(pi n/K))^order, relative to n's own, at f = n/K:
 * eps = sum' U_m^2/U^2, first = sum' (f+m) U_m^2/U^2, second = sum' (f+m)^2 U_m^2/U^2. */
void lrpot__mesh_aliases(int32_t order, double f, double *eps, double *first, double *second);

#endif
