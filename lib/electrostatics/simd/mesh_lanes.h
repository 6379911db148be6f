/* Atoms on the mesh: places, spreading and gathering. Included by coulomb_lanes.h. */

/* Weights of the `order` points around an atom, and their derivatives if wanted: polynomials of the
 * offset, a lane for each point. */
INLINE void weigh(const double *table, int powers, int vectors, double offset, vec *out)
{
    for (int v = 0; v < vectors; v++) {
        vec w = load(table + v * LANES);
        for (int c = 1; c < powers; c++)
            w = w * offset + load(table + c * LRPOT__ORDER_PAD + v * LANES);
        out[v] = w;
    }
}

#define VECTORS(order) (((order) + LANES - 1) / LANES)

/* Places of the lines of a support in their plane. */
INLINE void find_lines(int order, const lrpot__mesh_grid *grid, int32_t first, int64_t *lines)
{
    for (int b = 0; b < order; b++) {
        int32_t y = first + b;
        lines[b] = (y >= grid->size[1] ? y - grid->size[1] : y) * grid->row;
    }
}

INLINE void spread(int order, const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                   int64_t first, int64_t last, int32_t low, int32_t high)
{
    for (int64_t i = first; i < last; i++) {
        const int32_t *at = atoms->first + 3 * i;
        const double *offset = atoms->offset + 3 * i;
        vec w[3][VECTORS(LRPOT__ORDER_MAX)];
        double wx[LRPOT__ORDER_PAD], wy[LRPOT__ORDER_PAD];
        int64_t lines[LRPOT__ORDER_MAX];
        find_lines(order, grid, at[1], lines);
        for (int d = 0; d < 3; d++)
            weigh(grid->spline, order + LRPOT__EXTRA_POWERS, VECTORS(order), offset[d], w[d]);
        for (int v = 0; v < VECTORS(order); v++) {
            store(wx + v * LANES, w[0][v] * atoms->charge[i]);
            store(wy + v * LANES, w[1][v]);
        }
        for (int a = 0; a < order; a++) {
            int32_t x = at[0] + a;
            x -= x >= grid->size[0] ? grid->size[0] : 0;
            if (x < low || x >= high) continue;
            double *plane = grid->values + (int64_t)x * grid->size[1] * grid->row + at[2];
            vec along[VECTORS(LRPOT__ORDER_MAX)];
            for (int v = 0; v < VECTORS(order); v++) along[v] = wx[a] * w[2][v];
            for (int b = 0; b < order; b++) {
                double *line = plane + lines[b];
                for (int v = 0; v < VECTORS(order); v++)
                    store(line + v * LANES, load(line + v * LANES) + wy[b] * along[v]);
            }
        }
    }
}

