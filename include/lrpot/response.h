/** @file lrpot/response.h
 *  @brief Response to an electric field: polarization, Born effective charges, LO-TO splitting.
 *
 *  Model charges are screened charges q/sqrt(eps_inf) (electronic continuum). Physical polarization
 *  and Born charges are the library's values times sqrt(eps_inf). First index: polarization (or
 *  field); second: displacement. */
#ifndef LRPOT_RESPONSE_H
#define LRPOT_RESPONSE_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Polarization of a cell, with the data of its branches.
 *
 *  Changes of value along a path are those of the polarization while charges stay constant. For
 *  charges that vary along the path sum q r depends on the images in the cell; the change is then
 *  the integral of the Born charges (docs/theory/born_charges.md). Wrapping an atom of charge q
 *  changes sum q r by q times a row of the cell. For whole charges this is a whole number of
 *  quanta, which the branch corrects. Along a trajectory use lrpot_path_step(). The value of a
 *  charged cell depends on the origin. */
typedef struct lrpot_polarization {
    size_t struct_size; /**< sizeof(lrpot_polarization). */
    /** e A: sum q r with positions as given; the dipole of an isolated neutral system. */
    double dipole[3];
    /** e, along lattice row c: Re sum q exp(2 pi i s_c)/(2 pi i) (arXiv 2603.06396, eq. 14). */
    double phase_real[3];
    double phase_imag[3]; /**< e: the imaginary part. */
    /** e/A^2: dipole/V moved to the branch nearest to the reference. 0 for isolated systems. */
    double value[3];
    double quantum[9]; /**< e/A^2: rows e a_c / V, by which value is ambiguous. */
    int64_t branch[3]; /**< value = dipole/V + sum_c branch[c] quantum[c]. */
} lrpot_polarization;
/** @brief Zeros. */
#define LRPOT_POLARIZATION_INIT                                        \
    {                                                                  \
        sizeof(lrpot_polarization), { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, \
        {                                                              \
            0                                                          \
        }                                                              \
    }

/** @brief Polarization for given charges.
 *  @param[in]     atoms      Isolated, or periodic in three directions; borrowed during the call.
 *  @param[in]     q          e, [n_owned].
 *  @param[in]     reference  e/A^2, [3]: the branch nearest to it is chosen; NULL means zero.
 *  @param[in,out] out        struct_size must be set; the other members are overwritten. Untouched
 *    on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_CELL;
 *    LRPOT_E_NOT_FINITE; LRPOT_E_UNSUPPORTED for periodicity in one or two directions.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_polarization(const lrpot_atoms *atoms,
                                                                    const double *q,
                                                                    const double *reference,
                                                                    lrpot_polarization *out);

/** Exact form without finite-k error: images of neighbours at their own places (arXiv 2601.03656).
 */
#define LRPOT_BORN_UNFOLDED 0
/** Phase form at the smallest reciprocal vectors of the cell (arXiv 2504.05169). Crystals only. */
#define LRPOT_BORN_PHASE 1
/** The expression that NEPs are fitted with, and that GPUMD prints: the mid-point of each pair is
 * the origin of the charge that flows (docs/theory/nep.md). NEPs only. */
#define LRPOT_BORN_MIDPOINT 2

/** @brief Born effective charges Z[j][a][b] = d(V P_a)/dr_jb of the model. Along directions that
 *  are not periodic it is the derivative of the dipole.
 *
 *  Equilibrated charges (three solutions of their equations) have them in isolated systems, in the
 *  phase form, and unfolded with fragments that keep their charge (lrpot_atoms.fragments). Each
 *  fragment is made whole by its shortest links: Z is then the derivative of sum q r with whole
 *  fragments. A periodic system without fragments conducts, and at zero field the unfolded form
 *  does not exist. One process; ghosts need atoms->ghost_owner.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     form       LRPOT_BORN_UNFOLDED, _PHASE or _MIDPOINT.
 *  @param[out]    Z          e, [n_owned][3][3], raw (sum rule not imposed); undefined after a
 *    failure.
 *  @param[out]    residual   e, [3][3] or NULL: mean over atoms of Z minus Q/N on the diagonal.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *    LRPOT_E_UNSUPPORTED for a model without charges or with several channels, for the phase form
 *    of a system that is not periodic in three directions, for ghosts without owners, and for
 *    equilibrated charges that flow through the whole of a periodic system.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_born_charges(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, int32_t form, double *Z, double *residual);
/** @brief lrpot_response_born_charges() for a structure of the library.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in]     form       LRPOT_BORN_UNFOLDED, _PHASE or _MIDPOINT.
 *  @param[out]    Z          e, [n][3][3], raw; undefined after a failure.
 *  @param[out]    residual   e, [3][3] or NULL: mean over atoms of Z minus Q/N on the diagonal.
 *  @return As lrpot_response_born_charges().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_born_charges_structure(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    int32_t form, double *Z, double *residual);
/** @brief Imposes the acoustic sum rule: subtracts the mean excess from each Z, so that the mean is
 *  total_charge / n on the diagonal.
 *  @param[in]     n             Number of atoms, >= 1.
 *  @param[in]     total_charge  e, total charge of the system.
 *  @param[in,out] Z             e, [n][3][3].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n).
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_project(int64_t n, double total_charge,
                                                               double *Z);

/** @brief Forces of a uniform electric field: F_lb = sum_a Z[l][a][b] E_a with the unfolded Born
 *  charges, by one pass that never forms Z. It serves the pieces of a parallel host too.
 *
 *  energy is -E.sum q r with positions as given. Isolated systems: forces and virial are its exact
 *  derivatives. Periodic systems: virial and virial_atom are at a field that stretches with the
 *  cell (E.a_c constant); the response to strain of charges that follow their neighbours is
 *  neglected. Where such charges vary, energy depends on the images of the atoms in the cell, while
 *  the forces do not; along a trajectory the energy is then -E times the integral of
 *  lrpot_response_current().
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm       NULL for one process; energies and dipole are this process' share.
 *  @param[in]     field      V/A, [3]: the field that acts on the model's charges (for screened
 *    charges the physical field times sqrt(eps_inf)).
 *  @param[in,out] out        energy, energy_atom, forces, virial, virial_atom, charges, dipole;
 *    overwritten unless LRPOT_ADD is set. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY; a negative value
 *    from @p comm as it came. LRPOT_E_UNSUPPORTED for a model without charges or with several
 *    channels, and for equilibrated charges of a periodic system, which need fragments that keep
 *    their charge and then one process.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_field_forces(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *field, lrpot_outputs *out);
/** @brief Dipole current sum_l Z_l.v_l, the rate of the dipole (V P), with the unfolded Born
 *  charges.
 *  @param[in]     potential   Model with charges; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm        NULL for one process; otherwise forward is called with width 3 where
 *    there are ghosts.
 *  @param[in]     velocities  [n_owned][3], in any unit of velocity.
 *  @param[out]    current     [3], e times that unit: this process' share; untouched on failure.
 *  @return As lrpot_response_field_forces(); LRPOT_E_ARGUMENT also for ghosts whose velocities
 *    neither comm->forward nor atoms->ghost_owner fills.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_current(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *velocities, double *current);

/** The field stays constant when the cell is strained. */
#define LRPOT_FIELD_FIXED 0
/** E.a_c stays constant for each cell row: the field of a fixed voltage. */
#define LRPOT_FIELD_REDUCED 1

/** @brief Enthalpy in a uniform field: the model's energy minus E.sum q r, with its derivatives, at
 *  the charges of the field.
 *
 *  Equilibrated charges settle in the field, and forces and virial are exact derivatives of the
 *  minimum; periodic systems need fragments that keep their charge. Other charges do not respond to
 *  the field: the result is then that of lrpot_potential_compute() and
 *  lrpot_response_field_forces() together, with the limits of the latter in periodic systems.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     comm       NULL for one process; otherwise energies and virials are this process'
 *    share.
 *  @param[in]     field      V/A, [3], as it acts on the model's charges. In a periodic system the
 *    macroscopic field.
 *  @param[in]     kind       LRPOT_FIELD_*: the quantity that virial and virial_atom keep fixed;
 *    isolated systems have LRPOT_FIELD_FIXED.
 *  @param[in,out] out        As for lrpot_potential_compute(); dipole is sum q r with whole
 *    fragments, potential that of the charges. Undefined after a failure.
 *  @return As lrpot_potential_compute() and lrpot_response_field_forces(); LRPOT_E_ARGUMENT (kind).
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_enthalpy(const lrpot_potential *potential, lrpot_workspace *work,
                        const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm,
                        const double *field, int32_t kind, lrpot_outputs *out);

/** @brief Polarizability of the charges at fixed atoms: alpha[a][b] = d(dipole_a)/dE_b, and the
 *  electronic dielectric tensor.
 *
 *  It is zero (and the unit tensor) for charges that do not respond to a field. Equilibrated
 *  charges respond, by three solutions of their equations. In a periodic system, which needs
 *  fragments that keep their charge, E is the macroscopic field. One process.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[out]    alpha      e^2 A^2/eV, [3][3], symmetric; times LRPOT_COULOMB_CONSTANT it is the
 *    polarizability volume in A^3.
 *  @param[out]    epsilon    [3][3], 1 + 4 pi k alpha/V, or NULL; three periodic directions.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *    LRPOT_E_UNSUPPORTED for a model without charges, a conducting periodic system, and epsilon of
 *    a system that is not periodic in three directions.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_polarizability(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *alpha, double *epsilon);

/** @brief Force constants at Gamma by central differences of exact forces: D[i][a][j][b] =
 *  -dF_ia/dr_jb, symmetrised, with the translational sum rule imposed. Periodic images move
 *  together in tin-foil surroundings: the transverse modes.
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in]     step       A, 1e-6 to 0.5; 0 means 0.01.
 *  @param[out]    D          eV/A^2, [n][3][n][3].
 *  @return As lrpot_potential_compute_structure(); LRPOT_E_ARGUMENT (step).
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes. @complexity 6 n evaluations of the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_gamma_constants(const lrpot_potential *potential, lrpot_workspace *work,
                               const lrpot_structure *structure, double step, double *D);
/** @brief Frequencies at Gamma, with the non-analytic term on request.
 *  @param[in]  n            Number of atoms, >= 1.
 *  @param[in]  D            eV/A^2, [3n][3n], as from lrpot_response_gamma_constants().
 *  @param[in]  masses       u, [n].
 *  @param[in]  Z            e, [n][3][3], scaled Born charges of the non-analytic term, or NULL for
 *    the transverse modes.
 *  @param[in]  direction    [3]: direction of q -> 0, any length; ignored without Z.
 *  @param[in]  volume       A^3; ignored without Z.
 *  @param[out] frequencies  THz, [3n], ascending; negative: imaginary.
 *  @param[out] modes        [3n][3n] or NULL: rows are eigenvectors (mass weighted).
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_NOT_CONVERGED;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @allocates Yes. @complexity O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_gamma_modes(
    int64_t n, const double *D, const double *masses, const double *Z, const double *direction,
    double volume, double *frequencies, double *modes);

LRPOT_END_DECLS
#endif
