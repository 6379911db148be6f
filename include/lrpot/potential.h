/** @file lrpot/potential.h
 *  @brief A whole model: local energy, charges and electrostatics tied together.
 *
 *  E = sum_i ( e_z(i) + sum_k xi_k B_k(i) ) + E_Coulomb(q)   (arXiv 2603.06396, eqs 1-3), where xi
 * may be another for each species z(i), and a small network of the B_k(i) may be added to their
 * sum. */
#ifndef LRPOT_POTENTIAL_H
#define LRPOT_POTENTIAL_H

#include <lrpot/charges.h>
#include <lrpot/electrostatics.h>

LRPOT_BEGIN_DECLS

/** @brief A model. Immutable but for the set functions, so threads share it. */
typedef struct lrpot_potential lrpot_potential;

/** @brief What a new model is made of; fill with LRPOT_POTENTIAL_OPTIONS_INIT. */
typedef struct lrpot_potential_options {
    size_t struct_size; /**< sizeof(lrpot_potential_options). */
    /** Element symbols (or labels) of the species, [basis.n_species]; copied. */
    const char *const *symbols;
    /** Basis of the energy. Its struct_size is that of charge_basis, too, and tells where the
     * members after both stand. */
    lrpot_basis_options basis;
    /** Basis of the charges, for EDQ, EDQRD, LATENT, and for EQUILIBRATED unless its level is 0;
     * its n_species is that of basis. */
    lrpot_basis_options charge_basis;
    int32_t charges; /**< LRPOT_CHARGES_*. */
    /** 0: the linear coefficients xi are common to all species of the centre, as in MLIP; 1: each
     * has its own. Those of the charges: LRPOT_CHARGES_OWN_COEFFICIENTS of charge_options. */
    int32_t species_coefficients;
    double accuracy; /**< Coulomb force error in eV/A; 0 means 1e-9. */
    /** A, [n_species]: Gaussian widths of the charges, NULL for points; copied. Latent charges have
     * their sigma instead; of equilibrated charges these are the widths. */
    const double *widths;
    /** More of the charge model, whose kind and n_species are not looked at; NULL: defaults. */
    const lrpot_charges_options *charge_options;
    /** Widths of the one or two hidden layers, up to 64 each, of a network for each species that is
     * added to xi.B; 0: none. Those of the charges: hidden of charge_options. */
    int32_t hidden[2];
    /** 1: the total charge of the system is an input of these networks, so that energies follow it;
     * 0. */
    int32_t charge_input;
    int32_t reserved; /**< 0. */
} lrpot_potential_options;
/** @brief Level 8, no charges; the caller fills symbols and n_species. */
#define LRPOT_POTENTIAL_OPTIONS_INIT                                                               \
    {                                                                                              \
        sizeof(lrpot_potential_options), NULL, LRPOT_BASIS_OPTIONS_INIT, LRPOT_BASIS_OPTIONS_INIT, \
            LRPOT_CHARGES_NONE, 0, 0.0, NULL, NULL, { 0, 0 }, 0, 0                                 \
    }

/** @brief Creates a model with all linear coefficients zero. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_create(lrpot_potential **out, const lrpot_potential_options *options);
/** @brief Deep copy. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_clone(lrpot_potential **out,
                                                              const lrpot_potential *potential);
/** @brief Frees a model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_potential_free(lrpot_potential *potential);

/** @brief Cutoff in A that a neighbour list must reach: the larger of the two bases'. @since 0.1 */
LRPOT_API double lrpot_potential_cutoff(const lrpot_potential *potential);
/** @brief Number of species. @since 0.1 */
LRPOT_API int32_t lrpot_potential_species_count(const lrpot_potential *potential);
/** @brief Symbols of the species, [count]; borrowed. @since 0.1 */
LRPOT_API const char *const *lrpot_potential_symbols(const lrpot_potential *potential);
/** @brief Renames the species, for imported models whose file holds no element names. @param[in]
 * symbols  [n], n = species count. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_symbols(lrpot_potential *potential,
                                                                    int32_t n,
                                                                    const char *const *symbols);
/** @brief Replaces the accuracy of the Coulomb sum; not while another thread uses the model.
 *  @param[in] accuracy  Force error in eV/A; 0 means 1e-9. @return LRPOT_E_UNSUPPORTED for a model
 * without charges, LRPOT_E_ARGUMENT, LRPOT_E_ACCURACY, LRPOT_E_MEMORY: the model is then as it was.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_accuracy(lrpot_potential *potential,
                                                                     double accuracy);
/** @brief Index of a species by symbol. @return LRPOT_E_SPECIES when the model has none such.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_species(const lrpot_potential *potential,
                                                                const char *symbol, int32_t *index);
/** @brief Parts of the model, borrowed; charges and ewald are NULL for a model without charges.
 * @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_potential_basis(const lrpot_potential *potential);
/** @brief The charge model, or NULL. @since 0.1 */
LRPOT_API const lrpot_charges *lrpot_potential_charges(const lrpot_potential *potential);
/** @brief The Coulomb solver, or NULL. @since 0.1 */
LRPOT_API const lrpot_ewald *lrpot_potential_ewald(const lrpot_potential *potential);
/** @brief What the host must provide: a sum of LRPOT_NEEDS_*. @since 0.1 */
LRPOT_API int32_t lrpot_potential_needs(const lrpot_potential *potential);
#define LRPOT_NEEDS_SUM 1     /**< comm->sum. */
#define LRPOT_NEEDS_FORWARD 2 /**< comm->forward of charges to ghosts. */

