#include "cli/format_losses.h"

#include "cli/report.h"

#include <stdio.h>
#include <string.h>

format_losses format_losses_of_cfg(void)
{
    static const int32_t kept[] = { LRPOT_QUANTITY_ENERGY,      LRPOT_QUANTITY_FORCES,
                                    LRPOT_QUANTITY_STRESS,      LRPOT_QUANTITY_CHARGES,
                                    LRPOT_QUANTITY_ENERGY_ATOM, LRPOT_QUANTITY_TOTAL_CHARGE };
    return (format_losses){ .format = ".cfg", .kept = kept, .n_kept = sizeof kept / sizeof *kept };
}

format_losses format_losses_of_poscar(void)
{
    return (format_losses){ .format = "a POSCAR" };
}

void format_losses_add(format_losses *losses, const lrpot_structure *frame)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (lrpot_structure_get(frame, q) != NULL) losses->lost[q] = 1;
    for (int32_t k = 0; k < losses->n_kept; k++) losses->lost[losses->kept[k]] = 0;
    losses->points |= lrpot_structure_points(frame, NULL, NULL) != NULL;
    losses->potentials |= lrpot_structure_fragment_potentials(frame, NULL, NULL) != NULL;
}

static void add_name(char *names, size_t size, const char *name)
{
    size_t length = strlen(names);
    snprintf(names + length, size - length, "%s%s", length > 0 ? ", " : "", name);
}

void format_losses_report(const format_losses *losses, const char *out)
{
    char names[1024] = "";
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (losses->lost[q]) add_name(names, sizeof names, lrpot_quantity_name(q));
    if (losses->potentials) add_name(names, sizeof names, "fragment_potentials");
    if (losses->points) add_name(names, sizeof names, "points");
    if (names[0] != '\0')
        report_note("%s: without %s, which %s cannot hold", out, names, losses->format);
}
