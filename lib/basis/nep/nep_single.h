/* Tables of a NEP as floats, for the kernels of mixed precision. */
#ifndef LRPOT__NEP_SINGLE_H
#define LRPOT__NEP_SINGLE_H

#include "basis/nep/nep_tables.h"

enum { LRPOT__NEP_SINGLE_ROW = 16 }; /* sizes of the network are multiples of this */

/* As lrpot__nep_tables, which describes the arrays. */
typedef struct lrpot__nep_single {
    int32_t radial, angular, polynomials;
    int32_t features, neurons;
    float *radial_forward, *radial_backward, *angular_forward;
    float *network_forward, *network_backward;
    float *network_bias, *network_energy, *network_charge;
    double *shift;
} lrpot__nep_single;

/* LRPOT_E_UNSUPPORTED where a number of the NEP is beyond the range of floats. */
lrpot_status lrpot__nep_single_create(lrpot__nep_single **out, const lrpot__nep *nep,
                                      const lrpot__nep_tables *tables);
/* Frees the tables; NULL is allowed. */
void lrpot__nep_single_free(lrpot__nep_single *single);

#endif
