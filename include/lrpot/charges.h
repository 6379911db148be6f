/** @file lrpot/charges.h
 *  @brief Atomic charges from the local environment: the global layer of the model.
 *
 *  Static family (arXiv 2603.06396, eqs 6-8): c_i = b_z(i) + sum_k zeta_k B_k(i), where models
 * without a basis have zeta = 0, and either q_i = c_i or, with redistribution, q_i = c_i + s_z(i)
 * (Q - sum_j c_j) / sum_j s_z(j), which conserves the total charge.
 *
 *  Latent family (arXiv 2408.15165): as many charges per atom as there are channels, each linear in
 * the basis, as densities that are Gaussians of standard deviation sigma/sqrt(2), so that two
 * charges interact by erf(r/(sqrt(2) sigma))/r; the energies of the channels add. Where one charge
 * per atom is meant (eval, pull, outputs, files), it is that of the first channel.
 *
 *  Equilibrated charges (arXiv 2406.10915, section 2.1): electronegativity chi_i and hardness eta_i
 * = log(1 + exp(u_i)) have chi and u linear in the basis (or constant for each species, without
 * one), and the charges are those that minimise sum_i (chi_i q_i + eta_i q_i^2 / 2) + q.A.q / 2 at
 * sum_i q_i = Q, where A is the Coulomb sum of Gaussians, their interaction with themselves
 * included. */
#ifndef LRPOT_CHARGES_H
#define LRPOT_CHARGES_H

#include <lrpot/basis.h>

LRPOT_BEGIN_DECLS

/** @brief A charge model. Immutable but for set_params, so threads share it. */
typedef struct lrpot_charges lrpot_charges;

#define LRPOT_CHARGES_NONE 0  /**< No charges, no electrostatics. */
#define LRPOT_CHARGES_FIXED 1 /**< q_i = b_z. */
#define LRPOT_CHARGES_QRD 2   /**< b_z with redistribution. */
#define LRPOT_CHARGES_EDQ 3   /**< Environment dependent, total charge free. */
/** Environment dependent with redistribution: total charge exact. */
#define LRPOT_CHARGES_EDQRD 4
/** Latent Ewald summation: smeared charges, one or several channels. */
#define LRPOT_CHARGES_LATENT 5

#define LRPOT_CHARGES_EQUILIBRATED 6 /**< Charges of least energy at the given total charge. */

/** @name Traits of the kinds
 *  What lrpot_charges_kind_traits() sums: the options that a kind takes, and what callers may want
 * to know of it. @{ */
#define LRPOT_CHARGES_TAKES_BASIS 1      /**< With a basis, or either way. */
#define LRPOT_CHARGES_NEEDS_BASIS 2      /**< Not without a basis. */
#define LRPOT_CHARGES_TAKES_CHANNELS 4   /**< Option channels. */
#define LRPOT_CHARGES_TAKES_NEUTRALITY 8 /**< Option neutrality. */
#define LRPOT_CHARGES_TAKES_SELF 16      /**< Flag LRPOT_CHARGES_SELF. */
#define LRPOT_CHARGES_TAKES_SIGMA 32     /**< Option sigma. */
#define LRPOT_CHARGES_TAKES_WIDTHS 64    /**< Option widths. */
#define LRPOT_CHARGES_TAKES_SOLVER 128   /**< Options solver and tolerance. */
/** Charge flows through the whole system to the least energy: in periodic systems only whole
 *  fragments have a dipole; an iterative solution takes a guess, lrpot_charges_set_guess(). */
#define LRPOT_CHARGES_FLOW 256
/** Parameter b of a species is its charge, in e: lrpot_fit_hold() of "charges.species" keeps it. */
#define LRPOT_CHARGES_SPECIES_CHARGE 512
/** Learned from what the local part leaves of energies and forces: local bases of short cutoff with
 *  coefficients for each species suit them (docs/theory/fitting.md). */
#define LRPOT_CHARGES_SHORT_SIGHTED 1024
/** The first choice where nothing is known but that there are several species. */
#define LRPOT_CHARGES_USUAL 2048
/** @} */

/** The mean excess is taken off: the first channel sums to the total charge, the others to zero. */
#define LRPOT_NEUTRALITY_EXACT 0
#define LRPOT_NEUTRALITY_OFF 1 /**< Sums as they come. */

/** Count the self-energy of each smeared charge, which follows its neighbourhood. */
#define LRPOT_CHARGES_SELF 1
/** Coefficients zeta for each species of the centre instead of common ones; any kind with a basis.
 */
