/* Innermost loops, included once per instruction set with LANES, TILE_ROWS, TILE_VECTORS and KERNEL defined. */
#include "fit/fit_kernel.h"

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef vec vec_in_memory __attribute__((aligned(8), may_alias)); /* doubles of arrays, at any place */

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

enum { VECTORS = LRPOT__FIT_LANES / LANES, TILE_COLUMNS = TILE_VECTORS * LANES };

INLINE vec load(const double *p) { return *(const vec_in_memory *)p; }
INLINE void store(double *p, vec v) { *(vec_in_memory *)p = v; }

static void forward(const lrpot__plan *plan, const double *moments, double *tangents)
{
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        double left = p->factor * moments[p->left], right = p->factor * moments[p->right];
        const double *tl = tangents + (int64_t)p->left * LRPOT__FIT_LANES, *tr = tangents + (int64_t)p->right * LRPOT__FIT_LANES;
        double *target = tangents + (int64_t)p->target * LRPOT__FIT_LANES;
        UNROLL
        for (int v = 0; v < VECTORS; v++)
            store(target + v * LANES, load(target + v * LANES) + right * load(tl + v * LANES) + left * load(tr + v * LANES));
    }
}

/* A product adds to the adjoints of both factors; where they are the same moment the second must see what the first has added. */
INLINE void pull(const lrpot__product *p, const double *moments, const double *adjoint, const double *tangents, double *lanes)
{
    double left = p->factor * moments[p->left], right = p->factor * moments[p->right], w = p->factor * adjoint[p->target];
    const double *target = lanes + (int64_t)p->target * LRPOT__FIT_LANES;
    double *dl = lanes + (int64_t)p->left * LRPOT__FIT_LANES, *dr = lanes + (int64_t)p->right * LRPOT__FIT_LANES;
    const double *tl = tangents + (int64_t)p->left * LRPOT__FIT_LANES, *tr = tangents + (int64_t)p->right * LRPOT__FIT_LANES;
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
        vec above = load(target + v * LANES);
        store(dl + v * LANES, load(dl + v * LANES) + right * above + w * load(tr + v * LANES));
        store(dr + v * LANES, load(dr + v * LANES) + left * above + w * load(tl + v * LANES));
    }
}

INLINE void pull_linear(const lrpot__product *p, const double *moments, double *lanes)
{
    double left = p->factor * moments[p->left], right = p->factor * moments[p->right];
    const double *target = lanes + (int64_t)p->target * LRPOT__FIT_LANES;
    double *dl = lanes + (int64_t)p->left * LRPOT__FIT_LANES, *dr = lanes + (int64_t)p->right * LRPOT__FIT_LANES;
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
        vec above = load(target + v * LANES);
        store(dl + v * LANES, load(dl + v * LANES) + right * above);
        store(dr + v * LANES, load(dr + v * LANES) + left * above);
    }
}

static void backward(const lrpot__plan *plan, const double *moments, const double *adjoint, const double *tangents, double *lanes)
{
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        if (tangents != NULL) pull(&plan->products[t], moments, adjoint, tangents, lanes);
        else pull_linear(&plan->products[t], moments, lanes);
    }
}

/* A block of C that stays in registers over the whole depth. */
INLINE void tile(const lrpot__fit_product *p, int64_t row, int64_t column, const int rows)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = (vec) { 0.0 };
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
        double *c = p->c + (p->target != NULL ? p->target[row + r] : row + r) * p->stride_c + column;
        UNROLL
        for (int v = 0; v < TILE_VECTORS; v++) store(c + v * LANES, load(c + v * LANES) + scale * sum[r][v]);
    }
}

static void multiply(const lrpot__fit_product *p)
{
    for (int64_t column = 0; column < p->columns; column += TILE_COLUMNS) {
        int64_t rows = p->rows, row = 0;
        if (p->upper && column + TILE_COLUMNS < rows) rows = column + TILE_COLUMNS;
        for (; row + TILE_ROWS <= rows; row += TILE_ROWS) tile(p, row, column, TILE_ROWS);
        for (; row < rows; row++) tile(p, row, column, 1);
    }
}

const lrpot__fit_kernel KERNEL = { forward, backward, multiply };
