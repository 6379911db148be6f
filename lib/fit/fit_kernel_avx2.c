/* Innermost loops of the fit for AVX2. */
#define LANES 4
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define KERNEL lrpot__fit_avx2

#include "fit/fit_lanes.h"
