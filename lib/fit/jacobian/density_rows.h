/* Rows of the Jacobian of a self-consistent density, by the directions of its tangents. */
#ifndef LRPOT__DENSITY_ROWS_H
#define LRPOT__DENSITY_ROWS_H

#include "fit/jacobian/fit_density.h"

/* out[rows] += factor times the derivatives of the predictions along the directions from `first` on
 * by the parameters. */
void lrpot__density_add_rows(const lrpot__assembly *assembly, const lrpot__frame *frame,
                             int64_t first, int64_t rows, double factor, double *out,
                             int64_t stride);
/* While the targets are differentiated: adds the derivatives of `count` moments of the atoms by
 * the parameters to the rows from `row` on. Moments: charges [n], dipoles [n][3], quadrupoles
 * [n][3][3], up to the order of the targets of the frame. */
void lrpot__density_moment_rows(const lrpot__assembly *assembly, const lrpot__frame *frame,
                                int64_t first, int64_t count, int64_t row);

#endif
