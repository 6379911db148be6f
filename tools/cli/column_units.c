#include "cli/column_units.h"

#include "cli/report.h"

#include <string.h>

#include <lrpot/spectra.h>

#define DEBYE 0.20819434           /* e A */
#define BOHR 0.529177210903        /* A */
#define ATOMIC_FIELD 51.4220674763 /* V/A */

/* Names of units without signs of multiplication and powers. The first name of a kind is the unit
 * of these tools. */
static const struct {
    enum column_kind kind;
    const char *name;
    double factor;
} known[] = {
    { COLUMN_TIME, "fs", 1.0 },
    { COLUMN_TIME, "ps", 1e3 },
    { COLUMN_TIME, "ns", 1e6 },
    { COLUMN_TIME, "s", 1e15 },
    { COLUMN_DIPOLE, "eA", 1.0 },
    { COLUMN_DIPOLE, "Debye", DEBYE },
    { COLUMN_DIPOLE, "debye", DEBYE },
    { COLUMN_DIPOLE, "D", DEBYE },
    { COLUMN_DIPOLE, "ebohr", BOHR },
    { COLUMN_CURRENT, "eA/fs", 1.0 },
    { COLUMN_CURRENT, "eA/ps", 1e-3 },
    { COLUMN_CURRENT, "Debye/fs", DEBYE },
    { COLUMN_CURRENT, "Debye/ps", 1e-3 * DEBYE },
    { COLUMN_CURRENT, "D/fs", DEBYE },
    { COLUMN_CURRENT, "D/ps", 1e-3 * DEBYE },
    { COLUMN_HEAT, "eVA/fs", 1.0 },
    { COLUMN_HEAT, "eVA/ps", 1e-3 },
    { COLUMN_FIELD, "V/A", 1.0 },
    { COLUMN_FIELD, "V/nm", 0.1 },
    { COLUMN_FIELD, "MV/cm", 1e-2 },
    { COLUMN_FIELD, "kV/cm", 1e-5 },
    { COLUMN_FIELD, "MV/m", 1e-4 },
    { COLUMN_FIELD, "kV/mm", 1e-4 },
    { COLUMN_FIELD, "V/m", 1e-10 },
    { COLUMN_FIELD, "au", ATOMIC_FIELD },
    { COLUMN_POLARIZATION, "e/A2", 1.0 },
    { COLUMN_POLARIZATION, "uC/cm2", 1.0 / LRPOT_MICROCOULOMB_PER_CM2 },
    { COLUMN_POLARIZATION, "C/m2", 100.0 / LRPOT_MICROCOULOMB_PER_CM2 },
};
#define N_KNOWN (sizeof known / sizeof known[0])

/* Normalises a unit: one letter for equivalent ones, without signs of multiplication, powers, dots
 * and blanks. */
static void plain(const char *unit, char *out, size_t size)
{
    static const struct {
        const char *found, *meant;
    } same[] = { { "\u00c5", "A" },   { "\u212b", "A" }, { "\u00b5", "u" }, { "\u03bc", "u" },
                 { "\u00b7", "" },    { "\u22c5", "" },  { "\u00b2", "2" }, { "Angstrom", "A" },
                 { "angstrom", "A" }, { "Ang", "A" },    { "*", "" },       { "^", "" },
                 { ".", "" },         { " ", "" },       { "_", "" } };
    size_t n = 0;
    while (*unit != '\0' && n + 2 < size) {
        size_t k = 0;
        while (k < sizeof same / sizeof same[0]
               && strncmp(unit, same[k].found, strlen(same[k].found)) != 0)
            k++;
        if (k == sizeof same / sizeof same[0]) out[n++] = *unit++;
        else {
            unit += strlen(same[k].found);
            if (*same[k].meant != '\0') out[n++] = *same[k].meant;
        }
    }
    out[n] = '\0';
}

static int find(const table *t, int32_t column, enum column_kind kind)
{
    char unit[64];
    if (t->units[column] == NULL) return -1;
    plain(t->units[column], unit, sizeof unit);
    for (size_t k = 0; k < N_KNOWN; k++)
        if (known[k].kind == kind && strcmp(known[k].name, unit) == 0) return (int)k;
    return -1;
}

int column_states(const table *t, int32_t column, enum column_kind kind)
{
    return find(t, column, kind) >= 0;
}

int column_factor(const table *t, int32_t column, enum column_kind kind, const char *remedy,
                  double *factor)
{
    char list[200] = "";
    *factor = 1.0;
    if (t->units[column] == NULL) return GO_ON;
    int at = find(t, column, kind);
    if (at >= 0) {
        *factor = known[at].factor;
        if (*factor != 1.0)
            report_note("%s: column %d is in %s, by its name", t->path, (int)column + 1,
                        known[at].name);
        return GO_ON;
    }
    for (size_t k = 0; k < N_KNOWN; k++)
        if (known[k].kind == kind) {
            strcat(list, list[0] != '\0' ? ", " : "");
            strcat(list, known[k].name);
        }
    return report_error(BAD_INPUT, "%s: column %d is in '%s' by its name, expected one of %s; %s",
                        t->path, (int)column + 1, t->units[column], list, remedy);
}
