#include "fitting/target_names.h"

#include <stdio.h>
#include <string.h>

lrpot_fit_target target_facts(int32_t target)
{
    lrpot_fit_target facts = LRPOT_FIT_TARGET_INIT;
    if (lrpot_fit_target_facts(target, &facts) != LRPOT_OK) facts.name = facts.label = "";
    return facts;
}

int32_t target_of(const char *name)
{
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        if (strcmp(name, target_facts(t).name) == 0) return t;
    return -1;
}

static const char *join(char *text, size_t size, const char *between, int with_units)
{
    size_t used = 0;
    text[0] = '\0';
    for (int32_t t = 0; t < lrpot_fit_target_count() && used < size; t++) {
        lrpot_fit_target facts = target_facts(t);
        used += (size_t)snprintf(text + used, size - used, "%s%s", t > 0 ? between : "",
                                 with_units ? facts.unit : facts.name);
    }
    return text;
}

const char *target_names(char *text, size_t size, const char *between)
{
    return join(text, size, between, 0);
}

const char *target_units(char *text, size_t size, const char *between)
{
    return join(text, size, between, 1);
}

int32_t targets_usual(void)
{
    int32_t sum = 0;
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        if (target_facts(t).usual) sum |= LRPOT_FIT_TARGET(t);
    return sum;
}
