/* Groups: sets of atoms that share one level (chemical potential). Each fragment that keeps its
 * charge is one, and so is the set of fragments that are held at potentials. Their charges sum to
 * a fixed total, except those of the free group, whose level is that of the vacuum. */
#ifndef LRPOT__CHARGE_GROUPS_H
#define LRPOT__CHARGE_GROUPS_H

#include <lrpot/structure.h>

typedef struct lrpot__charge_groups {
    const lrpot_atoms *atoms;
    int32_t count;      /* some groups have no atoms */
    int32_t electrodes; /* group of the fragments that are held at potentials; -1: there are none */
    int32_t free;       /* the same group if it is free; -1: there is none */
    int32_t reserved;
    double electrodes_total; /* e */
} lrpot__charge_groups;

lrpot__charge_groups lrpot__charge_groups_of(const lrpot_atoms *atoms);
int32_t lrpot__charge_group(const lrpot__charge_groups *groups, int64_t i);
int32_t lrpot__charge_group_of_fragment(const lrpot__charge_groups *groups, int32_t fragment);
/* e: sum of the charges of a group that is not free; 0 of the free one. */
double lrpot__charge_group_total(const lrpot__charge_groups *groups, int32_t group);

#endif
