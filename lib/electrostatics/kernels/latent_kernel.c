/* Latent kernel: 4 pi exp(-sigma^2 k^2/2)/k^2 (arXiv 2408.15165), which is 1/r between Gaussians of
 * width sigma/sqrt 2. The splitting uses the same width, so no pairs are left where vectors are
 * summed. */
#include "electrostatics/kernels/coulomb_kernel.h"

#include <math.h>

static double width(double sigma)
{
    return sqrt(0.5) * sigma;
}

const lrpot__kernel_rules lrpot__kernel_latent = {
    .name = "latent",
    .summary = "4 pi exp(-sigma^2 k^2/2)/k^2 of latent charges, without pairs",
    .unit = "e",
    .traits = LRPOT_EWALD_KERNEL_CHARGES | LRPOT_EWALD_KERNEL_SIGMA | LRPOT_EWALD_KERNEL_CRYSTALS
              | LRPOT_EWALD_KERNEL_SLABS | LRPOT_EWALD_KERNEL_MATRIX,
    .flags = LRPOT_EWALD_RELATIVE | LRPOT_EWALD_SELF | LRPOT_EWALD_SLAB_CORRECTION
             | LRPOT_EWALD_VACUUM,
    .constant = LRPOT_COULOMB_CONSTANT,
    .bare = lrpot__coulomb_bare,
    .short_range = lrpot__coulomb_short_range,
    .long_range = lrpot__coulomb_long_range,
    .transform = lrpot__coulomb_transform,
    .mean = lrpot__coulomb_mean,
    .width = width,
    .self = lrpot__coulomb_self,
    .lanes = LRPOT__LANES_FIRST,
    .errors = { lrpot__coulomb_error_real, lrpot__coulomb_error_reciprocal },
};
