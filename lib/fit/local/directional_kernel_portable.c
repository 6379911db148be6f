/* Gradient along one direction in portable code. */
#define LANES 2
#define KERNEL lrpot__directional_kernel_portable

#include "fit/local/directional_lanes.h"
