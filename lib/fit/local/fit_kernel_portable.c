/* Sweeps over the contraction plan in portable code. */
#define LANES 2
#define KERNEL lrpot__fit_local_kernel_portable

#include "fit/local/fit_lanes.h"
