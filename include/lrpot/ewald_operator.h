/** @file lrpot/ewald_operator.h
 *  @brief The Coulomb sum as a linear map from charges to potentials at fixed positions: one
 *  update, many products.
 *
 *  phi = A q with the symmetric matrix of lrpot_ewald_matrix(), which is never stored whole. Pair
 *  interactions, places on the mesh, its influence function or the reciprocal vectors are computed
 *  once. It serves charge equilibration and other iterations over charges. */
#ifndef LRPOT_EWALD_OPERATOR_H
#define LRPOT_EWALD_OPERATOR_H

#include <lrpot/ewald.h>

LRPOT_BEGIN_DECLS

/** @brief The map for one set of positions, with its own memory. Used by one thread at a time. */
typedef struct lrpot_ewald_operator lrpot_ewald_operator;

/** @brief Creates an operator without positions.
 *  @param[out] out      The operator; the caller frees it with lrpot_ewald_operator_free().
 *    Untouched on failure.
 *  @param[in]  ewald    Kernel, widths, accuracy, method; borrowed until the operator is freed.
 *  @param[in]  threads  OpenMP threads of its calls, 1 to 4096.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (threads); LRPOT_E_SYSTEM as
 *    lrpot_workspace_create(); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_create(lrpot_ewald_operator **out,
                                                                    const lrpot_ewald *ewald,
                                                                    int32_t threads);
/** @brief Frees an operator.
 *  @param[in] op  Operator; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_ewald_operator_free(lrpot_ewald_operator *op);

/** @brief Sets positions and cell (copied). The parameters are chosen for unit charges: the error
 *  of forces by other charges scales with their mean square. Periodicity and neighbours as for
 *  lrpot_ewald_eval().
 *
 *  Isolated systems hold every pair: 12 bytes per pair, at most 20000 atoms.
 *  @param[in,out] op     Operator; without positions after a failure.
 *  @param[in]     atoms  Atoms; copied.
 *  @param[in]     list   Full list, used during this call only; NULL: the operator searches itself.
 *    A parallel host must give one.
 *  @param[in]     comm   NULL for one process; otherwise `sum` is called.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; a negative value from @p comm as it came.
 *  @threadsafety Needs exclusive use of the operator.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_update(lrpot_ewald_operator *op,
                                                                    const lrpot_atoms *atoms,
                                                                    const lrpot_nlist *list,
                                                                    const lrpot_comm *comm);

/** @brief Potential of charges: the same, to rounding, as that of lrpot_ewald_eval() with the same
 *  parameters.
 *  @param[in,out] op         Operator with positions.
 *  @param[in]     comm       As at the update; `sum` is called.
 *  @param[in]     q          e, [n_all]: the caller has given ghosts the charges of their owners.
 *  @param[out]    potential  V, [n_owned].
 *  @param[out]    energy     eV, [1] or NULL: this process' share of 1/2 q.A.q.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_STATE without positions; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_MEMORY; a negative value from @p comm as it came.
 *  @threadsafety Needs exclusive use of the operator.
 *  @allocates Nothing after the first call.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_apply(lrpot_ewald_operator *op,
                                                                   const lrpot_comm *comm,
                                                                   const double *q,
                                                                   double *potential,
                                                                   double *energy);

/** @brief Diagonal of A, to the accuracy of the sum: own images, self-interaction and background.
 *  It serves preconditioning and hardness.
 *  @param[in]  op        Operator with positions.
 *  @param[out] diagonal  V/e, [n_owned].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_STATE without positions.
 *  @threadsafety Safe while no thread updates or applies the operator.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_operator_diagonal(const lrpot_ewald_operator *op, double *diagonal);

/** @brief The short-ranged part of A as compressed rows: pairs in real space, and the
 *  self-interaction as first entry of each row.
 *
 *  A column may appear several times in a row (images): entries add up. Columns from n_owned on are
 *  ghosts. For an isolated system this is all of A. The arrays are borrowed until the next update.
 *  @param[in]  op       Operator with positions.
 *  @param[out] n        Number of rows.
 *  @param[out] offsets  [n + 1], borrowed: first entry of each row.
 *  @param[out] columns  [offsets[n]], borrowed: atom of each entry.
 *  @param[out] values   V/e, [offsets[n]], borrowed.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_STATE without positions.
 *  @threadsafety Safe while no thread updates or applies the operator.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_short_range(
    const lrpot_ewald_operator *op, int64_t *n, const int64_t **offsets, const int32_t **columns,
    const double **values);

LRPOT_END_DECLS
#endif
