/** @file lrpot/ewald_response.h
 *  @brief Second derivatives of the Coulomb energy: by direction (Hessian-vector products), and as
 *  matrices at any wave vector.
 *
 *  The sum is exact: O(n^1.5) per direction. Isolated and three-dimensionally periodic systems,
 *  points and Gaussians, one process. */
#ifndef LRPOT_EWALD_RESPONSE_H
#define LRPOT_EWALD_RESPONSE_H

#include <lrpot/ewald.h>

LRPOT_BEGIN_DECLS

/** @brief Derivatives of the results of lrpot_ewald_eval() along a direction of charges, atoms and
 *  cell.
 *
 *  At step t the charges are q + t dq, the positions r_i + t (dr_i + r_i.dstrain) and the cell rows
 *  h_d + t h_d.dstrain, where (v.s)_b = sum_a v_a s_ab. The outputs are the derivatives by t at 0.
 *  Inputs that are NULL are zero, outputs that are NULL are not computed.
 *  @param[in]     ewald       Solver; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms without ghosts; borrowed during the call.
 *  @param[in]     list        Full list; NULL: the solver searches itself.
 *  @param[in]     q           e, [n].
 *  @param[in]     dq          e, [n] or NULL.
 *  @param[in]     dr          A, [n][3] or NULL.
 *  @param[in]     dstrain     [3][3] or NULL.
 *  @param[out]    dpotential  V, [n] or NULL.
 *  @param[out]    dfield      V/A, [n][3] or NULL: field at the moving atoms.
 *  @param[out]    dforces     eV/A, [n][3] or NULL: minus the Hessian times dr when only atoms
 *    move.
 *  @param[out]    dvirial     eV, [3][3] or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY. LRPOT_E_UNSUPPORTED with ghosts, with other periodicities and kernels.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity O(n^1.5).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_response(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const double *q, const double *dq, const double *dr,
    const double *dstrain, double *dpotential, double *dfield, double *dforces, double *dvirial);

/** @brief Second derivatives of the Coulomb energy for charges and displacements that vary as exp(i
 *  k.(position)) from cell to cell.
 *
 *  The matrices are complex, (re, im) after one another, with phases of positions: matrix(k)[x][y]
 *  = sum over cells R of d2E/dx(0) dy(R) exp(i k.(r_y + R - r_x)). x and y are displacements of an
 *  atom along an axis, or charges of an atom. The matrices hold at given charges q, which enter
 *  where atoms are displaced. The self terms of the sum rule are included. Models whose charges
 *  follow the atoms need all three matrices; others need the first alone. Masses are not divided
 *  out.
 *  @param[in]     ewald         Solver; not modified.
 *  @param[in,out] work          Scratch memory of the calling thread, from
 *    lrpot_workspace_create().
 *  @param[in]     atoms         Atoms without ghosts; borrowed during the call. Crystals, slabs
 *    (the sum over two directions, without vacuum or copies: Parry, Surf. Sci. 49, 433 (1975)) and
 *    isolated systems.
 *  @param[in]     q             e, [n].
 *  @param[in]     wave_vector   1/A, [3], with the 2 pi; 0 for isolated systems, in the plane for
 *    slabs.
 *  @param[in]     direction     [3], any length, or NULL. At wave vector 0, or one of the
 *    reciprocal lattice, the limit along this direction adds 4 pi k_e q_i q_j n_a n_b / V to @p
 *    displacement. NULL: without this term, as in tin-foil surroundings. The corresponding terms of
 *    the other matrices diverge and are left out. In slabs the limit of @p displacement is that
 *    at 0, along every direction.
 *  @param[out]    displacement  eV/A^2, [3n][3n][2] or NULL: Hermitian.
 *  @param[out]    mixed         V/A, [n][3n][2] or NULL: potential at an atom by a displacement;
 *    the first index is the charge.
 *  @param[out]    charge        V/e, [n][n][2] or NULL: potential by a charge; Hermitian; at wave
 *    vector 0 the matrix of lrpot_ewald_matrix().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY. LRPOT_E_ARGUMENT also for a zero direction and for a wave vector of an
 *    isolated system, or across a slab. LRPOT_E_UNSUPPORTED for wires.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity O(n^2) memory.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_dynamical(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
                      const double *q, const double *wave_vector, const double *direction,
                      double *displacement, double *mixed, double *charge);

LRPOT_END_DECLS
#endif
