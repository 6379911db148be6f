/** @file lrpot/potential.h
 *  @brief A whole model: local energy, charges and electrostatics tied together.
 *
 *  E = sum_i ( e_z(i) + sum_k xi_k B_k(i) ) + E_Coulomb(q) (arXiv 2603.06396, eqs 1-3). The
 *  coefficients xi are common, or belong to each species z(i). The output of a small network of the
 *  B_k(i) may be added to the sum. */
#ifndef LRPOT_POTENTIAL_H
#define LRPOT_POTENTIAL_H

#include <lrpot/charges.h>
#include <lrpot/host.h>
#include <lrpot/ewald.h>

LRPOT_BEGIN_DECLS

/** @brief A model. Immutable except by the set functions, so threads share it. */
typedef struct lrpot_potential lrpot_potential;

/** @brief Options of a new model; fill with LRPOT_POTENTIAL_OPTIONS_INIT. What they point to is
 *  copied by lrpot_potential_create(); the caller keeps it alive during the call only. */
typedef struct lrpot_potential_options {
    size_t struct_size; /**< sizeof(lrpot_potential_options). */
    /** [n_species], element symbols (or labels) of the species. */
    const char *const *symbols;
    int32_t n_species; /**< Number of species, >= 1. */
    int32_t charges;   /**< LRPOT_CHARGES_*. */
    /** Basis of the energy, except n_species. NULL: LRPOT_BASIS_OPTIONS_INIT. */
    const lrpot_basis_options *basis;
    /** Basis of the charges, except n_species, for EDQ, EDQRD, LATENT, and for EQUILIBRATED unless
     * its level is 0. NULL: LRPOT_BASIS_OPTIONS_INIT. */
    const lrpot_basis_options *charge_basis;
    /** Further options of the charge model, except kind and n_species. NULL: defaults. */
    const lrpot_charges_options *charge_options;
    /** A, [n_species]: Gaussian widths of the charges. NULL for points. Latent charges have their
     * sigma instead; equilibrated charges use these widths. */
    const double *widths;
    double accuracy; /**< eV/A: error of the Coulomb forces; 0 means 1e-9. */
    /** Widths of the one or two hidden layers, up to 64 each, of a network for each species, whose
     * output is added to xi.B; 0: none. For networks of the charges see hidden of charge_options.
     */
    int32_t hidden[2];
    /** 1: the total charge of the system is an input of these networks; 0: it is not. */
    int32_t charge_input;
    /** 0: all species of the centre share the linear coefficients xi, as in MLIP; 1: each species
     * has its own. For those of the charges see LRPOT_CHARGES_OWN_COEFFICIENTS of charge_options.
     */
    int32_t species_coefficients;
} lrpot_potential_options;
/** @brief Level 8, no charges; the caller fills symbols and n_species. */
#define LRPOT_POTENTIAL_OPTIONS_INIT                                                               \
    {                                                                                              \
        sizeof(lrpot_potential_options), NULL, 0, LRPOT_CHARGES_NONE, NULL, NULL, NULL, NULL, 0.0, \
            { 0, 0 }, 0, 0                                                                         \
    }

