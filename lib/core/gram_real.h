/* Gram matrices of one precision: included once for each, with REAL and GRAM_NAME defined, by
 * gram_lanes.h. */
enum {
    GRAM_NAME(WIDTH) = LANES * sizeof(double) / sizeof(REAL),
    GRAM_NAME(COLUMNS) = TILE_VECTORS * GRAM_NAME(WIDTH)
};
typedef REAL GRAM_NAME(vector) __attribute__((vector_size(LANES * sizeof(double))));
typedef GRAM_NAME(vector) GRAM_NAME(memory) __attribute__((aligned(sizeof(REAL)), may_alias));

/* A block of C that stays in registers over all rows: `height` columns from a on, times the `width`
 * valid columns from b on. */
INLINE void GRAM_NAME(tile)(int64_t n_rows, const REAL *a, const REAL *b, double *c, int64_t stride,
                            int64_t width, const int height)
{
    GRAM_NAME(vector) sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (int r = 0; r < height; r++) {
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = (GRAM_NAME(vector)){ 0 };
    }
    for (int64_t k = 0; k < n_rows; k++, a += LRPOT__GRAM_PANEL, b += LRPOT__GRAM_PANEL) {
        GRAM_NAME(vector) line[TILE_VECTORS];
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++)
            line[v] = *(const GRAM_NAME(memory) *)(b + v * GRAM_NAME(WIDTH));
        UNROLL
        for (int r = 0; r < height; r++) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] += a[r] * line[v];
        }
    }
    UNROLL
    for (int r = 0; r < height; r++, c += stride) {
        if (width >= GRAM_NAME(COLUMNS)) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++)
                for (int i = 0; i < GRAM_NAME(WIDTH); i++)
                    c[v * GRAM_NAME(WIDTH) + i] += (double)sum[r][v][i];
        } else {
            for (int64_t i = 0; i < width; i++)
                c[i] += (double)sum[r][i / GRAM_NAME(WIDTH)][i % GRAM_NAME(WIDTH)];
        }
    }
}

/* Products of the columns of panel `below` with those of panel `right`. */
static void GRAM_NAME(panels)(const lrpot__gram_job *p, int64_t below, int64_t right)
{
    const REAL *a = (const REAL *)p->r + below * p->capacity * LRPOT__GRAM_PANEL,
               *b = (const REAL *)p->r + right * p->capacity * LRPOT__GRAM_PANEL;
    int64_t height = p->columns - below * LRPOT__GRAM_PANEL,
            width = p->columns - right * LRPOT__GRAM_PANEL;
    if (height > LRPOT__GRAM_PANEL) height = LRPOT__GRAM_PANEL;
    if (width > LRPOT__GRAM_PANEL) width = LRPOT__GRAM_PANEL;
    for (int64_t column = 0; column < width; column += GRAM_NAME(COLUMNS)) {
        double *c = p->c + below * LRPOT__GRAM_PANEL * p->stride + right * LRPOT__GRAM_PANEL
                    + column;
        int64_t row = 0;
        for (; row + TILE_ROWS <= height; row += TILE_ROWS) GRAM_NAME(tile)
        (p->rows, a + row, b + column, c + row * p->stride, p->stride, width - column, TILE_ROWS);
        for (; row + 2 <= height; row += 2) GRAM_NAME(tile)
        (p->rows, a + row, b + column, c + row * p->stride, p->stride, width - column, 2);
        for (; row < height; row++) GRAM_NAME(tile)
        (p->rows, a + row, b + column, c + row * p->stride, p->stride, width - column, 1);
    }
}

static void GRAM_NAME(run)(const lrpot__gram_job *p)
{
    for (int64_t right = 0; right * LRPOT__GRAM_PANEL < p->columns; right++)
        for (int64_t below = 0; below <= right; below++) GRAM_NAME(panels)(p, below, right);
}
