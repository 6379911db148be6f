/* Second derivatives of a crystal or a layer before a wave vector is chosen (theory:
 * docs/theory/phonons.md). */
#ifndef LRPOT__CRYSTAL_H
#define LRPOT__CRYSTAL_H

#include "charges/charges.h"
#include "charges/density_terms.h"
#include "core/algebra.h"
#include "potential/potential.h"

#include <math.h>

#include <lrpot/phonons.h>

/* An atom of the cell and an image of another, or of itself, at `vector` from it. */
typedef struct lrpot__image {
    int64_t home, other;
    double vector[3];
} lrpot__image;

/* Local energy at fixed dE/dc, or at the fixed potential of a density: d2U / dr_home,a dr_other,b
 * at [3 a + b]. */
typedef struct lrpot__coupling {
    lrpot__image image;
    double block[9];
} lrpot__coupling;

struct lrpot_phonons {
    const lrpot_potential *potential;
    int64_t n;
    /* the row of a layer that does not repeat is its unit normal, and the volume its area, A^2 */
    double cell[9], volume;
    int32_t across;             /* number of this row; -1: a crystal */
    double *positions, *masses; /* [n][3], [n] */
    int32_t *species;
    lrpot_atoms atoms;         /* view of the arrays above */
    const lrpot_ewald *ewald;  /* solver of the matrices: the model's, or the next one */
    lrpot_ewald *gaussians;    /* owned, or NULL */
    int32_t heads, channels;   /* of the charges; 0 without */
    double *scalars, *weights; /* [heads][n]: c and dE/dc */
    double *q;                 /* [channels][n] */
    lrpot__coupling *couplings;
    int64_t n_couplings, couplings_room;
    /* [n][3][3]: added to the diagonal, so that translations need no energy */
    double *home;
    /* dx_h(home)/dr_other is slope_values[rows][3] of each, where charges follow the atoms; x =
     * slope c as in charge_rules.h for each head, or the moments of a density at its fixed
     * potential */
    lrpot__image *slopes;
    double *slope_values;
    int64_t rows;
    int64_t n_slopes, slopes_room, slope_values_room;
    /* [channels][n][3][3], raw, unfolded; 0 for charges that run through the whole crystal */
    double *born;
    /* Self-consistent densities: NULL for other charges. Moments and their levelled potentials
     * [size], in the order of density_terms.h; their dielectric tensor. */
    lrpot__density_terms *density;
    double *moments, *felt, epsilon[9];
    double leak;
    int32_t is_anisotropic; /* 1: waves are screened by a tensor, of which this is the root */
    double root[9];
    /* 1: waves of a layer are screened by eps(K) = surroundings + radius K (A) */
    int32_t has_sheet;
    double radius, surroundings;
};

/* Normal of a layer; NULL for a crystal. */
static inline const double *lrpot__crystal_normal(const lrpot_phonons *phonons)
{
    return phonons->across >= 0 ? phonons->cell + 3 * phonons->across : NULL;
}
/* Removes the part of a vector along the normal of a layer. */
static inline void lrpot__crystal_flatten(const lrpot_phonons *phonons, double *vector)
{
    const double *n = lrpot__crystal_normal(phonons);
    double part = n != NULL ? lrpot__dot3(vector, n) : 0.0;
    for (int a = 0; n != NULL && a < 3; a++) vector[a] -= part * n[a];
}
/* Refuses wave vectors and directions (NULL: none) that are not finite, or not in the plane of a
 * layer, and a direction of no length. */
lrpot_status lrpot__crystal_check_wave(const lrpot_phonons *phonons, const double *wave,
                                       const double *direction);
/* 1 if the wave vector is a vector of the reciprocal lattice. */
int lrpot__crystal_at_gamma(const lrpot_phonons *phonons, const double *wave);

/* e^{i wave.vector} as (cos, sin). */
static inline void lrpot__crystal_phase(const double *wave, const double *vector, double phase[2])
{
    double angle = wave[0] * vector[0] + wave[1] * vector[1] + wave[2] * vector[2];
    phase[0] = cos(angle);
    phase[1] = sin(angle);
}

#endif
