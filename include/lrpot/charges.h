/** @file lrpot/charges.h
 *  @brief Atomic charges from the local environment: the global layer of the model.
 *
 *  Static family (arXiv 2603.06396, eqs 6-8): c_i = b_z(i) + sum_k zeta_k B_k(i), with zeta = 0 for
 *  models without a basis. Either q_i = c_i or, with redistribution, q_i = c_i + s_z(i) (Q - sum_j
 *  c_j) / sum_j s_z(j), which conserves the total charge Q.
 *
 *  Latent family (arXiv 2408.15165): each atom has one charge per channel, linear in the basis. The
 *  densities are Gaussians of standard deviation sigma/sqrt(2), so that two charges interact by
 *  erf(r/(sqrt(2) sigma))/r; the energies of the channels add. Where one charge per atom is meant
 *  (eval, pull, outputs, files), it is that of the first channel.
 *
 *  Equilibrated charges (arXiv 2406.10915, section 2.1): electronegativity chi_i and hardness eta_i
 *  = log(1 + exp(u_i)); chi and u are linear in the basis, or constant for each species without a
 *  basis. The charges minimise sum_i (chi_i q_i + eta_i q_i^2 / 2) + q.A.q / 2 at sum_i q_i = Q,
 *  where A is the Coulomb matrix of Gaussians with their self-interaction.
 *
 *  Self-consistent densities (arXiv 2406.10915, section 4): Gaussian charges, and on request
 * dipoles and quadrupoles, x = x0 - R u, which depend on the neighbourhood by the scalars of x0 and
 * R, and on the potential u that they feel. The energy u.R u/2 + x.A x/2 is stationary in them
 *  (docs/theory/selfconsistent.md). */
#ifndef LRPOT_CHARGES_H
#define LRPOT_CHARGES_H

#include <lrpot/basis.h>

LRPOT_BEGIN_DECLS

/** @brief A charge model. Immutable except by lrpot_charges_set_params(), so threads share it. */
typedef struct lrpot_charges lrpot_charges;

#define LRPOT_CHARGES_NONE 0  /**< No charges, no electrostatics. */
#define LRPOT_CHARGES_FIXED 1 /**< q_i = b_z. */
#define LRPOT_CHARGES_QRD 2   /**< b_z with redistribution. */
#define LRPOT_CHARGES_EDQ 3   /**< Environment dependent, total charge free. */
/** Environment dependent with redistribution: total charge exact. */
#define LRPOT_CHARGES_EDQRD 4
/** Latent Ewald summation: smeared charges, one or several channels. */
#define LRPOT_CHARGES_LATENT 5

/** Charges of least energy at the given total charge. */
#define LRPOT_CHARGES_EQUILIBRATED 6
/** Charges, dipoles and quadrupoles that respond to the potential of all others. */
#define LRPOT_CHARGES_DENSITY 7

/** @name Traits of the kinds
 *  Summands of lrpot_charges_kind_traits(): options of a kind, and further properties. @{ */
#define LRPOT_CHARGES_TAKES_BASIS 1      /**< A basis is allowed or needed. */
#define LRPOT_CHARGES_NEEDS_BASIS 2      /**< A basis is needed. */
#define LRPOT_CHARGES_TAKES_CHANNELS 4   /**< Option channels. */
#define LRPOT_CHARGES_TAKES_NEUTRALITY 8 /**< Option neutrality. */
#define LRPOT_CHARGES_TAKES_SELF 16      /**< Flag LRPOT_CHARGES_SELF. */
#define LRPOT_CHARGES_TAKES_SIGMA 32     /**< Option sigma. */
#define LRPOT_CHARGES_TAKES_WIDTHS 64    /**< Option widths. */
#define LRPOT_CHARGES_TAKES_SOLVER 128   /**< Options solver and tolerance. */
/** Charge flows through the whole system to the least energy. In periodic systems only whole
 *  fragments have a dipole; an iterative solution takes a guess, lrpot_charges_set_guess(). */
