#include "structure/lattice.h"

#include "core/algebra.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* Smallest volume of a cell relative to the product of its edges. */
#define FLAT 1e-10

static void unit_cross(const double *a, const double *b, double *out)
{
    double c[3] = { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                    a[0] * b[1] - a[1] * b[0] };
    double length = sqrt(lrpot__dot3(c, c));
    for (int x = 0; x < 3; x++) out[x] = length > 0.0 ? c[x] / length : 0.0;
}

/* Unit vector normal to a: perpendicular to the axis with the smallest component of a. */
static void unit_normal(const double *a, double *out)
{
    int least = 0;
    for (int x = 1; x < 3; x++)
        if (fabs(a[x]) < fabs(a[least])) least = x;
    double axis[3] = { 0.0, 0.0, 0.0 };
    axis[least] = 1.0;
    unit_cross(a, axis, out);
}

/* Replaces the rows that are not periodic by unit vectors normal to all others. */
static void complete(double *basis, int32_t mask)
{
    for (int d = 0; d < 3; d++) {
        int e = (d + 1) % 3, f = (d + 2) % 3;
        if (mask & 1 << d) continue;
        double *row = basis + 3 * d;
        if ((mask & 1 << e) && (mask & 1 << f)) unit_cross(basis + 3 * e, basis + 3 * f, row);
        else if (mask & 1 << e) unit_normal(basis + 3 * e, row);
        else if (mask & 1 << f) unit_normal(basis + 3 * f, row);
        else row[0] = 1.0, row[1] = 0.0, row[2] = 0.0;
        mask |= 1 << d;
    }
}

lrpot_status lrpot__lattice_check(const double *cell, int32_t periodic_mask)
{
    if (periodic_mask < 0 || periodic_mask > LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "periodic_mask is %d, expected 0 to 7", periodic_mask);
    if (cell == NULL && periodic_mask == 0) return LRPOT_OK;
    if (cell == NULL)
        return lrpot__fail(LRPOT_E_CELL, "periodic_mask is %d but there is no cell", periodic_mask);
    for (int x = 0; x < 9; x++)
        if (!isfinite(cell[x]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "cell[%d][%d] is %g", x / 3, x % 3, cell[x]);
    if (periodic_mask == 0) return LRPOT_OK;
    double basis[9], edges = 1.0;
    memcpy(basis, cell, sizeof basis);
    complete(basis, periodic_mask);
    for (int d = 0; d < 3; d++) edges *= sqrt(lrpot__dot3(basis + 3 * d, basis + 3 * d));
    double volume = fabs(lrpot__det3(basis));
    /* Negated, so that an overflow to NaN fails too. */
    if (!(volume > FLAT * edges && isfinite(edges)))
        return lrpot__fail(LRPOT_E_CELL,
                           "the periodic cell has no volume: %g A^3 with edges of product %g A^3",
                           volume, edges);
    return LRPOT_OK;
}

/* Subtracts multiples of row e from row d until d is as short as possible. Returns 1 if it
 * changed. */
static int shorten(double *basis, int64_t *map, int d, int e)
{
    double n = nearbyint(lrpot__dot3(basis + 3 * d, basis + 3 * e)
                         / lrpot__dot3(basis + 3 * e, basis + 3 * e));
    double shorter[3];
    if (n == 0.0 || fabs(n) > 1e6) return 0;
    for (int x = 0; x < 3; x++) shorter[x] = basis[3 * d + x] - n * basis[3 * e + x];
    if (lrpot__dot3(shorter, shorter) >= lrpot__dot3(basis + 3 * d, basis + 3 * d) * (1.0 - 1e-12))
        return 0;
    memcpy(basis + 3 * d, shorter, sizeof shorter);
    for (int x = 0; x < 3; x++) map[3 * d + x] -= (int64_t)n * map[3 * e + x];
    return 1;
}

void lrpot__lattice_reduce(const double *cell, int32_t periodic_mask, lrpot__lattice *lattice)
{
    static const int64_t identity[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    memset(lattice, 0, sizeof *lattice);
    memcpy(lattice->map, identity, sizeof identity);
    lattice->periodic_mask = periodic_mask;
    if (periodic_mask != 0) memcpy(lattice->basis, cell, sizeof lattice->basis);
    /* Each step shortens a row by a lattice vector, so the loop ends. The bound is for cells of
     * extreme shape, for which any basis is acceptable. */
    for (int step = 0, changed = 1; changed && step < 64; step++) {
        changed = 0;
        for (int d = 0; d < 3; d++)
            for (int e = 0; e < 3; e++)
                if (d != e && (periodic_mask & 1 << d) && (periodic_mask & 1 << e))
                    changed |= shorten(lattice->basis, lattice->map, d, e);
    }
    complete(lattice->basis, periodic_mask);
    lrpot__inverse3(lattice->basis, lattice->inverse);
    for (int d = 0; d < 3; d++) {
        double column[3] = { lattice->inverse[d], lattice->inverse[3 + d],
                             lattice->inverse[6 + d] };
        lattice->height[d] = 1.0 / sqrt(lrpot__dot3(column, column));
    }
}
