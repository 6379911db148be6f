/* The record of a kind of charges. Everything that depends on the kind stands here; no other folder
 * compares kinds. A kind is one file that fills one record, and one line of charge_kinds.h. */
#ifndef LRPOT__CHARGE_RULES_H
#define LRPOT__CHARGE_RULES_H

#include "charges/charge_kinds.h"
#include "charges/charge_start.h"

#include <lrpot/charges.h>
#include <lrpot/ewald.h>

struct lrpot__charge_call;
struct lrpot__uniform;

/* Forms of the derivatives of the charges, for fits, phonons and the response of periodic
 * systems. */
enum {
    /* Not known: these callers refuse the kind. */
    LRPOT__CHAIN_UNKNOWN,
    /* q = x, or q = x + s (Q - sum x) / sum s where the total charge is kept, with x_i = slope(z_i)
     * c_i and s = own parameters. */
    LRPOT__CHAIN_LINEAR,
    /* Minimum of the energy: sum (chi q + eta(u) q^2 / 2) + q.A.q / 2 with the heads c = (chi,
     * u). */
    LRPOT__CHAIN_MINIMUM,
    /* Moments of a density that responds to its potential, with an energy that is stationary in
     * them (density_terms.h). */
    LRPOT__CHAIN_DENSITY
};

/* c_h(i) = b_h,z + zeta_h.B(i), with a network or without, is common to all kinds. Members that a
 * kind leaves out are 0 or NULL; the comment says what this means. */
typedef struct lrpot__charge_rules {
    const char *name;    /* in files and options */
    const char *summary; /* one line for the reader of a list */

    /* Local scalars and charges of an atom. */
    int32_t heads;  /* scalars c of an atom; 0: one for each channel */
    int32_t traits; /* LRPOT_CHARGES_TAKES_* and the like, public */
    /* Checks the options, fills defaults in, sets n_channels, and n_heads where it depends on the
     * options. NULL: nothing to do. */
    lrpot_status (*configure)(lrpot_charges *charges);
    /* Order of the moments of the density: 0 charges, 1 dipoles too, 2 quadrupoles too. NULL: 0. */
    int32_t (*order)(const lrpot_charges *charges);

    /* Parameters of the kind for each species, 1 at the start. NULL: none. */
    const char *own;   /* name of the block, "charges.<key>", where <key> is that of model files */
    int32_t own_free;  /* they are parameters of the model; 0: kept in files, without effect */
    int32_t own_gauge; /* a common factor changes nothing; all zero is refused */

    /* The total charge is kept. NULL: it is not. */
    int32_t (*keeps_total)(const lrpot_charges *charges);

    /* Charges forwards and backwards. */
    /* Turns c into q (owned atoms). */
    lrpot_status (*forward)(struct lrpot__charge_call *call);
    /* Turns dE/dq [C][n_owned] into dE/dc [m][n_owned]. Forces that do not pass through the scalars
     * are added to out. */
    lrpot_status (*adjoint)(const struct lrpot__charge_call *call, const double *dE_dq,
                            double *weights, lrpot_outputs *out);
    /* Charges that minimise an energy: adds the part of it beside the Coulomb energy to out, and
     * gives dE/dc of the whole energy. NULL: the charges have no energy of their own, and dE/dc
     * follows from the potential by the adjoint. */
    lrpot_status (*own_energy)(const struct lrpot__charge_call *call, double *weights,
                               lrpot_outputs *out);
    /* Response of such charges to an external potential: change = -dq/dV.V for V = -rhs, both
     * [n_owned] (change has room for all atoms). Dipoles respond to the field of the call beside
     * it; their change is added to dipole [3]. NULL: they do not respond. */
    lrpot_status (*respond)(const struct lrpot__charge_call *call, const double *rhs,
                            double *change, double *dipole);
    /* 1 if groups of atoms can be held at a level (charge_groups.h) instead of keeping their
     * charge. NULL: 0. */
    int32_t (*holds_level)(const lrpot_charges *charges);
    /* V, [groups]: the level of each group, dE/dQ in the external potential of the call. After
     * forward. NULL: charges have none. */
    lrpot_status (*levels)(const struct lrpot__charge_call *call, double *levels);
    /* 1 if the response of such charges to a uniform field has a limit in a system that repeats:
     * charge flows along bonds and does not run through the whole system. NULL: 0. */
    int32_t (*dielectric)(const lrpot_charges *charges);
    /* Response of dielectric charges to the potential of a uniform field (charge_uniform.h): adds
     * the change of their dipole, and gives dE/dc [m][n_owned] of the dipole along the field, the
     * rest of its derivatives being added to out. */
    lrpot_status (*respond_uniform)(const struct lrpot__charge_call *call,
                                    const struct lrpot__uniform *field, double dipole[3],
                                    double *weights, lrpot_outputs *out);

    /* Derivatives for fits and phonons. */
    int32_t chain; /* LRPOT__CHAIN_* */
    /* LINEAR: dx_i/dc_i of a species, and its derivative by the own parameter of the species. NULL:
     * 1 and 0. */
    double (*slope)(const lrpot_charges *charges, int32_t species, double *by_own);
    /* MINIMUM: eta > 0, its slope eta' > 0 by u, and eta''/eta', which stays finite where eta' is
     * tiny. */
    void (*hardness)(double u, double eta[3]);

    /* The Coulomb sum. */
    /* Fills the options of the sum that the kind needs. NULL: points, or Gaussians of the
     * potential's widths. */
    void (*coulomb)(const lrpot_charges *charges, lrpot_ewald_options *options);
    /* A, standard deviation of the Gaussian density of a species. NULL: the potential's widths. */
    double (*width)(const lrpot_charges *charges, int32_t species);
    /* Adds energy, forces and virial of the Coulomb sum at fixed moments to out, and potentials
     * [n_owned] = dE/dq, where the density has more than charges. NULL, and of order 0: the sum of
     * the charges. */
    lrpot_status (*sum)(const struct lrpot__charge_call *call, double *potentials,
                        const lrpot_outputs *out);
    int32_t owns_sum; /* the charges depend on the sum: it belongs to them, not to the potential */

    /* A fit. */
    const char *stage; /* name of its last stage */
    /* Name of a first stage in which the total charge is free and the own parameters rest; NULL:
     * there is none. */
    const char *free_stage;
    /* 1 if a head rests at its start until the others have been fitted, and then begins at `wake`.
     * NULL: none does. */
    int32_t (*rests_first)(const lrpot_charges *charges, int32_t head, double *wake);
    int32_t sign_given; /* the sign of all charges together stays as at the start */
    /* Fills b [m][S]. lrpot__charges_start() for kinds whose b is a charge. */
    void (*start)(const lrpot__charge_start *start, double *base);

} lrpot__charge_rules;

