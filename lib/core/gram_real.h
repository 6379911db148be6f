/* Gram matrices of one precision: included once for each, with REAL and GRAM_NAME defined, by gram_lanes.h. */
enum { GRAM_NAME(WIDTH) = LANES * sizeof(double) / sizeof(REAL), GRAM_NAME(COLUMNS) = TILE_VECTORS * GRAM_NAME(WIDTH) };
typedef REAL GRAM_NAME(vector) __attribute__((vector_size(LANES * sizeof(double))));
typedef GRAM_NAME(vector) GRAM_NAME(memory) __attribute__((aligned(sizeof(REAL)), may_alias));

/* A block of C that stays in registers over all rows; panel: the columns of R that it stands above, closely packed. */
INLINE void GRAM_NAME(tile)(const lrpot__gram_job *p, int64_t row, int64_t column, const int rows)
{
    GRAM_NAME(vector) sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = (GRAM_NAME(vector)) { 0 };
    }
    const REAL *a = (const REAL *)p->r + row, *b = p->panel;
    for (int64_t k = 0; k < p->rows; k++, a += p->stride_r, b += GRAM_NAME(COLUMNS)) {
        GRAM_NAME(vector) line[TILE_VECTORS];
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) line[v] = *(const GRAM_NAME(memory) *)(b + v * GRAM_NAME(WIDTH));
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] += a[r] * line[v];
        }
    }
    int64_t width = p->columns - column < GRAM_NAME(COLUMNS) ? p->columns - column : GRAM_NAME(COLUMNS);
    UNROLL
    for (int r = 0; r < rows; r++) {
        double *c = p->c + (row + r) * p->stride_c + column;
        if (width == GRAM_NAME(COLUMNS)) {
            UNROLL
            for (int v = 0; v < TILE_VECTORS; v++)
                for (int i = 0; i < GRAM_NAME(WIDTH); i++) c[v * GRAM_NAME(WIDTH) + i] += (double)sum[r][v][i];
        } else {
            for (int64_t i = 0; i < width; i++) c[i] += (double)sum[r][i / GRAM_NAME(WIDTH)][i % GRAM_NAME(WIDTH)];
        }
    }
}

/* The last columns are filled up with zeros. */
static void GRAM_NAME(pack)(const lrpot__gram_job *p, int64_t column)
{
    int64_t width = p->columns - column < GRAM_NAME(COLUMNS) ? p->columns - column : GRAM_NAME(COLUMNS);
    for (int64_t k = 0; k < p->rows; k++) {
        const REAL *from = (const REAL *)p->r + k * p->stride_r + column;
        REAL *to = (REAL *)p->panel + k * GRAM_NAME(COLUMNS);
        for (int64_t i = 0; i < width; i++) to[i] = from[i];
        for (int64_t i = width; i < GRAM_NAME(COLUMNS); i++) to[i] = 0;
    }
}

static void GRAM_NAME(run)(const lrpot__gram_job *p)
{
    for (int64_t column = 0; column < p->columns; column += GRAM_NAME(COLUMNS)) {
        int64_t rows = column + GRAM_NAME(COLUMNS) < p->columns ? column + GRAM_NAME(COLUMNS) : p->columns, row = 0;
        GRAM_NAME(pack)(p, column);
        for (; row + TILE_ROWS <= rows; row += TILE_ROWS) GRAM_NAME(tile)(p, row, column, TILE_ROWS);
        for (; row < rows; row++) GRAM_NAME(tile)(p, row, column, 1);
    }
}
