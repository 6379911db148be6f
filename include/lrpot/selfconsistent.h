/** @file lrpot/selfconsistent.h
 *  @brief Densities that depend on their own potential: the self-consistent Coulomb scheme of arXiv
 *  2406.10915, section 4.
 *
 *  Each atom carries a Gaussian charge, and on request a dipole and a quadrupole, all of one width
 *  s: its moments x_i. The potential of the density is projected onto Gaussians of several widths
 *  s_n at each atom. These projections are the features v_in: of the potential and, with dipoles
 *  and quadrupoles, of its gradient and of half its second derivatives. A local model of the caller
 *  gives moments x = f(v) and energies e(v); it may depend on the neighbourhood in any way. The
 *  scheme solves the fixed point v -> x -> v, and the energy
 *
 *  E = e(v) + 1/2 x.A x
 *
 *  is differentiated there by the adjoint fixed point. Both Gaussians of a pair may be replaced by
 *  two of width sqrt((s^2 + s_n^2)/2), so that v_n = A_n x with one Coulomb matrix for each width.
 *
 *  Layout of moments and of each width's features: charges [n], then dipoles [n][3] from order 1
 *  on, then quadrupoles [n][3][3] from order 2 on, with the units and the meaning of
 *  lrpot_multipoles_eval(). @see docs/theory/selfconsistent.md */
#ifndef LRPOT_SELFCONSISTENT_H
#define LRPOT_SELFCONSISTENT_H

#include <lrpot/charges.h>
#include <lrpot/multipoles.h>

LRPOT_BEGIN_DECLS

/** @brief The scheme: widths, order, tolerances. Immutable, so threads share it. */
typedef struct lrpot_selfconsistent lrpot_selfconsistent;

#define LRPOT_SELFCONSISTENT_MAX_WIDTHS 8 /**< Largest number of widths of features. */

/** @brief Options; fill with LRPOT_SELFCONSISTENT_OPTIONS_INIT. */
typedef struct lrpot_selfconsistent_options {
    size_t struct_size; /**< sizeof(lrpot_selfconsistent_options). */
    /** Moments: 0 charges, 1 dipoles too, 2 quadrupoles too. From 1 on isolated systems and
     * crystals only. */
    int32_t order;
    /** Number of widths of features, 1 to LRPOT_SELFCONSISTENT_MAX_WIDTHS. */
    int32_t n_widths;
    /** A, [n_widths]: standard deviations of the Gaussians of the features; copied. NULL: one, as
     * wide as the density. */
    const double *widths;
    double width; /**< A: standard deviation of the Gaussians of the density. */
    /** Share of the change of the features that the steps before do not explain which a step takes,
     * (0, 1]; 0 means 0.3. */
    double mixing;
    /** Largest change of a feature (V, V/A, V/A^2) at the fixed point; 0 means 1e-9. */
    double tolerance;
    double accuracy;   /**< eV/A, of the Coulomb sums; 0 means 1e-9. */
    int32_t max_steps; /**< Largest number of steps; 0 means 500. */
    /** LRPOT_NEUTRALITY_EXACT: one shift of all charges conserves the total charge.
     * LRPOT_NEUTRALITY_OFF: no shift. */
    int32_t neutrality;
} lrpot_selfconsistent_options;
/** @brief Charges of 1.5 A seen through 1.5 A; total charge exact. */
#define LRPOT_SELFCONSISTENT_OPTIONS_INIT                                          \
    {                                                                              \
        sizeof(lrpot_selfconsistent_options), 0, 1, NULL, 1.5, 0.0, 0.0, 0.0, 0, 0 \
    }

/** @brief The local model of the caller: moments and energies of atoms from features.
 *
 *  The callbacks return 0 or a negative status, which is passed up unchanged. */
typedef struct lrpot_local_model {
    size_t struct_size; /**< sizeof(lrpot_local_model). */
    void *ctx;          /**< Passed to both callbacks; borrowed. */
    /** moments = f(features), *energy = sum of the local energies in eV. Both are overwritten;
     * shapes as described above. */
    lrpot_status (*eval)(void *ctx, const double *features, double *moments, double *energy);
    /** dE_dfeatures = d(energy)/d(features) + dE_dmoments.df/d(features), overwritten. */
    lrpot_status (*pull)(void *ctx, const double *features, const double *dE_dmoments,
                         double *dE_dfeatures);
} lrpot_local_model;
/** @brief No callbacks. */
#define LRPOT_LOCAL_MODEL_INIT                      \
    {                                               \
        sizeof(lrpot_local_model), NULL, NULL, NULL \
    }

