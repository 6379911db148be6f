/** @file lrpot/ewald_response.h
 *  @brief Second derivatives of the Coulomb energy: by direction (Hessian-vector products), and as
 * matrices at any wave vector.
 *
 *  By the exact sum: O(n^1.5) per direction; isolated and three-dimensionally periodic systems,
 * points and Gaussians, one process. */
#ifndef LRPOT_EWALD_RESPONSE_H
#define LRPOT_EWALD_RESPONSE_H

#include <lrpot/electrostatics.h>

LRPOT_BEGIN_DECLS

/** @brief How the results of lrpot_ewald_eval() change, per unit step, while charges, atoms and
 * cell move along a direction.
 *
 *  At step t the charges are q + t dq, the positions r_i + t (dr_i + r_i.dstrain) and the cell rows
 * h_d + t h_d.dstrain, where (v.s)_b = sum_a v_a s_ab. Inputs that are NULL are zero, outputs that
 * are NULL are not computed.
 *  @param[in]  list        NULL: the solver searches itself.
 *  @param[in]  q           e, [n]. @param[in] dq  e, [n] or NULL. @param[in] dr  A, [n][3] or NULL.
 * @param[in] dstrain  [9] or NULL.
 *  @param[out] dpotential  V, [n] or NULL. @param[out] dfield  V/A, [n][3] or NULL: field at the
 * moving atoms.
 *  @param[out] dforces     eV/A, [n][3] or NULL: minus the Hessian times dr when only atoms move.
 *  @param[out] dvirial     eV, [9] or NULL.
 *  @return LRPOT_E_UNSUPPORTED with ghosts or other periodicities; LRPOT_E_NOT_FINITE; otherwise as
 * lrpot_ewald_eval(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_response(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const double *q, const double *dq, const double *dr,
    const double *dstrain, double *dpotential, double *dfield, double *dforces, double *dvirial);

/** @brief Second derivatives of the Coulomb energy for charges and displacements that vary as exp(i
 * k.(position)) from cell to cell.
 *
 *  Complex matrices, (re, im) after one another, with phases of positions: matrix(k)[x][y] = sum
 * over cells R of d2E/dx(0) dy(R) exp(i k.(r_y + R - r_x)); with x or y the displacement of an atom
 * along an axis, or the charge of an atom. They are for given charges q, which enter where atoms
 * are displaced. What atoms do to themselves (the sum rule) is included. For models whose charges
 * follow the atoms all three are needed; others need the first alone. Not divided by masses.
 *  @param[in]  q             e, [n].
 *  @param[in]  wave_vector   1/A, [3], with the 2 pi; 0 for isolated systems.
 *  @param[in]  direction     [3] or NULL: at wave vector 0, or one of the reciprocal lattice, the
 * limit along this direction, which adds 4 pi k_e q_i q_j n_a n_b / V to @p displacement; NULL:
 * without it, as tin-foil surroundings do. The same term of the others grows without bound and is
 * left out.
 *  @param[out] displacement  eV/A^2, [3n][3n][2] or NULL: Hermitian.
 *  @param[out] mixed         V/A, [n][3n][2] or NULL: potential at an atom by a displacement; the
 * first index is the charge.
 *  @param[out] charge        V/e, [n][n][2] or NULL: potential by a charge; Hermitian; at 0 the
 * matrix of lrpot_ewald_matrix().
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_UNSUPPORTED, LRPOT_E_COINCIDENT. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_dynamical(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
                      const double *q, const double *wave_vector, const double *direction,
                      double *displacement, double *mixed, double *charge);

LRPOT_END_DECLS
#endif
