/* Influence function that is optimal for forces by differentiation of the window. */
#ifndef LRPOT__MESH_INFLUENCE_H
#define LRPOT__MESH_INFLUENCE_H

#include "electrostatics/mesh/mesh.h"

/* Component that stands for first moments. */
#define LRPOT__MESH_MOMENTS 6

/* Multiplies the modes of one y by the influence function; adds the virial of the whole system when
 * it is wanted. component < 0: the potential; otherwise that component (xx yy zz yz xz xy) of the
 * strain derivative takes its place, or with LRPOT__MESH_MOMENTS, in crystals, the influence
 * function times -(d ln/dk)/k of the kernel, whose field is -2 times the first moments
 * (pair_moments.h). buffer: lrpot__mesh_buffer. */
void lrpot__mesh_influence(const lrpot__sum *sum, const lrpot__mesh *mesh,
                           const lrpot__coulomb_kernels *kernels, const double *reciprocal,
                           int32_t y, int component, double *buffer, double *virial);

#endif
