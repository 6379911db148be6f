/* Errors of a Gaussian split. */
#include "electrostatics/splitting/splitting.h"

#include "electrostatics/kernels/dispersion.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Both sums fade out over their last few per cent; the error is that of a sharp end somewhat
 * inside. */
#define FADE 0.97

static double coulomb_real(double alpha, double cutoff, double density)
{
    double r = FADE * cutoff, x = alpha * r;
    if (isinf(cutoff)) return 0.0; /* no pairs */
    /* A lone pair at the cutoff sets the error where there are few atoms. */
    return 2.0 * LRPOT_COULOMB_CONSTANT * sqrt(fmax(density, 1.0 / (r * r * r)) / r) * exp(-x * x)
           * (1.0 + 0.5 / (x * x));
}

static double coulomb_reciprocal(double alpha, double k_cut, double density)
{
    double k = FADE * k_cut, x = 0.5 * k / alpha;
    return LRPOT_COULOMB_CONSTANT * alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k)
           * exp(-x * x);
}

/* Amplitudes are of one sign: where atoms end, at a surface, what lies beyond the cutoff pulls in
 * one direction. The same number bounds the energy of an atom that is cut off. A box with surfaces
 * is in part empty, so its density is less than that of the atoms: by VACUUM at most, here. */
#define VACUUM 2.0
static double dispersion_real(double alpha, double cutoff, double density)
{
    double r = FADE * cutoff, strength, x = alpha * r;
    lrpot__dispersion_rest(alpha, r * r, &strength);
    double force = r * strength, depth = r / (2.0 * x * x + 6.0),
           seen = fmax(density, 1.0 / (r * r * r));
    return force
           * hypot(sqrt(2.0 * PI * r * r * depth * seen), PI * r * r * depth * VACUUM * density);
}

static double dispersion_reciprocal(double alpha, double k_cut, double density)
{
    double k = FADE * k_cut;
    return alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k)
           * lrpot__dispersion_transform(alpha, k * k, NULL);
}

lrpot__errors lrpot__errors_of(const lrpot_ewald *ewald)
{
    if (ewald->options.kernel == LRPOT_EWALD_DISPERSION)
        return (lrpot__errors){ dispersion_real, dispersion_reciprocal };
    return (lrpot__errors){ coulomb_real, coulomb_reciprocal };
}
