/* Sweeps over the contraction plan for AVX2. */
#define LANES 4
#define KERNEL lrpot__fit_local_kernel_avx2

#include "fit/local/fit_lanes.h"
