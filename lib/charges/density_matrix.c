/* Coulomb sum of a density as a matrix of unit moments. */
#include "charges/density_matrix.h"

#include "charges/density_terms.h"
#include "core/error.h"
#include "electrostatics/multipoles/multipoles.h"

#include <cblas.h>
#include <string.h>

static const lrpot__tag felt_tag = { "potentials of a matrix" };

lrpot__density_shape lrpot__density_shape_of(const lrpot_charges *charges, int64_t n)
{
    int32_t order = charges->options.order;
    int64_t block = lrpot__density_components(order) * n;
    return (lrpot__density_shape){ n, n > 0 ? lrpot__density_size(charges, n) / block : 1, block,
                                   lrpot__density_derivatives(order) * n };
}

int64_t lrpot__density_row(const lrpot__density_shape *s, int64_t width, int64_t row)
{
    return row < s->block ? width * s->block + row
                          : s->widths * s->block + width * (s->more - s->block) + (row - s->block);
}

lrpot__density_slope lrpot__density_slope_of(const lrpot__density_shape *s, int64_t width,
                                             int64_t k, int a)
{
    int64_t n = s->n, row;
    double factor;
    if (k < n) {
        row = n + 3 * k + a, factor = 1.0;
    } else if (k < 4 * n) { /* half the second derivatives stand there */
        row = 4 * n + 3 * (k - n) + a, factor = 2.0;
    } else {
        int64_t c = (k - 4 * n) % 9;
        row = 13 * n + 10 * ((k - 4 * n) / 9) + lrpot__third_index[c / 3][c % 3][a], factor = 0.5;
    }
    return (lrpot__density_slope){ lrpot__density_row(s, width, row), factor };
}

int64_t lrpot__density_atom_of(const lrpot__density_shape *s, int64_t k)
{
    int64_t n = s->n;
    return k < n ? k : k < 4 * n ? (k - n) / 3 : (k - 4 * n) / 9;
}

lrpot_status lrpot__density_matrix_forces(const lrpot__charge_call *call, const double *x,
                                          double *v, double *energy, double *forces)
{
    lrpot__density_shape s = lrpot__density_shape_of(call->charges, call->atoms->n_owned);
    int64_t size = s.widths * s.block, rows = s.widths * s.more;
    double *felt = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &felt_tag, rows, &felt));
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)size, 1.0, call->matrix, (int)size, x,
                1, 0.0, felt, 1);
    if (v != NULL) memcpy(v, felt, (size_t)size * sizeof *v);
    if (energy != NULL) *energy = 0.5 * cblas_ddot((int)size, x, 1, felt, 1);
    memset(forces, 0, (size_t)(3 * s.n) * sizeof *forces);
    for (int64_t k = 0; k < size; k++)
        for (int a = 0; a < 3; a++) {
            lrpot__density_slope by = lrpot__density_slope_of(&s, k / s.block, k % s.block, a);
            forces[3 * lrpot__density_atom_of(&s, k % s.block) + a] -= by.factor * x[k]
                                                                       * felt[by.row];
        }
    return LRPOT_OK;
}