/** @brief Creates a model with all linear coefficients zero.
 *  @param[out] out      The model; the caller frees it with lrpot_potential_free(). Untouched on
 *    failure.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_UNSUPPORTED (kernel not on this processor); LRPOT_E_ACCURACY; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_create(lrpot_potential **out, const lrpot_potential_options *options);
/** @brief Makes a deep copy.
 *  @param[out] out        The copy; the caller frees it with lrpot_potential_free(). Untouched on
 *    failure.
 *  @param[in]  potential  Model; not modified.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_clone(lrpot_potential **out,
                                                              const lrpot_potential *potential);
/** @brief Makes a copy of a model without charges, to which charges are added.
 *
 *  Basis, coefficients, networks and notes of the energy are those of the model, bit for bit. An
 *  active set is left out: it has no features of the charges. The charges are zero, so energies and
 *  forces are those of the model until a fit
 *  (lrpot_fit_keep(), lrpot_fit_hold()) has found them.
 *  @param[out] out        The copy; the caller frees it with lrpot_potential_free(). Untouched on
 *    failure.
 *  @param[in]  potential  Model without charges, such as an imported .mtp; not modified.
 *  @param[in]  options    Options of the charges: charges, charge_basis, charge_options, widths and
 *    accuracy. The other members are not used.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT (the model has charges, or
 * options has none); otherwise as lrpot_potential_create().
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_add_charges(lrpot_potential **out, const lrpot_potential *potential,
                            const lrpot_potential_options *options);
/** @brief Frees a model.
 *  @param[in] potential  Model; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_potential_free(lrpot_potential *potential);

/** @brief Cutoff that a neighbour list must reach: the larger of the two bases'.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return A; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_potential_cutoff(const lrpot_potential *potential);
/** @brief Number of species.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return Number of species; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_potential_species_count(const lrpot_potential *potential);
/** @brief Symbols of the species.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return [lrpot_potential_species_count()], borrowed until the symbols are set or the model is
 *    freed; NULL for NULL.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API const char *const *lrpot_potential_symbols(const lrpot_potential *potential);
/** @brief Renames the species, for imported models whose file holds no element names.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     n          lrpot_potential_species_count().
 *  @param[in]     symbols    [n], symbols or labels; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n); LRPOT_E_ARGUMENT (a symbol, or another than
 *    that in the file of a NEP, which names its elements); LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_symbols(lrpot_potential *potential,
                                                                    int32_t n,
                                                                    const char *const *symbols);
/** @brief Replaces the accuracy of the Coulomb sum.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     accuracy   Force error in eV/A; 0 means 1e-9.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_UNSUPPORTED for a model without charges;
 *    LRPOT_E_ARGUMENT; LRPOT_E_ACCURACY; LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_accuracy(lrpot_potential *potential,
                                                                     double accuracy);
/** All in double precision: the default. */
#define LRPOT_PRECISION_DOUBLE 0
/** Descriptor, network and derivatives of each atom in single precision. */
#define LRPOT_PRECISION_MIXED 1
/** @brief Chooses the precision of the local layer of a NEP.
 *
 *  In mixed precision descriptor, network and derivatives of each atom are of single precision.
 *  Vectors between atoms are subtracted, pairs selected, and energies, forces and virials summed in
 *  double precision. Charges that are no part of the NEP, and the Coulomb sum, stay in double
 *  precision. Errors are docs/how-to/nep.md's. Meant for molecular dynamics: dynamical matrices and
 *  fits refuse such a model. No file keeps the choice, copies do.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     precision  LRPOT_PRECISION_DOUBLE or LRPOT_PRECISION_MIXED.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_MEMORY; LRPOT_E_UNSUPPORTED for mixed
 *    precision of a model whose energy is no NEP, with the reference kernel, or for a NEP with
 *    numbers beyond the range of floats.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_precision(lrpot_potential *potential,
                                                                      int32_t precision);
/** @brief Precision that was chosen.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return LRPOT_PRECISION_DOUBLE or LRPOT_PRECISION_MIXED; the first for NULL.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_potential_precision(const lrpot_potential *potential);
/** @brief Repulsion of atoms that come closer than any did in the data of a fit.
 *
 *  Each pair of species a, b at a distance r below outer[a][b] has the energy strength k_e Z_a
 * Z_b/r phi(r) s(r) more: the screened repulsion of the nuclei (Ziegler, Biersack and Littmark,
 * 1985), switched off by s = (1 + cos(pi (2 r/outer - 1)))/2 from outer/2 to outer. It is part of
 * the model wherever that is evaluated, and of its file. lrpot_fit_run() makes it; .mtp has none.
 *  @param[in,out] potential  Model of moment tensors; unchanged on failure.
 *  @param[in]     outer      A, [S][S], symmetric, up to the cutoff; 0: no core. NULL: none for
 * all.
 *  @param[in]     strength   [S][S], symmetric: factor, 1 is that of the nuclei; NULL where outer
 * is.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_SPECIES (a species with a core is no
 *    element); LRPOT_E_UNSUPPORTED for a NEP, which has its own; LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_core(lrpot_potential *potential,
                                                                 const double *outer,
                                                                 const double *strength);
/** @brief Core of a model, see lrpot_potential_set_core().
 *  @param[in]  potential  Model.
 *  @param[out] outer      A, [S][S], zeros without core; or NULL.
 *  @param[out] strength   [S][S], zeros without core; or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_get_core(const lrpot_potential *potential,
                                                                 double *outer, double *strength);
/** @brief Barrier between distances of bonds and those of free atoms.
 *
 *  Each pair of species a, b at a distance r between begin[a][b] and end[a][b] has the energy 64
 * height x^3 (1 - x)^3 more, x = (r - begin)/(end - begin): height[a][b] in the middle, without
 * slope and curvature at both ends. Where begin[a][b] is 0 the barrier has no other side: within
 * 0.15 end below the end it rises by height y^3 (10 - 15 y + 6 y^2), y = (end - r)/(0.15 end), and
 * stays at its height down to r = 0. It keeps simulations out of distances that no data know, and
 * forbids what passes there: bonds neither break nor form. It is part of the model wherever
 * that is evaluated, and of its file. lrpot_fit_run() makes it where it is told to; .mtp has none.
 *  @param[in,out] potential  Model of moment tensors; unchanged on failure.
 *  @param[in]     begin      A, [S][S], symmetric. NULL: no barrier for all.
 *  @param[in]     end        A, [S][S], symmetric, above begin, up to the cutoff; NULL where begin
 * is.
 *  @param[in]     height     eV, [S][S], symmetric; 0: no barrier of the pair, begin and end are
 * not looked at; NULL where begin is.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_UNSUPPORTED for a NEP;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_gap_barrier(lrpot_potential *potential,
                                                                        const double *begin,
                                                                        const double *end,
                                                                        const double *height);
/** @brief Gap barrier of a model, see lrpot_potential_set_gap_barrier().
 *  @param[in]  potential  Model.
 *  @param[out] begin      A, [S][S], zeros without barrier; or NULL.
 *  @param[out] end        A, [S][S], zeros without barrier; or NULL.
 *  @param[out] height     eV, [S][S], zeros without barrier; or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_get_gap_barrier(
    const lrpot_potential *potential, double *begin, double *end, double *height);
/** @brief Index of a species by symbol.
 *  @param[in]  potential  Model.
 *  @param[in]  symbol     Symbol or label of the species.
 *  @param[out] index      Index of the species, from 0; untouched on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SPECIES when the model has no such species.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_species(const lrpot_potential *potential,
                                                                const char *symbol, int32_t *index);
/** @brief Basis of the energy.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return The basis, borrowed until the model is freed; NULL for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_potential_basis(const lrpot_potential *potential);
/** @brief Charge model.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return The charge model, borrowed until the model is freed; NULL for a model without charges.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const lrpot_charges *lrpot_potential_charges(const lrpot_potential *potential);
/** @brief Coulomb solver.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return The solver, borrowed until the model is freed or gets another accuracy; NULL for a model
 *    without charges, and for a NEP that sums as it was fitted.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const lrpot_ewald *lrpot_potential_ewald(const lrpot_potential *potential);
/** @brief Factor of the model's charges in its Coulomb solver.
 *
 *  A charged NEP belongs to a Coulomb constant of 14.399645 eV A/e^2. For charges q of such a model
 *  lrpot_ewald_eval() gives the model's energy at this factor times q, and its potential over this
 *  factor.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return Square root of the model's Coulomb constant over LRPOT_COULOMB_CONSTANT; 1 for NULL and
 *    for all models but charged NEPs.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_potential_charge_unit(const lrpot_potential *potential);
/** @brief Electronic dielectric constant that belongs to the model. Its charges are screened by it:
 *  physical polarization and Born charges are the library's values times its square root.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return eps_inf of a charged NEP's file; 0 for NULL and for models that state none.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_potential_epsilon_infinity(const lrpot_potential *potential);
/** @brief Callbacks that a parallel host must provide.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return Sum of LRPOT_NEEDS_*.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_potential_needs(const lrpot_potential *potential);
#define LRPOT_NEEDS_SUM 1     /**< comm->sum. */
#define LRPOT_NEEDS_FORWARD 2 /**< comm->forward of charges to ghosts. */
/** comm->reverse, and comm->forward of up to 9 values of an atom; not where atoms->ghost_owner is
 * given. */
