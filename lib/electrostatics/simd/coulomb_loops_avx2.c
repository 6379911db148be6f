/* Innermost loops of the Coulomb sum, 4 doubles at a time. */
#define LANES 4
#define KERNELS lrpot__coulomb_avx2

#include "electrostatics/simd/coulomb_lanes.h"
