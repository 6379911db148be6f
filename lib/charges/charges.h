/* Global layer of the model: from local scalars c to charges q, and back. The rules of each kind
 * are a record of charge_rules.h. */
#ifndef LRPOT__CHARGES_H
#define LRPOT__CHARGES_H

#include "basis/evaluate.h"
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
    double *q;       /* [C][n_all]; the caller fills those of ghosts */
    int prepared;    /* the equations' matrix has been set up for these atoms */
    /* V [n_owned]: external potential, in which charges with an energy of their own minimise it; or
     * NULL */
    const double *shift;
} lrpot__charge_call;

/* As lrpot_charges_create, but takes over the basis (on success): for imported plans. */
lrpot_status lrpot__charges_create_with_basis(lrpot_charges **out, lrpot_basis *basis,
                                              const lrpot_charges_options *options);
lrpot_status lrpot__charges_clone(lrpot_charges **out, const lrpot_charges *charges);

/* Lengths of the parameter blocks: radial coefficients, zeta, b, own, weights of networks; 0 where
 * the kind has none. */
enum { LRPOT__CHARGES_OWN = 3, LRPOT__CHARGES_BLOCKS = 5 };
void lrpot__charges_sizes(const lrpot_charges *charges, int64_t sizes[LRPOT__CHARGES_BLOCKS]);

/* Request to the basis for the values or derivatives of one head. */
lrpot__request lrpot__head_request(const lrpot_charges *charges, int32_t head);

/* Scalars and charges of all channels. shift: as in the call. */
lrpot_status lrpot__charges_evaluate(lrpot__charge_call *call, const lrpot_charges *charges,
                                     lrpot_workspace *work, const lrpot_atoms *atoms,
                                     const lrpot_nlist *list, const lrpot_comm *comm,
                                     const double *shift);
/* After begin: sets the charges of ghosts in the values [n_all] of one channel. */
lrpot_status lrpot__charges_to_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                      double *values);
/* After begin: adds the energy of the charges beside the Coulomb energy, and the forces and virials
 * of the derivatives of the charges, at the potentials [C][n_owned]. Charges that minimise an
 * energy do not use these potentials. */
lrpot_status lrpot__charges_add_forces(const lrpot__charge_call *call, const double *potentials,
                                       lrpot_outputs *out);
/* After begin: adds forces and virials of dE/dq [C][n_owned]. */
lrpot_status lrpot__charges_pull(const lrpot__charge_call *call, const double *dE_dq,
                                 lrpot_outputs *out);

/* Heads forward and backward: c [m][n_owned]; and the forces of dE/dc [m][n_owned], added to
 * out. */
lrpot_status lrpot__heads_eval(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list, double *scalars);
lrpot_status lrpot__heads_pull(const lrpot_charges *charges, lrpot_workspace *work,
                               const lrpot_atoms *atoms, const lrpot_nlist *list,
                               const double *weights, lrpot_outputs *out);

/* Creates the Coulomb sum of the kind. widths: A, [S], of the potential; NULL: points. Kinds with
 * widths of their own do not use them. */
lrpot_status lrpot__charges_create_sum(const lrpot_charges *charges, double accuracy,
                                       const double *widths, lrpot_ewald **out);
/* Sets the accuracy of the charges' own Coulomb sum. */
lrpot_status lrpot__charges_set_accuracy(lrpot_charges *charges, double accuracy);
/* 1 if the charges change when atoms move. */
int lrpot__charges_depend_on_positions(const lrpot_charges *charges);
/* Refuses charges that depend on atoms beyond the cutoff of the basis by more than their sum. */
lrpot_status lrpot__charges_require_local(const lrpot_charges *charges, const char *what);
/* 1 if the charges minimise an energy of their own. NULL: 0. */
int lrpot__charges_have_energy(const lrpot_charges *charges);
/* Refuses kinds whose derivatives are not known. NULL is accepted. */
lrpot_status lrpot__charges_require_derivatives(const lrpot_charges *charges, const char *what);
/* dq_i/dc_i of an atom without redistribution; 1 without charges. by_own: its derivative by the own
 * parameter, or NULL. */
double lrpot__charges_slope(const lrpot_charges *charges, int32_t species, double *by_own);
/* These slopes for the owned atoms, in the workspace; NULL: all are 1. */
lrpot_status lrpot__charges_slopes(const lrpot_charges *charges, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const double **slopes);
/* Refuses models with several charges per atom, for callers that need one. */
lrpot_status lrpot__charges_require_single(const lrpot_charges *charges, const char *what);

/* Sum over the processes. Without a callback it does nothing. */
lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n);

#endif
