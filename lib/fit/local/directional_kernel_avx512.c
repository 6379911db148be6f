/* Gradient along one direction for AVX-512. */
#define LANES 8
#define KERNEL lrpot__directional_kernel_avx512

#include "fit/local/directional_lanes.h"
