/* A structure of charges that can be moved, charged and strained under one solver: for differences
 * of the Coulomb energy. */
#ifndef LRPOT_TEST_COULOMB_PROBE_H
#define LRPOT_TEST_COULOMB_PROBE_H

#include "coulomb.h"

/* One solver and workspace, so that all points of a difference share the splitting. */
typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
    int64_t index;
    int a, b;
} coulomb_probe;

static inline double coulomb_probe_energy(coulomb_probe *p, const coulomb_system *s)
{
    double energy = 0;
    lrpot_atoms atoms = coulomb_view(s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, s->q, &out));
    return energy;
}

static inline double coulomb_probe_moved(double x, void *ctx)
{
    coulomb_probe *p = ctx;
    coulomb_system s = p->s;
    s.positions[p->index] += x;
    return coulomb_probe_energy(p, &s);
}

static inline double coulomb_probe_charged(double x, void *ctx)
{
    coulomb_probe *p = ctx;
    coulomb_system s = p->s;
    s.q[p->index] += x;
    return coulomb_probe_energy(p, &s);
}

static inline double coulomb_probe_strained(double x, void *ctx)
{
    coulomb_probe *p = ctx;
    coulomb_system s = p->s;
    coulomb_strain(&s, p->a, p->b, x);
    return coulomb_probe_energy(p, &s);
}

#endif
