/* Table of the kernels, and the public functions that read it. */
#include "electrostatics/kernels/kernel_rules.h"

#include <stddef.h>
#include <string.h>

#define TABLE_LINE(constant, name) [LRPOT_EWALD_##constant] = &lrpot__kernel_##name,
#define COUNT_LINE(constant, name) +1

static const lrpot__kernel_rules *const table[] = { LRPOT__EWALD_KERNELS(TABLE_LINE) };
enum { LENGTH = sizeof table / sizeof table[0], KERNELS = 0 LRPOT__EWALD_KERNELS(COUNT_LINE) };
_Static_assert(LENGTH == KERNELS, "kernels are numbered 0, 1, ... without a gap");

const lrpot__kernel_rules *lrpot__kernel_rules_of(int32_t kernel)
{
    return kernel >= 0 && kernel < LENGTH ? table[kernel] : NULL;
}

int32_t lrpot_ewald_kernel_count(void)
{
    return LENGTH;
}

const char *lrpot_ewald_kernel_name(int32_t kernel)
{
    const lrpot__kernel_rules *rules = lrpot__kernel_rules_of(kernel);
    return rules != NULL ? rules->name : NULL;
}

const char *lrpot_ewald_kernel_summary(int32_t kernel)
{
    const lrpot__kernel_rules *rules = lrpot__kernel_rules_of(kernel);
    return rules != NULL ? rules->summary : NULL;
}

const char *lrpot_ewald_kernel_unit(int32_t kernel)
{
    const lrpot__kernel_rules *rules = lrpot__kernel_rules_of(kernel);
    return rules != NULL ? rules->unit : NULL;
}

int32_t lrpot_ewald_kernel_of(const char *name)
{
    for (int32_t kernel = 0; kernel < LENGTH && name != NULL; kernel++)
        if (strcmp(table[kernel]->name, name) == 0) return kernel;
    return -1;
}

int32_t lrpot_ewald_kernel_traits(int32_t kernel)
{
    const lrpot__kernel_rules *rules = lrpot__kernel_rules_of(kernel);
    return rules != NULL ? rules->traits : 0;
}
