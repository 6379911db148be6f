/* Parts of the Coulomb solver: the inputs of one evaluation, and its partial sums. */
#ifndef LRPOT__EWALD_H
#define LRPOT__EWALD_H

#include "electrostatics/ewald/boundary.h"

/* Sums over the atoms of all processes. */
typedef struct lrpot__charge_totals {
    double count, charge, spread, square; /* 1, q, q s^2, q^2 */
} lrpot__charge_totals;

/* Inputs of one evaluation. */
typedef struct lrpot__sum {
    const lrpot_ewald *ewald;
    const lrpot_atoms *atoms;
    const double *q;
    lrpot__splitting split;
    lrpot__charge_totals totals;
    lrpot__boundary boundary;
    /* rows of the box in which the reciprocal sum repeats: the cell, or the padded box of a system
     * that does not repeat */
    double box[9];
    double volume;        /* of the box; 0: pairs alone */
    double reciprocal[9]; /* rows 2 pi b_d; k = n . reciprocal */
    int32_t threads;
    int32_t scattered; /* an isolated system, and some process does not have all atoms */
    double pair_cost;  /* as in lrpot__splitting_inputs */
} lrpot__sum;

/* eV: energy of two unit charges at 1 A. */
static inline double lrpot__sum_constant(const lrpot__sum *sum)
{
    return lrpot__screening_constant(&sum->split.pair.screening);
}

/* Results of a sum; arrays of the owned atoms. NULL: not wanted. */
typedef struct lrpot__sum_results {
    double *potential;   /* [n] V */
    double *field;       /* [n][3] V/A; NULL for the reciprocal part: potential alone */
    double virial[9];    /* eV */
    double *virial_atom; /* [n][9] or NULL */
} lrpot__sum_results;

/* Distance in A below which two atoms are at the same place. */
#define LRPOT__TOO_CLOSE 1e-6

/* Half space of reciprocal vectors in lines of constant (n_a, n_b). weight: eV A/e^2 * 8 pi / V *
 * taper * exp(-k^2/4 alpha^2) / k^2. */
typedef struct lrpot__kspace {
    int32_t reach[3]; /* largest |n| per direction */
    int64_t n_lines, n_vectors;
    int32_t *line;  /* [n_lines][4]: n_a, n_b, first n_c, last n_c */
    int64_t *start; /* [n_lines] first vector of the line */
    double *weight; /* [n_vectors] */
    /* [n_vectors] 2/k^2 (1 + k^2/4 alpha^2) - taper'/(taper k): strain derivative per k_a k_b */
    double *logarithmic;
    double *structure; /* [n_vectors][2] structure factor of all processes */
    double *own;       /* [n_vectors][2] of this process */
    /* [n_vectors][2] weight times structure factor, while potentials are collected */
    double *wave;
} lrpot__kspace;

/* Constants of the screening for self energy and neutralising background. */
typedef struct lrpot__self_energy {
    double short_range;      /* A^2, integral of the part in real space */
    double smooth_at_origin; /* 1/A, smooth part at the charge itself */
} lrpot__self_energy;

/* Refuses a kernel without this trait; what: the caller, for the message. */
lrpot_status lrpot__ewald_require_trait(const lrpot_ewald *ewald, int32_t trait, const char *what);
/* Fills sum from the arguments; checks the atoms. */
lrpot_status lrpot__sum_prepare(const lrpot_ewald *ewald, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const double *q, lrpot__sum *out);
/* Sets the charges of the sum to q, and their totals over the owned atoms. */
lrpot_status lrpot__sum_charges(lrpot__sum *sum, const double *q);
/* Finds the extent, over all processes, of a system that does not repeat. Their totals must be
 * summed before. Collective. */
lrpot_status lrpot__sum_extent(lrpot__sum *sum, const lrpot_comm *comm);
/* Chooses the splitting, or keeps that of the workspace. list: lent, or NULL; parallel: neighbours
 * beyond the list are unknown. */
lrpot_status lrpot__sum_split(lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist *list,
                              int parallel, int exact_only);
/* Splitting that the last lrpot__sum_split of this workspace kept, or NULL. */
const lrpot__splitting *lrpot__sum_kept_split(const lrpot_workspace *work);
/* As lrpot_ewald_plan, with the list and the charges of an evaluation to come (either may be NULL).
 */
lrpot_status lrpot__ewald_plan_for(const lrpot_ewald *ewald, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const double *q, lrpot_ewald_report *report);
/* Splitting for features that only the exact sum offers: one process without ghosts, isolated or
 * periodic in three directions, or in two where `slabs` is 1. */
lrpot_status lrpot__sum_exact(lrpot__sum *sum, lrpot_workspace *work, const char *what, int slabs);
/* 1 if there is a part in real space. A latent kernel is so smooth that it has none where vectors
 * are summed. */
static inline int lrpot__sum_has_pairs(const lrpot__sum *sum)
{
    return sum->volume == 0.0 || sum->split.pair.cutoff > 0.0;
}

#endif
