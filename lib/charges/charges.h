/* The global layer: from local scalars c to charges q, and back. A charge model is one file that
 * fills a table of rules. */
#ifndef LRPOT__CHARGES_H
#define LRPOT__CHARGES_H

#include "basis/evaluate.h"
#include "core/workspace.h"

#include <lrpot/charges.h>
#include <lrpot/electrostatics.h>

typedef struct lrpot__charge_rules lrpot__charge_rules;

struct lrpot_charges {
    lrpot_charges_options options; /* defaults filled in */
    int32_t kind;                  /* LRPOT_CHARGES_*, never NONE */
    int32_t n_species;             /* S */
    int32_t n_heads;               /* m: local scalars per atom */
    int32_t n_channels;            /* C: charges per atom */
    lrpot_basis *basis;            /* owned copy, or NULL */
    double *linear;                /* zeta [m][K], or [m][S][K], or NULL without a basis */
    int64_t head_stride;           /* from the zeta of one head to those of the next */
    /* and from one species to the next: K, or 0 where they are common to all */
    int64_t species_stride;
    lrpot__network *network; /* beside zeta, or NULL */
    double *base;            /* b [m][S]: constant part of c */
    /* s [S]: weight in the redistribution; present in all kinds, without effect where nothing is
     * redistributed */
    double *share;
    /* A [S]: standard deviations of the charge densities of equilibrated charges, or NULL */
    double *widths;
    lrpot_ewald *ewald; /* the Coulomb sum that the charges depend on, or NULL */
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
    double *q;       /* [C][n_all]; ghosts are the caller's to fill */
    int prepared;    /* the equations' matrix has been set up for these atoms */
    /* V [n_owned]: potential from outside that charges with an energy of their own settle in, or
     * NULL */
    const double *shift;
} lrpot__charge_call;

enum { LRPOT__NO_BASIS, LRPOT__NEEDS_BASIS, LRPOT__MAY_HAVE_BASIS };

/* What tells one charge model from another; c_h(i) = b_h,z + zeta_h.B(i), with a network or
 * without, is common to all. */
struct lrpot__charge_rules {
    const char *name;
    int32_t basis;      /* LRPOT__NO_BASIS and the like */
    int32_t has_shares; /* s are parameters */
    /* Checks the options, fills defaults in; sets n_heads, n_channels and what the kind has of its
     * own. NULL: one of each, and charge densities are the potential's matter. */
    lrpot_status (*configure)(lrpot_charges *charges);
    /* c becomes q (owned atoms). */
    lrpot_status (*forward)(lrpot__charge_call *call);
    /* dE/dq [C][n_owned] becomes dE/dc [m][n_owned]; what does not go by way of the scalars is
     * added to out. */
    lrpot_status (*adjoint)(const lrpot__charge_call *call, const double *dE_dq, double *weights,
                            lrpot_outputs *out);
    /* Charges that minimise an energy: adds what this has beside the Coulomb energy to out, and
     * gives dE/dc of the whole. NULL: the charges have no energy of their own, and dE/dc follows
     * from the potential by the adjoint. */
    void (*settle)(const lrpot__charge_call *call, double *weights, lrpot_outputs *out);
    /* How such charges answer a potential from outside: change = -dq/dV.V for V = -rhs, both
     * [n_owned] (change has room for all atoms). NULL: they do not. */
    lrpot_status (*respond)(const lrpot__charge_call *call, const double *rhs, double *change);
};

extern const lrpot__charge_rules lrpot__charges_fixed, lrpot__charges_qrd, lrpot__charges_edq,
    lrpot__charges_edqrd, lrpot__charges_latent, lrpot__charges_equilibrated;

/* Workspace blocks of this folder. */
enum {
    LRPOT__CHARGES_SCALARS = LRPOT__BLOCK_CHARGES,
    LRPOT__CHARGES_Q,
    LRPOT__CHARGES_WEIGHTS,
    LRPOT__CHARGES_ROWS,
    LRPOT__CHARGES_ALL,
    LRPOT__CHARGES_VECTORS,
    LRPOT__CHARGES_MATRIX,
    LRPOT__CHARGES_KEPT
};

/* Rules of a kind; NULL for one that does not exist. */
const lrpot__charge_rules *lrpot__charge_rules_of(int32_t kind);

/* As lrpot_charges_create, but takes over the basis (on success): for imported plans. */
lrpot_status lrpot__charges_create_with_basis(lrpot_charges **out, lrpot_basis *basis,
                                              const lrpot_charges_options *options);
lrpot_status lrpot__charges_clone(lrpot_charges **out, const lrpot_charges *charges);

/* Lengths of the parameter blocks: radial coefficients, zeta, b, s, weights of networks; 0 where
 * the kind has none. */
enum { LRPOT__CHARGES_SHARE = 3, LRPOT__CHARGES_BLOCKS = 5 };
void lrpot__charges_sizes(const lrpot_charges *charges, int64_t sizes[LRPOT__CHARGES_BLOCKS]);

/* What asks the basis for the values or derivatives of one head. */
lrpot__request lrpot__head_request(const lrpot_charges *charges, int32_t head);

/* Scalars and charges of all channels. shift: as in the call. */
lrpot_status lrpot__charges_begin(lrpot__charge_call *call, const lrpot_charges *charges,
                                  lrpot_workspace *work, const lrpot_atoms *atoms,
                                  const lrpot_nlist *list, const lrpot_comm *comm,
                                  const double *shift);
/* After begin: charges of ghosts, of the values [n_all] of one channel. */
lrpot_status lrpot__charges_to_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                      double *values);
/* After begin: adds the energy that the charges have beside the Coulomb energy, and the forces and
 * virials of their following the atoms, at the potentials [C][n_owned] (not looked at by charges
 * that minimise an energy). */
lrpot_status lrpot__charges_finish(const lrpot__charge_call *call, const double *potentials,
                                   lrpot_outputs *out);
/* After begin: adds forces and virials of dE/dq [C][n_owned]. */
lrpot_status lrpot__charges_follow(const lrpot__charge_call *call, const double *dE_dq,
                                   lrpot_outputs *out);

/* The two ways through the heads: c [m][n_owned], and the forces of dE/dc [m][n_owned], which are
 * added to out. */
lrpot_status lrpot__heads_eval(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, double *scalars);
lrpot_status lrpot__heads_pull(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *weights, lrpot_outputs *out);

/* Another accuracy of the charges' own Coulomb sum. */
lrpot_status lrpot__charges_set_accuracy(lrpot_charges *charges, double accuracy);
/* Whether charges change when atoms move. */
int lrpot__charges_move(const lrpot_charges *charges);
/* Refuses charges that depend on atoms beyond the cutoff of the basis in more ways than by their
 * sum. */
lrpot_status lrpot__charges_local(const lrpot_charges *charges, const char *what);
/* Refuses models with several charges per atom where one is meant. */
lrpot_status lrpot__charges_single(const lrpot_charges *charges, const char *what);

/* Sum over the processes; nothing to do without a callback. */
lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n);

#endif
