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
 *  does not exist. Self-consistent densities have it without fragments too where charge flows along
 *  bonds (LRPOT_RESPONSE_BONDS) or not at all; theirs are physical Born charges, to be multiplied
 * by nothing. One process; ghosts need atoms->ghost_owner.
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
/** @brief Unfolded Born charges on the domains of a parallel host.
 *
 *  Each process gets its share: the host adds what ghosts hold to their owners, as with forces.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call. ghost_owner is not used.
 *  @param[in]     list       Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm       NULL for one process.
 *  @param[out]    Z          e, [n_all][3][3]; first index: polarization.
 *  @return As lrpot_response_field_forces().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_born_shares(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, double *Z);
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

/** @brief Factor from the model's to physical values: the symmetric root of eps_inf.
 *
 *  Physical Born charges are root.Z, polarizations root.P, the static dielectric tensor is
 * root.e.root with that of the model's charges e. The non-analytic term of physical Born charges
 * and eps_inf along q is the one of the model's Born charges along root.q.
 *  @param[in]  eps_inf  [3][3], symmetric, positive.
 *  @param[out] root     [3][3].
 *  @param[out] inverse  [3][3] of the root, or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_ARGUMENT (not symmetric and
 * positive).
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_screening(const double *eps_inf,
                                                                 double *root, double *inverse);

/** E stays constant: value is E in V/A. */
#define LRPOT_FIELD_FIXED 0
/** E.a_c stays constant for each cell row: value is these three voltages in V. */
#define LRPOT_FIELD_REDUCED 1
/** D = eps_inf E + 4 pi k P stays constant: value is D in V/A (in SI: D/epsilon_0). P is that of
 *  the ions, as below. */
#define LRPOT_FIELD_DISPLACEMENT 2
/** The flux of D through each face of the cell stays constant, as the charge on open electrodes
 *  does: value[c] = V D.b_c in V A, b_c being the reciprocal rows (b_c.a_d is 1 for c = d, else
 *  0). */
#define LRPOT_FIELD_FLUX 3

/** Changes of the dipole are the current of the charges: unfolded Born charges, and their long-wave
 *  analogue for strain. The choice of images does not matter. */
#define LRPOT_DIPOLE_CURRENT 0
/** The dipole is the function sum q r of the positions. For systems of whole molecules in a cell,
 *  and for differences of the enthalpy; charge that flows across a cell border is not followed. */
#define LRPOT_DIPOLE_POSITIONS 1

/** @brief A uniform field and the quantity that stays constant (docs/theory/field_stress.md).
 *
 *  All of value and acting are physical. The model's charges are q/sqrt(eps_inf), so that E acts on
 *  them as eps_inf^(1/2) E, and P = eps_inf^(1/2) times their dipole over the volume. */
typedef struct lrpot_field {
    size_t struct_size; /**< sizeof(lrpot_field). */
    int32_t kind; /**< LRPOT_FIELD_*. All but LRPOT_FIELD_FIXED need three periodic directions. */
    /** LRPOT_DIPOLE_*, for charges that follow their neighbours in periodic systems. Charges that
     *  flow within fragments have the dipole of whole fragments. */
    int32_t form;
    double value[3]; /**< By kind. */
    /** Electronic dielectric tensor, symmetric; constant under strain. Zeros mean that of the model
     * (lrpot_potential_epsilon_infinity(), which charged NEPs have), and 1 for models that state
     * none: value then acts on the model's charges as it is. The unit tensor means 1 for all.
     * Densities that respond (LRPOT_CHARGES_DENSITY) screen the field themselves: leave zeros. */
    double eps_inf[9];
    /** A, [n_owned][3] or NULL: unwrapped positions of the owned atoms, each at the image that its
     *  trajectory has led to. NULL: atoms->positions (charges that flow: whole fragments). */
    const double *positions;
    /** e A, [3] or NULL: dipole of the model's charges on the branch that the caller follows, for
     *  all processes together. NULL: sum q r over the positions above. */
    const double *dipole;
    double *acting; /**< V/A, out [3] or NULL: the field E that acts. */
    /** V/A, out [3] or NULL: eps_inf^(1/2) E, the field on the model's charges. */
    double *on_charges;
    /** e, [n_owned] or NULL: the model's charges at these positions, as lrpot_potential_compute()
     *  gave them in `charges`; for charges that do not respond to the field. NULL: computed. */
    const double *charges;
} lrpot_field;
/** @brief No field, constant E. */
#define LRPOT_FIELD_INIT                                                                        \
    {                                                                                           \
        sizeof(lrpot_field), LRPOT_FIELD_FIXED, LRPOT_DIPOLE_CURRENT, { 0 }, { 0 }, NULL, NULL, \
            NULL, NULL, NULL                                                                    \
    }

