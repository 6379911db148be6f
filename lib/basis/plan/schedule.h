/* Schedule: the plan, arranged for kernels that process `width` atoms at once (one lane each).
 *
 * Moments have new numbers, in this order:
 *   independent: components with c = 0 or 1 of every tensor up to the largest rank of its mu,
 *     [mu][c][b][a];
 *   dependent: those with c >= 2, which follow from z^2 = 1 - x^2 - y^2 on the unit sphere;
 *   inner: products that other products use;
 *   outer: products that are only basis functions; their adjoint is a coefficient.
 * All offsets are in doubles and include the factor `width`. */
#ifndef LRPOT__SCHEDULE_H
#define LRPOT__SCHEDULE_H

#include "basis/plan/plan.h"

/* target += factor * left * right; the first n_unit terms of a group have the factor 1. Groups are
 * in the order of execution. Where the order is free, equal shapes are adjacent, so that branches
 * are predicted. */
typedef struct lrpot__unit_term {
    int32_t left, right;
} lrpot__unit_term;

typedef struct lrpot__other_term {
    int32_t left, right;
    double factor;
} lrpot__other_term;

typedef struct lrpot__group {
    int32_t target, n_unit, n_other;
} lrpot__group;

typedef struct lrpot__groups {
    int32_t count;
    lrpot__group *groups;
    lrpot__unit_term *unit;
    lrpot__other_term *other;
} lrpot__groups;

/* M[target] = M[whole] - M[x] - M[y]. */
typedef struct lrpot__dependent {
    int32_t target, whole, x, y;
} lrpot__dependent;

/* Part of the symmetric form that the outer products make: sum over scalars of coefficient *
 * factor. */
typedef struct lrpot__share {
    int32_t scalar;
    double factor;
} lrpot__share;

/* Row of that form: partners of one moment. */
typedef struct lrpot__form_row {
    int32_t moment, count;
} lrpot__form_row;

typedef struct lrpot__partner {
    int32_t moment, pair;
} lrpot__partner;

typedef struct lrpot__schedule {
    int32_t width, n_radial;
    int32_t rank[LRPOT__PLAN_MAX_MU + 1];  /* largest of each mu, -1: none */
    int32_t start[LRPOT__PLAN_MAX_MU + 1]; /* first independent component */
    /* adjoint: all but the outer ones; counts, without the width */
    int32_t n_independent, n_dependent, n_adjoint, n_moments;
    lrpot__dependent *dependent; /* [n_dependent] */
    lrpot__groups inner, outer;  /* M from M M */
    lrpot__groups adjoint;       /* D from D M, inner products only */
    int32_t n_pairs, n_rows;
    int32_t *first_share; /* [n_pairs + 1] */
    lrpot__share *shares;
    lrpot__form_row *rows;    /* [n_rows], longest last */
    lrpot__partner *partners; /* of all rows */
    int32_t n_partners;
    int32_t n_scalars;
    int32_t *scalars; /* [n_scalars] */
    int32_t n_inner_scalars;
    /* [n_inner_scalars] moments, each once, that are scalars and have an adjoint */
    int32_t *inner_scalars;
    /* [n_scalars] first scalar that is the same moment; shares refer to these */
    int32_t *same_as;
} lrpot__schedule;

lrpot_status lrpot__schedule_create(lrpot__schedule **out, const lrpot__plan *plan, int32_t width);
void lrpot__schedule_free(lrpot__schedule *schedule);

/* Place of x^a y^b z^c, c = 0 or 1, among the independent components of a rank. */
static inline int32_t lrpot__independent_index(int32_t rank, int32_t a, int32_t b, int32_t c)
{
    int32_t n = rank - c; /* rows b = 0, 1, ... have n + 1 - b entries */
    return (c == 1 ? (rank + 1) * (rank + 2) / 2 : 0) + b * (n + 1) - b * (b - 1) / 2 + a;
}

#endif
