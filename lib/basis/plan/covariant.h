/* Contraction plans with covariant results: scalars, vectors, and the two parts of 3x3 matrices.
 * Every matrix that is a polynomial of the neighbours' vectors, and rotates and reflects with them,
 * is a sum of two kinds of terms: scalars times the unit matrix, and contractions with one open
 * index of some moment for each index of the matrix (first fundamental theorem of the orthogonal
 * group). No pseudovector is needed. */
#ifndef LRPOT__COVARIANT_H
#define LRPOT__COVARIANT_H

#include "basis/plan/graph.h"
#include "basis/plan/plan.h"

enum {
    LRPOT__PART_SCALAR,
    LRPOT__PART_VECTOR,
    LRPOT__PART_ANTISYMMETRIC,
    LRPOT__PART_SYMMETRIC,
    LRPOT__PARTS
};

/* Components of one function of a part: 1, x y z, (T_yz - T_zy, T_zx - T_xz, T_xy - T_yx), and xx
 * yy zz yz xz xy of T + T^T, whose trace is that of scalars. */
extern const int32_t lrpot__part_components[LRPOT__PARTS];

/* Creates a plan with the parts (bit p of the mask: part p), one after the other, as its scalars:
 * [function][component]. rule->legs is ignored. @param[out] counts Number of functions of each
 * part. */
lrpot_status lrpot__plan_create_covariant(lrpot__plan **out, int64_t counts[LRPOT__PARTS],
                                          const lrpot__graph_rule *rule, int32_t parts);

#endif
