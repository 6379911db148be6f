/* A square matrix of rows chosen for the largest volume (Goreinov et al., in Matrix Methods, World
 * Scientific, 247 (2010)). */
#ifndef LRPOT__MAXVOL_H
#define LRPOT__MAXVOL_H

#include <lrpot/status.h>

#include <stdint.h>

typedef struct lrpot__maxvol {
    int64_t n;     /* rows and columns */
    int64_t swaps; /* since the inverse was last made from the rows */
    int32_t started;
    double *rows;            /* [n][n] */
    double *inverse;         /* [n][n] */
    double *step;            /* [n] of a replacement */
    int64_t *frames, *atoms; /* [n] where the rows come from; -1: from nowhere */
} lrpot__maxvol;

/* On failure nothing is left to free. */
lrpot_status lrpot__maxvol_create(int64_t n, lrpot__maxvol *out);
void lrpot__maxvol_free(lrpot__maxvol *m);
/* Both of the same n. */
void lrpot__maxvol_copy(lrpot__maxvol *to, const lrpot__maxvol *from);

/* Makes the inverse from the rows. */
lrpot_status lrpot__maxvol_invert(lrpot__maxvol *m);
/* coefficients [count][n]: rows in terms of the chosen ones. */
void lrpot__maxvol_expand(const lrpot__maxvol *m, int64_t count, const double *rows,
                          double *coefficients);
/* Largest magnitude in a row of coefficients, and its column. */
double lrpot__maxvol_largest(int64_t n, const double *coefficients, int64_t *column);
/* Swaps rows in as long as one has a coefficient above the threshold. atoms [count]: their numbers.
 * Returns the replacements through n_changes. */
lrpot_status lrpot__maxvol_add(lrpot__maxvol *m, int64_t count, const double *rows,
                               double *coefficients, int64_t frame, const int64_t *atoms,
                               double threshold, int64_t *n_changes);

#endif
