/* Innermost loops of the Coulomb sum, 2 doubles at a time. */
#define LANES 2
#define KERNELS lrpot__coulomb_portable

#include "electrostatics/simd/coulomb_lanes.h"