/** @brief Creates a scheme.
 *  @param[out] out      The scheme; the caller frees it with lrpot_selfconsistent_free(). Untouched
 *    on failure.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL (also widths with n_widths > 1); LRPOT_E_SIZE; LRPOT_E_ARGUMENT;
 *    LRPOT_E_ACCURACY; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_create(
    lrpot_selfconsistent **out, const lrpot_selfconsistent_options *options);
/** @brief Frees a scheme.
 *  @param[in] scheme  Scheme; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_selfconsistent_free(lrpot_selfconsistent *scheme);

/** @brief Features of given moments, for fits of a local model to reference densities.
 *  @param[in]     scheme    Scheme; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Owned atoms only; their species are ignored. One process.
 *  @param[in]     moments   [1, 4 or 13 times n], by order: e, e A, e A^2.
 *  @param[out]    features  [n_widths][as moments]: V, V/A, V/A^2.
 *  @param[out]    energy    eV, [1] or NULL: 1/2 x.A x.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; LRPOT_E_SYSTEM as lrpot_workspace_create(). LRPOT_E_UNSUPPORTED with ghosts
 *    and for periodicities that the order excludes.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_features(
    const lrpot_selfconsistent *scheme, lrpot_workspace *work, const lrpot_atoms *atoms,
    const double *moments, double *features, double *energy);
/** @brief Solves the fixed point by Anderson mixing.
 *  @param[in]     scheme    Scheme; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Owned atoms only; their species are ignored. One process.
 *  @param[in]     local     Local model; borrowed during the call.
 *  @param[in,out] features  [n_widths][as moments]: the guess (zeros, or those of the last step),
 *    then those of the fixed point.
 *  @param[out]    moments   [1, 4 or 13 times n]: f(features), shifted to the total charge.
 *  @param[out]    energy    eV, [1] or NULL: e(v) + 1/2 x.A x.
 *  @param[out]    steps     Number of steps, or NULL.
 *  @return As lrpot_selfconsistent_features(); LRPOT_E_NOT_CONVERGED with the last changes;
 *    LRPOT_E_NOT_FINITE when the iteration diverges; a negative value of the local model as it
 *    came. features and moments are undefined after a failure.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_selfconsistent_solve(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                           const lrpot_atoms *atoms, const lrpot_local_model *local,
                           double *features, double *moments, double *energy, int32_t *steps);
/** @brief Derivatives of the energy at a fixed point by the adjoint fixed point (implicit
 *  differentiation).
 *  @param[in]     scheme        Scheme; not modified.
 *  @param[in,out] work          Scratch memory of the calling thread, from
 *    lrpot_workspace_create().
 *  @param[in]     atoms         Owned atoms only; their species are ignored. One process.
 *  @param[in]     local         Local model; borrowed during the call.
 *  @param[in]     features      Of lrpot_selfconsistent_solve().
 *  @param[in]     moments       Of lrpot_selfconsistent_solve().
 *  @param[out]    dE_dmoments   [as moments], the caller's share: the remaining dE is de +
 *    dE_dmoments.df, both at fixed features, by the caller's own chain rule through the
 *    neighbourhood.
 *  @param[out]    dE_dfeatures  [as features] or NULL: the multipliers.
 *  @param[out]    forces        eV/A, [n][3], overwritten: of everything except the caller's share.
 *  @param[out]    virial        eV, [3][3] or NULL, overwritten: of everything except the caller's
 *    share.
 *  @return As lrpot_selfconsistent_solve(). All outputs are undefined after a failure.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_pull(
    const lrpot_selfconsistent *scheme, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_local_model *local, const double *features, const double *moments,
    double *dE_dmoments, double *dE_dfeatures, double *forces, double *virial);

LRPOT_END_DECLS
#endif