#define LRPOT_CHARGES_OWN_COEFFICIENTS 2
#define LRPOT_CHARGES_MAX_CHANNELS 16 /**< Largest number of channels. */

/** Dense for small systems of one process, iterative for others. */
#define LRPOT_SOLVER_AUTO 0
/** Factorisation of the whole matrix: O(n^2) memory, O(n^3) time, one process. */
#define LRPOT_SOLVER_DENSE 1
#define LRPOT_SOLVER_ITERATIVE 2 /**< Conjugate gradients: O(n log n) for each step. */

/** @brief Options of a charge model; fill with LRPOT_CHARGES_OPTIONS_INIT. */
typedef struct lrpot_charges_options {
    size_t struct_size; /**< sizeof(lrpot_charges_options). */
    int32_t kind;       /**< LRPOT_CHARGES_*. */
    int32_t n_species;  /**< >= 1. */
    /** Latent: charges per atom, 1 to LRPOT_CHARGES_MAX_CHANNELS; 0 means 1. */
    int32_t channels;
    int32_t neutrality; /**< Latent: LRPOT_NEUTRALITY_*. */
    /** Sum of LRPOT_CHARGES_SELF (latent) and LRPOT_CHARGES_OWN_COEFFICIENTS. */
    int32_t flags;
    int32_t solver; /**< Equilibrated: LRPOT_SOLVER_*. */
    /** A; 0 means 1. Latent: see above. Equilibrated: standard deviation of all Gaussians when
     * widths is NULL. */
    double sigma;
    /** Equilibrated, iterative: largest deviation of dE/dq from its mean (root mean square),
     * relative to that of chi (and of eta Q/n); 0 means 1e-9. */
    double tolerance;
    /** Equilibrated: of the Coulomb sum, force error in eV/A; 0 means 1e-9. */
    double accuracy;
    /** Equilibrated: A, [n_species], standard deviations of the Gaussians; NULL: sigma for all;
     * copied. */
    const double *widths;
    /** Any kind with a basis: widths of the one or two hidden layers, up to 64 each, of a network
     * for each head and species that is added to zeta.B (docs/theory/charges.md); 0: none. */
    int32_t hidden[2];
    /** 1: the total charge of the system is an input of the networks; 0. */
    int32_t charge_input;
    int32_t reserved; /**< 0. */
} lrpot_charges_options;
/** @brief EDQRd, one species. */
#define LRPOT_CHARGES_OPTIONS_INIT                                                              \
    {                                                                                           \
        sizeof(lrpot_charges_options), LRPOT_CHARGES_EDQRD, 1, 0, 0, 0, 0, 0.0, 0.0, 0.0, NULL, \
            { 0, 0 }, 0, 0                                                                      \
    }

