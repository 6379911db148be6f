/** @file lrpot/operator.h
 *  @brief The Coulomb sum as a linear map from charges to potentials at fixed positions: one
 * update, many products.
 *
 *  phi = A q with the symmetric matrix of lrpot_ewald_matrix(), never stored whole: pair
 * interactions, places on the mesh, its influence function or the reciprocal vectors are made once.
 * For charge equilibration and other iterations over charges. */
#ifndef LRPOT_OPERATOR_H
#define LRPOT_OPERATOR_H

#include <lrpot/electrostatics.h>

LRPOT_BEGIN_DECLS

/** @brief The map for one set of positions, with its own memory. Used by one thread at a time. */
typedef struct lrpot_ewald_operator lrpot_ewald_operator;

/** @brief Creates an operator without positions.
 *  @param[in] ewald    Kernel, widths, accuracy, method; borrowed until the operator is freed.
 *  @param[in] threads  OpenMP threads of its calls, >= 1. @return LRPOT_E_ARGUMENT, LRPOT_E_MEMORY.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_create(lrpot_ewald_operator **out,
                                                                    const lrpot_ewald *ewald,
                                                                    int32_t threads);
/** @brief Frees an operator; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_ewald_operator_free(lrpot_ewald_operator *op);

/** @brief Takes over positions and cell (copied). Made for unit charges: the error of forces by
 * others goes with their mean square. Periodicity and neighbours as for
 * lrpot_ewald_eval().
 *
 *  Isolated systems hold every pair: 12 bytes per pair, at most 20000 atoms.
 *  @param[in] list  NULL: the operator searches itself. Needed during this call only.
 *  @param[in] comm  NULL for one process; otherwise `sum` is called.
 *  @return As lrpot_ewald_eval(); after a failure the operator has no positions. @collective over
 * comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_update(lrpot_ewald_operator *op,
                                                                    const lrpot_atoms *atoms,
                                                                    const lrpot_nlist *list,
                                                                    const lrpot_comm *comm);

/** @brief Potential of charges: the same, to rounding, as lrpot_ewald_eval() gives with the same
 * parameters.
 *  @param[in]  q          e, [n_all]: the caller has given ghosts the charges of their owners.
 *  @param[out] potential  V, [n_owned].
 *  @param[out] energy     eV or NULL: this process' share of 1/2 q.A.q.
 *  @return LRPOT_E_STATE without positions, LRPOT_E_NOT_FINITE. @allocates Nothing. @collective
 * over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_apply(lrpot_ewald_operator *op,
                                                                   const lrpot_comm *comm,
                                                                   const double *q,
                                                                   double *potential,
                                                                   double *energy);

/** @brief Diagonal of A, to the accuracy of the sum: own images, self-interaction and background.
 * For preconditioning and hardness.
 *  @param[out] diagonal  V/e, [n_owned]. @return LRPOT_E_STATE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_operator_diagonal(const lrpot_ewald_operator *op, double *diagonal);

/** @brief The short-ranged part of A as compressed rows: pairs in real space, and the
 * self-interaction as first entry of each row.
 *
 *  A column may appear several times in a row (images): entries add up. Columns from n_owned on are
 * ghosts. Of an isolated system this is all of A. Borrowed until the next update.
 *  @param[out] n        Rows. @param[out] offsets  [n + 1]. @param[out] columns  [offsets[n]].
 *  @param[out] values   V/e, [offsets[n]]. @return LRPOT_E_STATE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_operator_short_range(
    const lrpot_ewald_operator *op, int64_t *n, const int64_t **offsets, const int32_t **columns,
    const double **values);

LRPOT_END_DECLS
#endif
