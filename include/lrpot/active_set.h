/** @file lrpot/active_set.h
 *  @brief Extrapolation grades of neighbourhoods against the training data of a model, and the
 *  choice of structures to learn from.
 *
 *  A model is linear in the features of a neighbourhood once its radial functions are fixed. The
 *  active set keeps, of all neighbourhoods seen, as many as there are features: those whose rows
 *  span the largest volume (D-optimality). The grade of another neighbourhood is the largest
 *  coefficient of its features in the active rows. Up to 1 the model interpolates, from some 2 on
 *  it extrapolates (Podryabinkin and Shapeev, Comput. Mater. Sci. 140, 171 (2017)). Each species of
 *  the centre has an active set of its own, as in Lysogorskiy et al., Phys. Rev. Materials 7,
 *  043801 (2023). The features are those of the energy and, where they have a basis of their own,
 *  of the charges.
 *
 *  A set of LRPOT_ACTIVE_SET_PARAMETERS goes beyond the features: its rows are the derivatives of
 *  the site energy and of the charge of the atom by all parameters, those of the radial functions
 *  included (the linear form of the first of these papers). It sees neighbourhoods whose features
 *  are like those of the data and whose radial functions or charges have been determined by
 *  others. Grading by it takes one more pass over the atoms for each basis. */
#ifndef LRPOT_ACTIVE_SET_H
#define LRPOT_ACTIVE_SET_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief An active set for one model. Threads share it as long as none adds to it. */
typedef struct lrpot_active_set lrpot_active_set;

/** @brief Creates an empty active set: every neighbourhood is new, and every grade is infinite.
 *  @param[out] out        The active set; the caller frees it with lrpot_active_set_free().
 *    Untouched on failure.
 *  @param[in]  potential  Model; not modified, not needed after the call.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_create(lrpot_active_set **out,
                                                                const lrpot_potential *potential);
/** Rows hold the features, and 1. */
#define LRPOT_ACTIVE_SET_FEATURES 0
/** Rows hold the features, the derivatives of the site energy by the radial coefficients of the
 *  atom's species, those of the charge (of the first local scalar of its kind: the charge, the
 *  first channel or the electronegativity), and 1. Changes of radial functions that the linear
 *  coefficients make up for are left out. */
