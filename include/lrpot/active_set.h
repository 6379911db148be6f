/** @file lrpot/active_set.h
 *  @brief How far neighbourhoods lie outside of what a model was fitted to, and which structures
 * are worth learning from.
 *
 *  A model is linear in the features of a neighbourhood once its radial functions are fixed. Of all
 * neighbourhoods seen, the active set keeps as many as there are features, those whose rows span
 * the largest volume (D-optimality). The grade of another neighbourhood is the largest coefficient
 * with which the active rows make up its features: up to 1 the model interpolates, from some 2 on
 * it extrapolates (Podryabinkin and Shapeev, Comput. Mater. Sci. 140, 171 (2017)). Each species of
 * the centre has an active set of its own, as in Lysogorskiy et al., Phys. Rev. Materials 7, 043801
 * (2023); the features are those of the energy and, where they have a basis of their own, of the
 * charges. */
#ifndef LRPOT_ACTIVE_SET_H
#define LRPOT_ACTIVE_SET_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief An active set for one model. Shared by threads as long as none adds to it. */
typedef struct lrpot_active_set lrpot_active_set;

/** @brief An empty active set: every direction is new, whatever is graded has a large grade.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_create(lrpot_active_set **out,
                                                                const lrpot_potential *potential);
/** @brief As lrpot_active_set_create(), of bounded size: rows hold the first features of each
 * basis, in proportion, which are those of the lowest levels, and the constant.
 *  @param[in] most  Rows of each species at most, >= 2. @return LRPOT_E_ARGUMENT, LRPOT_E_MEMORY.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_create_limited(
    lrpot_active_set **out, const lrpot_potential *potential, int64_t most);
/** @brief An independent copy. @return LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_clone(lrpot_active_set **out,
                                                               const lrpot_active_set *set);
/** @brief Frees an active set; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_active_set_free(lrpot_active_set *set);
/** @brief Rows that each species has: the number of features, and one for the constant. @since 0.1
 */
LRPOT_API int64_t lrpot_active_set_size(const lrpot_active_set *set);

/** @brief Takes in those neighbourhoods of the owned atoms that enlarge the volume by more than @p
 * threshold, until none does.
 *  @param[in]  potential  The model, or one with the same bases and radial functions.
 *  @param[in]  frame      Number that the rows are remembered by, >= 0.
 *  @param[in]  threshold  >= 1.001: grade above which a neighbourhood replaces a row.
 *  @param[out] n_changes  Replacements, or NULL.
 *  @return LRPOT_E_ARGUMENT (another model, threshold), otherwise as lrpot_basis_eval(). @allocates
 * Yes. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_add(lrpot_active_set *set,
                                                             const lrpot_potential *potential,
                                                             lrpot_workspace *work,
                                                             const lrpot_atoms *atoms,
                                                             const lrpot_nlist *list, int64_t frame,
                                                             double threshold, int64_t *n_changes);
/** @brief The same for a structure of the library. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_add_structure(
    lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_structure *structure, int64_t frame, double threshold, int64_t *n_changes);

/** @brief Extrapolation grades of the owned atoms. The grade of a structure is the largest of its
 * atoms'.
 *  @param[out] grades  [n_owned], dimensionless.
 *  @return As lrpot_active_set_add(). Nothing is allocated in steady state. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_grade(
    const lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_atoms *atoms, const lrpot_nlist *list, double *grades);
/** @brief The same for a structure of the library; @p grades [atoms]. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_grade_structure(
    const lrpot_active_set *set, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_structure *structure, double *grades);

/** Grade from which a neighbourhood is new to a model: `lrpot` says so from here on. */
#define LRPOT_GRADE_NEW 2.1
/** Grade from which a result is not to be trusted without a look. */
#define LRPOT_GRADE_FAR 10.0

/** @brief The active set that a model carries: of the frames that it was fitted to, with at most
 * 400 rows of each species and some 200 000 numbers altogether. lrpot_fit_run() makes it,
 * lrpot_potential_save() writes it, lrpot_potential_load() reads it. Its rows are remembered by the
 * numbers of the training frames in the order of their addition to the fit. Training atoms have
 * grades up to 1.05.
 *  @return Borrowed from the model; NULL when it carries none, or when the coefficients of its
 * radial functions have changed since. @threadsafety Any number of threads. @since 0.1 */
LRPOT_API const lrpot_active_set *lrpot_potential_active_set(const lrpot_potential *potential);
/** @brief Gives a model an active set, of which it keeps a copy in single precision.
 *  @param[in,out] potential  The model; no other thread may use it meanwhile.
 *  @param[in]     set        For the features of this model; NULL takes the present one away.
 *  @return LRPOT_E_ARGUMENT (a set of other features), LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_set_active_set(lrpot_potential *potential,
                                                                       const lrpot_active_set *set);

/** @brief Where the rows of a species come from.
 *  @param[out] frames  [lrpot_active_set_size()]: numbers given to lrpot_active_set_add(), -1 for
 * directions that nothing has filled; or NULL.
 *  @param[out] atoms   [lrpot_active_set_size()]: atoms in those frames, or NULL.
 *  @return LRPOT_E_ARGUMENT for a species that is not the model's. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_rows(const lrpot_active_set *set,
                                                              int32_t species, int64_t *frames,
                                                              int64_t *atoms);

/** @brief Writes the active set; the file appears whole or not at all. @return LRPOT_E_WRITE,
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_save(const lrpot_active_set *set,
                                                              const char *path);
/** @brief Reads an active set. @return LRPOT_E_OPEN, LRPOT_E_PARSE, LRPOT_E_CHECKSUM,
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_active_set_load(lrpot_active_set **out,
                                                              const char *path);

LRPOT_END_DECLS
#endif
