/* The influence function that makes forces by differentiation of the splines best (Hockney and Eastwood; Ballenegger, Cerda, Holm,
 * J. Chem. Theory Comput. 8, 936 (2012)):
 *   G(k) = 4 pi exp(-k^2/4 alpha^2) U^2(k) / (sum_m U_m^2  sum_m k_m^2 U_m^2).
 * The sums over aliases factor into sums along the axes, for any cell. */
#include "electrostatics/mesh.h"

#include <math.h>

#define PI 3.14159265358979323846

static const int FIRST[6] = { 0, 1, 2, 1, 0, 0 }, SECOND[6] = { 0, 1, 2, 2, 2, 1 };

/* T_ab = sum_m k_a k_b U_m^2 from the moments along the axes. */
static void alias_tensor(const double *b, const double *x, const double *y, const double *z, double *tensor)
{
    double xx = x[3] * y[1] * z[1], yy = x[1] * y[3] * z[1], zz = x[1] * y[1] * z[3];
    double yz = x[1] * y[2] * z[2], xz = x[2] * y[1] * z[2], xy = x[2] * y[2] * z[1];
    for (int c = 0; c < 6; c++) {
        int p = FIRST[c], q = SECOND[c];
        tensor[c] = b[p] * b[q] * xx + b[3 + p] * b[3 + q] * yy + b[6 + p] * b[6 + q] * zz + (b[3 + p] * b[6 + q] + b[6 + p] * b[3 + q]) * yz
            + (b[p] * b[6 + q] + b[6 + p] * b[q]) * xz + (b[p] * b[3 + q] + b[3 + p] * b[q]) * xy;
    }
}

void lrpot__mesh_influence(const lrpot__sum *sum, const lrpot__mesh *mesh, const double *reciprocal, int32_t y, int component, double *virial)
{
    const int32_t *size = mesh->grid.size;
    double quarter = 0.25 / (sum->split.alpha * sum->split.alpha), factor = 4.0 * PI * LRPOT_COULOMB_CONSTANT / sum->volume;
    int32_t ny = y > size[1] / 2 ? y - size[1] : y;
    const double *ay = mesh->alias[1] + 4 * y;
    for (int32_t x = 0; x < size[0]; x++) {
        int32_t nx = x > size[0] / 2 ? x - size[0] : x;
        const double *ax = mesh->alias[0] + 4 * x;
        fftw_complex *modes = mesh->modes + ((int64_t)x * size[1] + y) * mesh->row_modes;
        for (int32_t z = 0; z < mesh->row_modes; z++) {
            double k[3], tensor[6], square = 0.0;
            const double *az = mesh->alias[2] + 4 * z;
            for (int a = 0; a < 3; a++) {
                k[a] = nx * reciprocal[a] + ny * reciprocal[3 + a] + z * reciprocal[6 + a];
                square += k[a] * k[a];
            }
            /* Modes at the edge have no partner of the opposite sign: left out, so that forces are derivatives. */
            if ((x == 0 && y == 0 && z == 0) || 2 * x == size[0] || 2 * y == size[1] || 2 * z == size[2]) {
                modes[z][0] = modes[z][1] = 0.0;
                continue;
            }
            alias_tensor(reciprocal, ax, ay, az, tensor);
            double trace = tensor[0] + tensor[1] + tensor[2];
            double g = factor * exp(-square * quarter) * ax[0] * ay[0] * az[0] / (ax[1] * ay[1] * az[1] * trace);
            if (component >= 0) {
                int p = FIRST[component], q = SECOND[component];
                g *= (p == q ? 1.0 : 0.0) - 2.0 * quarter * k[p] * k[q] - 2.0 * tensor[component] / trace;
            } else if (virial != NULL) {
                double energy = (z > 0 ? 1.0 : 0.5) * g * (modes[z][0] * modes[z][0] + modes[z][1] * modes[z][1]);
                for (int c = 0; c < 6; c++)
                    virial[c] += energy * ((c < 3 ? 1.0 : 0.0) - 2.0 * quarter * k[FIRST[c]] * k[SECOND[c]] - 2.0 * tensor[c] / trace);
            }
            modes[z][0] *= g;
            modes[z][1] *= g;
        }
    }
}
