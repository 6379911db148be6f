/* Self-consistent densities, the local half: moments x of an atom from the potential v that it
 * feels, both local, by scalars c of the neighbourhoods. With u = v less one level for each group
 * of atoms (charge_groups.h),
 *
 *   x = x0 - R u,   E = u.R u / 2 + x.A x / 2,   v = A x + external,
 *
 * where R is symmetric and not negative, so that E is stationary (docs/theory/selfconsistent.md).
 *
 * Moments and potentials: charges [n], from order 1 on dipoles [n][3], at order 2 quadrupoles
 * [n][3][3], and their derivatives of the energy in the same order. This for the Gaussian of the
 * atom, which x0 has, and again for each of the wider Gaussians that respond, too. */
#ifndef LRPOT__DENSITY_TERMS_H
#define LRPOT__DENSITY_TERMS_H

#include "charges/charges.h"

#define LRPOT__DENSITY_WIDTHS_MAX 3

/* Indices of the heads; -1: not in the model. Of the capacities, one for each width, it is the
 * first; the head is u, their value is log(1 + exp(u)). */
typedef struct lrpot__density_index {
    int32_t charge;                           /* a, e */
    int32_t drive;                            /* chi, e: charge goes from small to large */
    int32_t flow;                             /* capacity kappa of bonds or rho of atoms, e/V */
    int32_t dipole;                           /* gamma, e, of the centre of a bond */
    int32_t dipole_neighbour;                 /* beta, e, of its other end */
    int32_t polarizability;                   /* capacity alpha, e A^2/V */
    int32_t stretch;                          /* capacity tau along bonds, e/V */
    int32_t quadrupole, quadrupole_neighbour; /* delta, epsilon, e */
    int32_t quadrupolarizability;             /* capacity omega, e A^4/V */
    int32_t count;
    int32_t n_widths; /* Gaussians of an atom: 1 to LRPOT__DENSITY_WIDTHS_MAX */
    int32_t reserved;
} lrpot__density_index;

/* Neighbour j of atom i within reach, each pair from both sides. */
typedef struct lrpot__density_bond {
    int64_t i, j;
    double d[3];     /* r_j - r_i */
    double f, slope; /* f(r), f'(r)/r */
    int32_t flows;   /* charge flows: both atoms are of one fragment */
    int32_t reserved;
} lrpot__density_bond;

/* The local half at one geometry, in the workspace. */
typedef struct lrpot__density_terms {
    lrpot__density_index index;
    int32_t order, response; /* LRPOT_RESPONSE_* */
    int64_t n, block, size;  /* atoms; moments of one width, of all */
    /* atoms at which bonds end: n, or ghosts of other processes too, whose values comm brings */
    int64_t n_ends;
    const lrpot_comm *comm;
    const lrpot_atoms *atoms;
    lrpot__charge_groups groups;
    double *values; /* [heads][n_ends]; of ghosts those that neighbours see */
    double *slopes; /* [heads][n_ends]: derivatives of the values by the heads */
    /* [widths][n_ends]: potentials at charges, of u and of p below (density_ranks.h); NULL: n_ends
     * is n */
    double *ends[2];
    int32_t *end_fragments; /* [n_ends], or NULL */
    lrpot__density_bond *bonds;
    int64_t n_bonds;
    int32_t n_groups;
    double *share;    /* [widths][n]: of an excess of charge of the group; sum 1, or all 0 */
    double *capacity; /* [groups] e/V: sum of rho; 0 where atoms have none, and of the free group */
    double *total;    /* [groups] e */
    double *sums;     /* [groups]: scratch */
} lrpot__density_terms;

/* Widths and orders of a number of features, W (L + 1)^2; 0 if there are none of this number. */
int32_t lrpot__density_widths_of(int32_t features, int32_t *order);
/* options: with defaults filled in. */
lrpot__density_index lrpot__density_index_of(const lrpot_charges_options *options);
/* 1 for a capacity of another width than the narrowest. */
int32_t lrpot__density_is_wide(const lrpot__density_index *index, int32_t head);
/* Number of moments of an atom: 1, 4 or 13. */
int64_t lrpot__density_components(int32_t order);
/* Number of the potential at an atom and its derivatives up to one order more, as its place moves
 * them: potential, gradient [3], half the second derivatives [3][3], the third [10]. */
int64_t lrpot__density_derivatives(int32_t order);
/* Number of moments of n atoms, all widths. */
int64_t lrpot__density_size(const lrpot_charges *charges, int64_t n);
/* 1 of heads that neighbours see. */
int lrpot__density_is_seen(const lrpot__density_index *index, int32_t head);
/* Refuses features other than the default and densities without self-interaction. */
lrpot_status lrpot__density_require_plain(const lrpot_charges *charges, const char *what);
/* Bonds, scalars and shares of a call, whose scalars are computed. */
lrpot_status lrpot__density_terms_of(const lrpot__charge_call *call, lrpot__density_terms *terms);

/* x0, overwritten. */
void lrpot__density_resting(const lrpot__density_terms *terms, double *x);
/* out = R v. */
void lrpot__density_respond(const lrpot__density_terms *terms, const double *v, double *out);
/* v_i - v_j of the ends of a bond, of v + c.r with a vector c. v: of one width; c: or NULL. */
double lrpot__density_step(const lrpot__density_bond *bond, const double *v, const double *c);
/* Adds R c.r to the charges of out: the linear potential c.r of a field acts along bonds, by its
 * difference between their ends, and has no values at atoms. Dipoles are not included. */
void lrpot__density_respond_linear(const lrpot__density_terms *terms, const double c[3],
                                   double *out);
/* Adds the dipole of the charges -R (v + c.r) that flow along bonds, each by the vector of its
 * bond. */
void lrpot__density_flow(const lrpot__density_terms *terms, const double *v, const double c[3],
                         double dipole[3]);
/* The halves of settle() and level() below: sums over owned atoms, left in sums; and, once these
 * are those of all processes, the rest. */
void lrpot__density_excess(const lrpot__density_terms *terms, const double *x);
void lrpot__density_take_excess(const lrpot__density_terms *terms, int of_response, double *x);
void lrpot__density_levels(const lrpot__density_terms *terms, const double *x0, const double *v);
void lrpot__density_take_levels(const lrpot__density_terms *terms, const double *x0, double *v);
/* Moves charges so that each group has its total, or, of a response, none. One process. */
void lrpot__density_settle(const lrpot__density_terms *terms, int of_response, double *x);
/* u of v, in place: subtracts the level of each group, and leaves the levels in sums. x0: resting
 * moments, or NULL for the response to a potential. One process. */
void lrpot__density_level(const lrpot__density_terms *terms, const double *x0, double *v);
/* Derivatives of p.x0 - factor p.R u at fixed p and u: by the heads, weights [heads][n_ends],
 * overwritten, and by the places of the bonds, added to forces, virial and virial_atom of out. */
void lrpot__density_differentiate_terms(const lrpot__density_terms *terms, const double *p,
                                        const double *u, double factor, double *weights,
                                        lrpot_outputs *out);
/* The same of p.x0 - p.R u with p + c.r in place of p, and of u, where charges flow along bonds.
 * The charges a of atoms do not see c.r: weights lack their lever arm. The vectors of the bonds are
 * fixed in c.r. p_linear, u_linear: c, or NULL. */
void lrpot__density_differentiate_linear(const lrpot__density_terms *terms, const double *p,
                                         const double *p_linear, const double *u,
                                         const double *u_linear, double *weights,
                                         lrpot_outputs *out);

#endif
