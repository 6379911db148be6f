#include "spectra/centred_sum.h"

#include "core/error.h"

#include <math.h>

/* Largest net charge that counts as rounding error: relative to the sum of the magnitudes, and
 * absolute. */
#define ROUNDING_PART 1e-4
#define ROUNDING_CHARGE 0.05 /* e */
#define FLOAT_PART 1e-6

static double mass_of(const lrpot_structure *frame, const double *masses, int64_t i)
{
    return masses != NULL ? masses[i] : lrpot_element_mass(lrpot_structure_symbol(frame, i));
}

/* Mean of x weighted by mass. Returns the first atom without mass, or -1. */
static int64_t centre(const lrpot_structure *frame, const double *x, double mean[3])
{
    const double *masses = lrpot_structure_get(frame, LRPOT_QUANTITY_MASSES);
    double total = 0.0;
    for (int a = 0; a < 3; a++) mean[a] = 0.0;
    for (int64_t i = 0; i < lrpot_structure_count(frame); i++) {
        double mass = mass_of(frame, masses, i);
        if (!(mass > 0.0)) return i;
        total += mass;
        for (int a = 0; a < 3; a++) mean[a] += mass * (x[3 * i + a] - mean[a]) / total;
    }
    return -1;
}

/* Adds the tensors, their products with x, and the magnitudes of the charges. */
static double add(int64_t n, const double *q, const double *z, const double *x, double sum[9],
                  double out[3])
{
    double sizes = 0.0;
    for (int a = 0; a < 9; a++) sum[a] = 0.0;
    for (int a = 0; a < 3; a++) out[a] = 0.0;
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                double charge = z != NULL ? z[9 * i + 3 * a + b] : a == b ? q[i] : 0.0;
                sum[3 * a + b] += charge;
                out[a] += charge * x[3 * i + b];
                if (a == b) sizes += fabs(charge) / 3.0;
            }
    return sizes;
}

static int is_rounding(double charge, double sizes)
{
    return fabs(charge) <= fmax(fmin(ROUNDING_PART * sizes, ROUNDING_CHARGE), FLOAT_PART * sizes);
}

lrpot_status lrpot__centred_sum(const lrpot_structure *frame, const double *q, const double *z,
                                const double *x, double out[3], double *net)
{
    double sum[9], mean[3], sizes = add(lrpot_structure_count(frame), q, z, x, sum, out);
    double charge = (sum[0] + sum[4] + sum[8]) / 3.0;
    int64_t massless = centre(frame, x, mean);
    *net = is_rounding(charge, sizes) ? 0.0 : charge;
    if (massless >= 0 && *net != 0.0)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "the net charge is %.6g e, so that the dipole depends on the origin, and "
            "atom %lld (%s) has no mass for a centre of mass; give masses",
            charge, (long long)massless, lrpot_structure_symbol(frame, massless));
    for (int a = 0; massless < 0 && a < 3; a++)
        for (int b = 0; b < 3; b++) out[a] -= sum[3 * a + b] * mean[b];
    return LRPOT_OK;
}