#define LRPOT__DECLARE_RULES(constant, name) extern const lrpot__charge_rules lrpot__charges_##name;
LRPOT__CHARGE_KINDS(LRPOT__DECLARE_RULES)
#undef LRPOT__DECLARE_RULES

/* Key of the own parameters in model files; NULL without. */
const char *lrpot__charge_own_key(const lrpot__charge_rules *rules);

/* Rules of a kind; NULL for LRPOT_CHARGES_NONE and for one that does not exist. */
const lrpot__charge_rules *lrpot__charge_rules_of(int32_t kind);

/* Option of some kinds, as a member of lrpot_charges_options and a key of model files. */
enum { LRPOT__OPTION_INTEGER, LRPOT__OPTION_NUMBER, LRPOT__OPTION_CHOICE, LRPOT__OPTION_FLAG };
typedef struct lrpot__charge_option {
    int32_t trait; /* LRPOT_CHARGES_TAKES_* of the kinds that have it */
    int32_t type;  /* LRPOT__OPTION_* */
    const char *key;
    size_t offset;              /* offset of the member */
    const char *const *choices; /* names of the values 0, 1 ..., ended by NULL */
    int32_t flag;               /* its bit in the member */
} lrpot__charge_option;
/* Option number `index` of those that a kind keeps in its files; NULL behind the last. The widths
 * are not among them: they are an array. */
const lrpot__charge_option *lrpot__charge_option_of(const lrpot__charge_rules *rules,
                                                    int32_t index);

#endif
