/* How the sum is split: method, screening, cutoffs, mesh. */
#ifndef LRPOT__SPLITTING_H
#define LRPOT__SPLITTING_H

#include "electrostatics/kernels/pair.h"
#include "electrostatics/kernels/smear.h"

#include <lrpot/electrostatics.h>

struct lrpot_ewald {
    lrpot_ewald_options options; /* accuracy in eV/A; widths point to `widths` */
    const lrpot__kernel_rules *kernel;
    double *widths;      /* [n_widths] */
    lrpot__smear *smear; /* for the table of widths; NULL without one */
    double widest;       /* largest width */
    /* width of all atoms where there is no table: that of the kernel, or 0 */
    double common;
    int32_t alike; /* all widths are the same */
};

/* Largest sums that are begun: pairs, reciprocal vectors and mesh points of n atoms. Beyond, memory
 * would be some hundred MB and 30 kB for each atom; systems of atoms are far below. */
#define LRPOT__MOST_PAIRS(n) (2e7 + 4e3 * (double)(n))
#define LRPOT__MOST_VECTORS(n) (3e6 + 1e2 * (double)(n))
#define LRPOT__MOST_POINTS(n) (1.5e7 + 5e2 * (double)(n))
/* Points of a mesh that was given. */
#define LRPOT__MOST_POINTS_GIVEN 2.7e8

/* What a splitting is made for. */
typedef struct lrpot__wanted {
    const double *cell;
    int64_t n;          /* atoms of all processes */
    double volume;      /* 0: isolated */
    double list_cutoff; /* A; 0: none lent */
    int32_t list_only;  /* neighbours beyond the lent list cannot be found */
    int32_t exact_only;
    /* e^2: mean over the atoms; 0: not known, whatever was chosen before will do */
    double charge_square;
    double density; /* 1/A^3 where the atoms are; 0: n / volume */
    int32_t periodic_mask;
    /* ns: cost of summing all pairs of an isolated system instead; 0: not a choice */
    double otherwise;
    double pair_cost; /* relative to that of charges; 0: 1 */
} lrpot__wanted;

/* Kept in the workspace while it holds for the system (split_reuse.c), so that a run is smooth. */
typedef struct lrpot__splitting {
    lrpot_ewald_options options; /* it was made for; widths not looked at */
    double widest, volume, density, list_cutoff, charge_square;
    int64_t n;
    int32_t list_only, exact_only, alike;
    int32_t method; /* LRPOT_EWALD_EXACT, _MESH or _SPLINE */
    /* 1/A; 0 for isolated systems; of prolates c/(2 cutoff), which damps the same vectors */
    double alpha;
    double k_cut;           /* 1/A, exact */
    int32_t order, size[3]; /* mesh */
    double shape;           /* of its window */
    int64_t map[9];         /* mesh: rows of its cell in rows of the atoms' cell */
    double basis[9];        /* A, mesh: its cell at the last call */
    /* mesh: lengths of these rows up to which the estimate holds; row times reciprocal row, 1 of a
     * right angle, when the plan was made */
    double longest[3], oblique[3];
    double predicted; /* eV/A for charges of this mean square */
    /* bounds of the errors: of the potential in V, of energy and a third of the virial's trace in
     * eV per atom */
    double potential, energy, virial;
    lrpot__pair pair; /* with the cutoff in real space */
    int32_t periodic_mask;
    int32_t all_pairs; /* the box was made in vain: nothing costs less than all pairs */
    /* A, see boundary.h: extents that the box has room for, and what is added to them */
    double room[3], padding;
} lrpot__splitting;

/* Chooses for the least cost at the accuracy asked for. */
lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, const lrpot__wanted *wanted,
                                     lrpot__splitting *out);
/* Room that a choice leaves for a system that changes: mean square charge, density, length of the
 * rows. The estimates are made for the far end of it. */
#define LRPOT__HEADROOM 1.25
#define LRPOT__CROWDING 1.1
#define LRPOT__STRETCH 1.02
/* Mean square charge below which a system counts as uncharged, e^2. */
#define LRPOT__UNCHARGED 1e-4
/* Below this many atoms the mesh is not looked at: from about 100 on it is faster, but here the
 * exact sum takes at most some 0.6 ms, and its derivatives are exact. */
#define LRPOT__SMALL 400
/* Whether a choice that was made before holds for what is wanted now: everything that its error
 * estimate assumed. A mesh is told which vectors of the lattice its rows are now. */
int lrpot__splitting_fits(lrpot__splitting *kept, const lrpot_ewald *ewald,
                          const lrpot__wanted *wanted);
/* Edges of a mesh's cell, and what lrpot__splitting.oblique says of them. */
void lrpot__splitting_edges(const double *basis, double *length, double *oblique);

/* The Gaussian split of the solver's kernel; alpha 0: none. */
void lrpot__splitting_gauss(const lrpot_ewald *ewald, double alpha, lrpot__screening *out);

#endif
