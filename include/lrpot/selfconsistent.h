/** @file lrpot/selfconsistent.h
 *  @brief Densities that depend on the potential that they make: the self-consistent Coulomb scheme
 * of arXiv 2406.10915, section 4.
 *
 *  Each atom carries a Gaussian charge, and if asked a dipole and a quadrupole, all of one width s:
 * its moments x_i. The potential of the density is seen through Gaussians of several widths s_n at
 * each atom: the features v_in, the projection of the potential and, with dipoles and quadrupoles,
 * those of its gradient and of half its second derivatives. A local model of the caller gives
 * moments x = f(v) and energies e(v) from them, and may do so with any dependence on the
 * neighbourhood. Solved is the fixed point v -> x -> v, and
 *
 *  E = e(v) + 1/2 x.A x
 *
 *  is differentiated there by the adjoint fixed point. Since both Gaussians of a pair may be
 * exchanged for two of width sqrt((s^2 + s_n^2)/2), v_n = A_n x with one Coulomb matrix for each
 * width.
 *
 *  Layout of moments and of each width's features: charges [n], then dipoles [n][3] from order 1
 * on, then quadrupoles [n][3][3] from order 2 on, with the units and the meaning of
 * lrpot_multipoles_eval(). @see docs/theory/selfconsistent.md */
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
    /** 0 charges, 1 dipoles too, 2 quadrupoles too (isolated systems and crystals only from 1 on).
     */
    int32_t order;
    int32_t n_widths; /**< 1 to LRPOT_SELFCONSISTENT_MAX_WIDTHS. */
    /** A, [n_widths]: standard deviations of the Gaussians that see the potential; copied. */
    const double *widths;
    double width;  /**< A: standard deviation of the Gaussians that make the density. */
    double mixing; /**< Part of the new features taken in a step, (0, 1]; 0 means 0.3. */
    /** Largest change of a feature (in V, V/A, V/A^2) at the fixed point; 0 means 1e-9. */
    double tolerance;
    double accuracy;   /**< eV/A, of the Coulomb sums; 0 means 1e-9. */
    int32_t max_steps; /**< 0 means 500. */
    /** LRPOT_NEUTRALITY_EXACT: one shift of all charges keeps the total charge.
     * LRPOT_NEUTRALITY_OFF: as they come. */
    int32_t neutrality;
} lrpot_selfconsistent_options;
/** @brief Charges of 1.5 A seen through 1.5 A; total charge exact. */
#define LRPOT_SELFCONSISTENT_OPTIONS_INIT                                          \
    {                                                                              \
        sizeof(lrpot_selfconsistent_options), 0, 1, NULL, 1.5, 0.0, 0.0, 0.0, 0, 0 \
    }

/** @brief The local model: moments and energies of atoms from features, given by the caller. */
typedef struct lrpot_local_model {
    size_t struct_size; /**< sizeof(lrpot_local_model). */
    void *ctx;          /**< Handed to both. */
    /** moments = f(features); *energy = the sum of the local energies, eV. Both are overwritten. */
    lrpot_status (*eval)(void *ctx, const double *features, double *moments, double *energy);
    /** dE_dfeatures = d(energy)/d(features) + dE_dmoments.df/d(features), overwritten. */
    lrpot_status (*pull)(void *ctx, const double *features, const double *dE_dmoments,
                         double *dE_dfeatures);
} lrpot_local_model;
/** Without functions. */
#define LRPOT_LOCAL_MODEL_INIT                      \
    {                                               \
        sizeof(lrpot_local_model), NULL, NULL, NULL \
    }

/** @brief Creates a scheme. widths NULL: one, as wide as the density. @return LRPOT_E_ARGUMENT,
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_create(
    lrpot_selfconsistent **out, const lrpot_selfconsistent_options *options);
/** @brief Frees a scheme; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_selfconsistent_free(lrpot_selfconsistent *scheme);

/** @brief Features of given moments, for fits of a local model to reference densities.
 *  @param[in]  atoms     Owned atoms only; species are not looked at. One process.
 *  @param[in]  moments   [1, 4 or 13 times n], as above. @param[out] features  [n_widths][as
 * moments].
 *  @param[out] energy    eV: 1/2 x.A x, or NULL. @return As lrpot_multipoles_eval(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_features(
    const lrpot_selfconsistent *scheme, lrpot_workspace *work, const lrpot_atoms *atoms,
    const double *moments, double *features, double *energy);
/** @brief The fixed point by linear mixing.
 *  @param[in,out] features  The guess (zeros, or those of the last step), then those of the fixed
 * point.
 *  @param[out]    moments   f(features), shifted to the total charge. @param[out] energy  eV or
 * NULL. @param[out] steps  Count or NULL.
 *  @return LRPOT_E_NOT_CONVERGED with the last change, LRPOT_E_NOT_FINITE when the iteration runs
 * away; a negative value of the local model as it came. features and moments are undefined after a
 * failure. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_selfconsistent_solve(const lrpot_selfconsistent *scheme, lrpot_workspace *work,
                           const lrpot_atoms *atoms, const lrpot_local_model *local,
                           double *features, double *moments, double *energy, int32_t *steps);
/** @brief Derivatives of the energy at a fixed point by the adjoint one (implicit differentiation).
 *  @param[in]  features, moments  Of lrpot_selfconsistent_solve().
 *  @param[out] dE_dmoments   The caller's share: what is left of dE is de + dE_dmoments.df, both at
 * fixed features, by the caller's own chain rule through the neighbourhood. @param[out]
 * dE_dfeatures  [as features] or NULL: the multipliers.
 *  @param[out] forces        eV/A, [n][3], overwritten: of all that is not the caller's share.
 * @param[out] virial  eV, [3][3] or NULL.
 *  @return As lrpot_selfconsistent_solve(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_selfconsistent_pull(
    const lrpot_selfconsistent *scheme, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_local_model *local, const double *features, const double *moments,
    double *dE_dmoments, double *dE_dfeatures, double *forces, double *virial);

LRPOT_END_DECLS
#endif
