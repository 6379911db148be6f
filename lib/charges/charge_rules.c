/* Table of the kinds of charges, and the public functions that read it. */
#include "charges/charge_rules.h"

#include <stddef.h>
#include <string.h>

#define TABLE_LINE(constant, name) [LRPOT_CHARGES_##constant] = &lrpot__charges_##name,
#define COUNT_LINE(constant, name) +1

static const lrpot__charge_rules *const table[] = { LRPOT__CHARGE_KINDS(TABLE_LINE) };
enum { LENGTH = sizeof table / sizeof table[0], KINDS = 0 LRPOT__CHARGE_KINDS(COUNT_LINE) };
_Static_assert(LENGTH == KINDS + 1, "kinds of charges are numbered 1, 2, ... without a gap");

static const char *const neutralities[] = { "exact", "off", NULL };
static const char *const solvers[] = { "auto", "dense", "iterative", NULL };
static const char *const responses[] = { "bonds", "atoms", "none", NULL };

#define MEMBER(member) offsetof(lrpot_charges_options, member)
static const lrpot__charge_option options[] = {
    { LRPOT_CHARGES_TAKES_CHANNELS, LRPOT__OPTION_INTEGER, "channels", MEMBER(channels), NULL, 0 },
    { LRPOT_CHARGES_TAKES_SIGMA, LRPOT__OPTION_NUMBER, "sigma", MEMBER(sigma), NULL, 0 },
    { LRPOT_CHARGES_TAKES_SELF, LRPOT__OPTION_FLAG, "self", MEMBER(flags), NULL,
      LRPOT_CHARGES_SELF },
    { LRPOT_CHARGES_TAKES_NEUTRALITY, LRPOT__OPTION_CHOICE, "neutrality", MEMBER(neutrality),
      neutralities, 0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_INTEGER, "order", MEMBER(order), NULL, 0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_CHOICE, "response", MEMBER(response), responses,
      0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_NUMBER, "reach", MEMBER(reach), NULL, 0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_INTEGER, "features", MEMBER(features), NULL, 0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_NUMBER, "spread", MEMBER(spread), NULL, 0 },
    { LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_FLAG, "without_self", MEMBER(flags), NULL,
      LRPOT_CHARGES_WITHOUT_SELF },
    { LRPOT_CHARGES_TAKES_SOLVER | LRPOT_CHARGES_TAKES_MOMENTS, LRPOT__OPTION_NUMBER, "tolerance",
      MEMBER(tolerance), NULL, 0 },
    { LRPOT_CHARGES_TAKES_SOLVER, LRPOT__OPTION_CHOICE, "solver", MEMBER(solver), solvers, 0 },
};

const lrpot__charge_rules *lrpot__charge_rules_of(int32_t kind)
{
    return kind > LRPOT_CHARGES_NONE && kind < LENGTH ? table[kind] : NULL;
}

const char *lrpot__charge_own_key(const lrpot__charge_rules *rules)
{
    return rules->own != NULL ? strchr(rules->own, '.') + 1 : NULL;
}

const lrpot__charge_option *lrpot__charge_option_of(const lrpot__charge_rules *rules, int32_t index)
{
    /* widths replace sigma */
    int32_t kept = rules->traits & LRPOT_CHARGES_TAKES_WIDTHS
                       ? rules->traits & ~LRPOT_CHARGES_TAKES_SIGMA
                       : rules->traits;
    for (size_t k = 0; k < sizeof options / sizeof options[0]; k++)
        if ((options[k].trait & kept) != 0 && index-- == 0) return &options[k];
    return NULL;
}

int32_t lrpot_charges_kind_count(void)
{
    return LENGTH;
}

const char *lrpot_charges_kind_name(int32_t kind)
{
    if (kind == LRPOT_CHARGES_NONE) return "none";
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(kind);
    return rules != NULL ? rules->name : NULL;
}

const char *lrpot_charges_kind_summary(int32_t kind)
{
    if (kind == LRPOT_CHARGES_NONE) return "no charges, no electrostatics";
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(kind);
    return rules != NULL ? rules->summary : NULL;
}

int32_t lrpot_charges_kind_of(const char *name)
{
    for (int32_t kind = 0; kind < LENGTH && name != NULL; kind++)
        if (strcmp(lrpot_charges_kind_name(kind), name) == 0) return kind;
    return -1;
}

int32_t lrpot_charges_kind_traits(int32_t kind)
{
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(kind);
    return rules != NULL ? rules->traits : 0;
}

int32_t lrpot_charges_kind_default(int32_t n_species)
{
    for (int32_t kind = LRPOT_CHARGES_NONE + 1; kind < LENGTH && n_species > 1; kind++)
        if (table[kind]->traits & LRPOT_CHARGES_USUAL) return kind;
    return LRPOT_CHARGES_NONE;
}
