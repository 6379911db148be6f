/* Influence function that is optimal for forces by differentiation of the window (Hockney and
 * Eastwood; Ballenegger, Cerda, Holm, J. Chem. Theory Comput. 8, 936 (2012)):
 *
 *   G(k) = 4 pi g(k) U^2(k) / (sum_m U_m^2  sum_m k_m^2 U_m^2),
 *
 * g of the screening, U of the window. The sums over aliases factor into sums along the axes, for
 * any cell. */
#include "electrostatics/mesh/mesh_influence.h"

#include "core/constants.h"
#include "core/strain.h"
#include "electrostatics/ewald/truncation.h"

/* sum_m k_a k_b U_m^2 as a combination of the moments of z. */
static void alias_tensor(const double *b, const double *x, const double *y, double tensor[6][3])
{
    for (int c = 0; c < 6; c++) {
        int p = lrpot__strain_row[c], q = lrpot__strain_column[c];
        tensor[c][0] = b[p] * b[q] * x[3] * y[1] + b[3 + p] * b[3 + q] * x[1] * y[3]
                       + (b[p] * b[3 + q] + b[3 + p] * b[q]) * x[2] * y[2];
        tensor[c][1] = (b[3 + p] * b[6 + q] + b[6 + p] * b[3 + q]) * x[1] * y[2]
                       + (b[p] * b[6 + q] + b[6 + p] * b[q]) * x[2] * y[1];
        tensor[c][2] = b[6 + p] * b[6 + q] * x[1] * y[1];
    }
}

/* Clears modes at the edge, which have no partner of the opposite sign. Forces are then exact
 * derivatives. */
static void clear(fftw_complex *modes, int64_t from, int64_t to)
{
    for (int64_t z = from; z < to; z++) modes[z][0] = modes[z][1] = 0.0;
}

/* Turns the factors of a line of modes into those of the moments. */
static void weigh_moments(const lrpot__mode_row *row)
{
    for (int32_t z = row->first; z <= row->last; z++) {
        double square = 0.0;
        for (int a = 0; a < 3; a++) {
            double k = row->base[a] + z * row->step[a];
            square += k * k;
        }
        row->squares[z] *= lrpot__screening_logarithmic(row->screening, square);
    }
}

/* One line of modes, with the factors of a truncated kernel. */
typedef struct {
    const lrpot__sum *sum;
    const lrpot__coulomb_kernels *kernels;
    lrpot__mode_row row;
    /* for each mode: factor and slope of the truncation, and scratch */
    double *factor, *slope, *energy;
} line;

static void fill_factors(const line *l)
{
    for (int32_t z = l->row.first; z <= l->row.last; z++) {
        double k[3];
        for (int a = 0; a < 3; a++) k[a] = l->row.base[a] + z * l->row.step[a];
        l->factor[z] = lrpot__truncation(&l->sum->boundary, k, &l->slope[z]);
    }
}

/* k_a k_b of mode z for component c. */
static double product(const line *l, int32_t z, int c)
{
    int a = lrpot__strain_row[c], b = lrpot__strain_column[c];
    return (l->row.base[a] + z * l->row.step[a]) * (l->row.base[b] + z * l->row.step[b]);
}

/* Turns squares into factors; without truncation by the kernel alone. */
static void weigh_truncated(line *l, double *virial)
{
    double *squares = l->row.squares, unused[6];
    int component = l->row.component;
    fill_factors(l);
    for (int32_t z = l->row.first; z <= l->row.last; z++) squares[z] *= l->factor[z];
    if (component < 0)
        for (int32_t z = l->row.first; z <= l->row.last; z++) l->energy[z] = squares[z];
    l->row.component = -1;
    l->kernels->modes(&l->row, component < 0 ? virial : unused);
    for (int32_t z = l->row.first; component < 0 && z <= l->row.last; z++)
        for (int c = 0; c < 6; c++)
            virial[c] -= l->energy[z] * squares[z] * l->slope[z] * product(l, z, c);
    if (component >= 0) {
        for (int32_t z = l->row.first; z <= l->row.last; z++)
            l->energy[z] = squares[z] * l->slope[z] * product(l, z, component);
        l->row.component = component;
        l->kernels->modes(&l->row, unused);
        for (int32_t z = l->row.first; z <= l->row.last; z++) squares[z] -= l->energy[z];
    }
    for (int32_t z = l->row.first; z <= l->row.last; z++) squares[z] *= l->factor[z];
}

void lrpot__mesh_influence(const lrpot__sum *sum, const lrpot__mesh *mesh,
                           const lrpot__coulomb_kernels *kernels, const double *reciprocal,
                           int32_t y, int component, double *buffer, double *virial)
{
    const int32_t *size = mesh->grid.size;
    int32_t half = size[2] / 2, ny = y > size[1] / 2 ? y - size[1] : y;
    double factor = 4.0 * LRPOT__PI * lrpot__sum_constant(sum) / sum->volume, unused[6];
    int64_t length = mesh->row_modes + LRPOT__ORDER_PAD;
    lrpot__mode_row row = { .screening = &sum->split.pair.screening,
                            .squares = buffer,
                            .component = component < LRPOT__MESH_MOMENTS ? component : -1,
                            .last = half - 1 };
    for (int c = 0; c < 4; c++) row.moments[c] = mesh->lines + c * length;
    for (int a = 0; a < 3; a++) row.step[a] = reciprocal[6 + a];
    for (int32_t x = 0; x < size[0]; x++) {
        int32_t nx = x > size[0] / 2 ? x - size[0] : x;
        const double *ax = mesh->alias[0] + 4 * x, *ay = mesh->alias[1] + 4 * y;
        fftw_complex *modes = mesh->modes + x * mesh->plane_modes
                              + (y - mesh->first_y) * mesh->row_modes;
        if (2 * x == size[0] || 2 * y == size[1]) {
            clear(modes, 0, mesh->row_modes);
            continue;
        }
        row.first = x == 0 && y == 0 ? 1 : 0; /* k = 0 is dropped */
        clear(modes, 0, row.first);
        clear(modes, half, mesh->row_modes);
        for (int a = 0; a < 3; a++) row.base[a] = nx * reciprocal[a] + ny * reciprocal[3 + a];
        row.weight = factor * ax[0] * ay[0];
        row.other = ax[1] * ay[1];
        alias_tensor(reciprocal, ax, ay, row.tensor);
        for (int32_t z = 0; z < half; z++)
            buffer[z] = modes[z][0] * modes[z][0] + modes[z][1] * modes[z][1];
        buffer[0] *= 0.5; /* all other z count for -z too */
        if (sum->boundary.kind == LRPOT__REPEATED) {
            kernels->modes(&row, virial != NULL ? virial : unused);
            if (component == LRPOT__MESH_MOMENTS) weigh_moments(&row);
        } else {
            line truncated = {
                sum, kernels, row, buffer + length, buffer + 2 * length, buffer + 3 * length
            };
            weigh_truncated(&truncated, virial != NULL ? virial : unused);
        }
        for (int32_t z = row.first; z < half; z++) {
            modes[z][0] *= buffer[z];
            modes[z][1] *= buffer[z];
        }
    }
}
