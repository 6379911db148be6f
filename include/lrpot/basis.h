/** @file lrpot/basis.h
 *  @brief Basis: the features of an atom's neighbourhood and their adjoint.
 *
 *  Functions of moment tensors are all scalar contractions of moment tensors up to a level
 * (Shapeev, Multiscale Model. Simul. 14, 1153 (2016); Novikov et al., Mach. Learn.: Sci. Technol.
 * 2, 025002 (2021)). The basis of a neuroevolution potential (NEP) has one feature, the site
 * energy, or two: the site energy and the charge before neutralisation. It comes with a model file
 * alone. */
#ifndef LRPOT_BASIS_H
#define LRPOT_BASIS_H

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

LRPOT_BEGIN_DECLS

/** @brief A basis with its coefficients. Immutable except by
 *  lrpot_basis_set_radial(), so threads share it. */
typedef struct lrpot_basis lrpot_basis;

/** @brief Options of a basis; fill with LRPOT_BASIS_OPTIONS_INIT. */
typedef struct lrpot_basis_options {
    size_t struct_size; /**< sizeof(lrpot_basis_options). */
    int32_t level;      /**< Largest level of a function, even, 2 to 28. */
    int32_t n_species;  /**< Number of species, >= 1. */
    /** Chebyshev polynomials per radial function, 2 to 32; 0 means 8. */
    int32_t radial_size;
    int32_t kernel; /**< LRPOT_KERNEL_*. */
    /** A: lower end of the interval of the polynomials (not a cut). */
    double min_distance;
    /** A: upper end of the interval; neighbours beyond it do not count. */
    double cutoff;
    double scaling; /**< Factor of every radial function; 0 means 1. */
    /** Increase of the level by mu -> mu + 1, 1 to 8. 0 means 4, the rule of published MTPs, where
     * mu is 5 at most. Smaller steps allow more radial functions in products, which distinguish
     * many species; radial_size should be at least their number. Bases have 16384 functions at
     * most: a step of 1 allows levels up to 22. */
    int32_t radial_step;
    int32_t reserved; /**< 0. */
} lrpot_basis_options;

/** @brief Level 8, one species, 1 to 5 A. */
#define LRPOT_BASIS_OPTIONS_INIT                                     \
    {                                                                \
        sizeof(lrpot_basis_options), 8, 1, 0, 0, 1.0, 5.0, 0.0, 0, 0 \
    }

#define LRPOT_KERNEL_AUTO 0      /**< The fastest kernel of this processor. */
#define LRPOT_KERNEL_REFERENCE 1 /**< Plain loops, kept to check the others. */
#define LRPOT_KERNEL_PORTABLE 2  /**< The fast algorithm without instruction-set extensions. */
#define LRPOT_KERNEL_AVX2 3      /**< Four atoms at a time. */
#define LRPOT_KERNEL_AVX512 4    /**< Eight atoms at a time. */

/** @brief Creates a basis. Its radial coefficients start as f_mu = Q_mu + small terms
 *  (deterministic).
 *  @param[out] out      The basis; the caller frees it with lrpot_basis_free(). Untouched on
 *    failure.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT (odd level, cutoff <=
 *    min_distance and the like); LRPOT_E_NOT_FINITE; LRPOT_E_UNSUPPORTED (kernel not on this
 *    processor); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_create(lrpot_basis **out,
                                                           const lrpot_basis_options *options);
/** @brief Frees a basis.
 *  @param[in] basis  Basis; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_basis_free(lrpot_basis *basis);
/** @brief Name of the descriptor.
 *  @param[in] basis  Basis; NULL is allowed.
 *  @return Static text, "moment tensors", "neuroevolution potential (NEP)" or "network of the
 *    caller"; NULL for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_basis_descriptor(const lrpot_basis *basis);
/** @brief Number of basis functions K.
 *  @param[in] basis  Basis; NULL is allowed.
 *  @return K, the number of features of an atom; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_basis_count(const lrpot_basis *basis);
/** @brief Number of radial functions F (largest mu + 1).
 *  @param[in] basis  Basis; NULL is allowed.
 *  @return F; 0 for NULL and without moment tensors.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_basis_radial_functions(const lrpot_basis *basis);
/** @brief Options in use, with defaults filled in and the kernel resolved. level and radial_step
 *  are 0 where an imported file gave the functions, radial_size too without moment tensors.
 *  @param[in]     basis    Basis.
 *  @param[in,out] options  struct_size must be set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_get_options(const lrpot_basis *basis,
                                                                lrpot_basis_options *options);
/** @brief Radial coefficients c[centre species][neighbour species][mu][b].
 *  @param[in] basis  Basis; NULL is allowed.
 *  @return [S][S][F][radial_size], borrowed until the basis is freed; NULL for NULL and
 *    without moment tensors.
 *  @threadsafety Safe while no thread changes the basis.
 *  @since 0.1 */
LRPOT_API const double *lrpot_basis_radial(const lrpot_basis *basis);
/** @brief Replaces the radial coefficients.
 *  @param[in,out] basis   Basis; unchanged on failure.
 *  @param[in]     radial  [S][S][F][radial_size]; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_UNSUPPORTED without moment tensors.
 *  @threadsafety Not while another thread uses the basis.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_set_radial(lrpot_basis *basis,
                                                               const double *radial);
/** @brief Features of the owned atoms.
 *  @param[in]     basis     Basis; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Atoms; borrowed during the call.
 *  @param[in]     list      Full list with cutoff >= that of the basis.
 *  @param[out]    features  [n_owned][K], overwritten; undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @complexity O(n_owned * neighbours).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_basis_eval(const lrpot_basis *basis,
                                                         lrpot_workspace *work,
                                                         const lrpot_atoms *atoms,
                                                         const lrpot_nlist *list, double *features);
/** @brief Adjoint of lrpot_basis_eval() (vector-Jacobian product).
 *
 *  For a scalar E with known dE/dfeatures it adds -dE/dr to forces and the corresponding strain
 *  derivatives to virial and virial_atom.
 *  @param[in]     basis         Basis; not modified.
 *  @param[in,out] work          Scratch memory of the calling thread, from
 *    lrpot_workspace_create().
 *  @param[in]     atoms         Atoms; borrowed during the call.
 *  @param[in]     list          As for lrpot_basis_eval().
 *  @param[in]     dE_dfeatures  eV, [n_owned][K] (for E in eV).
 *  @param[in,out] out           forces, virial and virial_atom are added to; the other members are
 *    ignored. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @complexity O(n_owned * neighbours).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_basis_pull(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                 const lrpot_nlist *list, const double *dE_dfeatures, lrpot_outputs *out);

LRPOT_END_DECLS
#endif
