/* The global layer: from local scalars c_i to charges q_i, and back. A charge model is one file that fills a table of rules. */
#ifndef LRPOT__CHARGES_H
#define LRPOT__CHARGES_H

#include "basis/evaluate.h"

#include <lrpot/charges.h>

typedef struct lrpot__charge_rules lrpot__charge_rules;

struct lrpot_charges {
    int32_t kind;      /* LRPOT_CHARGES_*, never NONE */
    int32_t n_species; /* S */
    lrpot_basis *basis; /* owned copy, or NULL */
    double *linear;     /* zeta [K], or NULL without a basis */
    double *base;       /* b [S]: constant part of c */
    double *share;      /* s [S]: weight in the redistribution; present in all kinds, without effect where nothing is redistributed */
    const lrpot__charge_rules *rules;
};

/* What tells one charge model from another. c_i = b_z + zeta.B(i) is common to all; both functions work on owned atoms. */
struct lrpot__charge_rules {
    const char *name;
    int32_t needs_basis;
    int32_t needs_sum; /* global sums: collective over comm */
    /* c [n_owned] becomes q, in place. */
    lrpot_status (*forward)(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, double *values);
    /* dE/dq [n_owned] becomes dE/dc, in place. */
    lrpot_status (*adjoint)(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, double *weights);
};

/* Rules of a kind; NULL for one that does not exist. */
const lrpot__charge_rules *lrpot__charge_rules_of(int32_t kind);

/* As lrpot_charges_create, but takes over the basis (on success): for imported plans. */
lrpot_status lrpot__charges_create_with_basis(lrpot_charges **out, lrpot_basis *basis, const lrpot_charges_options *options);
lrpot_status lrpot__charges_clone(lrpot_charges **out, const lrpot_charges *charges);

/* Lengths of the parameter blocks: radial coefficients, zeta, b, s; 0 where the kind has none. */
void lrpot__charges_sizes(const lrpot_charges *charges, int64_t sizes[4]);

/* Sum over the processes; nothing to do without a callback. */
lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n);

#endif
