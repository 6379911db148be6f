/* The kernels of the Coulomb sum: one line for each, LRPOT_EWALD_<first> of the public header with
 * the rules lrpot__kernel_<second>. */
#ifndef LRPOT__EWALD_KERNELS_H
#define LRPOT__EWALD_KERNELS_H

#define LRPOT__EWALD_KERNELS(X) \
    X(COULOMB, coulomb)         \
    X(LATENT, latent)           \
    X(DISPERSION, dispersion)   \
    /* the last line: a new kernel stands above it */

#endif