/** @brief Forces, energy and virial of a uniform electric field on charges that do not answer to
 *  it. Serves the pieces of a parallel host too.
 *
 *  Forces are F_lb = sum_a Z[l][a][b] E_a with the unfolded Born charges, by one pass that never
 *  forms Z. The energy is -E.M of the model's dipole M for a given field or voltage, and V E
 * eps_inf E/(8 pi k) for a given D or flux. virial[a][b] = -dH/dstrain[a][b] at constant reduced
 * positions and at the constant quantity of the kind; M changes under strain with the cell and by
 * the response of the charges. All derivatives are exact where M is a function of the positions:
 *  isolated systems, constant charges, whole fragments, LRPOT_DIPOLE_POSITIONS. With
 *  LRPOT_DIPOLE_CURRENT forces and virial are the rates of the work -E.dM; along a trajectory the
 *  energy is -E times the integral of lrpot_response_current(), which the caller passes in as
 *  field->dipole.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm       NULL for one process; energies, virials and dipole are this process'
 *    share.
 *  @param[in]     field      Field; borrowed during the call.
 *  @param[in,out] out        energy, energy_atom, forces, virial, virial_atom, charges, dipole
 * (that of the model's charges); overwritten unless LRPOT_ADD is set. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, the field, a
 *    fragment or the list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES;
 *    LRPOT_E_CUTOFF; LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT;
 *    LRPOT_E_SINGULAR; LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; a negative value from @p comm as it came. LRPOT_E_UNSUPPORTED for a model
 *    without charges or with several channels; for equilibrated charges of a periodic system, which
 *    need fragments that keep their charge and then one process; for a charged periodic system
 * where a virial is asked for or D is given; and for a kind that needs three periodic directions.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_field_forces(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const lrpot_field *field, lrpot_outputs *out);
/** @brief Dipole current sum_l Z_l.v_l, the rate of the dipole (V P), with the unfolded Born
 *  charges, and the response of the charges to a strain rate.
 *
 *  Where the cell deforms at the rate w, the dipole M of the model's charges has the rate dM_b/dt =
 *  current_b + sum_a w_ab M_a, in which v are velocities beside the deformation. Over a step give
 *  displacements and a strain, and take the mean of both ends.
 *  @param[in]     potential   Model with charges; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm        NULL for one process; otherwise forward is called with width 3 where
 *    there are ghosts.
 *  @param[in]     velocities  [n_owned][3], in any unit of velocity.
 *  @param[in]     strain_rate [3][3] or NULL (0): w, dr_b/dt = sum_a w_ab r_a, in the unit of
 *    velocity over A.
 *  @param[out]    current     [3], e times that unit: this process' share; untouched on failure.
 *  @return As lrpot_response_field_forces(); LRPOT_E_ARGUMENT also for ghosts whose velocities
 *    neither comm->forward nor atoms->ghost_owner fills.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_current(const lrpot_potential *potential, lrpot_workspace *work,
                       const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm,
                       const double *velocities, const double *strain_rate, double *current);

/** @brief Enthalpy in a uniform field: the model's energy and the energy of the field, with their
 *  derivatives, at the charges of the field.
 *
 *  For a given field or voltage it is U - E.M, for a given D or flux U + V E eps_inf E/(8 pi k).
 *  Equilibrated charges settle in the field, and forces and virial are exact derivatives of the
 *  extremum; periodic systems need fragments that keep their charge, and conditions on D one
 *  process. Other charges do not respond to the field: the result is then that of
 *  lrpot_potential_compute() and lrpot_response_field_forces() together.
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms      Atoms; borrowed during the call.
 *  @param[in]     list       Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     comm       NULL for one process; otherwise energies and virials are this process'
 *    share.
 *  @param[in]     field      Field; borrowed during the call. In a periodic system the macroscopic
 *    field.
 *  @param[in,out] out        As for lrpot_potential_compute(); dipole is that of the model's
 * charges (sum q r with whole fragments), potential that of the charges. Undefined after a failure.
 *  @return As lrpot_potential_compute() and lrpot_response_field_forces().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_enthalpy(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const lrpot_field *field, lrpot_outputs *out);

/** @brief Polarizability of the charges at fixed atoms: alpha[a][b] = d(dipole_a)/dE_b, and the
 *  electronic dielectric tensor.
 *
 *  It is zero (and the unit tensor) for charges that do not respond to a field. Equilibrated
 *  charges respond, by three solutions of their equations. In a periodic system, which needs
 *  fragments that keep their charge, E is the macroscopic field. Self-consistent densities whose
 *  charge flows along bonds or not at all need no fragments. One process.
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

/** @brief Raman tensors of the atoms of a model whose charges respond to a field (equilibrated,
 *  densities): 4th-order differences of lrpot_response_polarizability().
 *
 *  @see lrpot_tensor_model_raman for polarizabilities learned directly.
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[in]     step       A, 1e-6 to 0.5; 0 means 0.002.
 *  @param[out]    gradient   A^2, [n][3][3][3]: gradient[i][a][b][c] = d alpha_ab/dr_ic of the
 *    polarizability volume alpha; undefined after a failure.
 *  @return As lrpot_response_polarizability(); LRPOT_E_ARGUMENT (step); LRPOT_E_UNSUPPORTED also
 *    for charges that do not respond, and for a model in mixed precision.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes. @complexity 12 n polarizabilities.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_raman(const lrpot_potential *potential,
                                                             lrpot_workspace *work,
                                                             const lrpot_structure *structure,
                                                             double step, double *gradient);

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
/** @brief Forces and stresses by homogeneous strain at constant reduced positions: 4th-order
 *  differences of exact ones.
 *
 *  Strains are engineering ones in the order xx yy zz yz xz xy (the last three twice the component
 *  of the tensor), symmetric, without rotation.
 *  @param[in]     potential  Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  A crystal (periodic_mask 7); not modified.
 *  @param[in]     strain     Of the differences, 1e-7 to 0.05; 0 means 0.002.
 *  @param[out]    internal   eV/A, [6][n][3]: internal-strain tensor, d(force on atom i)/d(strain
 * j).
 *  @param[out]    stiffness  eV/A^3, [6][6] or NULL: d(stress i)/d(strain j), atoms clamped; the
 *    elastic constants of clamped ions where there is no stress.
 *  @return As lrpot_potential_compute_structure(); LRPOT_E_ARGUMENT (strain); LRPOT_E_UNSUPPORTED
 *    for other periodicities and for a model in mixed precision.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes. @complexity 24 evaluations of the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_strain(const lrpot_potential *potential,
                                                              lrpot_workspace *work,
                                                              const lrpot_structure *structure,
                                                              double strain, double *internal,
                                                              double *stiffness);
/** @brief Proper piezoelectric tensor of clamped ions: the current density that the charges of the
 *  model send by a strain at constant reduced positions.
 *
 *  It needs no branch of the polarization. That of charges that stay is 0. @see
 *  docs/theory/piezoelectricity.md
 *  @param[in]     potential  Model with charges; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  A crystal (periodic_mask 7); not modified.
 *  @param[out]    proper     e/A^2, [3][6] of the model's charges: dP_a/d(strain j) with strains as
 *    for lrpot_response_strain(). The physical one is the root of eps_inf times it.
 *  @return As lrpot_response_current(); LRPOT_E_UNSUPPORTED for other periodicities.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_piezoelectric(const lrpot_potential *potential, lrpot_workspace *work,
                             const lrpot_structure *structure, double *proper);
/** @brief Static second-order susceptibility of a crystal at rest whose ions follow the field, at
 *  constant strain: chi2[a][b][c] = d2P_a/dE_b dE_c / epsilon_0, symmetric in all indices.
 *
 *  It is minus the third derivative of the enthalpy along the displacements of first order (the
 * 2n+1 theorem), by 4th-order differences of exact forces and Born charges: of the energy, of the
 * dipole and of the polarizability. The electrons' own part at clamped ions is 0 for all models of
 * this library, since their polarizabilities do not depend on the field. It vanishes for a crystal
 * with a centre of inversion. In P = epsilon_0 (chi E + chi2' E E) the coefficient chi2' is half of
 * it.
 *  @see docs/theory/piezoelectricity.md
 *  @param[in]     potential      Model with charges; not modified.
 *  @param[in,out] work           Scratch memory of the calling thread, from
 *    lrpot_workspace_create().
 *  @param[in]     structure      A crystal (periodic_mask 7) at rest; not modified.
 *  @param[in]     root           [3][3], as from lrpot_response_screening(): the physical Born
 *    charges are root.Z. NULL: those of the model are physical.
 *  @param[in]     displacements  A for a field of 1 V/A, [3][n][3], as
 * lrpot_phonons_displacements() gives them for the physical Born charges, sum rule imposed.
 *  @param[in]     gradient       A^2, [n][3][3][3], of the physical polarizability, as from
 *    lrpot_tensor_model_raman(). NULL: that of the model's charges, none if they do not respond.
 *  @param[in]     step           A, largest displacement of the differences, 1e-5 to 0.2; 0 means
 *    0.01.
 *  @param[out]    chi2           A/V, [3][3][3].
 *  @param[out]    parts          A/V, [3][3][3][3] or NULL: what the anharmonic energy, the
 *    second-order dipole and the polarizability contribute.
 *  @return As lrpot_potential_compute_structure(), lrpot_response_born_charges() and
 *    lrpot_response_raman(); LRPOT_E_ARGUMENT (step); LRPOT_E_NOT_FINITE; LRPOT_E_UNSUPPORTED for
 *    other periodicities, without charges and for a model in mixed precision.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes. @complexity 45 evaluations of the model and 12 of Born charges; 12 n
 *    polarizabilities where charges respond.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_second_order(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    const double *root, const double *displacements, const double *gradient, double step,
    double *chi2, double *parts);
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
