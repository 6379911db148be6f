/* Influence function that is optimal for forces by differentiation of the window. */
#ifndef LRPOT__MESH_INFLUENCE_H
#define LRPOT__MESH_INFLUENCE_H

#include "electrostatics/mesh/mesh.h"

/* Multiplies the modes of one y by the influence function; adds the virial of the whole system when
 * it is wanted. component < 0: the potential; otherwise that component (xx yy zz yz xz xy) of the
 * strain derivative takes its place. buffer: lrpot__mesh_buffer. */
void lrpot__mesh_influence(const lrpot__sum *sum, const lrpot__mesh *mesh,
                           const lrpot__coulomb_kernels *kernels, const double *reciprocal,
                           int32_t y, int component, double *buffer, double *virial);

#endif
