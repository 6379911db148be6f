/* Charged slabs and wires: random ones of any orientation. */
#ifndef LRPOT_TEST_SLABS_AND_WIRES_H
#define LRPOT_TEST_SLABS_AND_WIRES_H

#include "coulomb.h"

/* A tilted cell without its periodicity along row `axis`, which becomes something useless. */
static inline void slab_random(support_random *random, int axis, int64_t n, double total,
                               int gaussian, coulomb_system *s)
{
    coulomb_random(random, axis == 1 ? CELL_LEFT_HANDED : CELL_TRICLINIC, n, total, gaussian, s);
    s->periodic_mask = LRPOT_PERIODIC_ALL & ~(1 << axis);
    for (int a = 0; a < 3; a++)
        s->cell[3 * axis + a] = axis == 2 ? 0.0 : s->cell[3 * ((axis + 1) % 3) + a];
}

/* A tilted cell with its periodicity along row `axis` alone; the other rows become something
 * useless. */
static inline void wire_random(support_random *random, int axis, int64_t n, double total,
                               int gaussian, coulomb_system *s)
{
    coulomb_random(random, axis == 1 ? CELL_LEFT_HANDED : CELL_TRICLINIC, n, total, gaussian, s);
    s->periodic_mask = 1 << axis;
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3 && d != axis; a++) s->cell[3 * d + a] = d == 2 ? 0.0 : 7.0 * a;
}

#endif
