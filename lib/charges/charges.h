/* Global layer of the model: from local scalars c to charges q, and back. The rules of each kind
 * are a record of charge_rules.h. */
#ifndef LRPOT__CHARGES_H
#define LRPOT__CHARGES_H

#include "basis/evaluate.h"
#include "charges/charge_groups.h"
#include "charges/charge_rules.h"
#include "core/workspace.h"

#include <lrpot/charges.h>
#include <lrpot/ewald.h>

struct lrpot_charges {
    lrpot_charges_options options; /* defaults filled in */
    int32_t kind;                  /* LRPOT_CHARGES_*, never NONE */
    int32_t n_species;             /* S */
    int32_t n_heads;               /* m: local scalars per atom */
    int32_t n_channels;            /* C: charges per atom */
    lrpot_basis *basis;            /* owned copy, or NULL */
    double *linear;                /* zeta [m][K], or [m][S][K], or NULL without a basis */
    int64_t head_stride;           /* offset from the zeta of one head to those of the next */
    /* offset from one species to the next: K, or 0 where they are common to all */
    int64_t species_stride;
    lrpot__network *network; /* beside zeta, or NULL */
    double *base;            /* b [m][S]: constant part of c */
    /* [S]: the kind's own parameter of each species; the shares s of the redistribution where the
     * total charge is kept. 1 where the kind has none. */
    double *own;
    /* A [S]: standard deviations of the charge densities of the kinds that have their own, or NULL
     */
    double *widths;
    lrpot_ewald *ewald;                  /* the Coulomb sum that the charges depend on, or NULL */
    struct lrpot__blurred_sums *blurred; /* beside it: of densities of several widths, or NULL */
    const lrpot__charge_rules *rules;
};

/* One evaluation; scalars and charges are blocks of the workspace, valid until the next evaluation
 * with it. */
typedef struct lrpot__charge_call {
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    double *scalars; /* [m][n_owned] c */
    double *q;       /* [C][n_all]; the caller fills those of ghosts */
    lrpot__charge_groups groups;
    int prepared; /* the equations' matrix has been set up for these atoms */
    /* V [n_owned]: external potential, in which charges with an energy of their own minimise it; or
     * NULL. Less the potentials at which fragments are held. */
    const double *shift;
    const double *field; /* V/A [3]: acts on dipoles beside the shift; or NULL */
    /* V/A [3]: of a field on charges that do not answer to it, whose work on their flow shares the
     * pass of an adjoint (lrpot__request); or NULL */
    const double *lever_arm;
    const double *dE_ddipole; /* V/A [3]: of all dipoles, beside dE/dq of an adjoint; or NULL */
    /* Coulomb matrix of a density (density_matrix.h), in place of sums without virials; or NULL */
    const double *matrix;
    /* V [moments]: potentials that the moments of a density answer to in place of their own; NULL:
     * those of the fixed point */
    const double *given;
    struct lrpot__density *density; /* of self-consistent densities */
    int cut_out; /* owned atoms are part of a larger system: bonds to ghosts are left out */
} lrpot__charge_call;

/* The potential c.r of a uniform field. Along the directions that repeat it has no values at
 * atoms. */
typedef struct lrpot__uniform {
    double potential[3];  /* V/A: c */
    const double *along;  /* [3][3]: projector on the directions that repeat */
    const double *across; /* A [n_owned][3]: positions along the other directions */
} lrpot__uniform;

/* Lengths of the parameter blocks: radial coefficients, zeta, b, own, weights of networks; 0 where
 * the kind has none. */
enum { LRPOT__CHARGES_OWN = 3, LRPOT__CHARGES_BLOCKS = 5 };

#endif
