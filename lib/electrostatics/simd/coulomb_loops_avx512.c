/* Innermost loops of the Coulomb sum, 8 doubles at a time. */
#define LANES 8
#define KERNELS lrpot__coulomb_avx512

#include "electrostatics/simd/coulomb_lanes.h"
