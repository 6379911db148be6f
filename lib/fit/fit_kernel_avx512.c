/* Innermost loops of the fit for AVX-512. */
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define KERNEL lrpot__fit_avx512

#include "fit/fit_lanes.h"
