/* Derivatives of the scalars of the charges, head by head, for kinds with several heads. */
#ifndef LRPOT__HEAD_JACOBIAN_H
#define LRPOT__HEAD_JACOBIAN_H

#include "fit/jacobian/assembly.h"

/* Derivatives of one head: by parameters into dc, by positions into dc_dr and c_strain. */
lrpot_status lrpot__head_derivatives(lrpot__assembly *assembly, const lrpot__frame *frame,
                                     int32_t head);
/* Adds the second derivatives of all heads by places and parameters to forces and stress, times
 * weights [heads][n] = dE/dc. scratch: [K] */
lrpot_status lrpot__head_mixed(lrpot__assembly *assembly, const lrpot__frame *frame, int32_t heads,
                               const double *weights, double *scratch);
/* The same to the Born charges of the dipole along an axis, times weights [heads][n]: derivatives
 * of dE/dc by a field along it. */
lrpot_status lrpot__head_mixed_born(lrpot__assembly *assembly, const lrpot__frame *frame,
                                    int32_t heads, int32_t axis, const double *weights,
                                    double *scratch);
/* Adds the second derivatives of the first head, charges of neighbourhoods, to the Born charges of
 * a crystal, with the vectors from neighbours as lever arms. */
lrpot_status lrpot__head_mixed_unfolded(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        double *scratch);

#endif
