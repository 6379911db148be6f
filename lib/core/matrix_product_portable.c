/* Products of matrices in portable code. */
#define LANES 2
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define PRODUCT lrpot__matrix_product_portable
#define GRAM lrpot__gram_portable

#include "core/matrix_product_lanes.h"
#include "core/gram_lanes.h"