#define LRPOT_NEEDS_REVERSE 4

/** @brief Number of parameters of all blocks.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return Number of parameters; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_potential_param_count(const lrpot_potential *potential);
/** @brief Copies all parameters.
 *  @param[in]  potential  Model.
 *  @param[in]  n          lrpot_potential_param_count().
 *  @param[out] params     [n], the blocks in the order of lrpot_potential_param_block().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n).
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_get_params(const lrpot_potential *potential,
                                                                   int64_t n, double *params);
/** @brief Replaces all parameters.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     n          lrpot_potential_param_count().
 *  @param[in]     params     [n], the blocks in the order of lrpot_potential_param_block(); copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n); LRPOT_E_NOT_FINITE; LRPOT_E_ARGUMENT when the
 *    shares s of all species are zero.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_params(lrpot_potential *potential,
                                                                   int64_t n, const double *params);
/** @brief Name and place of a block of parameters.
 *
 *  The blocks are, in this order: energy.radial [S][S][F][radial_size], energy.linear [K] (or
 *  [S][K], own coefficients of each species), energy.species [S], energy.hidden (weights of the
 *  networks) [S][n], then charges.radial, charges.linear (zeta), charges.species (b), charges.share
 *  (s), charges.hidden with the shapes of lrpot_charges_param_count(). Blocks that the model does
 *  not use are absent, and later blocks have smaller numbers.
 *  @param[in]  potential  Model; NULL is allowed.
 *  @param[in]  index      Number of the block, from 0.
 *  @param[out] name       Static name of the block; or NULL.
 *  @param[out] offset     Number of the block's first parameter; or NULL.
 *  @param[out] count      Number of parameters of the block; or NULL.
 *  @return 1 when the block exists, 0 otherwise; the outputs are then untouched.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_potential_param_block(const lrpot_potential *potential, int32_t index,
                                              const char **name, int64_t *offset, int64_t *count);

/** @brief A free-text remark of the model file, e.g. "provenance".
 *  @param[in] potential  Model; NULL is allowed.
 *  @param[in] key        Key of the remark; NULL is allowed.
 *  @return Borrowed text, valid until the remark is set again or the model is freed; NULL when
 *    absent.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API const char *lrpot_potential_note(const lrpot_potential *potential, const char *key);
/** @brief Sets a remark. Model files are UTF-8: the bytes of a text that is not UTF-8 are read as
 *  Latin-1.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     key        Key of the remark, not empty; copied.
 *  @param[in]     value      Text; copied. NULL removes the remark.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (empty key); LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_note(lrpot_potential *potential,
                                                                 const char *key,
                                                                 const char *value);
/** @brief Key and text of a remark.
 *  @param[in]  potential  Model; NULL is allowed.
 *  @param[in]  index      Number of the remark, from 0.
 *  @param[out] key        Borrowed key, valid until the remarks change; or NULL.
 *  @param[out] value      Borrowed text, valid until the remarks change; or NULL.
 *  @return 1 when the remark exists, 0 otherwise; the outputs are then untouched.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_potential_note_at(const lrpot_potential *potential, int64_t index,
                                          const char **key, const char **value);

/** @brief Evaluates the whole model: charges, electrostatics, local energy, forces.
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     comm       NULL for one process; otherwise energies and virials are this process'
 *    share.
 *  @param[in,out] out        Any of the members, overwritten unless LRPOT_ADD is set. Undefined
 *    after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY; a negative value
 *    from @p comm as it came. LRPOT_E_ARGUMENT also for ghosts whose charges neither comm->forward
 *    nor atoms->ghost_owner fills.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size, for models without equilibrated charges or
 *    densities.
 *  @collective Yes, over @p comm, for models with charges.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_compute(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, lrpot_outputs *out);
/** @brief Evaluates the local part alone, for hosts that run the electrostatics themselves between
 *  lrpot_charges_eval() and lrpot_charges_pull().
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in,out] out        energy, energy_atom, forces, virial and virial_atom, overwritten
 *    unless LRPOT_ADD is set; the other members are ignored. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @complexity O(n_owned * neighbours).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_local(const lrpot_potential *potential,
                                                              lrpot_workspace *work,
                                                              const lrpot_atoms *atoms,
                                                              const lrpot_nlist *list,
                                                              lrpot_outputs *out);
/** @brief lrpot_potential_compute() for a structure of the library. It maps the species and keeps
 *  the neighbour list in @p work.
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in,out] out        As for lrpot_potential_compute(), with n_owned = n_all = number of
 *    atoms.
 *  @return As lrpot_potential_compute(); LRPOT_E_SPECIES names an atom that the model does not
 *    have.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_compute_structure(const lrpot_potential *potential, lrpot_workspace *work,
                                  const lrpot_structure *structure, lrpot_outputs *out);
/** @brief Electrostatic potential of the model's charges at points in space.
 *
 *  The test charge is a point. The charges of the model are points or Gaussians of the widths of
 *  their species; latent charges are Gaussians of width sigma/sqrt(2). Isolated systems: zero at
 *  infinity. Periodic in three directions: Ewald sum in tin-foil surroundings with zero mean over
 *  the cell and a uniform background for a net charge. Layers: as lrpot_ewald_eval(). One process,
 *  no ghosts.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     n          Number of points, >= 0.
 *  @param[in]     points     A, [n][3].
 *  @param[out]    values     V, [n]; untouched on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *    LRPOT_E_UNSUPPORTED for a model without charges or with several channels, and for ghosts;
 *    LRPOT_E_COINCIDENT for a point on an atom or on another point.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_points(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, int64_t n, const double *points, double *values);
/** @brief lrpot_potential_points() for a structure of the library.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in]     n          Number of points, >= 0.
 *  @param[in]     points     A, [n][3].
 *  @param[out]    values     V, [n]; untouched on failure.
 *  @return As lrpot_potential_points().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_points_structure(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    int64_t n, const double *points, double *values);

/** Options of lrpot_potential_create_host(). */
typedef struct lrpot_host_options {
    size_t struct_size;         /**< sizeof(lrpot_host_options). */
    const char *const *symbols; /**< [n_species]. */
    /** The caller's function: fills the results of all atoms, and returns LRPOT_OK or a negative
     *  value, which the library returns as it is. It is called from the thread that evaluates the
     *  model, twice for forces (values, then derivatives). */
    lrpot_status (*evaluate)(void *ctx, const lrpot_host_edges *edges,
                             const lrpot_host_results *out);
    void *ctx;         /**< First argument of evaluate and pull. */
    int32_t n_species; /**< Number of species. */
    /** LRPOT_CHARGES_EDQRD: q_i = c_i + (Q - sum c)/N. LRPOT_CHARGES_EDQ: q_i = c_i.
     *  LRPOT_CHARGES_LATENT: as EDQRD, smeared by sigma. LRPOT_CHARGES_NONE: no charges. */
    int32_t charges;
    /** Sum of LRPOT_CHARGES_SELF, with latent charges, and LRPOT_HOST_MESSAGES, with pull; or 0. */
    int32_t flags;
    int32_t reserved; /**< 0. */
    double cutoff;    /**< A, > 0. */
    double sigma;     /**< A: latent charges; 0 otherwise. */
    double accuracy;  /**< eV/A: error of the Coulomb forces; 0 means 1e-9. */
    double eps_inf;   /**< Dielectric constant that the charges are screened by; 0: not known. */
    /** NULL, or the caller's vector-Jacobian product in place of the gradients of evaluate, which
     *  then gets NULL for them and is called for values alone. It writes dS/dr_ij of every edge,
     *  eV/A for a scalar S in eV, S = sum_i (weights.charges[i] c_i + weights.energies[i] U_i), to
     *  gradients [n_edges][3], zero before the call. The edge of atom i stands for what c_i and U_i
     *  owe to it: an output of another atom that depends on it has an edge of its own, unless flags
     *  has LRPOT_HOST_MESSAGES. Returns as
     *  evaluate does. Forces take one call. */
    lrpot_status (*pull)(void *ctx, const lrpot_host_edges *edges,
                         const lrpot_host_weights *weights, double *gradients);
} lrpot_host_options;
/** @brief Zeros, but charges LRPOT_CHARGES_EDQRD. */
#define LRPOT_HOST_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lrpot_host_options), NULL, NULL, NULL, 0, LRPOT_CHARGES_EDQRD, 0, 0, 0.0, 0.0, 0.0, \
            0.0, NULL                                                                              \
    }

/** @brief Creates a model from the caller's function.
 *  @param[out] out      The model; the caller frees it with lrpot_potential_free(). Untouched on
 *    failure. Copies of the model (lrpot_potential_clone()) call the same function.
 *  @param[in]  options  Options; symbols are copied, ctx is borrowed as long as the model lives.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (struct_size); LRPOT_E_ARGUMENT (a value);
 *    LRPOT_E_NOT_FINITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe. Threads that evaluate the model at once call the function at once.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_create_host(lrpot_potential **out, const lrpot_host_options *options);

LRPOT_END_DECLS
#endif