#define LRPOT_CHARGES_FLOW 256
/** Parameter b of a species is its charge, in e: lrpot_fit_hold() of "charges.species" keeps it. */
#define LRPOT_CHARGES_SPECIES_CHARGE 512
/** The charges are learned from the residual of the local part in energies and forces. Local bases
 *  of short cutoff with coefficients for each species suit them (docs/theory/fitting.md). */
#define LRPOT_CHARGES_SHORT_SIGHTED 1024
/** The default kind for systems of several species. */
#define LRPOT_CHARGES_USUAL 2048
/** Options order, response, reach, features and spread, and flag LRPOT_CHARGES_WITHOUT_SELF. */
#define LRPOT_CHARGES_TAKES_MOMENTS 4096
/** @} */

/** The mean excess is subtracted: the first channel sums to the total charge, the others to zero.
 */
#define LRPOT_NEUTRALITY_EXACT 0
#define LRPOT_NEUTRALITY_OFF 1 /**< No correction of the sums. */

/** Count the self-energy of each smeared charge, which depends on its neighbourhood. */
#define LRPOT_CHARGES_SELF 1
/** Coefficients zeta for each species of the centre instead of common ones; any kind with a basis.
 */
#define LRPOT_CHARGES_OWN_COEFFICIENTS 2
/** Density: no atom feels the potential of its own moments, which is not counted in the energy
 *  either. Strong responses may then have no fixed point, which is an error. */
#define LRPOT_CHARGES_WITHOUT_SELF 4
#define LRPOT_CHARGES_MAX_CHANNELS 16 /**< Largest number of channels. */

/** Dense for small systems of one process, iterative for others. */
#define LRPOT_SOLVER_AUTO 0
/** Factorisation of the whole matrix: O(n^2) memory, O(n^3) time, one process. */
#define LRPOT_SOLVER_DENSE 1
#define LRPOT_SOLVER_ITERATIVE 2 /**< Conjugate gradients: O(n log n) for each step. */

/** Density: charge flows between neighbours within reach, driven by differences of the potential. A
 *  molecule out of reach of the others keeps its charge. */
#define LRPOT_RESPONSE_BONDS 0
/** Density: each atom takes charge by its own capacity, at one level for the whole system (or
 *  fragment), as in a metal. */
#define LRPOT_RESPONSE_ATOMS 1
/** Density: it depends on the neighbourhood alone. */
#define LRPOT_RESPONSE_NONE 2

/** @brief Options of a charge model; fill with LRPOT_CHARGES_OPTIONS_INIT. */
typedef struct lrpot_charges_options {
    size_t struct_size; /**< sizeof(lrpot_charges_options). */
    int32_t kind;       /**< LRPOT_CHARGES_*. */
    int32_t n_species;  /**< Number of species, >= 1. */
    /** Latent: charges per atom, 1 to LRPOT_CHARGES_MAX_CHANNELS; 0 means 1. */
    int32_t channels;
    int32_t neutrality; /**< Latent: LRPOT_NEUTRALITY_*. */
    /** Sum of LRPOT_CHARGES_SELF (latent), LRPOT_CHARGES_OWN_COEFFICIENTS and
     * LRPOT_CHARGES_WITHOUT_SELF (density). */
    int32_t flags;
    int32_t solver; /**< Equilibrated: LRPOT_SOLVER_*. */
    /** A; 0 means 1. Latent: see the description of the file. Equilibrated and density: standard
     * deviation of all Gaussians when widths is NULL. */
    double sigma;
    /** Equilibrated, iterative: root mean square deviation of dE/dq from its mean, relative to that
     * of chi (and of eta Q/n). Density: largest change of a moment (e, e A, e A^2) by a further
     * step; 0 means 1e-10. 0 means 1e-9 for the others. */
    double tolerance;
    /** eV/A, equilibrated and density: force error of the Coulomb sum; 0 means 1e-9. */
    double accuracy;
    /** A, [n_species], equilibrated and density: standard deviations of the Gaussians; copied.
     * NULL: sigma for all. */
    const double *widths;
    /** Any kind with a basis: widths of the one or two hidden layers, up to 64 each, of a network
     * for each head and species, whose output is added to zeta.B (docs/theory/charges.md); 0: none.
     */
    int32_t hidden[2];
    /** 1: the total charge of the system is an input of the networks; 0: it is not. */
    int32_t charge_input;
    int32_t reserved; /**< 0. */
    /** A, density: reach of the flow of charge and of the bonds that carry dipoles; 0 means 3. */
    double reach;
    /** Density: 0 charges, 1 dipoles too, 2 quadrupoles too. From 1 on isolated systems and
     * crystals only. */
    int32_t order;
    int32_t response; /**< Density: LRPOT_RESPONSE_*. */
    /** Density: features of the potential that an atom responds to, W (L + 1)^2 for moments up to
     * L <= order on Gaussians of W = 1, 2 or 3 widths; 0 means one width and L = order. */
    int32_t features;
    int32_t reserved2; /**< 0. */
    /** A, density: width number k (from 0) of the features of an atom of width s is sqrt(s^2 + (k
     * spread)^2); 0 means 1.7. */
    double spread;
} lrpot_charges_options;
/** @brief EDQRd, one species. */
#define LRPOT_CHARGES_OPTIONS_INIT                                                              \
    {                                                                                           \
        sizeof(lrpot_charges_options), LRPOT_CHARGES_EDQRD, 1, 0, 0, 0, 0, 0.0, 0.0, 0.0, NULL, \
            { 0, 0 }, 0, 0, 0.0, 0, 0, 0, 0, 0.0                                                \
    }

