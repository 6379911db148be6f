/* Products of matrices for AVX-512. */
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define PRODUCT lrpot__matrix_product_avx512
#define GRAM lrpot__gram_avx512

#include "core/matrix_product_lanes.h"
#include "core/gram_lanes.h"