/** @brief Number of parameters, all blocks. @since 0.1 */
LRPOT_API int64_t lrpot_potential_param_count(const lrpot_potential *potential);
/** @brief Copies all parameters: the blocks in the order of lrpot_potential_param_block(). @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_get_params(const lrpot_potential *potential,
                                                                   int64_t n, double *params);
/** @brief Replaces all parameters. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_params(lrpot_potential *potential,
                                                                   int64_t n, const double *params);
/** @brief Block number @p index: energy.radial [S][S][F][n], energy.linear [K] (or [S][K], own
 * coefficients of each species), energy.species [S], energy.hidden (weights of the networks)
 * [S][n], then charges.radial, charges.linear (zeta), charges.species (b), charges.share (s),
 * charges.hidden, shapes as at lrpot_charges_param_count(); blocks that the model does not use are
 * left out, so that later ones move up. @return 1 when it exists, 0 otherwise. @since 0.1 */
LRPOT_API int32_t lrpot_potential_param_block(const lrpot_potential *potential, int32_t index,
                                              const char **name, int64_t *offset, int64_t *count);

/** @brief A free-text remark that travels in the model file, e.g. "provenance". @return Borrowed or
 * NULL. @since 0.1 */
LRPOT_API const char *lrpot_potential_note(const lrpot_potential *potential, const char *key);
/** @brief Sets such a remark; NULL removes it. Model files are UTF-8: the bytes of a text that is
 * not are taken as Latin-1. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_note(lrpot_potential *potential,
                                                                 const char *key,
                                                                 const char *value);
/** @brief Remark number @p index. @return 1 when it exists. @since 0.1 */
LRPOT_API int32_t lrpot_potential_note_at(const lrpot_potential *potential, int64_t index,
                                          const char **key, const char **value);

/** @brief Everything at once: charges, electrostatics, local energy, forces.
 *  @param[in] list  Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in] comm  NULL for one process; otherwise energies and virials are this process' share.
 *  @param[in,out] out  Any of the members. Undefined after a failure.
 *  @return LRPOT_E_ARGUMENT for ghosts that neither comm->forward nor atoms->ghost_owner fills;
 * LRPOT_E_CUTOFF, LRPOT_E_SPECIES, LRPOT_E_CELL, LRPOT_E_SINGULAR, LRPOT_E_NOT_FINITE,
 * LRPOT_E_MEMORY; a negative value from comm as it came.
 *  @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_compute(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, lrpot_outputs *out);
/** @brief The local part alone (first or last stage of a host that runs the electrostatics itself
 * between lrpot_charges_eval() and lrpot_charges_pull()): energy, energy_atom, forces, virial,
 * virial_atom. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_local(const lrpot_potential *potential,
                                                              lrpot_workspace *work,
                                                              const lrpot_atoms *atoms,
                                                              const lrpot_nlist *list,
                                                              lrpot_outputs *out);
/** @brief lrpot_potential_compute() for a structure of the library: maps species and builds the
 * list inside @p work.
 *  @return LRPOT_E_SPECIES, and as lrpot_potential_compute(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_compute_structure(const lrpot_potential *potential, lrpot_workspace *work,
                                  const lrpot_structure *structure, lrpot_outputs *out);
/** @brief Electrostatic potential of the model's charges at points in space: what a test charge
 * without extent sees of points or of Gaussians of the widths that the model gives its species
 * (latent charges are Gaussians of width sigma/sqrt(2)).
 *
 *  Isolated systems: zero at infinity. Periodic in three directions: Ewald sum in tin-foil
 * surroundings whose mean over the cell is zero, with a uniform background for a net charge.
 * Layers: as lrpot_ewald_eval(). One process, no ghosts.
 *  @param[in]  points  A, [n][3]. @param[out] values  V, [n].
 *  @return LRPOT_E_UNSUPPORTED (no charges, several channels, ghosts), LRPOT_E_COINCIDENT (a point
 * on an atom, or on another point), LRPOT_E_NOT_FINITE, and as lrpot_charges_eval(). @allocates
 * Yes. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_points(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, int64_t n, const double *points, double *values);
/** @brief lrpot_potential_points() for a structure of the library. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_points_structure(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    int64_t n, const double *points, double *values);

LRPOT_END_DECLS
#endif
