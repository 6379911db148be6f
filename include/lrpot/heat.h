/** @file lrpot/heat.h
 *  @brief Heat flux of a model, for thermal conductivities by Green-Kubo. */
#ifndef LRPOT_HEAT_H
#define LRPOT_HEAT_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Heat flux and its parts. */
typedef struct lrpot_heat_flux {
    size_t struct_size; /**< sizeof(lrpot_heat_flux). */
    /** eV A/ps: J, the sum of the three parts; over the volume it is the energy current density. */
    double flux[3];
    double
        convective[3]; /**< eV A/ps: sum e_i v_i, with the kinetic energy where masses are given. */
    double virial[3];  /**< eV A/ps: sum W_j.v_j, the virials of the atoms times velocities. */
    /** eV A/ps: energy that crosses from charge to charge while charges follow their neighbours; no
     *  part of any virial. */
    double charges[3];
} lrpot_heat_flux;
/** @brief Zeros. */
#define LRPOT_HEAT_FLUX_INIT                          \
    {                                                 \
        sizeof(lrpot_heat_flux), { 0 }, { 0 }, { 0 }, \
        {                                             \
            0                                         \
        }                                             \
    }

/** @brief Heat flux J = d/dt sum_i r_i e_i of a model.
 *
 *  e_i is the local energy of atom i, half of its charge times its potential, and its kinetic
 *  energy. For isolated systems, summed over all pairs, J is exactly this rate. In crystals it is
 *  the long-wave limit of the energy current in tin-foil surroundings. The derivation is in
 *  docs/theory/heat_flux.md.
 *  @param[in]     potential   Model without charges, or with charges of kind FIXED, QRD, EDQ, EDQRD
 *    or LATENT, of any number of channels; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        Full list with cutoff >= lrpot_potential_cutoff().
 *  @param[in]     comm        NULL for one process; otherwise forward is called with width 3 where
 *    there are ghosts.
 *  @param[in]     velocities  A/ps, [n_owned][3].
 *  @param[in]     masses      u, [n_owned], or NULL: kinetic energies are left out of e_i.
 *  @param[in,out] flux        struct_size must be set; the other members are overwritten by this
 *    process' share. Untouched on failure.
 *  @return As lrpot_potential_compute(). LRPOT_E_UNSUPPORTED for charges that minimise an energy
 *    (EQUILIBRATED, DENSITY), whose energy no atom owns; for a NEP with plain forces or a Coulomb
 * sum of its own; for a network that passes messages; for charges in layers and wires, and of flags
 *    that are not tin-foil. LRPOT_E_ARGUMENT for a negative mass, and for ghosts whose velocities
 *    neither comm->forward nor atoms->ghost_owner fills.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm, for models with charges.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_potential_heat_flux(const lrpot_potential *potential, lrpot_workspace *work,
                          const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm,
                          const double *velocities, const double *masses, lrpot_heat_flux *flux);
/** @brief lrpot_potential_heat_flux() for a structure of the library.
 *  @param[in]     potential   Model; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure   Structure; not modified.
 *  @param[in]     velocities  A/ps, [n][3].
 *  @param[in]     masses      u, [n], or NULL: kinetic energies are left out.
 *  @param[in,out] flux        As for lrpot_potential_heat_flux().
 *  @return As lrpot_potential_heat_flux().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_heat_flux_structure(
    const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure,
    const double *velocities, const double *masses, lrpot_heat_flux *flux);

LRPOT_END_DECLS
#endif
