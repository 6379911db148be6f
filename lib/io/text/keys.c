#include "io/text/keys.h"

#include "io/text/text.h"

#include <stddef.h>

#define LONGEST_LIST 9

/* Names found in the public sets of ASE, MACE, CACE, LES, GPUMD and libAtoms. If a frame has
 * several, the first in the list counts. */
static const char *const aliases[LRPOT_QUANTITY_COUNT][LONGEST_LIST] = {
    [LRPOT_QUANTITY_ENERGY] = { "energy", "REF_energy", "free_energy", "dft_energy",
                                "Potential_energy", NULL },
    [LRPOT_QUANTITY_FORCES] = { "forces", "force", "REF_forces", "REF_force", "dft_forces",
                                "dft_force", NULL },
    [LRPOT_QUANTITY_STRESS] = { "stress", "REF_stress", "dft_stress", NULL },
    [LRPOT_QUANTITY_DIPOLE] = { "dipole", "REF_dipole", "dft_dipole", NULL },
    [LRPOT_QUANTITY_CHARGES] = { "charges", "charge", "REF_charges", "mbis_charges", "mbi_charges",
                                 "hirsh_charges", "mul_charges", "initial_charges", NULL },
    [LRPOT_QUANTITY_BORN_CHARGES] = { "bec", "REF_bec", "born_charges", "born_effective_charges",
                                      "REF_born_effective_charges", NULL },
    [LRPOT_QUANTITY_TOTAL_CHARGE] = { "total_charge", "REF_total_charge", "charge",
                                      "overall_charge", NULL },
    [LRPOT_QUANTITY_ENERGY_ATOM] = { "energies", "local_energy", "site_energies", "atomic_energies",
                                     NULL },
    [LRPOT_QUANTITY_POTENTIAL] = { "potential", "electrostatic_potential", NULL },
    [LRPOT_QUANTITY_VELOCITIES] = { "velocities", "velocity", "velo", "vel", NULL },
    [LRPOT_QUANTITY_MASSES] = { "masses", "mass", NULL },
    [LRPOT_QUANTITY_SIGMA] = { "sigma", "sigmas", NULL },
    [LRPOT_QUANTITY_EPSILON_INF] = { "epsilon_inf", "eps_inf", "dielectric_tensor",
                                     "REF_dielectric_tensor", NULL },
    [LRPOT_QUANTITY_QUADRUPOLE] = { "quadrupole", "REF_quadrupole", NULL },
    [LRPOT_QUANTITY_FIELD] = { "field", "electric_field", NULL },
    [LRPOT_QUANTITY_FRAGMENT] = { "fragment", "fragments", "fragment_id", NULL },
    [LRPOT_QUANTITY_ID] = { "id", "ids", "atom_id", "atom_ids", "atomid", "particle_id",
                            "particle_identifier", "identifier", NULL },
    [LRPOT_QUANTITY_IMAGE] = { "image", "images", "image_flags", "periodic_image", NULL },
    [LRPOT_QUANTITY_FORCES_SPREAD] = { "forces_spread", NULL },
    [LRPOT_QUANTITY_POLARIZABILITY] = { "polarizability", "REF_polarizability",
                                        "dft_polarizability", "polarizability_tensor", NULL },
    [LRPOT_QUANTITY_ATOMIC_DIPOLES] = { "atomic_dipoles", "REF_atomic_dipoles", "mbis_dipoles",
                                        "atom_dipoles", NULL },
    [LRPOT_QUANTITY_ATOMIC_QUADRUPOLES] = { "atomic_quadrupoles", "REF_atomic_quadrupoles",
                                            "mbis_quadrupoles", "atom_quadrupoles", NULL },
};

static const char *const virial_aliases[] = { "virial",      "virials",    "REF_virial",
                                              "REF_virials", "dft_virial", NULL };

const char *const *lrpot__key_aliases(int32_t quantity)
{
    return aliases[quantity];
}

const char *const *lrpot__key_virial_aliases(void)
{
    return virial_aliases;
}

int64_t lrpot__key_components(int32_t quantity)
{
    return lrpot_quantity_size(quantity, 1);
}

int lrpot__key_per_atom(int32_t quantity)
{
    return lrpot_quantity_size(quantity, 2) != lrpot_quantity_size(quantity, 1);
}

int lrpot__key_rank(const char *const *list, const char *name)
{
    for (int rank = 0; list[rank] != NULL; rank++)
        if (lrpot__equal_ignoring_case(list[rank], name)) return rank;
    return -1;
}

int lrpot__key_is_virial(const char *name)
{
    for (; *name != '\0'; name++) {
        char head[7] = { 0 };
        for (int i = 0; i < 6 && name[i] != '\0'; i++) head[i] = name[i];
        if (lrpot__equal_ignoring_case(head, "virial")) return 1;
    }
    return 0;
}
