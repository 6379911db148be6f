/* Frequencies over the whole Brillouin zone, and their density. */
#include "phonons/crystal.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag waves_tag = { "wave vectors of a mesh" };

static const double two_pi = 6.283185307179586476925;

static int64_t points_of(const int32_t *mesh)
{
    return mesh[0] > 0 && mesh[1] > 0 && mesh[2] > 0 && mesh[0] <= 4096 && mesh[1] <= 4096
                   && mesh[2] <= 4096
               ? (int64_t)mesh[0] * mesh[1] * mesh[2]
               : 0;
}

/* Point x of a row is (x + 1/2)/N. The last of all points is then minus the first, and so on: the
 * first half is enough for both. */
int64_t lrpot_phonons_mesh_count(const int32_t *mesh)
{
    return mesh != NULL ? (points_of(mesh) + 1) / 2 : 0;
}

static void point_of(const int32_t *mesh, int64_t point, int32_t across, const double *inverse,
                     double *wave)
{
    int64_t x[3] = { point / mesh[2] / mesh[1], point / mesh[2] % mesh[1], point % mesh[2] };
    for (int a = 0; a < 3; a++) wave[a] = 0.0;
    for (int d = 0; d < 3; d++)
        for (int a = 0; d != across && a < 3; a++)
            wave[a] += two_pi * ((double)x[d] + 0.5) / mesh[d] * inverse[3 * a + d];
}

lrpot_status lrpot_phonons_mesh_waves(const lrpot_phonons *phonons, const int32_t *mesh,
                                      double *weights, double *waves)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    LRPOT__REQUIRE_NOT_NULL(mesh);
    LRPOT__REQUIRE_NOT_NULL(weights);
    LRPOT__REQUIRE_NOT_NULL(waves);
    int64_t all = points_of(mesh), count = lrpot_phonons_mesh_count(mesh);
    if (all == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "mesh %d x %d x %d, expected 1 to 4096 each", mesh[0],
                           mesh[1], mesh[2]);
    if (phonons->across >= 0 && mesh[phonons->across] != 1)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "mesh %d x %d x %d of a layer, expected 1 along row %d of the cell, "
                           "which does not repeat",
                           mesh[0], mesh[1], mesh[2], phonons->across + 1);
    double inverse[9];
    lrpot__inverse3(phonons->cell, inverse);
    for (int64_t k = 0; k < count; k++) {
        point_of(mesh, k, phonons->across, inverse, waves + 3 * k);
        weights[k] = (k == all - 1 - k ? 1.0 : 2.0) / (double)all;
    }
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_mesh(const lrpot_phonons *phonons, lrpot_workspace *work,
                                const int32_t *mesh, double *weights, double *frequencies)
{
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    double *waves = NULL;
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &waves_tag, 3 * lrpot_phonons_mesh_count(mesh) + 1, &waves));
    LRPOT__TRY(lrpot_phonons_mesh_waves(phonons, mesh, weights, waves));
    for (int64_t k = 0; k < lrpot_phonons_mesh_count(mesh); k++)
        LRPOT__TRY(lrpot_phonons_modes(phonons, work, waves + 3 * k, NULL,
                                       frequencies + 3 * phonons->n * k, NULL));
    return LRPOT_OK;
}

/* Grid of a density, and the Gaussians on it. */
typedef struct {
    int64_t n;
    double low, step, width;
} grid;

static lrpot_status grid_make(grid *g, double width, int64_t n, double low, double high)
{
    if (!(width > 0.0) || isinf(width))
        return lrpot__fail(LRPOT_E_ARGUMENT, "width = %g THz", width);
    if (n < 2 || !(high > low))
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld values from %g to %g THz", (long long)n, low,
                           high);
    *g = (grid){ .n = n, .low = low, .step = (high - low) / (double)(n - 1), .width = width };
    return LRPOT_OK;
}

