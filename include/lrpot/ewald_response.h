/** @file lrpot/ewald_response.h
 *  @brief Second derivatives of the Coulomb energy: by direction (Hessian-vector products), and as matrices at any wave vector.
 *
 *  By the exact sum: O(n^1.5) per direction; isolated and three-dimensionally periodic systems, points and Gaussians, one process. */
#ifndef LRPOT_EWALD_RESPONSE_H
#define LRPOT_EWALD_RESPONSE_H

#include <lrpot/electrostatics.h>

LRPOT_BEGIN_DECLS

/** @brief How the results of lrpot_ewald_eval() change, per unit step, while charges, atoms and cell move along a direction.
 *
 *  At step t the charges are q + t dq, the positions r_i + t (dr_i + r_i.dstrain) and the cell rows h_d + t h_d.dstrain, where
 *  (v.s)_b = sum_a v_a s_ab. Inputs that are NULL are zero, outputs that are NULL are not computed.
 *  @param[in]  list        NULL: the solver searches itself.
 *  @param[in]  q           e, [n]. @param[in] dq  e, [n] or NULL. @param[in] dr  A, [n][3] or NULL. @param[in] dstrain  [9] or NULL.
 *  @param[out] dpotential  V, [n] or NULL. @param[out] dfield  V/A, [n][3] or NULL: field at the moving atoms.
 *  @param[out] dforces     eV/A, [n][3] or NULL: minus the Hessian times dr when only atoms move.
 *  @param[out] dvirial     eV, [9] or NULL.
 *  @return LRPOT_E_UNSUPPORTED with ghosts or other periodicities; LRPOT_E_NOT_FINITE; otherwise as lrpot_ewald_eval(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_response(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const double *q, const double *dq, const double *dr, const double *dstrain, double *dpotential, double *dfield,
    double *dforces, double *dvirial);

LRPOT_END_DECLS
#endif
