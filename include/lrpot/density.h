/** @file lrpot/density.h
 *  @brief A local model for self-consistent Coulomb interactions: charges and dipoles that answer
 * to the potential that they make.
 *
 *  What lrpot/selfconsistent.h asks of the caller, ready-made: coefficients h_i = c_z(i) + sum_k
 * c_zk B_k(i) of the neighbourhood (heads of a moment tensor basis, each species with coefficients
 * of its own) and features v of the potential, one set for each width n, give
 *
 *  q_i  = b_z + a_i + sum_j f(r_ij) [ chi_j - chi_i + sum_n (kappa_ni + kappa_nj)/2 (v_nj - v_ni)
 * ], mu_i = sum_j f(r_ij) (gamma_i + beta_j) r_ij - sum_n alpha_ni grad v_ni, e    = sum_ij f(r_ij)
 * sum_n (eta_ni + eta_nj)/8 (v_nj - v_ni)^2 + sum_in zeta_ni/2 |grad v_ni|^2
 *
 *  with f(r) = (1 - r^2/R^2)^3 within the reach R. What chi and the potential drive flows between
 * neighbours, so that none is made and a molecule out of reach of others keeps its own; what b_z +
 * a_i leave of the total charge is shared by all. The energy is e + 1/2 x.A x at the fixed point,
 * to which that of a short-ranged potential is to be added. With one width, that of the density,
 * eta = kappa and zeta = alpha make it stationary there; in general it is not (arXiv 2406.10915,
 * section 4). @see docs/theory/selfconsistent.md */
#ifndef LRPOT_DENSITY_H
#define LRPOT_DENSITY_H

#include <lrpot/selfconsistent.h>

LRPOT_BEGIN_DECLS

/** @brief The model. Immutable but for set_params, so threads share it. */
typedef struct lrpot_density lrpot_density;

/** @brief What a model is made of; fill with LRPOT_DENSITY_OPTIONS_INIT. */
typedef struct lrpot_density_options {
    size_t struct_size; /**< sizeof(lrpot_density_options). */
    /** Element symbols (or labels) of the species of the basis, [n_species]; copied. */
    const char *const *symbols;
    int32_t n_species; /**< Those of the basis, at most 32. */
    int32_t order;     /**< 0 charges, 1 dipoles too. */
    /** 0 (no features: the density follows the neighbourhood alone) to
     * LRPOT_SELFCONSISTENT_MAX_WIDTHS. */
    int32_t n_widths;
    /** 1: the gradients of the potential are features too (order 1). */
    int32_t gradients;
    /** A, [n_widths]: Gaussians that see the potential; copied. NULL: one, as wide as the density.
     */
    const double *widths;
    double width;          /**< A: Gaussians that make the density. */
    double reach;          /**< A: R, between 0 and the cutoff of the basis. */
    const double *charges; /**< e, [n_species]: b_z; copied. NULL: 0. */
    double mixing;         /**< Part of the new features taken in a step; 0 means 0.6. */
    double tolerance;      /**< As lrpot_selfconsistent_options. */
    double accuracy;       /**< As lrpot_selfconsistent_options. */
    int32_t max_steps;     /**< As lrpot_selfconsistent_options. */
    int32_t reserved;      /**< 0. */
} lrpot_density_options;
/** @brief Charges and dipoles of 1 A, one width with gradients, reach 3 A; the caller fills symbols
 * and n_species. */
#define LRPOT_DENSITY_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lrpot_density_options), NULL, 0, 1, 1, 1, NULL, 1.0, 3.0, NULL, 0.0, 0.0, 0.0, 0, 0 \
    }

