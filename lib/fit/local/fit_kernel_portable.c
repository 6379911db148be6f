/* Sweeps over the contraction plan for no instruction set in particular. */
#define LANES 2
#define KERNEL lrpot__fit_portable

#include "fit/local/fit_lanes.h"
