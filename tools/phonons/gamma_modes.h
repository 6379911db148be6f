/* Phonons at Gamma: spectra with and without the macroscopic field, and identification of the TO
 * and LO modes. */
#ifndef LRPOT_TOOL_GAMMA_H
#define LRPOT_TOOL_GAMMA_H

#include "phonons/stability.h"

#include <lrpot/lrpot.h>

#define GAMMA_CM_PER_THZ 33.35640951982 /* 1e12 / (100 c) */

/* Modes of one frequency. */
typedef struct gamma_group {
    double frequency; /* THz, negative: imaginary */
    int64_t multiplicity;
    /* sum over modes of squared polar vectors along the direction and across it, e^2/u */
    double along, across;
} gamma_group;

typedef struct gamma_spectrum {
    gamma_group *groups;
    double *frequencies; /* [3n] THz, ascending */
    int64_t n;           /* number of groups */
} gamma_spectrum;

typedef struct gamma_result {
    int64_t n;
    double *D, *masses;  /* [3n][3n], [n] */
    double direction[3]; /* of length 1 */
    /* without and with the non-analytic term; field.n = 0 without Born charges */
    gamma_spectrum plain, field;
    /* index of the group in plain; in field (in plain without Born charges); -1 if there is none */
    int64_t to, lo;
} gamma_result;

/* Z: screened Born charges [n][3][3], or NULL: the TO group is then found by displacements weighted
 * with electronegativities. Layers have no field at Gamma. */
lrpot_status gamma_run(gamma_result *result, const lrpot_potential *model, lrpot_workspace *work,
                       const lrpot_structure *structure, const double *Z, const double *direction,
                       double step);
/* THz per sqrt(eV/A^2/u) */
double gamma_thz(void);
/* u, [n]: those of the structure, else of its elements; LRPOT_E_SPECIES for an unknown one. */
lrpot_status gamma_masses(const lrpot_structure *structure, double *masses);
/* Records the modes without the field. */
void gamma_see(const gamma_result *result, stability *found);
void gamma_free(gamma_result *result);
/* 1 if one group of modes carries all of the polarization. Its TO and LO frequencies then determine
 * its part of the dielectric constant of an isotropic crystal. */
int gamma_one_polar_group(const gamma_result *result);
double gamma_to(const gamma_result *result);
double gamma_lo(const gamma_result *result);
/* LO from TO by the formula of a two-atom crystal: w_LO^2 = w_TO^2 + 4 pi k_e Z^2 / (mu V). NaN
 * unless there are two species of one mass each, in equal numbers. Holds for isotropic crystals
 * with gamma_one_polar_group(). */
double gamma_closed_formula(const gamma_result *result, const lrpot_structure *structure,
                            const double *Z);

#endif
