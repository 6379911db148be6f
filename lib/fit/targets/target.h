/* Targets: quantities that a fit compares with references. One file fills one record; the table of
 * all records is in targets.c. */
#ifndef LRPOT__TARGET_H
#define LRPOT__TARGET_H

#include "fit/targets/target_list.h"

#include <lrpot/fit.h>

/* Numbers of the targets. The bit of LRPOT_FIT_TARGET_* is 1 << number. The sum rules of the
 * charges are no public target: every frame has them, with the reference 0. */
#define LRPOT__TARGET_NUMBER(constant, name) LRPOT__TARGET_##constant = LRPOT_FIT_##constant,
enum { LRPOT__TARGET_LIST(LRPOT__TARGET_NUMBER) LRPOT__TARGET_SUM_RULES, LRPOT__TARGETS };

typedef struct lrpot__frame lrpot__frame;
typedef struct lrpot__assembly lrpot__assembly;

/* Rows of one target in the residual of a frame. */
typedef struct lrpot__block {
    int64_t first; /* -1: the frame has no such rows */
    int64_t count;
    double *reference; /* [count], owned; NULL: the rows are predicted, not compared */
} lrpot__block;

/* Inverse errors: residuals are multiplied by these. */
typedef struct lrpot__target_weights {
    double inverse_error[LRPOT__TARGETS];
    /* error of forces relative to the root mean square force of the frame */
    double relative;
    /* Size of weighted residuals r beyond which they count as outliers, by magnitude instead of
     * square: the loss is 2 kappa^2 (sqrt(1 + r^2/kappa^2) - 1) per group of rows. It has no minima
     * that ignore most of the data, as losses that saturate have. INFINITY: plain squares. */
    double kappa;
} lrpot__target_weights;

typedef struct lrpot__target {
    const char *name;       /* in options, reports and configuration files */
    const char *label;      /* in sentences */
    const char *unit;       /* unit of the reported error */
    int32_t quantity;       /* LRPOT_QUANTITY_* of the reference, -1: none of these */
    const char *weight_key; /* key of a frame's own weight in extended XYZ */
    double error;           /* default of the error that counts as equal */
    int32_t usual;          /* fitted if no targets are named */
    int32_t boundary;       /* LRPOT_FIT_BOUNDARY_*: frames of others leave the target out */
    int32_t per_atom;       /* the error is reported per atom of the frame */
    int32_t group;          /* number of rows that are one outlier together; 0: all of the frame */
    int32_t plain;          /* always squares, never outliers */
    int32_t tells_sign;     /* determines the sign of all charges together */
    int32_t always;         /* every frame has the rows, with or without a reference */
    int32_t by_strain;      /* the rows take strain derivatives of the Coulomb sum */
    int32_t order;        /* of the moments that the charges must have: 1 dipoles, 2 quadrupoles */
    int32_t is_moment;    /* the rows are the moments of that order of the atoms */
    int32_t keeps_matrix; /* each frame keeps [n][count] numbers that prepare computes */
    /* Sets count and reference (NULL where the structure has none) for frame->n atoms. */
    lrpot_status (*read)(lrpot__frame *frame, const lrpot_structure *structure,
                         lrpot__block *block);
    /* Called when the atoms of the frame are known; NULL: nothing to do. */
    lrpot_status (*prepare)(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure);
    /* Factor of a row's weight beside the inverse error; NULL: 1. */
    double (*factor)(const lrpot__frame *frame, const lrpot__target_weights *weights, int64_t row);
    /* Adds the predictions from the charges q of the assembly to the rows. NULL: the chain of
     * energy and forces fills the rows itself. */
    lrpot_status (*predict)(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows);
    /* Adds the derivatives of the rows through dq to the Jacobian; NULL like predict. */
    void (*differentiate)(lrpot__assembly *assembly, const lrpot__frame *frame);
    /* Adds the derivatives of sum_k u_k row_k by the charges q [n]. NULL: the rows depend on more
     * than q, and the gradient of a loss with them takes the Jacobian. */
    void (*pull)(const lrpot__assembly *assembly, const lrpot__frame *frame, const double *u,
                 double *by_charge);
} lrpot__target;

/* [LRPOT__TARGETS] */
extern const lrpot__target *const lrpot__targets[];

#define LRPOT__TARGET_RECORD(constant, name) extern const lrpot__target lrpot__target_##name;
LRPOT__TARGET_LIST(LRPOT__TARGET_RECORD)
extern const lrpot__target lrpot__target_sum_rules;

/* Reads a reference of the structure without conversion. */
lrpot_status lrpot__target_copy(const lrpot_structure *structure, int32_t quantity, int64_t n,
                                lrpot__block *block);

#endif