/** @brief Number of kinds, LRPOT_CHARGES_NONE included: kinds are 0 to count - 1.
 *  @return Count. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_count(void);
/** @brief Name of a kind, as in model files and options of the command: "none", "fixed", ...
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Static text; NULL where there is no such kind. @threadsafety Safe. @since 0.1 */
LRPOT_API const char *lrpot_charges_kind_name(int32_t kind);
/** @brief What a kind is, in one line for the reader of a list.
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Static text; NULL where there is no such kind. @threadsafety Safe. @since 0.1 */
LRPOT_API const char *lrpot_charges_kind_summary(int32_t kind);
/** @brief Kind of a name.
 *  @param[in] name  As of lrpot_charges_kind_name(); NULL is no name.
 *  @return LRPOT_CHARGES_*; -1 where no kind has the name. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_of(const char *name);
/** @brief Traits of a kind.
 *  @param[in] kind  LRPOT_CHARGES_*.
 *  @return Sum of LRPOT_CHARGES_TAKES_BASIS and the like; 0 for NONE and where there is no such
 * kind.
 *  @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_traits(int32_t kind);
/** @brief The kind that `lrpot fit` takes when none is named.
 *  @param[in] n_species  Species of the system.
 *  @return LRPOT_CHARGES_*; NONE for one species. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind_default(int32_t n_species);

/** @brief Creates a charge model with b = 0, zeta = 0, s = 1.
 *  @param[in] basis  Basis of the charges, NULL for FIXED and QRD, either way for EQUILIBRATED; its
 * options and coefficients are copied. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_create(lrpot_charges **out,
                                                             const lrpot_basis *basis,
                                                             const lrpot_charges_options *options);
/** @brief Frees a charge model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_charges_free(lrpot_charges *charges);
/** @brief LRPOT_CHARGES_* of the model. @since 0.1 */
LRPOT_API int32_t lrpot_charges_kind(const lrpot_charges *charges);
/** @brief Whether the charges add up to the total charge whatever the atoms do.
 *  @param[in] charges  Charge model, or NULL.
 *  @return 1 or 0; 0 for NULL. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_keep_total(const lrpot_charges *charges);
/** @brief Whether the charges change as the atoms move.
 *  @param[in] charges  Charge model, or NULL.
 *  @return 1 or 0; 0 for NULL. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_charges_follow(const lrpot_charges *charges);
/** @brief Cutoff of the charge basis in A; 0 without one. @since 0.1 */
LRPOT_API double lrpot_charges_cutoff(const lrpot_charges *charges);
/** @brief The basis, borrowed; NULL without one. @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_charges_basis(const lrpot_charges *charges);
/** @brief Charges per atom: the number of channels; 0 for NULL. @since 0.1 */
LRPOT_API int32_t lrpot_charges_channels(const lrpot_charges *charges);
/** @brief What the model was made with, defaults filled in. @param[in,out] options  struct_size
 * must be set. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_get_options(const lrpot_charges *charges,
                                                                  lrpot_charges_options *options);
/** @brief Number of parameters: radial coefficients, zeta [heads][K] (or [heads][S][K], own
 * coefficients), b [heads][S], s [S], weights of the networks [heads][S][n], in this order; a head
 * is what one local scalar is computed with: one, or one per channel, or chi and then u. Blocks
 * that the kind does not use are absent: no radial coefficients and zeta without a basis, s only in
 * QRd and EDQRd. @since 0.1 */
LRPOT_API int64_t lrpot_charges_param_count(const lrpot_charges *charges);
/** @brief Copies the parameters. @param[in] n  Must be the count. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_get_params(const lrpot_charges *charges,
                                                                 int64_t n, double *params);
/** @brief Replaces the parameters. @return LRPOT_E_NOT_FINITE, LRPOT_E_ARGUMENT when the s of all
 * species are zero. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_set_params(lrpot_charges *charges, int64_t n,
                                                                 const double *params);

/** @brief Charges of the owned atoms (first channel).
 *
 *  Equilibrated charges of one process in a row of calls with the same workspace start from those
 * of the call before.
 *  @param[in]  comm  NULL for one process; `sum` is called once when the model keeps the total
 * charge. Equilibrated charges call `sum` and `forward` many times.
 *  @param[in]  list  May be NULL without a basis.
 *  @param[out] q     e, [n_owned], overwritten; untouched on failure.
 *  @return LRPOT_E_SINGULAR when the shares s of the atoms cancel, or the energy has no least
 * value, with the atoms at fault; LRPOT_E_NOT_CONVERGED; LRPOT_E_SPECIES, LRPOT_E_CUTOFF,
 * LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY; a negative value from comm as it came. @collective over comm.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_eval(const lrpot_charges *charges,
                                                           lrpot_workspace *work,
                                                           const lrpot_atoms *atoms,
                                                           const lrpot_nlist *list,
                                                           const lrpot_comm *comm, double *q);
/** @brief Hands charges to the next iterative equilibration with this workspace as its first guess:
 * for hosts whose atoms change their order or their process between calls, and that carry the
 * charges with them. Without, the guess is what the last call found.
 *
 *  Changes nothing but the number of steps: a bad guess is dropped. In a parallel run all processes
 * give one, or none counts.
 *  @param[in] n  Owned atoms of the coming call. @param[in] q  e, [n]; copied. @return
 * LRPOT_E_ARGUMENT, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_set_guess(lrpot_workspace *work, int64_t n,
                                                                const double *q);
/** @brief Adds the forces caused by the charges following the atoms, for a scalar E with known
 * dE/dq (for example the electrostatic potential from the caller's own mesh solver): -sum_i
 * (dE/dq_i) dq_i/dr_j, and the like in virial. Equilibrated charges follow all atoms, through the
 * Coulomb sum: one more set of equations is solved.
 *  @param[in]     dE_dq  V (eV per e), [n_owned], by the charges of the first channel.
 *  @param[in,out] out    forces, virial and virial_atom are added to. @collective over comm. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_charges_pull(
    const lrpot_charges *charges, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *dE_dq, lrpot_outputs *out);

LRPOT_END_DECLS
#endif
