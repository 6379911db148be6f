/* Gradient along one direction for AVX2. */
#define LANES 4
#define KERNEL lrpot__directional_kernel_avx2

#include "fit/local/directional_lanes.h"
