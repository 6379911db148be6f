/* Raman tensors of the modes at Gamma, or of a molecule without its rotations. */
#include <lrpot/phonons.h>
#include <lrpot/response.h>

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "phonons/rigid_modes.h"

#include <math.h>
#include <string.h>

/* D without the rigid motions: P D P for mass-weighted displacements, P = 1 - sum_v v v^T. */
static void remove_rigid(int64_t n, const double *masses, int count, const double *vectors,
                         double *D)
{
    int64_t size = 3 * n;
    for (int side = 0; side < 2; side++) {
        int64_t row = side == 0 ? size : 1, column = side == 0 ? 1 : size;
        for (int64_t i = 0; i < size; i++)
            for (int v = 0; v < count; v++) {
                const double *u = vectors + size * v;
                double part = 0.0;
                for (int64_t j = 0; j < size; j++)
                    part += D[i * row + j * column] * u[j] / sqrt(masses[j / 3]);
                for (int64_t j = 0; j < size; j++)
                    D[i * row + j * column] -= part * u[j] * sqrt(masses[j / 3]);
            }
    }
}

/* R_m = sum_ic d alpha/dr_ic e_ic/sqrt(m_i), and 0 for rigid motions. The violation of the sum rule
 * does not count. */
static void fill_tensors(int64_t n, const double *masses, const double *gradient,
                         const double *modes, const int64_t rigid[LRPOT__RIGID_MOST],
                         double *tensors)
{
    double mean[27] = { 0.0 };
    for (int64_t k = 0; k < 27 * n; k++) mean[k % 27] += gradient[k] / (double)n;
    memset(tensors, 0, (size_t)(27 * n) * sizeof *tensors);
    for (int64_t m = 0; m < 3 * n; m++) {
        int is_rigid = 0;
        for (int k = 0; k < LRPOT__RIGID_MOST; k++) is_rigid |= rigid[k] == m;
        for (int64_t k = 0; !is_rigid && k < 27 * n; k++)
            tensors[9 * m + k % 27 / 3] += (gradient[k] - mean[k % 27])
                                           * modes[3 * n * m + k / 27 * 3 + k % 3]
                                           / sqrt(masses[k / 27]);
    }
}

static lrpot_status check_input(int64_t n, const double *D, const double *masses,
                                const double *positions)
{
    LRPOT__REQUIRE_NOT_NULL(D);
    LRPOT__REQUIRE_NOT_NULL(masses);
    if (n < 1 || n > INT32_MAX / 3)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms", (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!(masses[i] > 0.0) || !isfinite(masses[i]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "mass of atom %lld is %g u", (long long)i,
                               masses[i]);
    return positions != NULL ? lrpot__all_finite("positions", 3 * n, positions) : LRPOT_OK;
}

lrpot_status lrpot_phonons_raman(int64_t n, const double *D, const double *masses,
                                 const double *positions, const double *gradient,
                                 double *frequencies, double *tensors)
{
    LRPOT__REQUIRE_NOT_NULL(gradient);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    LRPOT__REQUIRE_NOT_NULL(tensors);
    LRPOT__TRY(check_input(n, D, masses, positions));
    int64_t rigid[LRPOT__RIGID_MOST];
    double *modes = lrpot__calloc(9 * n * n, sizeof *modes),
           *vectors = lrpot__calloc(3 * n * LRPOT__RIGID_MOST, sizeof *vectors),
           *own = lrpot__duplicate(D, 9 * n * n, sizeof *own);
    lrpot_status status = modes != NULL && vectors != NULL && own != NULL ? LRPOT_OK
                                                                          : LRPOT_E_MEMORY;
    int count = status == LRPOT_OK ? lrpot__rigid_vectors(n, masses, positions, vectors) : 0;
    if (status == LRPOT_OK) {
        remove_rigid(n, masses, count, vectors, own);
        status = lrpot_response_gamma_modes(n, own, masses, NULL, NULL, 1.0, frequencies, modes);
    }
    if (status == LRPOT_OK) {
        lrpot__rigid_modes(n, count, vectors, modes, rigid);
        fill_tensors(n, masses, gradient, modes, rigid, tensors);
    }
    lrpot__free(modes);
    lrpot__free(vectors);
    lrpot__free(own);
    LRPOT__TRY(status);
    return lrpot__finite("mode", n, 27, tensors);
}
