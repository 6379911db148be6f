#include "cli/matrix3.h"

void matrix3_invert(const double *m, double *out)
{
    double determinant = 0.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            int a1 = (a + 1) % 3, a2 = (a + 2) % 3, b1 = (b + 1) % 3, b2 = (b + 2) % 3;
            out[3 * b + a] = m[3 * a1 + b1] * m[3 * a2 + b2] - m[3 * a1 + b2] * m[3 * a2 + b1];
        }
    for (int b = 0; b < 3; b++) determinant += m[b] * out[3 * b];
    for (int k = 0; k < 9; k++) out[k] /= determinant;
}

void matrix3_row_times(const double *row, const double *m, double *out)
{
    for (int b = 0; b < 3; b++) out[b] = row[0] * m[b] + row[1] * m[3 + b] + row[2] * m[6 + b];
}
