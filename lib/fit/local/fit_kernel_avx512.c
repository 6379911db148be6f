/* Sweeps over the contraction plan for AVX-512. */
#define LANES 8
#define KERNEL lrpot__fit_local_kernel_avx512

#include "fit/local/fit_lanes.h"
