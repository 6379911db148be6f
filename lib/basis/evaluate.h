/* Evaluation of a basis, whatever its descriptor: values and adjoint of heads linear in it, in one
 * pass over the atoms. All other results are built from it. */
#ifndef LRPOT__EVALUATE_H
#define LRPOT__EVALUATE_H

#include "basis/network.h"
#include "basis/plan/plan.h"

#include <lrpot/basis.h>

struct lrpot__descriptor;

struct lrpot_basis {
    const struct lrpot__descriptor *descriptor;
    /* defaults filled in, kernel resolved; level and radial_size are 0 without moment tensors */
    lrpot_basis_options options;
    void *data;    /* of a descriptor other than moment tensors, whose data are the members below */
    int32_t mixed; /* 1: evaluated in mixed precision, by a descriptor that offers it */
    lrpot__plan *plan;
    double *radial;           /* c[zi][zj][mu][b] */
    int32_t no_cutoff_factor; /* 1: Q_b = T_b without (r - R)^2 (imported BChebyshev) */
    /* 1: r below min_distance counts as min_distance, derivative zero (imported *_repuls) */
    int32_t clamp_below;
    /* A, [S][S] or NULL: below this distance of a pair its radial functions come to rest, and stay
     * as they are: polynomials that nothing in the data determines would diverge there */
    double *rest;
    /* schedule of the fast kernels; owned, never rebuilt (it depends on the plan alone) */
    void *fast;
};

/* One of several heads whose values are computed together: sum_k coefficients[z(i)][k] B_(first + k
 * stride)(i). */
typedef struct lrpot__head {
    int64_t first, count, stride;
    const double *coefficients; /* [S][count] */
} lrpot__head;

/* Request for a head: V_i = sum_k coefficient_k B_k(i), plus a network. The adjoint pass uses
 * weight_i * coefficient_k as dE/dB_k(i). A network adds its slope to the coefficients. */
typedef struct lrpot__request {
    const double *coefficients; /* [K] the same for all atoms; or NULL with atom_coefficients */
    /* 0, or K: coefficients are [S][K], a row for each species of the centre */
    int64_t species_stride;
    const lrpot__network *network;   /* added to the coefficients above, or NULL */
    int32_t output;                  /* index of the head of these networks */
    const double *atom_coefficients; /* [n_owned][K] */
    const double *weights; /* [n_owned] or NULL (1): factor of the adjoint, not of values */
    double *features;      /* out [n_owned][K] or NULL */
    double *values;        /* out [n_owned] or NULL: V_i */
    /* += [n_all][3]: -sum_i weight_i dV_i/dr; ghosts folded when atoms->ghost_owner is set */
    double *forces;
    /* [3] or NULL. If set, forces are moments about the centres: forces[j] -= weight_i
     * (lever_arm.r_ij) dV_i/dr_ij, with nothing added on centres. This is virial_atom contracted
     * with lever_arm (the force of a field on charges that depend on their neighbours). virial and
     * virial_atom are then the second moments -weight_i [(lever_arm.r)(r_a g_b + r_b g_a) - r_a r_b
     * (lever_arm.g)]/2 with g = dV_i/dr_ij (the stress of that field, docs/theory/field_stress.md)
     */
    const double *lever_arm;
    /* [n_owned] or NULL: with lever_arm, factors of a second adjoint of the same values that shares
     * the pass: adds -offset_i dV_i/dr. Forces alone; moment tensors. */
    const double *offsets;
    /* += [3][3]: -sum_i weight_i sum_j r_ij (x) dV_i/dr_ij, virial[a][b] = -sum r_a g_b */
    double *virial;
    /* += [n_all][3][3]: the same, assigned to the neighbour j (needed by Born charges and heat
     * flux) */
    double *virial_atom;
    /* += [n_all][3][3]: the same, assigned to the centre i; not with moment tensors */
    double *virial_centre;
    /* [n_heads] or NULL: with coefficients of each species, values alone */
    const lrpot__head *heads;
    int64_t n_heads;
    double *head_values; /* out [n_owned][n_heads] */
    /* out [n_owned][S F n] or NULL: dV_i/dc by the radial coefficients of its species. Values,
     * features and derivatives by places are not computed with it. */
    double *radial_slopes;
    /* out or NULL: 1 if a pair is closer than where its functions begin to rest */
    int32_t *resting;
} lrpot__request;

/* lrpot__basis_run() of moment tensors. */
lrpot_status lrpot__moments_run(const lrpot_basis *basis, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot__request *request);

#endif
