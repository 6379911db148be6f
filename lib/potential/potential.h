/* Internals of a whole model, shared with lib/io and lib/fit. */
#ifndef LRPOT__POTENTIAL_H
#define LRPOT__POTENTIAL_H

#include "charges/charges.h"

#include <lrpot/potential.h>

typedef struct lrpot__metadata_entry {
    char *key;
    char *value;
} lrpot__metadata_entry;

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
    double accuracy; /* eV/A, as given (0: default) */
    /* A [S], or NULL for point charges and for charge models that have their own */
    double *widths;
    /* active set of the frames of the fit, or NULL; not valid after a change of the features */
    struct lrpot_active_set *active_set;
    lrpot__metadata_entry *metadata; /* [n_metadata], in the order of their first setting */
    int64_t n_metadata;
};

/* Creates a model from finished parts, with zero linear coefficients and shifts. Takes ownership of
 * basis and charges on success (charges may be NULL). symbols [basis.n_species] and widths
 * [n_species] (or NULL) are copied. own: coefficients xi for each species. */
lrpot_status lrpot__potential_assemble(lrpot_potential **out, const char *const *symbols,
                                       lrpot_basis *basis, lrpot_charges *charges, double accuracy,
                                       const double *widths, int own);
/* Adds networks beside xi, zero at first; as lrpot__network_create(). */
lrpot_status lrpot__potential_add_network(lrpot_potential *potential,
                                          const int32_t hidden[LRPOT__NETWORK_LAYERS],
                                          int32_t charge_input);
/* Request to the basis for local energies or their derivatives. */
lrpot__request lrpot__potential_request(const lrpot_potential *potential);
/* Number of coefficients xi. */
int64_t lrpot__potential_linear_count(const lrpot_potential *potential);

/* View of a structure for the model: species mapped, list built or rebuilt inside the workspace.
 * Both live in work until the next call with it. */
lrpot_status lrpot__potential_input(const lrpot_potential *potential, lrpot_workspace *work,
                                    const lrpot_structure *structure, lrpot_atoms *atoms,
                                    const lrpot_nlist **list);
/* The same for any list of symbols and cutoff. */
lrpot_status lrpot__structure_input(lrpot_workspace *work, const lrpot_structure *structure,
                                    int32_t n_symbols, const char *const *symbols, double cutoff,
                                    lrpot_atoms *atoms, const lrpot_nlist **list);

/* Copies symbols, which must have 1 to 15 characters and differ. */
lrpot_status lrpot__symbols_copy(char ***out, int32_t n, const char *const *symbols);
void lrpot__symbols_free(char **symbols, int32_t n);

/* As lrpot_potential_compute(), with an external potential shift [n_owned], V, or NULL, for charges
 * that minimise their energy in it. Its energy is included. The caller adds the forces of its own
 * dependence on positions. */
lrpot_status lrpot__potential_compute_shifted(const lrpot_potential *potential,
                                              lrpot_workspace *work, const lrpot_atoms *atoms,
                                              const lrpot_nlist *list, const lrpot_comm *comm,
                                              const double *shift, lrpot_outputs *out);

#endif
