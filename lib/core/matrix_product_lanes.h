/* Product of matrices, included once per instruction set with LANES, TILE_ROWS, TILE_VECTORS and
 * PRODUCT defined. */
#include "core/matrix_product.h"

#include "core/vectors.h"

enum { TILE_COLUMNS = TILE_VECTORS * LANES };

/* A block of C that stays in registers over the whole depth. */
INLINE void tile(const lrpot__matrix_product *p, int64_t row, int64_t column, const int rows)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = (vec){ 0.0 };
    }
    const double *a = p->a + row, *b = p->b + column;
    for (int64_t k = 0; k < p->depth; k++, a += p->stride_a, b += p->stride_b) {
        vec line[TILE_VECTORS];
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) line[v] = load(b + v * LANES);
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] += a[r] * line[v];
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++) {
        double scale = p->scale != NULL ? p->scale[row + r] : 1.0;
        double *c = p->c + (p->target != NULL ? p->target[row + r] : row + r) * p->stride_c
                    + column;
        if (column + TILE_COLUMNS <= p->columns) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++)
                store(c + v * LANES, load(c + v * LANES) + scale * sum[r][v]);
        } else {
            for (int64_t i = 0; column + i < p->columns; i++)
                c[i] += scale * sum[r][i / LANES][i % LANES];
        }
    }
}

void PRODUCT(const lrpot__matrix_product *p)
{
    for (int64_t column = 0; column < p->columns; column += TILE_COLUMNS) {
        int64_t rows = p->rows, row = 0;
        for (; row + TILE_ROWS <= rows; row += TILE_ROWS) tile(p, row, column, TILE_ROWS);
        for (; row < rows; row++) tile(p, row, column, 1);
    }
}
