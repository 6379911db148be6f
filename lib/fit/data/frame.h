/* A structure of the data set, prepared: neighbours, references, and the Coulomb sum as matrices
 * (positions never change). */
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
} lrpot__frame_pairs;

/* The Coulomb sum as matrices, NULL without charges. */
typedef struct lrpot__frame_coulomb {
    double *matrix;   /* [n][n] V/e */
    double *gradient; /* [n][n][3]: from charge j, force on charge i */
    double *strain;   /* [6][n][n]; NULL when isolated */
    double *points;   /* [n][points] V/e: potential at the points by a unit charge at each atom */
} lrpot__frame_coulomb;

/* Sets of atoms that keep their charge each, none empty; 1 where the structure has none. */
typedef struct lrpot__frame_fragments {
    int64_t n;
    int32_t *of_atom; /* [n of the frame] */
    double *charges;  /* [n] e */
} lrpot__frame_fragments;

/* Born charges that are compared. */
typedef struct lrpot__frame_born {
    /* root of the electronic dielectric constant that they are divided by; 1: none */
    double screening;
    /* [n][3] of equilibrated charges: atoms in their fragments made whole, or NULL */
    double *places;
    double *gamma; /* [n] factor of the charges in the Born charges, or NULL: 1 */
    /* [9n][n] with gamma: Born charges by a unit charge at each atom that does not follow the atoms
     */
    double *effect;
    /* mean position, which with a factor arms of isolated frames count from */
    double centre[3];
    int32_t factored; /* they are those of effective charges */
} lrpot__frame_born;

struct lrpot__frame {
    int64_t n;
    int64_t number;                 /* of the frame, in the order in which frames were added */
    int32_t set;                    /* LRPOT_FIT_TRAIN or LRPOT_FIT_VALID */
    int32_t source;                 /* where its energies come from: 0, or one with offsets */
    double weight;                  /* factor of the frame's weights */
    double factors[LRPOT__TARGETS]; /* roots of weight times the weights of the targets */
    lrpot__block blocks[LRPOT__TARGETS];
    int64_t rows;
    int32_t periodic;
    double volume;       /* A^3, 0 when isolated */
    double total_charge; /* e */
    int32_t *species;    /* [n] */
    double *positions;   /* [n][3] */
    double cell[9];      /* rows a, b, c; zero when isolated */
    lrpot_atoms atoms;   /* of the three above */
    double force_size;   /* eV/A: root mean square of the reference forces */
    /* [n] or NULL: reference charges, or traces of Born charges, which tell the sign of charges
     * without a target */
    double *sign;
    lrpot__frame_fragments fragment;
    lrpot__frame_pairs neighbours;
    lrpot__frame_coulomb coulomb;
    lrpot__frame_born born;
};

/* targets: a sum of LRPOT_FIT_TARGET_*, all of which a training frame must have unless flags say
 * that it may lack them; 0: what there is of energy, forces, stress. */
lrpot_status lrpot__frame_create(lrpot__frame **out, const lrpot_potential *potential,
                                 lrpot_workspace *work, const lrpot_structure *structure,
                                 const lrpot_fit_frame *how, int32_t targets, int32_t flags);
void lrpot__frame_free(lrpot__frame *frame);
/* Targets that a structure can have and its caller has not left out, as a sum of bits. */
int32_t lrpot__frame_wanted(const lrpot_structure *structure, const lrpot_fit_frame *how,
                            int32_t targets);
/* Rows of the residual. */
int64_t lrpot__frame_rows(const lrpot__frame *frame);
/* Makes the Born charges those of effective charges, physical ones: without screening, which the
 * factor takes the place of, and less Q/N. Its neighbours reach as far as the factor's cutoff. */
lrpot_status lrpot__frame_take_factor(lrpot__frame *frame, double cutoff);

/* First row of a target, -1 where the frame has none of it. */
static inline int64_t lrpot__frame_row(const lrpot__frame *frame, int target)
{
    return frame->blocks[target].first;
}
static inline int lrpot__frame_has(const lrpot__frame *frame, int target)
{
    return frame->blocks[target].reference != NULL;
}
/* Only compared forces or stress need the second derivatives of energies. */
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
