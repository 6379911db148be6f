/* Spherical harmonics of a NEP in real form, and its invariants as polynomials of them.
 *
 * A_lm = N_lm S_lm. Components, l = 1..L: B_l0 = A_l0, and sqrt(2) Re A_lm, sqrt(2) Im A_lm for
 * m = 1..l, so that the 3-body invariant of l is the sum of squares. Component numbers run by l,
 * then m, then real and imaginary part. */
#ifndef LRPOT__NEP_HARMONICS_H
#define LRPOT__NEP_HARMONICS_H

#include "basis/nep/nep_model.h"

static inline int32_t lrpot__nep_component(int32_t l, int32_t m, int32_t imaginary)
{
    return l * l - 1 + (m == 0 ? 0 : 2 * m - 1 + imaginary);
}

/* Normalised Legendre functions without the factor sin^m: p_lm(z) by l from p_mm,
 * p_lm = up z p_{l-1,m} - back p_{l-2,m}; dp_lm/dz = slope p_{l,m+1}. */
typedef struct lrpot__nep_legendre {
    double up, back, slope;
} lrpot__nep_legendre;

typedef struct lrpot__nep_monomial {
    int32_t component[3];
    double factor;
} lrpot__nep_monomial;

typedef struct lrpot__nep_harmonics {
    int32_t l_max, n_components;
    double first[LRPOT__NEP_MAX_L + 1];                                       /* p_mm */
    lrpot__nep_legendre legendre[LRPOT__NEP_MAX_L + 1][LRPOT__NEP_MAX_L + 1]; /* [l][m] */
    /* Monomials of the 4-body invariants; the others have none. */
    lrpot__nep_monomial *monomials[LRPOT__NEP_EXTRAS];
    int32_t n_monomials[LRPOT__NEP_EXTRAS];
} lrpot__nep_harmonics;

lrpot_status lrpot__nep_harmonics_make(const lrpot__nep *nep, lrpot__nep_harmonics *out);
void lrpot__nep_harmonics_free(lrpot__nep_harmonics *harmonics);

/* l1, l2, l3 of a 4-body invariant; zeros for another. */
const int32_t *lrpot__nep_degrees(int32_t extra);
/* Wigner's 3j symbol of integer degrees. */
double lrpot__nep_wigner(const int32_t l[3], const int32_t m[3]);
/* N_lm a_lm: factor of A_lm before d^m P_l/dz^m (u_x + i u_y)^m. */
double lrpot__nep_norm(int32_t l, int32_t m);

#endif
