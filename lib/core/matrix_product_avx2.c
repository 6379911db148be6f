/* Products of matrices for AVX2. */
#define LANES 4
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define PRODUCT lrpot__matrix_product_avx2
#define GRAM lrpot__gram_avx2

#include "core/matrix_product_lanes.h"
#include "core/gram_lanes.h"
