/* Reciprocal vectors as multipoles see them. */
#ifndef LRPOT__MULTIPOLE_VECTOR_H
#define LRPOT__MULTIPOLE_VECTOR_H

#include "electrostatics/ewald/ewald.h"

/* A vector with its products k_a k_b. Those off the diagonal are doubled and all are halved, for
 * k.M.k/2. */
typedef struct lrpot__multipole_vector {
    double k[3], kk[6], half[6], kkk[10];
} lrpot__multipole_vector;

/* Vector c of a line of lrpot__kspace. */
lrpot__multipole_vector lrpot__multipole_vector_of(const lrpot__sum *sum, const int32_t *line,
                                                   int32_t c);

#endif
