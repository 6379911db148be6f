/* Matrices of 3 rows. */
#ifndef LRPOT_TOOL_MATRIX3_H
#define LRPOT_TOOL_MATRIX3_H

/* Inverse of a matrix that has one; out is another array. */
void matrix3_invert(const double *m, double *out);
/* out = row m */
void matrix3_row_times(const double *row, const double *m, double *out);

#endif
