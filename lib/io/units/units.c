#include "io/units/units.h"

#include "core/error.h"

#include <lrpot/ewald.h>

#include <math.h>
#include <string.h>

/* Table of units. The first name of a factor is the one that is printed. */
static const lrpot__unit units[] = {
    { LRPOT__TIME, "fs", 1.0 },
    { LRPOT__TIME, "ps", 1e3 },
    { LRPOT__TIME, "ns", 1e6 },
    { LRPOT__TIME, "s", 1e15 },
    { LRPOT__TIME, "ase", LRPOT__ASE_TIME },
    { LRPOT__TIME, "atu", 0.0241888432658 },
    { LRPOT_QUANTITY_ENERGY, "eV", 1.0 },
    { LRPOT_QUANTITY_ENERGY, "meV", 1e-3 },
    { LRPOT_QUANTITY_ENERGY, "hartree", LRPOT__HARTREE },
    { LRPOT_QUANTITY_ENERGY, "rydberg", LRPOT__HARTREE / 2.0 },
    { LRPOT_QUANTITY_ENERGY, "kcal/mol", LRPOT__KCAL },
    { LRPOT_QUANTITY_ENERGY, "kJ/mol", LRPOT__KJ },
    { LRPOT_QUANTITY_FORCES, "eV/A", 1.0 },
    { LRPOT_QUANTITY_FORCES, "meV/A", 1e-3 },
    { LRPOT_QUANTITY_FORCES, "hartree/bohr", LRPOT__HARTREE / LRPOT__BOHR },
    { LRPOT_QUANTITY_FORCES, "rydberg/bohr", LRPOT__HARTREE / LRPOT__BOHR / 2.0 },
    { LRPOT_QUANTITY_FORCES, "eV/bohr", 1.0 / LRPOT__BOHR },
    { LRPOT_QUANTITY_FORCES, "hartree/A", LRPOT__HARTREE },
    { LRPOT_QUANTITY_FORCES, "kcal/mol/A", LRPOT__KCAL },
    { LRPOT_QUANTITY_FORCES, "kJ/mol/A", LRPOT__KJ },
    { LRPOT_QUANTITY_FORCES, "kJ/mol/nm", LRPOT__KJ / 10.0 },
    { LRPOT_QUANTITY_STRESS, "eV/A^3", 1.0 },
    { LRPOT_QUANTITY_STRESS, "GPa", 1e4 * LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "kbar", 1e3 * LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "MPa", 10.0 * LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "atm", 1.01325 * LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "bar", LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "Pa", 1e-5 * LRPOT__BAR },
    { LRPOT_QUANTITY_STRESS, "hartree/bohr^3",
      LRPOT__HARTREE / (LRPOT__BOHR * LRPOT__BOHR * LRPOT__BOHR) },
    { LRPOT_QUANTITY_STRESS, "rydberg/bohr^3",
      LRPOT__HARTREE / (LRPOT__BOHR * LRPOT__BOHR * LRPOT__BOHR) / 2.0 },
    { LRPOT_QUANTITY_STRESS, "kcal/mol/A^3", LRPOT__KCAL },
    { LRPOT_QUANTITY_VELOCITIES, "A/fs", 1.0 },
    { LRPOT_QUANTITY_VELOCITIES, "A/ps", 1e-3 },
    { LRPOT_QUANTITY_VELOCITIES, "nm/ps", 1e-2 },
    { LRPOT_QUANTITY_VELOCITIES, "m/s", 1e-5 },
    { LRPOT_QUANTITY_VELOCITIES, "ase", 1.0 / LRPOT__ASE_TIME },
    { LRPOT_QUANTITY_VELOCITIES, "bohr/atu", LRPOT__BOHR / 0.0241888432658 },
    { LRPOT_QUANTITY_DIPOLE, "eA", 1.0 },
    { LRPOT_QUANTITY_DIPOLE, "debye", 0.20819433 },
    { LRPOT_QUANTITY_DIPOLE, "ebohr", LRPOT__BOHR },
    { LRPOT_QUANTITY_ATOMIC_DIPOLES, "eA", 1.0 },
    { LRPOT_QUANTITY_ATOMIC_DIPOLES, "debye", 0.20819433 },
    { LRPOT_QUANTITY_ATOMIC_DIPOLES, "ebohr", LRPOT__BOHR },
    { LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, "eA^2", 1.0 },
    { LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, "debyeA", 0.20819433 },
    { LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, "ebohr^2", LRPOT__BOHR *LRPOT__BOHR },
    { LRPOT_QUANTITY_POLARIZABILITY, "A^3", 1.0 },
    { LRPOT_QUANTITY_POLARIZABILITY, "bohr^3", LRPOT__BOHR *LRPOT__BOHR *LRPOT__BOHR },
    { LRPOT_QUANTITY_POLARIZABILITY, "e^2A^2/eV", LRPOT_COULOMB_CONSTANT },
};
#define N_UNITS ((int)(sizeof units / sizeof units[0]))

