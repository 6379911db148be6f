/* 3x3 algebra, row-major. */
#ifndef LRPOT__ALGEBRA_H
#define LRPOT__ALGEBRA_H

static inline double lrpot__dot3(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double lrpot__det3(const double *m)
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
           + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/* out = a x b */
static inline void lrpot__cross3(const double *a, const double *b, double *out)
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* inverse[3][3] of m; the caller has checked the determinant. */
static inline void lrpot__inverse3(const double *m, double *inverse)
{
    double d = 1.0 / lrpot__det3(m);
    inverse[0] = d * (m[4] * m[8] - m[5] * m[7]);
    inverse[1] = d * (m[2] * m[7] - m[1] * m[8]);
    inverse[2] = d * (m[1] * m[5] - m[2] * m[4]);
    inverse[3] = d * (m[5] * m[6] - m[3] * m[8]);
    inverse[4] = d * (m[0] * m[8] - m[2] * m[6]);
    inverse[5] = d * (m[2] * m[3] - m[0] * m[5]);
    inverse[6] = d * (m[3] * m[7] - m[4] * m[6]);
    inverse[7] = d * (m[1] * m[6] - m[0] * m[7]);
    inverse[8] = d * (m[0] * m[4] - m[1] * m[3]);
}

/* out = v m, v a row vector. */
static inline void lrpot__row_times3(const double *v, const double *m, double *out)
{
    for (int c = 0; c < 3; c++) out[c] = v[0] * m[c] + v[1] * m[3 + c] + v[2] * m[6 + c];
}

#endif
