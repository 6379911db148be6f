/* Sums of charges times vectors, about the centre of mass where there is a net charge. */
#ifndef LRPOT__CENTRE_H
#define LRPOT__CENTRE_H

#include <lrpot/structure.h>

/* sum_i q_i x_i, or sum_i Z_i x_i where z is not NULL, less the sum of the charges times the mean
 * of x by mass. *net is the net charge, 0 where it is no more than rounding. LRPOT_E_UNSUPPORTED
 * for a net charge of atoms without masses. */
lrpot_status lrpot__centre_sum(const lrpot_structure *frame, const double *q, const double *z,
                               const double *x, double out[3], double *net);

#endif