static const struct {
    const char *name, *units;
} styles[] = {
    { "metal", "energy=eV,forces=eV/A,stress=-bar,time=ps,velocities=A/ps" },
    { "real", "energy=kcal/mol,forces=kcal/mol/A,stress=-atm,time=fs,velocities=A/fs" },
};

const lrpot__unit *lrpot__unit_nearest(int32_t quantity, double factor, double tolerance)
{
    const lrpot__unit *found = NULL;
    for (int u = 0; u < N_UNITS; u++) {
        if (units[u].quantity != quantity) continue;
        if (!(fabs(log(fabs(factor) / units[u].factor)) <= tolerance)) continue;
        if (found != NULL) return NULL;
        found = &units[u];
    }
    return found;
}

int32_t lrpot__unit_quantity(const char *name, size_t length)
{
    if (length == 4 && strncmp(name, "time", 4) == 0) return LRPOT__TIME;
    for (int u = 0; u < N_UNITS; u++) {
        const char *known = lrpot_quantity_name(units[u].quantity);
        if (known != NULL && strlen(known) == length && strncmp(known, name, length) == 0)
            return units[u].quantity;
    }
    return -1;
}

static lrpot_status parse_one(const char *text, size_t length, lrpot__rule *rules)
{
    size_t head = strcspn(text, "=");
    if (head >= length)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "units '%.*s', expected quantity=unit as in stress=-bar, or metal or "
                           "real",
                           (int)length, text);
    int32_t quantity = lrpot__unit_quantity(text, head);
    if (quantity < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "units of '%.*s' cannot be chosen; there are energy, forces, stress, "
                           "dipole, atomic_dipoles, atomic_quadrupoles, polarizability, "
                           "velocities and time",
                           (int)head, text);
    const char *name = text + head + 1;
    size_t left = length - head - 1;
    lrpot__rule rule = { .factor = 1.0, .stated = 1 };
    if (left == 4 && strncmp(name, "none", 4) == 0) {
        rule.left_out = 1;
        rules[quantity] = rule;
        return LRPOT_OK;
    }
    int negative = left > 0 && name[0] == '-';
    name += negative, left -= (size_t)negative;
    for (int u = 0; u < N_UNITS; u++) {
        if (units[u].quantity != quantity || strlen(units[u].name) != left
            || strncmp(units[u].name, name, left) != 0)
            continue;
        rule.factor = negative ? -units[u].factor : units[u].factor;
        rules[quantity] = rule;
        return LRPOT_OK;
    }
    char known[200] = "";
    for (int u = 0; u < N_UNITS; u++)
        if (units[u].quantity == quantity) {
            strcat(known, known[0] != '\0' ? ", " : "");
            strcat(known, units[u].name);
        }
    return lrpot__fail(LRPOT_E_ARGUMENT, "unit '%.*s' of %.*s is not known; there are %s and none",
                       (int)left, name, (int)head, text, known);
}

lrpot_status lrpot__units_parse(const char *text, lrpot__rule rules[LRPOT_QUANTITY_COUNT])
{
    for (size_t s = 0; s < sizeof styles / sizeof styles[0]; s++)
        if (strcmp(text, styles[s].name) == 0) text = styles[s].units;
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        LRPOT__TRY(parse_one(text, length, rules));
        text += length + (text[length] == ',');
    }
    return LRPOT_OK;
}
