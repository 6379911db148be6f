/* Contraction plan of a moment tensor basis: the list of moments, and the products of them that
 * make the basis functions. */
#ifndef LRPOT__PLAN_H
#define LRPOT__PLAN_H

#include <lrpot/status.h>

/* Limits of imported tables; the levels of this library stay below. */
enum { LRPOT__PLAN_MAX_MU = 63, LRPOT__PLAN_MAX_RANK = 16, LRPOT__PLAN_MAX_PRODUCTS = 1 << 26 };

/* Basic moment: sum over neighbours of f_mu(r) ux^a uy^b uz^c. */
typedef struct lrpot__moment {
    int32_t mu, a, b, c;
} lrpot__moment;

/* M[target] += factor * M[left] * M[right]. In the order of the table, operands are complete before
 * use. */
typedef struct lrpot__product {
    int32_t left, right, factor, target;
} lrpot__product;

typedef struct lrpot__plan {
    int32_t n_radial; /* F = largest mu + 1 */
    int32_t max_rank; /* largest nu */
    int32_t n_basic;  /* basic moments, the first n_basic of n_moments */
    int32_t n_moments;
    int32_t n_products;
    int32_t n_scalars;        /* K */
    lrpot__moment *basic;     /* [n_basic], sorted by mu */
    lrpot__product *products; /* [n_products] */
    int32_t *scalars;         /* [n_scalars]: moment that is basis function s */
} lrpot__plan;

lrpot_status lrpot__plan_clone(lrpot__plan **out, const lrpot__plan *plan);
/* Allocates a plan with the counts of `sizes`, and its tables. */
lrpot_status lrpot__plan_allocate(lrpot__plan **out, const lrpot__plan *sizes);
void lrpot__plan_free(lrpot__plan *plan);

#endif
