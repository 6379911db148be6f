/* Innermost loops, compiled once per instruction set: rows of pairs, spreading charges onto the
 * mesh and gathering from it. */
#ifndef LRPOT__COULOMB_KERNELS_H
#define LRPOT__COULOMB_KERNELS_H

#include "electrostatics/kernels/boys_table.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/kernels/gaussian_table.h"
#include "electrostatics/mesh/window.h"

#include <stdint.h>

/* A row of neighbours. */
typedef struct lrpot__pair_row {
    const lrpot__pair *pair;
    const double *packed;       /* [n_all][4]: position and charge */
    const double *translations; /* [images][4], or NULL */
    const int32_t *j, *image;   /* [count]; image or NULL */
    int64_t count;
    int32_t mask;
    const lrpot__gaussian_table *table; /* Gaussians; NULL: points alone */
    const int32_t *species;             /* [n_all], with a table */
    double spread;                      /* 2 s^2 of the center, with a table */
} lrpot__pair_row;
/* sums: potential, field (3), virial xx yy zz yz xz xy per charge of atom i (halves counted).
 * Returns the smallest r^2 seen. */
typedef double (*lrpot__pair_row_kernel)(const lrpot__pair_row *row, const double *center,
                                         double *sums);

/* The same in single precision, for points. Positions are whole numbers of steps along three
 * directions, modulo 2^32: along x, y, z, or 2^-32 of the rows of the cell, whose images are then
 * the same number. */
typedef struct lrpot__single_pair {
    float step[9]; /* A, a row for each direction */
    int oblique;   /* 0: step is diagonal */
    float square;  /* A^2, of the cutoff */
    float taper_start, taper_scale, z_scale;
    int degree;
    float value[LRPOT__PAIR_DEGREE + 1], derivative[LRPOT__PAIR_DEGREE + 1]; /* of the strength */
} lrpot__single_pair;
typedef struct lrpot__single_row {
    const lrpot__single_pair *pair;
    const int32_t *packed;       /* [n_all][4]: position, and the bits of the charge as a float */
    const int32_t *translations; /* [images][4], or NULL */
    const int32_t *j, *image;    /* [count]; image or NULL */
    int64_t count;
    int32_t mask;
} lrpot__single_row;
typedef double (*lrpot__single_row_kernel)(const lrpot__single_row *row, const int32_t *center,
                                           double *sums);

/* values [count]: of every pair of the row, 0 beyond the cutoff. Returns the smallest r^2 seen. */
typedef double (*lrpot__pair_values_kernel)(const lrpot__pair_row *row, const double *center,
                                            double *values);
/* sum of values[k] q[columns[k]]. */
typedef double (*lrpot__matrix_product_kernel)(int64_t count, const int32_t *columns,
                                               const double *values, const double *q);

/* Atoms sorted along the mesh: first point of the support, and offset of the atom in its
 * interval. */
typedef struct lrpot__mesh_atoms {
    const int32_t *first; /* [n][3] */
    const double *offset; /* [n][3], -1/2 .. 1/2 */
    const double *charge; /* [n] */
} lrpot__mesh_atoms;

typedef struct lrpot__mesh_grid {
    int32_t order, size[3];
    int64_t row;          /* doubles from one line along z to the next */
    double *values;       /* [size 0][size 1][row] */
    const double *spline; /* of lrpot__window_polynomials */
    const double *slope;
} lrpot__mesh_grid;

/* Places of atoms on a mesh, in the order of the input. */
typedef struct lrpot__mesh_places {
    const double *positions;
    int64_t stride;
    const double *inverse; /* of the mesh's cell */
    const int32_t *size;   /* of the mesh */
    int32_t order;
    int32_t *home; /* [n][3] first point of the support */
    double *where; /* [n][3] offset in the interval, -1/2 .. 1/2 */
} lrpot__mesh_places;
typedef void (*lrpot__locate_kernel)(const lrpot__mesh_places *places, int64_t first, int64_t last);

