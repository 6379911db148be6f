/* Square matrix of rows selected for the largest volume (Goreinov et al., in Matrix Methods, World
 * Scientific, 247 (2010)). */
#ifndef LRPOT__MAXVOL_H
#define LRPOT__MAXVOL_H

#include <lrpot/status.h>

#include <stdint.h>

typedef struct lrpot__maxvol {
    int64_t n;     /* number of rows and columns */
    int64_t swaps; /* number since the inverse was last computed from the rows */
    int32_t started;
    double *rows;            /* [n][n] */
    double *inverse;         /* [n][n] */
    double *step;            /* [n] scratch of a replacement */
    int64_t *frames, *atoms; /* [n] origin of each row; -1: an initial row */
} lrpot__maxvol;

/* On failure there is nothing to free. */
lrpot_status lrpot__maxvol_create(int64_t n, lrpot__maxvol *out);
void lrpot__maxvol_free(lrpot__maxvol *m);
/* Both of the same n. */
void lrpot__maxvol_copy(lrpot__maxvol *to, const lrpot__maxvol *from);

/* Computes the inverse from the rows. */
lrpot_status lrpot__maxvol_invert(lrpot__maxvol *m);
/* coefficients [count][n]: rows as combinations of the selected ones. */
void lrpot__maxvol_expand(const lrpot__maxvol *m, int64_t count, const double *rows,
                          double *coefficients);
/* Largest magnitude in a row of coefficients, and its column. */
double lrpot__maxvol_largest(int64_t n, const double *coefficients, int64_t *column);
/* Replaces rows as long as one has a coefficient above the threshold. atoms [count]: their indices.
 * n_changes: number of replacements. */
lrpot_status lrpot__maxvol_add(lrpot__maxvol *m, int64_t count, const double *rows,
                               double *coefficients, int64_t frame, const int64_t *atoms,
                               double threshold, int64_t *n_changes);

#endif