/** @brief Creates a model with all coefficients zero: no density. @param[in] basis  Copied, with
 * its radial coefficients.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_NULL, LRPOT_E_SIZE, LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_create(lrpot_density **out,
                                                             const lrpot_basis *basis,
                                                             const lrpot_density_options *options);
/** @brief Frees a model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_density_free(lrpot_density *density);
/** @brief Options as in use; symbols, widths and charges are borrowed from the model.
 * @param[in,out] options  struct_size must be set. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_get_options(const lrpot_density *density,
                                                                  lrpot_density_options *options);
/** @brief The model's basis, borrowed. @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_density_basis(const lrpot_density *density);
/** @brief Cutoff in A that a neighbour list must reach. @since 0.1 */
LRPOT_API double lrpot_density_cutoff(const lrpot_density *density);
/** @brief Number of features of a system of n atoms: the size of the features of
 * lrpot_density_compute(). @since 0.1 */
LRPOT_API int64_t lrpot_density_feature_count(const lrpot_density *density, int64_t n);
/** @brief Number of coefficients: for each head, for each species, those of the K basis functions
 * and, last, the constant. Heads: a, chi; beta, gamma (order 1); then for each width kappa, eta;
 * alpha, zeta (gradients). @since 0.1 */
LRPOT_API int64_t lrpot_density_param_count(const lrpot_density *density);
/** @brief Copies the coefficients. @param[in] n  Must be the count. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_get_params(const lrpot_density *density,
                                                                 int64_t n, double *params);
/** @brief Replaces the coefficients; not while another thread uses the model. @return
 * LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_set_params(lrpot_density *density, int64_t n,
                                                                 const double *params);

/** @brief Solves for the density and gives energy, forces, virial, charges and dipole.
 *  @param[in]     atoms     Owned atoms only, any boundary that the order allows
 * (lrpot/selfconsistent.h). One process.
 *  @param[in]     list      Full list with cutoff >= lrpot_density_cutoff().
 *  @param[in,out] features  [lrpot_density_feature_count()]: the guess, zeros or those of the last
 * step, then those of the fixed point.
 *  @param[in,out] out       energy, forces and virial are overwritten, or added to with LRPOT_ADD;
 * charges and dipole (sum q r + mu) are overwritten; other members are not looked at.
 *  @param[out]    dipoles   e A, [n][3] of the atoms, or NULL.
 *  @return LRPOT_E_NOT_CONVERGED, LRPOT_E_NOT_FINITE, LRPOT_E_CUTOFF, LRPOT_E_SPECIES,
 * LRPOT_E_ARGUMENT (dipoles of a density of order 0), LRPOT_E_UNSUPPORTED, LRPOT_E_MEMORY. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_compute(
    const lrpot_density *density, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *features, lrpot_outputs *out, double *dipoles);
/** @brief Gradient by the coefficients of w_E times the energy plus w times the dipole, at the
 * fixed point, by its adjoint.
 *
 *  All that a fit needs: that of a squared error of the energy or the dipole has w_E or w of the
 * residual; that of forces follows from the energy's at places moved along the residual d of the
 * forces, (g(r + h d) - g(r - h d))/2h being the gradient of -d.F
 *  (examples/20_selfconsistent_water).
 *  @param[in]     features  Of lrpot_density_compute() at the same atoms.
 *  @param[in]     energy    w_E.
 *  @param[in]     dipole    w, [3], or NULL.
 *  @param[in,out] gradient  [lrpot_density_param_count()], added to. @return As
 * lrpot_density_compute(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_density_gradient(const lrpot_density *density, lrpot_workspace *work,
                       const lrpot_atoms *atoms, const lrpot_nlist *list, const double *features,
                       double energy, const double *dipole, double *gradient);

/** @brief Loads a model from its own file. @return LRPOT_E_OPEN, LRPOT_E_PARSE, LRPOT_E_VERSION,
 * LRPOT_E_CHECKSUM, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_load(lrpot_density **out, const char *path);
/** @brief Saves a model: JSON text, %.17g, checksum; the file appears whole or not at all. @return
 * LRPOT_E_WRITE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_save(const lrpot_density *density,
                                                           const char *path);

LRPOT_END_DECLS
#endif
