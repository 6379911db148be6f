/* Innermost loops of the fit for no instruction set in particular. */
#define LANES 2
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define KERNEL lrpot__fit_portable

#include "fit/fit_lanes.h"
