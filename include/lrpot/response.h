/** @file lrpot/response.h
 *  @brief Response to an electric field: polarization, Born effective charges, LO-TO splitting.
 *
 *  Model charges are screened charges q/sqrt(eps_inf) (electronic continuum): physical polarization
 * and Born charges are the library's values times sqrt(eps_inf). First index: polarization (or
 * field); second: displacement. */
#ifndef LRPOT_RESPONSE_H
#define LRPOT_RESPONSE_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Polarization of a cell, with what makes it multivalued.
 *
 *  Changes of value along a path are those of the polarization where charges stay as they are.
 * Charges that vary along the path make sum q r depend on which images are in the cell: then the
 * integral of the Born charges is the change (docs/theory/born_charges.md). An atom of charge q
 * that is wrapped changes sum q r by q times a row of the cell: that is a whole number of quanta,
 * which the branch takes back, for whole charges only. Along a trajectory use lrpot_path_step(). Of
 * a charged cell the value depends on the origin. */
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
/** Zeros. */
#define LRPOT_POLARIZATION_INIT                                        \
    {                                                                  \
        sizeof(lrpot_polarization), { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, \
        {                                                              \
            0                                                          \
        }                                                              \
    }

/** @brief Polarization for given charges.
 *  @param[in]  q          e, [n_owned].
 *  @param[in]  reference  e/A^2, [3]: the branch nearest to it is chosen; NULL means zero.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_polarization(const lrpot_atoms *atoms,
                                                                    const double *q,
                                                                    const double *reference,
                                                                    lrpot_polarization *out);

/** No finite-k error: images of neighbours at their own places (arXiv 2601.03656). */
#define LRPOT_BORN_UNFOLDED 0
/** Phase form at the smallest reciprocal vectors of the cell (arXiv 2504.05169). Periodic only. */
#define LRPOT_BORN_PHASE 1

/** @brief Born effective charges Z[j][a][b] = d(V P_a)/dr_jb of the model; along directions that do
 * not repeat the derivative of the dipole.
 *
 *  Equilibrated charges (three solutions of their equations): isolated, in the phase form, and
 * unfolded with fragments that keep their charge (lrpot_atoms.fragments), each made whole by its
 * shortest links: then Z is the derivative of sum q r with whole fragments. A periodic system
 * without fragments conducts: at zero field the unfolded form does not exist. One process; ghosts
 * need atoms->ghost_owner.
 *  @param[in]  list      Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]  form      LRPOT_BORN_UNFOLDED or LRPOT_BORN_PHASE.
 *  @param[out] Z         e, [n_owned][3][3], raw (sum rule not imposed); undefined after a failure.
 *  @param[out] residual  e, [3][3] or NULL: mean over atoms of Z minus Q/N on the diagonal.
 *  @return LRPOT_E_UNSUPPORTED for a model without charges, the phase form of what does not repeat
 * in three directions, equilibrated charges that flow through the whole of a periodic system.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_born_charges(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, int32_t form, double *Z, double *residual);
/** @brief The same for a structure of the library. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_born_charges_structure(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    int32_t form, double *Z, double *residual);
/** @brief Imposes the acoustic sum rule: subtracts from each Z the mean, leaving total_charge / n
 * on the diagonal. In place. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_project(int64_t n, double total_charge,
                                                               double *Z);

/** @brief What a uniform electric field adds: F_lb = sum_a Z[l][a][b] E_a with the unfolded Born
 * charges, by one pass and without forming Z, for the pieces of a parallel host too.
 *
 *  energy is -E.sum q r with positions as given. Isolated systems: forces and virial are its exact
 * derivatives. Periodic systems: virial and virial_atom are at a field that stretches with the cell
 * (E.a_c constant), the own answer to strain of charges that follow their neighbours neglected; and
 * where such charges vary, energy depends on which images of the atoms are in the cell, while the
 * forces do not: then -E times the integral of lrpot_response_current() is the energy along a
 * trajectory.
 *  @param[in]     list   Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]     comm   NULL for one process; energies and dipole are this process' share.
 *  @param[in]     field  V/A, [3]: as it acts on the model's charges (for screened charges the
 * physical field times sqrt(eps_inf)).
 *  @param[in,out] out    energy, energy_atom, forces, virial, virial_atom, charges, dipole;
 * overwritten unless LRPOT_ADD. Undefined after a failure.
 *  @return LRPOT_E_UNSUPPORTED for a model without charges and for equilibrated charges of a
 * periodic system, which need fragments that keep their charge and then one process;
 * LRPOT_E_NOT_FINITE, LRPOT_E_CUTOFF, LRPOT_E_SINGULAR, LRPOT_E_SPECIES, LRPOT_E_MEMORY; a negative
 * value from comm as it came. @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_field_forces(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *field, lrpot_outputs *out);
/** @brief Dipole current sum_l Z_l.v_l, the rate of the dipole (V P), with the unfolded Born
 * charges.
 *  @param[in]  list        Full list with cutoff >= lrpot_charges_cutoff().
 *  @param[in]  comm        NULL for one process; otherwise forward is called with width 3 where
 * there are ghosts.
 *  @param[in]  velocities  [n_owned][3], in any unit of velocity.
 *  @param[out] current     [3], e times that unit: this process' share; untouched on failure.
 *  @return As lrpot_response_field_forces(); LRPOT_E_ARGUMENT for ghosts whose velocities nothing
 * fills. @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_current(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *velocities, double *current);

#define LRPOT_FIELD_FIXED 0 /**< The field stays when the cell is strained. */
/** E.a_c stays, for each cell row: the field of a fixed voltage. */
#define LRPOT_FIELD_REDUCED 1

/** @brief Enthalpy in a uniform field: the model's energy less E.sum q r, with its derivatives, at
 * the charges that the field makes.
 *
 *  Equilibrated charges settle in the field, and forces and virial are exact derivatives of the
 * minimum; periodic systems need fragments that keep their charge. Other charges take no notice of
 * the field: this is lrpot_potential_compute() and lrpot_response_field_forces() together, with
 * what is said there of periodic systems.
 *  @param[in]     field  V/A, [3], as it acts on the model's charges. In a periodic system the
 * macroscopic field.
 *  @param[in]     kind   LRPOT_FIELD_*: what virial and virial_atom keep fixed; isolated systems
 * have LRPOT_FIELD_FIXED.
 *  @param[in,out] out    As for lrpot_potential_compute(); dipole is sum q r with whole fragments,
 * potential that of the charges.
 *  @return As lrpot_potential_compute() and lrpot_response_field_forces(). @collective over comm.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_enthalpy(const lrpot_potential *potential, lrpot_workspace *work,
                        const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm,
                        const double *field, int32_t kind, lrpot_outputs *out);

/** @brief Polarizability of the charges at fixed atoms: alpha[a][b] = d(dipole_a)/dE_b, and the
 * electronic dielectric tensor.
 *
 *  Zero (and the unit tensor) for charges that do not answer a field; equilibrated ones do, by
 * three solutions of their equations. In a periodic system, which needs fragments that keep their
 * charge, E is the macroscopic field. One process.
 *  @param[out] alpha    e^2 A^2/eV, [3][3], symmetric; times LRPOT_COULOMB_CONSTANT it is the
 * polarizability volume in A^3.
 *  @param[out] epsilon  [3][3], 1 + 4 pi k alpha/V, or NULL; three periodic directions.
 *  @return LRPOT_E_UNSUPPORTED for a model without charges, a conducting periodic system, epsilon
 * of what does not fill space. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_polarizability(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *alpha, double *epsilon);

/** @brief Force constants at Gamma by central differences of exact forces: D[i][a][j][b] =
 * -dF_ia/dr_jb, eV/A^2, symmetrised, translation imposed. Periodic images move together, tin-foil
 * surroundings: the transverse modes.
 *  @param[in]  step  A, 1e-6 to 0.5; 0 means 0.01. @param[out] D  [n][3][n][3]. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_response_gamma_constants(const lrpot_potential *potential, lrpot_workspace *work,
                               const lrpot_structure *structure, double step, double *D);
/** @brief Frequencies at Gamma, THz (negative: imaginary), ascending.
 *  @param[in]  D          [3n][3n], eV/A^2, as from lrpot_response_gamma_constants().
 *  @param[in]  masses     u, [n].
 *  @param[in]  Z          Scaled Born charges [n][3][3] of the non-analytic term, or NULL for the
 * transverse modes.
 *  @param[in]  direction  [3]: direction of q -> 0, any length; ignored without Z.
 *  @param[in]  volume     A^3.
 *  @param[out] frequencies THz, [3n]. @param[out] modes  [3n][3n] rows are eigenvectors (mass
 * weighted), or NULL. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_response_gamma_modes(
    int64_t n, const double *D, const double *masses, const double *Z, const double *direction,
    double volume, double *frequencies, double *modes);

LRPOT_END_DECLS
#endif
