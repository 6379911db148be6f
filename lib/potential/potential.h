/* Internals of a whole model, shared with lib/io and lib/fit. */
#ifndef LRPOT__POTENTIAL_H
#define LRPOT__POTENTIAL_H

#include "charges/charges.h"

#include <lrpot/potential.h>

typedef struct lrpot__metadata_entry {
    char *key;
    char *value;
} lrpot__metadata_entry;

/* A Coulomb sum that a model brings instead of the solver. */
typedef struct lrpot__own_sum {
    const char *name;
    /* As lrpot__potential_coulomb(). */
    lrpot_status (*run)(const lrpot_potential *potential, const lrpot__charge_call *call,
                        double *potentials, const lrpot_outputs *out);
} lrpot__own_sum;

struct lrpot_potential {
    int32_t n_species;  /* S */
    char **symbols;     /* [S] */
    lrpot_basis *basis; /* of the energy */
    double *linear;     /* xi [K], or [S][K] */
    /* offset of xi from one species to the next: K, or 0 where they are common to all */
    int64_t species_stride;
    double *shifts;          /* e_z [S] */
    lrpot__network *network; /* beside xi, or NULL */
    lrpot_charges *charges;  /* or NULL */
    /* NULL without charges; the charges' own solver if they have one */
    lrpot_ewald *ewald;
    double accuracy;               /* eV/A, as given (0: default) */
    const lrpot__own_sum *own_sum; /* or NULL: the solver's */
    /* factor of the charges in the solver: square root of the ratio of Coulomb constants */
    double charge_unit;
    double epsilon; /* eps_inf that the charges are screened by; 0: not known */
    /* 1: forces leave the derivative of the redistribution out; one pass for energy and charges
     * only */
    int32_t plain_forces;
    /* A [S], or NULL for point charges and for charge models that have their own */
    double *widths;
    /* active set of the frames of the fit, or NULL; not valid after a change of the features */
    struct lrpot_active_set *active_set;
    struct lrpot__core *core;           /* or NULL */
    struct lrpot__gap_barrier *barrier; /* or NULL */
    lrpot__metadata_entry *metadata;    /* [n_metadata], in the order of their first setting */
    int64_t n_metadata;
};

#endif
