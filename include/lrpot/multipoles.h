/** @file lrpot/multipoles.h
 *  @brief Coulomb sums of atomic charges, dipoles and quadrupoles, points or Gaussians. @see
 *  docs/theory/multipoles.md */
#ifndef LRPOT_MULTIPOLES_H
#define LRPOT_MULTIPOLES_H

#include <lrpot/ewald.h>

LRPOT_BEGIN_DECLS

/** @brief Energy of atomic multipoles and its derivatives, in isolated systems, crystals, slabs and
 *  wires.
 *
 *  The density of atom i is (q - mu.grad + 1/2 M:grad grad) g(r - r_i), where g is a point or the
 *  Gaussian of its species. M is the plain second moment, the sum of charge times r_a r_b about the
 *  atom, trace included; its symmetric part counts. A traceless quadrupole Theta = sum q (3 r r -
 *  r^2)/2 (Buckingham, Q. Rev. Chem. Soc. 13, 183 (1959)) gives M = 2/3 Theta and dE/dTheta = 2/3
 *  dE/dM. The trace matters for Gaussians and for periodic systems only.
 *
 *  Periodic systems have tin-foil surroundings and a background for a net charge, slabs and wires
 *  the truncated kernel, as lrpot_ewald_eval(). The mesh is that of LRPOT_EWALD_SPLINE, also where
 * LRPOT_EWALD_MESH is set, and the default from 400 atoms on; pairs end at the cutoff without a
 * fading step. The requested accuracy holds for the forces of the moments of the call.
 * LRPOT_EWALD_SELF counts the self-energy of Gaussian multipoles. Outputs are overwritten.
 *  @param[in]     ewald           Solver with the Coulomb kernel; not modified.
 *  @param[in,out] work            Scratch memory of the calling thread, from
 *    lrpot_workspace_create().
 *  @param[in]     atoms           Atoms; borrowed during the call.
 *  @param[in]     list            Full list with the cutoff of the solver; NULL: the solver
 *    searches itself.
 *  @param[in]     comm            NULL for one process. Otherwise outputs are this process' share,
 *    to be summed by the caller.
 *  @param[in]     charges         e, [n_all].
 *  @param[in]     dipoles         e A, [n_all][3] or NULL.
 *  @param[in]     quadrupoles     e A^2, [n_all][3][3] or NULL.
 *  @param[out]    energy          eV, [1] or NULL.
 *  @param[out]    forces          eV/A, [n_owned][3] or NULL, at fixed moments.
 *  @param[out]    virial          eV, [3][3] or NULL: -dE/dstrain_ab with moments that do not
 *    follow the strain; not symmetric when they feel a torque.
 *  @param[out]    potential       V, [n_owned] or NULL: dE/dq.
 *  @param[out]    dE_ddipole      V/A, [n_owned][3] or NULL: minus the field. The torque on a
 *    dipole is its cross product with the field.
 *  @param[out]    dE_dquadrupole  V/A^2, [n_owned][3][3] or NULL: minus half the field gradient,
 *    symmetric.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; a negative value from @p comm as it came. LRPOT_E_CUTOFF when a parallel
 *    host's list is too short; LRPOT_E_UNSUPPORTED for other surroundings than tin foil and other
 *    kernels. All outputs are undefined after a failure.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_multipoles_eval(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *charges, const double *dipoles,
    const double *quadrupoles, double *energy, double *forces, double *virial, double *potential,
    double *dE_ddipole, double *dE_dquadrupole);

LRPOT_END_DECLS
#endif
