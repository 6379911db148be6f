/* Infrared activity of the modes at Gamma, and the static dielectric tensor that follows. */
#include <lrpot/phonons.h>
#include <lrpot/response.h>

#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "phonons/rigid_modes.h"

#include <math.h>
#include <string.h>

static const double four_pi = 12.566370614359172953851;

static void fill_polar(int64_t n, const double *masses, const double *Z, const double *modes,
                       double *translations, double *polar)
{
    int64_t acoustic[LRPOT__RIGID_MOST];
    int count = lrpot__rigid_vectors(n, masses, NULL, translations);
    lrpot__rigid_modes(n, count, translations, modes, acoustic);
    memset(polar, 0, (size_t)(9 * n) * sizeof *polar);
    for (int64_t m = 0; m < 3 * n; m++) {
        if (m == acoustic[0] || m == acoustic[1] || m == acoustic[2]) continue;
        for (int64_t k = 0; k < 3 * n; k++)
            for (int a = 0; a < 3; a++)
                polar[3 * m + a] += Z[9 * (k / 3) + 3 * a + k % 3] * modes[3 * n * m + k]
                                    / sqrt(masses[k / 3]);
    }
}

static lrpot_status add_modes(int64_t n, const double *frequencies, const double *polar,
                              double volume, double *epsilon)
{
    for (int64_t m = 0; m < 3 * n; m++) {
        const double *p = polar + 3 * m;
        double square = frequencies[m] * fabs(frequencies[m]) / (LRPOT__THZ * LRPOT__THZ),
               strength = four_pi * LRPOT_COULOMB_CONSTANT / volume / square;
        if (p[0] == 0.0 && p[1] == 0.0 && p[2] == 0.0) continue;
        if (!isfinite(strength))
            return lrpot__fail(LRPOT_E_SINGULAR, "polar mode %lld has the frequency %g THz",
                               (long long)m, frequencies[m]);
        for (int x = 0; x < 9; x++) epsilon[x] += strength * p[x / 3] * p[x % 3];
    }
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_infrared(int64_t n, const double *D, const double *masses,
                                    const double *Z, double volume, const double *epsilon_infinity,
                                    double *frequencies, double *polar, double *epsilon)
{
    LRPOT__REQUIRE_NOT_NULL(Z);
    LRPOT__REQUIRE_NOT_NULL(polar);
    if (n < 1 || n > INT32_MAX / 3)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms", (long long)n);
    if (!(volume > 0.0) || isinf(volume))
        return lrpot__fail(LRPOT_E_ARGUMENT, "volume = %g A^3", volume);
    double *modes = lrpot__calloc(9 * n * n, sizeof *modes),
           *neutral = lrpot__duplicate(Z, 9 * n, sizeof *neutral),
           *translations = lrpot__calloc(9 * n, sizeof *translations);
    lrpot_status status = modes != NULL && neutral != NULL && translations != NULL
                              ? lrpot_response_project(n, 0.0, neutral)
                              : LRPOT_E_MEMORY;
    if (status == LRPOT_OK)
        status = lrpot_response_gamma_modes(n, D, masses, NULL, NULL, volume, frequencies, modes);
    if (status == LRPOT_OK) fill_polar(n, masses, neutral, modes, translations, polar);
    if (status == LRPOT_OK && epsilon != NULL) {
        for (int x = 0; x < 9; x++)
            epsilon[x] = epsilon_infinity != NULL ? epsilon_infinity[x] : x % 4 == 0;
        status = add_modes(n, frequencies, polar, volume, epsilon);
    }
    lrpot__free(modes);
    lrpot__free(neutral);
    lrpot__free(translations);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__finite("mode", n, 9, polar));
    return lrpot__finite_total("dielectric tensor", 9, epsilon);
}
