/* Frame: a structure of the data set, prepared for a fit. It holds neighbours, references, and the
 * Coulomb sum as matrices (positions never change). */
#ifndef LRPOT__FIT_FRAME_H
#define LRPOT__FIT_FRAME_H

#include "core/error.h"
#include "fit/targets/target.h"

/* Neighbours of all atoms. */
typedef struct lrpot__frame_pairs {
    lrpot_nlist *list;
    int64_t *offsets; /* [n + 1] */
    int32_t *j;
    double *vectors; /* [][3] */
    double reach;    /* A */
    int64_t count,
        most; /* pairs, and the most of one atom: known also while the lists are not there */
} lrpot__frame_pairs;

/* The Coulomb sum as matrices, NULL without charges. */
typedef struct lrpot__frame_coulomb {
    double *matrix;   /* [n][n] V/e */
    double *gradient; /* [n][n][3]: from charge j, force on charge i */
    double *strain;   /* [6][n][n]; NULL when isolated */
    double *points;   /* [n][points] V/e: potential at the points by a unit charge at each atom */
    /* of densities, instead of matrix, gradient and strain: see density_matrix.h */
    double *moments;
} lrpot__frame_coulomb;

/* Fragments: sets of atoms, each of fixed charge, none empty. 1 if the structure has none. */
typedef struct lrpot__frame_fragments {
    int64_t n;
    int32_t *of_atom; /* [n of the frame] */
    double *charges;  /* [n] e */
} lrpot__frame_fragments;

/* Born charges as a target. */
typedef struct lrpot__frame_born {
    /* root of the electronic dielectric constant by which they were divided; 1: none */
    double screening;
    /* [n][3] for equilibrated charges: positions in unwrapped fragments; or NULL */
    double *unwrapped;
    double *gamma; /* [n] factor of the charges in the Born charges, or NULL: 1 */
    /* [9n][n] with gamma: Born charges of a unit charge at each atom, at fixed charges */
    double *unit_born;
    /* mean position: with a factor, the origin of the lever arms of isolated frames */
    double centre[3];
    int32_t factored; /* 1: they are those of effective charges */
} lrpot__frame_born;

struct lrpot__frame {
    int64_t n;
    int32_t kept; /* 1: it keeps neighbours and Coulomb matrices; 0: made at each use */
    /* index of the frame, in the order in which frames were added */
    int64_t number;
    int64_t place;                  /* among the frames of all processes */
    int64_t turn;                   /* where matrices take the frame; set in each stage */
    int32_t set;                    /* LRPOT_FIT_TRAIN or LRPOT_FIT_VALID */
    int32_t source;                 /* source of its energies: 0, or one with offsets */
    double weight;                  /* factor of the frame's weights */
    double factors[LRPOT__TARGETS]; /* roots of weight times the weights of the targets */
    lrpot__block blocks[LRPOT__TARGETS];
    int64_t rows;
    int32_t order; /* highest order of the moments of the atoms that are compared */
    int32_t periodic;
    double volume;       /* A^3, 0 when isolated */
    double total_charge; /* e */
    int32_t *species;    /* [n] */
    double *positions;   /* [n][3] */
    double cell[9];      /* rows a, b, c; zero when isolated */
    lrpot_atoms atoms;   /* view of the three arrays above */
    double force_size;   /* eV/A: root mean square of the reference forces */
    /* [n] or NULL: reference charges, or traces of Born charges, that determine the sign of charges
     * without a target */
    double *sign;
    lrpot__frame_fragments fragment;
    lrpot__frame_pairs neighbours;
    lrpot__frame_coulomb coulomb;
    lrpot__frame_born born;
};

/* targets: a sum of LRPOT_FIT_TARGET_*. A training frame must have all of them, unless flags say
 * that it may lack them. 0: energy, forces and stress, as far as the structure has them. */
lrpot_status lrpot__frame_create(lrpot__frame **out, const lrpot_potential *potential,
                                 lrpot_workspace *work, const lrpot_structure *structure,
                                 const lrpot_fit_frame *how, int32_t targets, int32_t flags);
void lrpot__frame_free(lrpot__frame *frame);
/* Targets that a structure has and its caller has not excluded, as a sum of bits. */
int32_t lrpot__frame_wanted(const lrpot_structure *structure, const lrpot_fit_frame *how,
                            int32_t targets);
/* Number of rows of the residual. */
static inline int64_t lrpot__frame_rows(const lrpot__frame *frame)
{
    return frame->rows;
}
/* Turns the Born charges into those of effective charges, physical ones: without screening, which
 * the factor replaces, and minus Q/N. Extends the neighbours to the cutoff of the factor. */
lrpot_status lrpot__frame_apply_born_factor(lrpot__frame *frame, double cutoff);

/* First row of a target, -1 if the frame does not have it. */
static inline int64_t lrpot__frame_row(const lrpot__frame *frame, int target)
{
    return frame->blocks[target].first;
}
static inline int lrpot__frame_has(const lrpot__frame *frame, int target)
{
    return frame->blocks[target].reference != NULL;
}
/* 1 if forces or stress are compared. Only these need second derivatives of energies. */
static inline int lrpot__frame_has_forces(const lrpot__frame *frame)
{
    return lrpot__frame_has(frame, LRPOT__TARGET_FORCES)
           || lrpot__frame_has(frame, LRPOT__TARGET_STRESS);
}
static inline int lrpot__frame_has_energies(const lrpot__frame *frame)
{
    return lrpot__frame_has(frame, LRPOT__TARGET_ENERGY) || lrpot__frame_has_forces(frame);
}

#endif
