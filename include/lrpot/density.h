/** @file lrpot/density.h
 *  @brief A local model for self-consistent Coulomb interactions: charges and dipoles that respond
 *  to their own potential.
 *
 *  It is the local model that lrpot/selfconsistent.h takes from the caller. Coefficients h_i =
 *  c_z(i) + sum_k c_zk B_k(i) of the neighbourhood (heads of a moment tensor basis, with
 *  coefficients for each species) and features v of the potential, one set for each width n, give
 *
 *  @verbatim
 *  q_i  = b_z + a_i + sum_j f(r_ij) [ chi_j - chi_i
 *                                     + sum_n (kappa_ni + kappa_nj)/2 (v_nj - v_ni) ]
 *  mu_i = sum_j f(r_ij) (gamma_i + beta_j) r_ij - sum_n alpha_ni grad v_ni
 *  e    = sum_ij f(r_ij) sum_n (eta_ni + eta_nj)/8 (v_nj - v_ni)^2
 *         + sum_in zeta_ni/2 |grad v_ni|^2
 *  @endverbatim
 *
 *  with f(r) = (1 - r^2/R^2)^3 within the reach R. Charge driven by chi and the potential flows
 *  between neighbours: none is created, and a molecule out of reach of others keeps its charge. All
 *  atoms share the rest of the total charge that b_z + a_i leave. The energy is e + 1/2 x.A x at
 *  the fixed point; the caller adds that of a short-ranged potential. With one width, that of the
 *  density, eta = kappa and zeta = alpha make the energy stationary there; in general it is not
 *  (arXiv 2406.10915, section 4). @see docs/theory/selfconsistent.md */
#ifndef LRPOT_DENSITY_H
#define LRPOT_DENSITY_H

#include <lrpot/selfconsistent.h>

LRPOT_BEGIN_DECLS

/** @brief The model. Immutable except by lrpot_density_set_params(), so threads share it. */
typedef struct lrpot_density lrpot_density;

/** @brief Options of a model; fill with LRPOT_DENSITY_OPTIONS_INIT. */
typedef struct lrpot_density_options {
    size_t struct_size; /**< sizeof(lrpot_density_options). */
    /** [n_species], element symbols (or labels) of the species of the basis; copied. */
    const char *const *symbols;
    int32_t n_species; /**< Number of species of the basis, at most 32. */
    int32_t order;     /**< Moments: 0 charges, 1 dipoles too. */
    /** Number of widths of features, 0 to LRPOT_SELFCONSISTENT_MAX_WIDTHS. 0: no features, and the
     * density depends on the neighbourhood alone. */
    int32_t n_widths;
    /** 1: the gradients of the potential are features too (order 1); 0: they are not. */
    int32_t gradients;
    /** A, [n_widths]: standard deviations of the Gaussians of the features; copied. NULL: each as
     * wide as the density. */
    const double *widths;
    double width;          /**< A: standard deviation of the Gaussians of the density. */
    double reach;          /**< A: R, between 0 and the cutoff of the basis. */
    const double *charges; /**< e, [n_species]: b_z; copied. NULL: 0. */
    /** Part of the new features taken in a step, (0, 1]; 0 means 0.6. */
    double mixing;
    double tolerance;  /**< As in lrpot_selfconsistent_options. */
    double accuracy;   /**< As in lrpot_selfconsistent_options. */
    int32_t max_steps; /**< As in lrpot_selfconsistent_options. */
    int32_t reserved;  /**< 0. */
} lrpot_density_options;
/** @brief Charges and dipoles of 1 A, one width with gradients, reach 3 A; the caller fills symbols
 *  and n_species. */
#define LRPOT_DENSITY_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lrpot_density_options), NULL, 0, 1, 1, 1, NULL, 1.0, 3.0, NULL, 0.0, 0.0, 0.0, 0, 0 \
    }