/** @brief Number of kinds, LRPOT_CHARGES_NONE included. Kinds are 0 to count - 1.
 *  @return Count.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_count(void);
/** @brief Name of a kind, as in model files and options of the command: "none", "fixed", ...
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Static text; NULL for an unknown kind.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_charges_kind_name(int32_t kind);
/** @brief Description of a kind in one line, for lists.
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Static text; NULL for an unknown kind.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_charges_kind_summary(int32_t kind);
/** @brief Kind of a name.
 *  @param[in] name  Name as of lrpot_charges_kind_name(); NULL is no name.
 *  @return LRPOT_CHARGES_*; -1 when no kind has the name.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_of(const char *name);
/** @brief Traits of a kind.
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Sum of LRPOT_CHARGES_TAKES_BASIS and the other traits; 0 for NONE and for an unknown
 *    kind.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_traits(int32_t kind);
/** @brief Kind that `lrpot fit` takes when none is named.
 *  @param[in] n_species  Species of the system.
 *  @return LRPOT_CHARGES_*; NONE for one species.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_default(int32_t n_species);

/** @brief Creates a charge model with b = 0, zeta = 0, s = 1.
 *  @param[out] out      The charge model; the caller frees it with lrpot_charges_free(). Untouched
 *    on failure.
 *  @param[in]  basis    Basis of the charges, copied with its coefficients. NULL for FIXED and QRD;
 *    optional for EQUILIBRATED.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL (also a missing basis); LRPOT_E_SIZE; LRPOT_E_ARGUMENT;
 *    LRPOT_E_NOT_FINITE; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_create(lrpot_charges **out,
                                                             const lrpot_basis *basis,
                                                             const lrpot_charges_options *options);
/** @brief Frees a charge model.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_charges_free(lrpot_charges *charges);
/** @brief Kind of a charge model.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return LRPOT_CHARGES_*; NONE for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind(const lrpot_charges *charges);
/** @brief Tests if the charges sum to the total charge in every configuration.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return 1 or 0; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_keep_total(const lrpot_charges *charges);
/** @brief Tests if the charges depend on the positions of the atoms.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return 1 or 0; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_follow(const lrpot_charges *charges);
/** @brief Cutoff of the charge basis.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return A; 0 without a basis.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_charges_cutoff(const lrpot_charges *charges);
/** @brief Basis of a charge model.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return The basis, borrowed until the charge model is freed; NULL without one.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_charges_basis(const lrpot_charges *charges);
/** @brief Charges per atom: the number of channels.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return Number of channels; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_channels(const lrpot_charges *charges);
/** @brief Options of a charge model, with defaults filled in. `widths` is borrowed from the model.
 *  @param[in]     charges  Charge model.
 *  @param[in,out] options  struct_size must be set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_get_options(const lrpot_charges *charges,
                                                                  lrpot_charges_options *options);
/** @brief Number of parameters.
 *
 *  The blocks are, in this order: radial coefficients [S][S][F][radial_size], zeta [heads][K] (or
 *  [heads][S][K], own coefficients), b [heads][S], s [S], weights of the networks [heads][S][n]. A
 *  head computes one local scalar: static kinds have one head, latent charges one per channel,
 *  equilibrated charges chi and then u, densities those of
 *  docs/theory/selfconsistent.md. Blocks that the kind does not use are absent: no radial
 *  coefficients and zeta without a basis, s only in QRd and EDQRd.
 *  @param[in] charges  Charge model; NULL is allowed.
 *  @return Number of parameters; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_charges_param_count(const lrpot_charges *charges);
/** @brief Copies the parameters.
 *  @param[in]  charges  Charge model.
 *  @param[in]  n        lrpot_charges_param_count().
 *  @param[out] params   [n], in the order of lrpot_charges_param_count().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n).
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_get_params(const lrpot_charges *charges,
                                                                 int64_t n, double *params);
/** @brief Replaces the parameters.
 *  @param[in,out] charges  Charge model; unchanged on failure.
 *  @param[in]     n        lrpot_charges_param_count().
 *  @param[in]     params   [n], in the order of lrpot_charges_param_count(); copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n); LRPOT_E_NOT_FINITE; LRPOT_E_ARGUMENT when the
 *    s of all species are zero.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_set_params(lrpot_charges *charges, int64_t n,
                                                                 const double *params);

/** @brief Charges of the owned atoms (first channel).
 *
 *  Equilibrated charges of one process start from those of the previous call with the same
 *  workspace, densities from the potentials of the last four (docs/theory/selfconsistent.md).
 *  @param[in]     charges  Charge model; not modified.
 *  @param[in,out] work     Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms    Atoms; borrowed during the call.
 *  @param[in]     list     Full list with cutoff >= lrpot_charges_cutoff(); NULL is allowed without
 *    a basis.
 *  @param[in]     comm     NULL for one process. `sum` is called once when the model keeps the
 *    total charge. Equilibrated charges and densities call `sum` and `forward` many times.
 *    Densities also need `reverse` for derivatives, unless atoms->ghost_owner is given: without it
 *    and `forward`, ghosts are LRPOT_E_UNSUPPORTED. `forward` brings charges (1), dipoles (3) and
 *    quadrupoles (9 values of an atom) to ghosts. All processes call in step, also those without
 *    atoms. Isolated densities with dipoles need all atoms in each process, as owned or ghosts.
 *  @param[out]    q        e, [n_owned], overwritten; untouched on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY; a negative value
 *    from @p comm as it came. LRPOT_E_SINGULAR names the atoms: the shares s cancel, or the energy
 *    has no least value.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size, for static and latent charges.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_eval(const lrpot_charges *charges,
                                                           lrpot_workspace *work,
                                                           const lrpot_atoms *atoms,
                                                           const lrpot_nlist *list,
                                                           const lrpot_comm *comm, double *q);
/** @brief Charges, dipoles and quadrupoles of the atoms. One process.
 *
 *  Densities start from the potentials of the previous call with the same workspace.
 *  @param[in]     charges      Charge model; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms        Atoms; borrowed during the call.
 *  @param[in]     list         As lrpot_charges_eval().
 *  @param[out]    q            e, [n_owned] or NULL.
 *  @param[out]    dipoles      e A, [n_owned][3] or NULL.
 *  @param[out]    quadrupoles  e A^2, [n_owned][3][3] or NULL: plain second moments, as
 *    lrpot_multipoles_eval(); those of densities have no trace.
 *  @return As lrpot_charges_eval(); LRPOT_E_ARGUMENT also for moments that the model does not have.
 *    Outputs are untouched on failure.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_moments(const lrpot_charges *charges,
                                                              lrpot_workspace *work,
                                                              const lrpot_atoms *atoms,
                                                              const lrpot_nlist *list, double *q,
                                                              double *dipoles, double *quadrupoles);
/** @brief Charge and potential (level) of each fragment.
 *
 *  The potential is \f$ \partial E/\partial Q_f \f$: that of the voltage at which a fragment is
 *  held, or, where it keeps its charge, what takes the place of one. Its zero is the infinite
 *  distance of isolated systems, the mean of both sides of neutral slabs, and the mean over the
 *  cell of crystals, in which differences alone have a meaning. The Fermi level is -e times it.
 *  @param[in]     charges     Charge model with one channel; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        As for lrpot_charges_eval().
 *  @param[in]     comm        As for lrpot_charges_eval().
 *  @param[out]    q           e, [n_fragments], 1 without fragments; or NULL.
 *  @param[out]    potentials  V (eV per e), as many; NaN of fragments without atoms. NULL: not
 *    wanted. Undefined after a failure, as @p q is.
 *  @return As lrpot_charges_eval(); LRPOT_E_UNSUPPORTED also for charges without a level, where
 *    potentials are given or wanted: those of other kinds than equilibrated ones and densities.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_fragments(
    const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, double *q, double *potentials);
/** @brief Capacitances of the fragments that are held at potentials, by one linear solution for
 *  each of them.
 *
 *  \f$ C_{fg}=\partial Q_f/\partial V_g \f$ at fixed places of the atoms; symmetric. Rows sum to
 *  zero where the potentials share a level (LRPOT_POTENTIALS_SHARED): of two electrodes, the
 *  capacitance is that of the first by itself.
 *  @param[in]     charges      Charge model with one channel; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms        Atoms with fragment_potentials; borrowed during the call.
 *  @param[in]     list         As for lrpot_charges_eval().
 *  @param[in]     comm         As for lrpot_charges_eval().
 *  @param[out]    capacitance  e/V (1.602177e-19 F), [n_fragments][n_fragments]; 0 for fragments
 *    that keep their charge. Undefined after a failure.
 *  @return As lrpot_charges_fragments(); LRPOT_E_ARGUMENT also when no fragment is held.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_capacitance(
    const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, double *capacitance);
/** @brief Coulomb sums that the last density of a workspace took to converge.
 *  @param[in] work  Workspace; NULL is allowed.
 *  @return Number of sums; 0 before the first density and for NULL.
 *  @threadsafety Not while another thread uses the workspace.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_charges_steps(const lrpot_workspace *work);
/** @brief Sets the first guess of the next iterative equilibration with this workspace.
 *
 *  It serves hosts that carry the charges with the atoms, whose order or process changes between
 *  calls. Without it the guess is the result of the last call. The guess changes only the number of
 *  steps; a bad guess is dropped. In a parallel run all processes set a guess, or none is used.
 *  @param[in,out] work  Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     n     Owned atoms of the next call.
 *  @param[in]     q     e, [n]; copied. NULL is allowed when n is 0.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (negative n); LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_set_guess(lrpot_workspace *work, int64_t n,
                                                                const double *q);
/** @brief Adds the forces caused by the charges following the atoms (vector-Jacobian product).
 *
 *  For a scalar E with known dE/dq (for example the electrostatic potential from the caller's own
 *  mesh solver) it adds \f$ -\sum_i (\partial E/\partial q_i)\,\partial q_i/\partial\mathbf r_j \f$
 *  to the forces, and the corresponding strain derivatives to the virial. Equilibrated charges
 *  depend on all atoms through the Coulomb sum: one more set of equations is solved.
 *  @param[in]     charges  Charge model; not modified.
 *  @param[in,out] work     Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms    Atoms; borrowed during the call.
 *  @param[in]     list     As for lrpot_charges_eval().
 *  @param[in]     comm     As for lrpot_charges_eval().
 *  @param[in]     dE_dq    V (eV per e), [n_owned], by the charges of the first channel.
 *  @param[in,out] out      forces, virial and virial_atom are added to; the other members are
 *    ignored. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY; a negative value
 *    from @p comm as it came.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size, for static and latent charges.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_pull(
    const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *dE_dq, lrpot_outputs *out);

LRPOT_END_DECLS
#endif
