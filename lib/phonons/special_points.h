/* Corners of the standard paths of all Bravais lattices. */
#ifndef LRPOT__SPECIAL_POINTS_H
#define LRPOT__SPECIAL_POINTS_H

#include <lrpot/phonons.h>

#define LRPOT__POINTS_MOST 20

typedef struct lrpot__special_points {
    int32_t count;
    const char *names;                /* "G X M Z1", separated by blanks */
    double at[LRPOT__POINTS_MOST][3]; /* in reciprocal vectors of `primitive` */
    double primitive[9];              /* A, rows */
    const char *route;                /* "GXM,Z1G": a comma begins a new line */
} lrpot__special_points;

/* lattice: "cP" and so on, axes: as for lrpot_phonons_lattice_path(). LRPOT_E_ARGUMENT for another
 * lattice. */
lrpot_status lrpot__special_points_find(const char *lattice, const double *axes,
                                        lrpot__special_points *out);

#endif