#define LRPOT_ACTIVE_SET_PARAMETERS 1
/** @brief Creates an empty active set of a kind and, if wanted, of bounded size. Bounded rows hold
 *  the first features of each basis, those of the lowest levels, and derivatives spread over the
 *  radial coefficients, in proportion, and the constant.
 *  @param[out] out        The active set; the caller frees it with lrpot_active_set_free().
 *    Untouched on failure.
 *  @param[in]  potential  Model; not modified, not needed after the call.
 *  @param[in]  kind       LRPOT_ACTIVE_SET_FEATURES or LRPOT_ACTIVE_SET_PARAMETERS.
 *  @param[in]  most       Largest number of rows of each species, >= 2; 0: no limit.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (kind, most); LRPOT_E_UNSUPPORTED (a descriptor
 *    other than moment tensors); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_create_kind(
    lrpot_active_set **out, const lrpot_potential *potential, int32_t kind, int64_t most);
/** @brief Makes a deep copy.
 *  @param[out] out  The copy; the caller frees it with lrpot_active_set_free(). Untouched on
 *    failure.
 *  @param[in]  set  Active set; not modified.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe while no thread adds to the set.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_clone(lrpot_active_set **out,
                                                               const lrpot_active_set *set);
/** @brief Frees an active set.
 *  @param[in] set  Active set; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_active_set_free(lrpot_active_set *set);
/** @brief Kind of the rows.
 *  @param[in] set  Active set; NULL is allowed.
 *  @return LRPOT_ACTIVE_SET_*; that of features for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_active_set_kind(const lrpot_active_set *set);
/** @brief Number of rows of each species, which is that of their columns.
 *  @param[in] set  Active set; NULL is allowed.
 *  @return Number of rows; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_active_set_size(const lrpot_active_set *set);

/** @brief Takes in the neighbourhoods of the owned atoms that enlarge the volume by more than @p
 *  threshold, until none does.
 *  @param[in,out] set        Active set.
 *  @param[in]     potential  The model, or one with the same parameters; not
 *    modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     frame      Number under which the rows are remembered, >= 0.
 *  @param[in]     threshold  Grade above which a neighbourhood replaces a row, >= 1.001.
 *  @param[out]    n_changes  Number of replacements, or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY. LRPOT_E_ARGUMENT also for
 *    another model, frame and threshold.
 *  @threadsafety Needs exclusive use of the set and of @p work.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_add(lrpot_active_set *set,
                                                             const lrpot_potential *potential,
                                                             lrpot_workspace *work,
                                                             const lrpot_atoms *atoms,
                                                             const lrpot_nlist *list, int64_t frame,
                                                             double threshold, int64_t *n_changes);
/** @brief lrpot_active_set_add() for a structure of the library.
 *  @param[in,out] set        Active set.
 *  @param[in]     potential  The model, or one with the same parameters; not
 *    modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in]     frame      Number under which the rows are remembered, >= 0.
 *  @param[in]     threshold  Grade above which a neighbourhood replaces a row, >= 1.001.
 *  @param[out]    n_changes  Number of replacements, or NULL.
 *  @return As lrpot_active_set_add().
 *  @threadsafety Needs exclusive use of the set and of @p work.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_add_structure(
    lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_structure *structure, int64_t frame, double threshold, int64_t *n_changes);

/** @brief Extrapolation grades of the owned atoms. The grade of a structure is the largest of its
 *  atoms'. An atom of a species that the set has never seen has an infinite grade.
 *  @param[in]     set        Active set; not modified.
 *  @param[in]     potential  The model, or one with the same parameters; not
 *    modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[out]    grades     [n_owned], dimensionless.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY. LRPOT_E_ARGUMENT also for
 *    another model.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_grade(
    const lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_atoms *atoms, const lrpot_nlist *list, double *grades);
/** @brief lrpot_active_set_grade() for a structure of the library.
 *  @param[in]     set        Active set; not modified.
 *  @param[in]     potential  The model, or one with the same parameters; not
 *    modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[out]    grades     [n], dimensionless.
 *  @return As lrpot_active_set_grade().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_grade_structure(
    const lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_structure *structure, double *grades);

/** Grade from which a neighbourhood is new to a model: `lrpot` warns from here on. */
#define LRPOT_GRADE_NEW 2.1
/** Grade from which a result is unreliable and needs a check. */
#define LRPOT_GRADE_FAR 10.0

/** @brief The active set that a model carries.
 *
 *  It is made of the training frames, with at most 400 rows of each species and some 200 000
 *  numbers altogether. lrpot_fit_run() makes it, lrpot_potential_save() writes it,
 *  lrpot_potential_load() reads it. Its rows are remembered by the numbers of the training frames
 *  in the order of their addition to the fit. Training atoms have grades up to 1.05.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return Borrowed until the model changes or is freed; NULL when the model carries none, or when
 *    the coefficients of its radial functions have changed since.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API const lrpot_active_set *lrpot_potential_active_set(const lrpot_potential *potential);
/** @brief Gives a model an active set, of which it keeps a copy in single precision.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     set        Active set for the features of this model; NULL removes the present
 *    one.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (a set of other features); LRPOT_E_MEMORY.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_active_set(lrpot_potential *potential,
                                                                       const lrpot_active_set *set);

/** @brief Origin of the rows of a species.
 *  @param[in]  set      Active set.
 *  @param[in]  species  Index of the species.
 *  @param[out] frames   [lrpot_active_set_size()]: numbers given to lrpot_active_set_add(), -1 for
 *    empty directions; or NULL.
 *  @param[out] atoms    [lrpot_active_set_size()]: atoms in those frames; or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT for a species out of range.
 *  @threadsafety Safe while no thread adds to the set.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_rows(const lrpot_active_set *set,
                                                              int32_t species, int64_t *frames,
                                                              int64_t *atoms);

/** @brief Writes an active set. The file appears whole or not at all.
 *  @param[in] set   Active set; not modified.
 *  @param[in] path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_save(const lrpot_active_set *set,
                                                              const char *path);
/** @brief Reads an active set.
 *  @param[out] out   The active set; the caller frees it with lrpot_active_set_free(). Untouched on
 *    failure.
 *  @param[in]  path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_OPEN; LRPOT_E_READ; LRPOT_E_PARSE; LRPOT_E_VERSION;
 *    LRPOT_E_CHECKSUM; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_load(lrpot_active_set **out,
                                                              const char *path);

LRPOT_END_DECLS
#endif
