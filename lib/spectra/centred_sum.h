/* Sums of charges times vectors, relative to the centre of mass for a net charge. */
#ifndef LRPOT__CENTRE_H
#define LRPOT__CENTRE_H

#include <lrpot/structure.h>

/* sum_i q_i x_i, or sum_i Z_i x_i if z is not NULL, minus the sum of the charges times the mean of
 * x weighted by mass. *net is the net charge, 0 if it is only rounding error. LRPOT_E_UNSUPPORTED
 * for a net charge of atoms without masses. */
lrpot_status lrpot__centred_sum(const lrpot_structure *frame, const double *q, const double *z,
                                const double *x, double out[3], double *net);

#endif
