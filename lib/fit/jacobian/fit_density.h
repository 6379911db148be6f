/* Self-consistent densities in a fit. Every prediction is a derivative of the energy along a
 * direction p: a place (forces), a strain (stress), an external potential or its gradients at an
 * atom (its charge, dipole, quadrupole), a field on the dipoles (their sum). Its derivative by a
 * parameter is then that of dE/dparameter along p,
 *
 *   d/dp sum_h (dE/dc_h)(dc_h/dparameter),
 *
 * with the response of the density to p, which one dense matrix gives for all directions. */
#ifndef LRPOT__FIT_DENSITY_H
#define LRPOT__FIT_DENSITY_H

#include "charges/density_solve.h"
#include "fit/jacobian/assembly.h"

/* Directions: 3n places, 9 strains, 3 fields, then external potentials at the moments of the atoms:
 * n charges, and, where a target needs them, dipoles [n][3] and quadrupoles [n][3][3]. */
enum { LRPOT__DENSITY_STRAINS = 9, LRPOT__DENSITY_FIELDS = 3 };
static inline int64_t lrpot__density_first_field(int64_t n)
{
    return 3 * n + LRPOT__DENSITY_STRAINS;
}
static inline int64_t lrpot__density_first_moment(int64_t n)
{
    return lrpot__density_first_field(n) + LRPOT__DENSITY_FIELDS;
}
/* Their number for n atoms whose moments are predicted up to an order. */
static inline int64_t lrpot__density_directions(int64_t n, int32_t order)
{
    return lrpot__density_first_moment(n) + lrpot__density_components(order) * n;
}

struct lrpot__fit_density {
    lrpot__charge_call call;             /* of the present frame */
    lrpot_ewald *fine;                   /* the Coulomb sum, for its strain */
    struct lrpot__blurred_sums *blurred; /* those of several widths, or NULL */
    int64_t capacity, most;              /* atoms, directions */
    int64_t born_capacity;               /* atoms of frames with Born charges */
    int64_t heads, size;                 /* scalars and moments of an atom */
    int64_t widths, more;  /* widths; potentials of a width up to one order more, of an atom */
    double *dc;            /* [heads][n][charge_stride] dc/dparameter */
    double *weights;       /* [heads][n] dE/dc */
    double *moved;         /* [directions][heads][n] dc/dp */
    double *sources;       /* [directions][moments]: change of x0 - R u */
    double *excess;        /* [directions][fragments] e: charge of the sources */
    double *slopes;        /* [directions][heads][n] d/dp dE/dc */
    double *by_value;      /* [heads][n][moments] */
    double *response;      /* [moments][moments] R */
    double *matrix;        /* [moments][moments] 1 + A R, then its factors */
    double *changes;       /* [directions][moments]: of v, then of u */
    double *spare;         /* [6 size][n], and widths * more <= 6 size */
    double *dipole_slopes; /* [3][charge_stride] */
    double *fields;        /* [6 * size + 3 * heads + 3][n], see density_field.c */
    double *born;          /* see density_born.c; NULL where no frame has Born charges */
    int32_t *pivots;       /* [moments] */
    double *features;      /* [K] */
};

lrpot_status lrpot__fit_density_create(lrpot__fit_density **out, const lrpot_charges *charges);
void lrpot__fit_density_free(lrpot__fit_density *density);
/* Makes room for the atoms of a frame in as many fragments at most. */
lrpot_status lrpot__fit_density_reserve(lrpot__fit_density *density, const lrpot__frame *frame,
                                        int64_t charge_stride);
/* Numbers that the arrays of n atoms hold whose moments are predicted up to an order, with Born
 * charges or without. */
int64_t lrpot__fit_density_doubles(const lrpot_charges *charges, int64_t n, int32_t predicted,
                                   int32_t with_born, int64_t charge_stride);

#endif
