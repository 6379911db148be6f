/* Infrared properties at Gamma: intensities, static dielectric tensor, longitudinal modes by
 * direction. */
#ifndef LRPOT_TOOL_POLAR_H
#define LRPOT_TOOL_POLAR_H

#include "phonons/gamma_modes.h"
#include "phonons/screening.h"

#include <stdio.h>

typedef struct polar_result {
    int64_t n;
    /* [3n] THz, [3n][3] e/sqrt(u), Born charges [n][3][3] with the sum rule; all screened */
    double *frequencies, *polar, *neutral;
    double epsilon[9]; /* eps_0/eps_inf */
    /* Lyddane-Sachs-Teller: product of (w_LO/w_TO)^2 over the optical modes; n.epsilon.n */
    double products, along;
    int32_t is_stable; /* 1: no optical frequency is imaginary, so that the tensor is meaningful */
    int32_t is_isotropic; /* epsilon is one number, as in cubic crystals */
} polar_result;

/* Z: screened Born charges. Of a layer, epsilon is 1 + the polarizability of the sheet in A, the
 * dielectric tensor of a volume 4 pi times the area, and there are no products. */
lrpot_status polar_run(polar_result *result, const gamma_result *gamma,
                       const lrpot_structure *structure, const double *Z);
void polar_free(polar_result *result);
/* direction: of q, physical. withheld: reason why there is no static dielectric tensor, or
 * NULL. */
void polar_print(const polar_result *result, const double *direction, const screening *screened,
                 const char *withheld, FILE *stream);
/* Prints frequencies with the field, for directions rotated from one of length 1 to another in ten
 * steps. */
int polar_print_turn(const polar_result *result, const gamma_result *gamma,
                     const lrpot_structure *structure, const screening *screened,
                     const double *from, const double *towards, FILE *stream);

#endif