static void add_gaussian(const grid *g, double f, double weight, double *density)
{
    double reach = 8.0 * g->width; /* e^-32 at this distance */
    double height = weight / (g->width * sqrt(two_pi));
    double first = ceil((f - reach - g->low) / g->step),
           last = floor((f + reach - g->low) / g->step);
    for (int64_t x = first > 0.0 ? (int64_t)first : 0; x < g->n && (double)x <= last; x++) {
        double away = (g->low + (double)x * g->step - f) / g->width;
        density[x] += height * exp(-0.5 * away * away);
    }
}

lrpot_status lrpot_phonons_density(int64_t n_points, int64_t n_modes, const double *weights,
                                   const double *frequencies, double width, int64_t n, double low,
                                   double high, double *density)
{
    grid g;
    LRPOT__REQUIRE_NOT_NULL(weights);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__TRY(grid_make(&g, width, n, low, high));
    memset(density, 0, (size_t)n * sizeof *density);
    for (int64_t k = 0; k < n_points * n_modes; k++)
        add_gaussian(&g, frequencies[k], weights[k / n_modes], density);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_projected_density(int64_t n_points, int64_t n_modes, int64_t n_parts,
                                             const double *weights, const double *frequencies,
                                             const double *shares, double width, int64_t n,
                                             double low, double high, double *densities)
{
    grid g;
    LRPOT__REQUIRE_NOT_NULL(weights);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    LRPOT__REQUIRE_NOT_NULL(shares);
    LRPOT__REQUIRE_NOT_NULL(densities);
    if (n_parts < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld parts of the density, expected at least 1",
                           (long long)n_parts);
    LRPOT__TRY(grid_make(&g, width, n, low, high));
    memset(densities, 0, (size_t)(n_parts * n) * sizeof *densities);
    for (int64_t k = 0; k < n_points * n_modes; k++)
        for (int64_t part = 0; part < n_parts; part++)
            add_gaussian(&g, frequencies[k], weights[k / n_modes] * shares[n_parts * k + part],
                         densities + part * n);
    return LRPOT_OK;
}

/* Adds a mode of energy e (eV) at the temperature kt (eV). Of the four sums the first is free
 * energy, then energy, entropy and heat capacity, both over k. */
static void add_mode(double e, double kt, double weight, double *sums)
{
    double x = kt > 0.0 ? e / kt : INFINITY, gone = exp(-x), n = gone / -expm1(-x);
    sums[0] += weight * 0.5 * e;
    sums[1] += weight * (0.5 + n) * e;
    if (!(x < 700.0)) return;
    double log_part = log(-expm1(-x)); /* of 1 - exp(-x) */
    sums[0] += weight * kt * log_part;
    sums[2] += weight * (x * n - log_part);
    sums[3] += weight * x * x * n * (n + 1.0);
}

lrpot_status lrpot_phonons_thermal(int64_t n_points, int64_t n_modes, const double *weights,
                                   const double *frequencies, double temperature, double *values)
{
    static const double planck = 4.135667696923859e-3, boltzmann = 8.617333262145179e-5;
    double sums[4] = { 0.0, 0.0, 0.0, 0.0 };
    LRPOT__REQUIRE_NOT_NULL(weights);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    LRPOT__REQUIRE_NOT_NULL(values);
    if (n_points < 1 || n_modes < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld wave vectors of %lld modes, expected 1 or more",
                           (long long)n_points, (long long)n_modes);
    if (!(temperature >= 0.0) || isinf(temperature))
        return lrpot__fail(LRPOT_E_ARGUMENT, "temperature = %g K, expected at least 0",
                           temperature);
    for (int64_t k = 0; k < n_points * n_modes; k++) {
        if (!(frequencies[k] > 0.0))
            return lrpot__fail(LRPOT_E_ASSUMPTION,
                               "a mode of the mesh has %.4g THz: an imaginary or vanishing "
                               "frequency has no thermal properties",
                               frequencies[k]);
        add_mode(planck * frequencies[k], boltzmann * temperature, weights[k / n_modes], sums);
    }
    values[0] = sums[0];
    values[1] = sums[1];
    values[2] = boltzmann * sums[2];
    values[3] = boltzmann * sums[3];
    return LRPOT_OK;
}
