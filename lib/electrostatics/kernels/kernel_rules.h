/* The record of a kernel. Everything that depends on the kernel stands here; no other folder
 * compares kernels. A kernel is one file that fills one record, and one line of ewald_kernels.h. */
#ifndef LRPOT__KERNEL_RULES_H
#define LRPOT__KERNEL_RULES_H

#include "electrostatics/kernels/ewald_kernels.h"

#include <lrpot/ewald.h>

struct lrpot__screening;

/* RMS force errors of unit charges at random, eV/A, by the truncation of one of the two sums of a
 * Gaussian split (Kolafa and Perram, Mol. Simul. 9, 351 (1992)). */
typedef double (*lrpot__error_estimate)(double alpha, double cutoff, double density);
typedef struct lrpot__error_estimates {
    lrpot__error_estimate real, reciprocal;
} lrpot__error_estimates;

/* Specialisations of the vectorised loops (simd/coulomb_lanes.h). */
enum {
    LRPOT__LANES_NONE,  /* pairs one by one, no mesh */
    LRPOT__LANES_FIRST, /* 1/r, of points and of Gaussians */
    LRPOT__LANES_SIXTH  /* 1/r^6 */
};

/* The kernel is written as constant v(r) between two unit charges. A Gaussian split of strength
 * alpha makes it v = long_range + short_range; 4 pi/k^2 g(k) is the transform of the long-range
 * part. Members that a kernel leaves out are 0 or NULL; the comment says what this means. */
typedef struct lrpot__kernel_rules {
    const char *name;    /* in options and messages */
    const char *summary; /* one line for the reader of a list */
    const char *unit;    /* unit of the charges of this kernel */
    int32_t traits;      /* LRPOT_EWALD_KERNEL_*, public */
    int32_t flags;       /* LRPOT_EWALD_* flags of the options that the kernel takes */

    double constant; /* eV: energy of two unit charges at 1 A is constant v(1 A) */

    /* Pairs. Each gives 1/A (1/A^6) at r^2, and strength = -(d/dr)/r. */
    double (*bare)(const struct lrpot__screening *s, double square, double *strength);
    /* s->alpha 0: all of v. */
    double (*short_range)(const struct lrpot__screening *s, double square, double *strength);
    /* strength: or NULL. NULL: there is no split, all pairs are summed. */
    double (*long_range)(const struct lrpot__screening *s, double square, double *strength);

    /* Reciprocal space. NULL: no sum over vectors. */
    /* g at k^2. strain: or NULL, 2/k^2 - 2 d ln g/dk^2, the strain derivative per k_a k_b. */
    double (*transform)(const struct lrpot__screening *s, double square, double *strain);
    /* A^2: excess of the sum over k != 0 per volume. */
    double (*mean)(const struct lrpot__screening *s);
    int32_t prolate; /* there is a prolate split (1/r alone), which the mesh takes if it may */

    /* Charge densities. */
    /* A, width of the Gaussian of every atom. NULL: points, or the widths of the options. */
    double (*width)(double sigma);
    /* 1/A: potential of a Gaussian at its own centre. NULL: the kernel is of points. */
    double (*self)(double width);

    /* Vectorised loops. */
    int32_t lanes; /* LRPOT__LANES_* */
    /* Fills the tables of these loops. NULL: nothing. */
    void (*prepare)(struct lrpot__screening *s);

    /* Error estimates. None without a split. */
    lrpot__error_estimates errors;
    /* The short-range part falls by exp(-x^2)/r^n over a shell r/(2 x^2 + decay) deep, x = alpha
     * r. */
    double decay;
} lrpot__kernel_rules;

#define LRPOT__DECLARE_KERNEL(constant, name) extern const lrpot__kernel_rules lrpot__kernel_##name;
LRPOT__EWALD_KERNELS(LRPOT__DECLARE_KERNEL)
#undef LRPOT__DECLARE_KERNEL

/* Rules of a kernel; NULL for one that does not exist. */
const lrpot__kernel_rules *lrpot__kernel_rules_of(int32_t kernel);

#endif