INLINE void gather(int order, const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                   int64_t first, int64_t last, double *values)
{
    for (int64_t i = first; i < last; i++) {
        const int32_t *at = atoms->first + 3 * i;
        const double *offset = atoms->offset + 3 * i;
        vec w[3][VECTORS(LRPOT__ORDER_MAX)], s[3][VECTORS(LRPOT__ORDER_MAX)],
            sum[3][VECTORS(LRPOT__ORDER_MAX)];
        double wx[LRPOT__ORDER_PAD], wy[LRPOT__ORDER_PAD], sx[LRPOT__ORDER_PAD],
            sy[LRPOT__ORDER_PAD];
        int64_t lines[LRPOT__ORDER_MAX];
        find_lines(order, grid, at[1], lines);
        for (int d = 0; d < 3; d++) {
            weigh(grid->spline, order + LRPOT__EXTRA_POWERS, VECTORS(order), offset[d], w[d]);
            weigh(grid->slope, order + LRPOT__EXTRA_POWERS - 1, VECTORS(order), offset[d], s[d]);
        }
        for (int v = 0; v < VECTORS(order); v++) {
            store(wx + v * LANES, w[0][v]), store(wy + v * LANES, w[1][v]);
            store(sx + v * LANES, s[0][v]), store(sy + v * LANES, s[1][v]);
            sum[0][v] = sum[1][v] = sum[2][v] = all(0.0);
        }
        for (int a = 0; a < order; a++) {
            int32_t x = at[0] + a;
            x -= x >= grid->size[0] ? grid->size[0] : 0;
            const double *plane = grid->values + (int64_t)x * grid->size[1] * grid->row + at[2];
            vec value[VECTORS(LRPOT__ORDER_MAX)], slope[VECTORS(LRPOT__ORDER_MAX)];
            for (int v = 0; v < VECTORS(order); v++) value[v] = slope[v] = all(0.0);
            for (int b = 0; b < order; b++) {
                const double *line = plane + lines[b];
                for (int v = 0; v < VECTORS(order); v++) {
                    vec f = load(line + v * LANES);
                    value[v] += wy[b] * f;
                    slope[v] += sy[b] * f;
                }
            }
            for (int v = 0; v < VECTORS(order); v++) {
                sum[0][v] += wx[a] * value[v];
                sum[1][v] += sx[a] * value[v];
                sum[2][v] += wx[a] * slope[v];
            }
        }
        vec result[4] = { all(0.0), all(0.0), all(0.0), all(0.0) };
        for (int v = 0; v < VECTORS(order); v++) {
            result[0] += sum[0][v] * w[2][v];
            result[1] += sum[1][v] * w[2][v];
            result[2] += sum[2][v] * w[2][v];
            result[3] += sum[0][v] * s[2][v];
        }
        totals(result, 4, values + 4 * i);
    }
}

INLINE void sample(int order, const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                   int64_t first, int64_t last, double *values)
{
    for (int64_t i = first; i < last; i++) {
        const int32_t *at = atoms->first + 3 * i;
        const double *offset = atoms->offset + 3 * i;
        vec w[3][VECTORS(LRPOT__ORDER_MAX)], sum[VECTORS(LRPOT__ORDER_MAX)], result = all(0.0);
        double wx[LRPOT__ORDER_PAD], wy[LRPOT__ORDER_PAD];
        int64_t lines[LRPOT__ORDER_MAX];
        find_lines(order, grid, at[1], lines);
        for (int d = 0; d < 3; d++)
            weigh(grid->spline, order + LRPOT__EXTRA_POWERS, VECTORS(order), offset[d], w[d]);
        for (int v = 0; v < VECTORS(order); v++) {
            store(wx + v * LANES, w[0][v]), store(wy + v * LANES, w[1][v]);
            sum[v] = all(0.0);
        }
        for (int a = 0; a < order; a++) {
            int32_t x = at[0] + a;
            x -= x >= grid->size[0] ? grid->size[0] : 0;
            const double *plane = grid->values + (int64_t)x * grid->size[1] * grid->row + at[2];
            vec value[VECTORS(LRPOT__ORDER_MAX)];
            for (int v = 0; v < VECTORS(order); v++) value[v] = all(0.0);
            for (int b = 0; b < order; b++)
                for (int v = 0; v < VECTORS(order); v++)
                    value[v] += wy[b] * load(plane + lines[b] + v * LANES);
            for (int v = 0; v < VECTORS(order); v++) sum[v] += wx[a] * value[v];
        }
        for (int v = 0; v < VECTORS(order); v++) result += sum[v] * w[2][v];
        values[i] = total(result);
    }
}

/* Not vectorised by hand: here floor() is an instruction. */
static void locate(const lrpot__mesh_places *p, int64_t first, int64_t last)
{
    for (int64_t i = first; i < last; i++) {
        double s[3];
        lrpot__row_times3(p->positions + i * p->stride, p->inverse, s);
        for (int d = 0; d < 3; d++) {
            int32_t size = p->size[d];
            double u = (s[d] - floor(s[d])) * size, start = floor(u);
            int32_t at = (int32_t)start - p->order + 1;
            if (start >= size) { /* s was just below an integer, and rounding gave the integer */
                at -= size;
                start = u;
            }
            p->home[3 * i + d] = at < 0 ? at + size : at;
            p->where[3 * i + d] = u - start - 0.5;
        }
    }
}