/* Adds the charges of atoms first .. last-1 to the planes low .. high-1. */
typedef void (*lrpot__spread_kernel)(const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                                     int64_t first, int64_t last, int32_t low, int32_t high);
/* values[i]: potential and its derivatives along the mesh (in units of mesh steps), [n][4]. */
typedef void (*lrpot__gather_kernel)(const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                                     int64_t first, int64_t last, double *values);

/* values[i]: potential, [n]. */
typedef void (*lrpot__sample_kernel)(const lrpot__mesh_grid *grid, const lrpot__mesh_atoms *atoms,
                                     int64_t first, int64_t last, double *values);

/* One line of modes along z: k = base + z step, and the terms of the sums over aliases. */
typedef struct lrpot__mode_row {
    double base[3], step[3];
    const lrpot__screening *screening;
    double weight, other; /* factor and U^2, sum of U_m^2, of x and y */
    /* sum k_a k_b U_m^2 = tensor . (z's moments 1, n, n^2), xx yy zz yz xz xy */
    double tensor[6][3];
    const double *moments[4]; /* of z: U^2, then sums over aliases of U^2, n U^2, n^2 U^2 */
    double *squares;          /* |mode|^2; becomes influence function times the component */
    int32_t first, last;      /* modes; others have been set to zero */
    int32_t component;        /* of the strain derivative; -1: energy */
} lrpot__mode_row;
/* squares become factors. virial: adds energy times strain derivative (xx yy zz yz xz xy), the half
 * of z = 0 counted by the caller. */
typedef void (*lrpot__mode_kernel)(const lrpot__mode_row *row, double *virial);

/* Number of atoms whose phases the exact sum processes together. */
#define LRPOT__PHASES_BLOCK 64

/* A line of reciprocal vectors n_c = first .. first + count - 1 and a block of atoms. */
typedef struct lrpot__phase_line {
    const double *real, *imag; /* [LRPOT__PHASES_BLOCK] product of the first two directions */
    const double *along;       /* [count][2][LRPOT__PHASES_BLOCK] of the third */
    int32_t first, count;
} lrpot__phase_line;
/* structure[2 c] += sum over the block; real and imag carry the charges. */
typedef void (*lrpot__structure_kernel)(const lrpot__phase_line *line, double *structure);
/* wave: [count][2] structure factors times weights. Sums over the line, [BLOCK] each: potential,
 * pull = its derivative by the phase, and the same times n_c. */
typedef void (*lrpot__collect_kernel)(const lrpot__phase_line *line, const double *wave,
                                      double *potential, double *pull, double *pull_along);

/* f[k][n] = F_n(x[k]), n < LRPOT__BOYS_ORDERS, to 1e-14 of each; x >= 0. */
typedef void (*lrpot__boys_kernel)(const lrpot__boys_table *table, int64_t count, const double *x,
                                   double *f);

typedef struct lrpot__coulomb_kernels {
    lrpot__pair_row_kernel pairs;
    lrpot__mode_kernel modes;
    lrpot__structure_kernel structure;
    lrpot__collect_kernel collect;
    lrpot__spread_kernel spread[LRPOT__ORDER_MAX + 1];
    lrpot__gather_kernel gather[LRPOT__ORDER_MAX + 1];
    lrpot__sample_kernel sample[LRPOT__ORDER_MAX + 1];
    lrpot__pair_values_kernel values;
    lrpot__matrix_product_kernel product;
    lrpot__single_row_kernel single;
    lrpot__locate_kernel locate;
    lrpot__boys_kernel boys;
} lrpot__coulomb_kernels;

extern const lrpot__coulomb_kernels lrpot__coulomb_portable, lrpot__coulomb_avx2,
    lrpot__coulomb_avx512;
/* The fastest loops for this processor. */
const lrpot__coulomb_kernels *lrpot__coulomb_kernels_get(void);

#endif