/** @brief Creates a model with all coefficients zero.
 *  @param[out] out      The model; the caller frees it with lrpot_density_free(). Untouched on
 *    failure.
 *  @param[in]  basis    Basis; copied with its radial coefficients.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_ACCURACY; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_create(lrpot_density **out,
                                                             const lrpot_basis *basis,
                                                             const lrpot_density_options *options);
/** @brief Frees a model.
 *  @param[in] density  Model; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_density_free(lrpot_density *density);
/** @brief Options in use; symbols, widths and charges are borrowed from the model.
 *  @param[in]     density  Model.
 *  @param[in,out] options  struct_size must be set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_get_options(const lrpot_density *density,
                                                                  lrpot_density_options *options);
/** @brief Basis of the model.
 *  @param[in] density  Model; NULL is allowed.
 *  @return The basis, borrowed until the model is freed; NULL for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const lrpot_basis *lrpot_density_basis(const lrpot_density *density);
/** @brief Cutoff that a neighbour list must reach.
 *  @param[in] density  Model; NULL is allowed.
 *  @return A; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_density_cutoff(const lrpot_density *density);
/** @brief Number of features of a system: the size of the features of lrpot_density_compute().
 *  @param[in] density  Model; NULL is allowed.
 *  @param[in] n        Number of atoms.
 *  @return Number of doubles; 0 for NULL and for negative n.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_density_feature_count(const lrpot_density *density, int64_t n);
/** @brief Number of coefficients: for each head, for each species, those of the K basis functions
 *  and then the constant. Heads: a, chi; beta, gamma (order 1); then for each width kappa, eta;
 *  alpha, zeta (gradients).
 *  @param[in] density  Model; NULL is allowed.
 *  @return Number of coefficients; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_density_param_count(const lrpot_density *density);
/** @brief Copies the coefficients.
 *  @param[in]  density  Model.
 *  @param[in]  n        lrpot_density_param_count().
 *  @param[out] params   [n], in the order of lrpot_density_param_count().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n).
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_get_params(const lrpot_density *density,
                                                                 int64_t n, double *params);
/** @brief Replaces the coefficients.
 *  @param[in,out] density  Model; unchanged on failure.
 *  @param[in]     n        lrpot_density_param_count().
 *  @param[in]     params   [n], in the order of lrpot_density_param_count(); copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n); LRPOT_E_NOT_FINITE.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_set_params(lrpot_density *density, int64_t n,
                                                                 const double *params);

/** @brief Solves for the density and gives energy, forces, virial, charges and dipole.
 *  @param[in]     density   Model; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Owned atoms only, with a periodicity that the order allows
 *    (lrpot/selfconsistent.h). One process.
 *  @param[in]     list      Full list with cutoff >= lrpot_density_cutoff().
 *  @param[in,out] features  [lrpot_density_feature_count()]: the guess, zeros or those of the last
 *    step, then those of the fixed point. Undefined after a failure.
 *  @param[in,out] out       energy, forces and virial are overwritten, or added to with LRPOT_ADD;
 *    charges and dipole (sum q r + mu) are overwritten; other members are ignored.
 *  @param[out]    dipoles   e A, [n][3] of the atoms, or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; LRPOT_E_NOT_CONVERGED; LRPOT_E_SYSTEM as lrpot_workspace_create().
 *    LRPOT_E_ARGUMENT also for dipoles of a density of order 0; LRPOT_E_NOT_FINITE also when the
 *    iteration diverges.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_compute(
    const lrpot_density *density, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *features, lrpot_outputs *out, double *dipoles);
/** @brief Gradient by the coefficients of w_E times the energy plus w times the dipole, at the
 *  fixed point, by its adjoint.
 *
 *  A fit needs no other derivative. For a squared error of the energy or the dipole w_E or w is
 *  that of the residual. For forces with the residual d it is the gradient of -d.F = (g(r + h d) -
 *  g(r - h d))/2h, where g is the gradient of the energy at displaced atoms
 *  (examples/20_selfconsistent_water).
 *  @param[in]     density   Model; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     As for lrpot_density_compute().
 *  @param[in]     list      As for lrpot_density_compute().
 *  @param[in]     features  Of lrpot_density_compute() at the same atoms.
 *  @param[in]     energy    w_E.
 *  @param[in]     dipole    w, [3], or NULL.
 *  @param[in,out] gradient  [lrpot_density_param_count()], added to; undefined after a failure.
 *  @return As lrpot_density_compute().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_density_gradient(const lrpot_density *density, lrpot_workspace *work,
                       const lrpot_atoms *atoms, const lrpot_nlist *list, const double *features,
                       double energy, const double *dipole, double *gradient);

/** @brief Loads a model from its own file.
 *  @param[out] out   The model; the caller frees it with lrpot_density_free(). Untouched on
 *    failure.
 *  @param[in]  path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_OPEN; LRPOT_E_READ; LRPOT_E_PARSE; LRPOT_E_VERSION;
 *    LRPOT_E_CHECKSUM; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_load(lrpot_density **out, const char *path);
/** @brief Saves a model: JSON text, %.17g, checksum. The file appears whole or not at all.
 *  @param[in] density  Model; not modified.
 *  @param[in] path     Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_density_save(const lrpot_density *density,
                                                           const char *path);

LRPOT_END_DECLS
#endif
