/* Splitting of the sum: method, screening, cutoffs, mesh. */
#ifndef LRPOT__SPLITTING_H
#define LRPOT__SPLITTING_H

#include "electrostatics/kernels/pair.h"
#include "electrostatics/kernels/gaussian_table.h"

#include <lrpot/ewald.h>

/* What lrpot_ewald_tune() found by measuring the error, beside the cutoff, order and mesh that it
 * puts into the options. Single precision is taken where it is exact enough; other solvers do not
 * take it, because differences of energies between close positions feel its rounding. */
typedef struct lrpot__measured_choice {
    int32_t taken;   /* 0: nothing was measured */
    double c, shape; /* of a prolate split and its window; 0: free */
    double error;    /* eV/A, for charges of this mean square, e^2 */
    double charge_square;
} lrpot__measured_choice;

struct lrpot_ewald {
    lrpot_ewald_options options; /* accuracy in eV/A; widths point to `widths` */
    const lrpot__kernel_rules *kernel;
    double *widths;               /* [n_widths] */
    lrpot__gaussian_table *table; /* tables for the widths; NULL without widths */
    double widest;                /* largest width */
    /* width of all atoms without a table of widths: that of the kernel, or 0 */
    double common;
    int32_t alike; /* all widths are the same */
    lrpot__measured_choice measured;
};

/* Largest sums that are started: pairs, reciprocal vectors and mesh points of n atoms. Larger ones
 * would need more than some hundred MB plus 30 kB for each atom. Systems of atoms are far below. */
#define LRPOT__MOST_PAIRS(n) (2e7 + 4e3 * (double)(n))
#define LRPOT__MOST_VECTORS(n) (3e6 + 1e2 * (double)(n))
#define LRPOT__MOST_POINTS(n) (1.5e7 + 5e2 * (double)(n))
/* Largest number of points of a mesh that the user gave. */
#define LRPOT__MOST_POINTS_GIVEN 2.7e8

/* Inputs of the choice of a splitting. */
typedef struct lrpot__splitting_inputs {
    const double *cell;
    int64_t n;          /* atoms of all processes */
    double volume;      /* 0: isolated */
    double list_cutoff; /* A; 0: none lent */
    int32_t list_only;  /* neighbours beyond the lent list cannot be found */
    int32_t exact_only;
    /* e^2: mean over the atoms; 0: not known, any earlier choice is kept */
    double charge_square;
    double density; /* 1/A^3 in the volume of the atoms; 0: n / volume */
    int32_t periodic_mask;
    /* ns: cost of summing all pairs of an isolated system instead; 0: not possible */
    double otherwise;
    double pair_cost; /* cost of a pair relative to that of charges; 0: 1 */
} lrpot__splitting_inputs;

/* Splitting, kept in the workspace while it holds for the system (split_reuse.c), so that energies
 * stay continuous during a run. */
typedef struct lrpot__splitting {
    lrpot_ewald_options options; /* options it was made for; widths are not compared */
    double widest, volume, density, list_cutoff, charge_square;
    int64_t n;
    int32_t list_only, exact_only, alike;
    lrpot__measured_choice measured; /* of the solver */
    int32_t method;                  /* LRPOT_EWALD_EXACT, _MESH or _SPLINE */
    /* 1/A; 0 for isolated systems; prolates: c/(2 cutoff), which damps the same vectors */
    double alpha;
    double k_cut;           /* 1/A, exact */
    int32_t order, size[3]; /* mesh */
    double shape;           /* of its window */
    int64_t map[9];         /* mesh: rows of its cell in rows of the atoms' cell */
    double basis[9];        /* A, mesh: its cell at the last call */
    /* mesh: largest lengths of these rows for which the estimate holds; row times reciprocal row
     * when the splitting was chosen, 1 for a right angle */
    double longest[3], oblique[3];
    double predicted; /* eV/A for charges of this mean square */
    /* bounds of the errors: of the potential in V, of energy and a third of the virial's trace in
     * eV per atom */
    double potential, energy, virial;
    lrpot__pair pair; /* includes the cutoff in real space */
    int32_t periodic_mask;
    int32_t all_pairs; /* summing all pairs costs less than any box */
    /* A, see boundary.h: extents for which the box has room, and the padding around them */
    double room[3], padding;
} lrpot__splitting;

/* Chooses the splitting of least cost at the accuracy asked for. */
lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald,
                                     const lrpot__splitting_inputs *wanted, lrpot__splitting *out);
/* Factors by which a system may change under one choice: mean square charge, density, length of the
 * rows. The estimates are made for the largest change. */
#define LRPOT__CHARGE_HEADROOM 1.25
#define LRPOT__DENSITY_HEADROOM 1.1
#define LRPOT__LENGTH_HEADROOM 1.02
/* Mean square charge below which a system counts as uncharged, e^2. */
#define LRPOT__UNCHARGED 1e-4
/* Number of atoms below which the mesh is not considered. From about 100 on it is faster, but here
 * the exact sum takes at most some 0.6 ms, and its derivatives are exact. */
#define LRPOT__MESH_MIN_ATOMS 400

#endif
