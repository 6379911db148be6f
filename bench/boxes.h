/* Parts that the benchmarks share: boxes of charges from seeds, time, and the end of a program that
 * cannot go on. */
#ifndef BENCH_BOXES_H
#define BENCH_BOXES_H

#include <lrpot/lrpot.h>

typedef struct bench_box {
    int64_t n;
    double cell[9], *positions, *q;
    int32_t *species, periodic_mask;
    const char **symbols;
} bench_box;

/* A box of `copies` times `copies` times `copies` repetitions of a small one (648 atoms of water,
 * 512 ions), every atom displaced so that no symmetry hides errors. Atoms stand species by species
 * as in the first box, so that other codes find molecules or ions in rows. water    SPC molecules
 * at 0.1 atoms/A^3, turned at random salt     rock salt, atoms off their sites        sheared  the
 * same in a triclinic cell melt     ions far off their sites                random   charges drawn
 * from -1 to 1 on the sites of a melt needle   a melt eight times as long as wide      skewed   a
 * melt in a cell of acute angles slab     a melt, two periodic directions         drop     a melt,
 * none NULL for a name that is not among them. */
bench_box *bench_box_make(const char *kind, int copies);
void bench_box_free(bench_box *box);

/* A view of the box for the library. */
lrpot_atoms bench_box_atoms(const bench_box *box);

double bench_uniform(double low, double high); /* the same numbers in every run */
double bench_normal(double width);
double bench_now(void); /* s */
/* s: processor time of one thread, which other programs do not lengthen; time for several. */
double bench_clock(int32_t threads);
void bench_check(lrpot_status status);
void *bench_allocate(int64_t n, size_t size);

#endif
