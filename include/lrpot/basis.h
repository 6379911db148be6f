/** @file lrpot/basis.h
 *  @brief Moment tensor basis: the features of an atom's neighbourhood and their adjoint.
 *
 *  Basis functions are all scalar contractions of moment tensors up to a level
 *  (Shapeev, Multiscale Model. Simul. 14, 1153 (2016); Novikov et al., Mach. Learn.: Sci. Technol.
 * 2, 025002 (2021)). */
#ifndef LRPOT_BASIS_H
#define LRPOT_BASIS_H

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

LRPOT_BEGIN_DECLS

/** @brief A moment tensor basis with its radial coefficients. Immutable but for set_radial, so
 * threads share it. */
typedef struct lrpot_basis lrpot_basis;

/** @brief What a basis is made of; fill with LRPOT_BASIS_OPTIONS_INIT. */
typedef struct lrpot_basis_options {
    size_t struct_size;  /**< sizeof(lrpot_basis_options). */
    int32_t level;       /**< Even, 2 to 28. */
    int32_t n_species;   /**< >= 1. */
    int32_t radial_size; /**< Chebyshev polynomials per radial function, 2 to 32; 0 means 8. */
    int32_t kernel;      /**< LRPOT_KERNEL_AUTO or one of the others. */
    double min_distance; /**< A: lower end of the interval of the polynomials (not a cut). */
    double cutoff;       /**< A: upper end, beyond which neighbours do not count. */
    double scaling;      /**< Factor of every radial function; 0 means 1. */
    /** Levels that mu -> mu + 1 costs, 1 to 8; 0 means 4, the rule of published MTPs, where mu is 5
     * at most. Fewer let more radial functions into products, which tell many species apart;
     * radial_size should be no less than their number. Bases have 16384 functions at most: with 1,
     * levels to 22. */
    int32_t radial_step;
    int32_t reserved; /**< 0. */
} lrpot_basis_options;

/** Level 8, one species, 1-5 A. */
#define LRPOT_BASIS_OPTIONS_INIT                                     \
    {                                                                \
        sizeof(lrpot_basis_options), 8, 1, 0, 0, 1.0, 5.0, 0.0, 0, 0 \
    }

#define LRPOT_KERNEL_AUTO 0      /**< The fastest that this processor runs. */
#define LRPOT_KERNEL_REFERENCE 1 /**< Plain loops, kept to check the others. */
#define LRPOT_KERNEL_PORTABLE 2  /**< The fast algorithm without instruction-set extensions. */
#define LRPOT_KERNEL_AVX2 3      /**< Four atoms at a time. */
#define LRPOT_KERNEL_AVX512 4    /**< Eight atoms at a time. */

/** @brief Creates a basis; radial coefficients start as f_mu = Q_mu + small terms (deterministic).
 *  @return LRPOT_E_ARGUMENT (odd level, cutoff <= min_distance ...), LRPOT_E_UNSUPPORTED (kernel
 * not on this processor), LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_create(lrpot_basis **out,
                                                           const lrpot_basis_options *options);
/** @brief Frees a basis; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_basis_free(lrpot_basis *basis);
/** @brief Number of basis functions K. @since 0.1 */
LRPOT_API int64_t lrpot_basis_count(const lrpot_basis *basis);
/** @brief Number of radial functions F (largest mu + 1). @since 0.1 */
LRPOT_API int64_t lrpot_basis_radial_functions(const lrpot_basis *basis);
/** @brief Options as in use (defaults filled in, kernel resolved); level and radial_step are 0
 * where an imported file gave the functions. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_get_options(const lrpot_basis *basis,
                                                                lrpot_basis_options *options);
/** @brief Radial coefficients c[centre species][neighbour species][mu][b], [S*S*F*n]; borrowed.
 * @since 0.1 */
LRPOT_API const double *lrpot_basis_radial(const lrpot_basis *basis);
/** @brief Replaces the radial coefficients; not while another thread uses the basis. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_set_radial(lrpot_basis *basis,
                                                               const double *radial);
/** @brief Features of the owned atoms.
 *  @param[out] features  [n_owned][K], overwritten.
 *  @return LRPOT_E_CUTOFF, LRPOT_E_SPECIES, LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY, LRPOT_E_ARGUMENT.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_eval(const lrpot_basis *basis,
                                                         lrpot_workspace *work,
                                                         const lrpot_atoms *atoms,
                                                         const lrpot_nlist *list, double *features);
/** @brief Chain rule backwards: for a scalar E with known dE/dfeatures adds -dE/dr to forces and
 * the like to virial, virial_atom.
 *  @param[in]     dE_dfeatures  [n_owned][K].
 *  @param[in,out] out           forces, virial and virial_atom are added to; the other members are
 * ignored. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_basis_pull(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                 const lrpot_nlist *list, const double *dE_dfeatures, lrpot_outputs *out);

LRPOT_END_DECLS
#endif
