/* Tables of a NEP in the order in which the fast kernels read them. Rows are padded with zeros to
 * whole vectors of the widest kernel. */
#ifndef LRPOT__NEP_TABLES_H
#define LRPOT__NEP_TABLES_H

#include "basis/nep/nep_model.h"

enum { LRPOT__NEP_ROW = 8 }; /* rows are multiples of this */

/* Descriptors are in blocks: the radial one, then one of `angular` for each invariant. */
typedef struct lrpot__nep_tables {
    int32_t radial, angular, polynomials; /* sizes of rows: functions, and radial polynomials */
    int32_t features, neurons;
    double *radial_forward;   /* [species][species][k_radial][radial] */
    double *radial_backward;  /* [species][species][n_radial][polynomials] */
    double *angular_forward;  /* [species][species][k_angular][angular] */
    double *network_forward;  /* [networks][features][neurons]: w0 scale */
    double *network_backward; /* [networks][neurons][features]: w0 scale */
    double *network_bias;     /* [networks][neurons]: b0 */
    double *network_energy;   /* [networks][neurons]: w1 */
    double *network_charge;   /* [networks][neurons]: wq, zeros without charges */
    double *shift;            /* [species] eV: bias, subtracted from the energy */
} lrpot__nep_tables;

lrpot_status lrpot__nep_tables_make(const lrpot__nep *nep, lrpot__nep_tables *out);
void lrpot__nep_tables_free(lrpot__nep_tables *tables);

#endif
