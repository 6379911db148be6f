#include "fitting/charge_kind_lists.h"

#include <stdio.h>
#include <string.h>

static int is_listed(int32_t kind, int32_t trait)
{
    return trait == 0 || charge_kind_has(kind, trait);
}

/* List of the kinds with a trait; 0: all kinds. */
static const char *list(int32_t trait, const char *last, char text[CHARGE_KINDS_TEXT])
{
    int32_t left = 0;
    size_t used = 0;
    for (int32_t kind = 0; kind < lrpot_charges_kind_count(); kind++)
        left += is_listed(kind, trait);
    text[0] = '\0';
    for (int32_t kind = 0; kind < lrpot_charges_kind_count() && used < CHARGE_KINDS_TEXT; kind++) {
        if (!is_listed(kind, trait)) continue;
        left--;
        used += (size_t)snprintf(text + used, CHARGE_KINDS_TEXT - used, "%s%s",
                                 lrpot_charges_kind_name(kind),
                                 left > 1    ? ", "
                                 : left == 1 ? last
                                             : "");
    }
    return text;
}

const char *charge_kinds_all(const char *last, char text[CHARGE_KINDS_TEXT])
{
    return list(0, last, text);
}

const char *charge_kinds_with(int32_t trait, char text[CHARGE_KINDS_TEXT])
{
    return list(trait, " or ", text);
}

const char *charge_kinds_help(const char *text, int32_t trait, char out[CHARGE_KINDS_TEXT])
{
    char kinds[CHARGE_KINDS_TEXT];
    snprintf(out, CHARGE_KINDS_TEXT, "%s (%s)", text, charge_kinds_with(trait, kinds));
    return out;
}

int charge_kind_has(int32_t kind, int32_t trait)
{
    return (lrpot_charges_kind_traits(kind) & trait) != 0;
}

int charges_flow(const lrpot_potential *model)
{
    return charge_kind_has(lrpot_charges_kind(lrpot_potential_charges(model)), LRPOT_CHARGES_FLOW);
}
