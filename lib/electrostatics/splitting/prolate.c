#include "electrostatics/splitting/prolate.h"

#include "core/error.h"

#include <lapacke.h>
#include <math.h>

/* Eigenvector of the smallest eigenvalue of the differential operator in Legendre polynomials of
 * even degree, normalised to unit length (Xiao, Rokhlin, Yarvin, Inverse Problems 17, 805 (2001),
 * eqs 62-64). */
lrpot_status lrpot__prolate_make(double c, lrpot__prolate *out)
{
    enum { N = LRPOT__PROLATE_TERMS };
    double diagonal[N], beside[N], values[N], vector[N], room[20 * N], c2 = c * c;
    lapack_int found = 0, support[2], more_room[10 * N];
    for (int j = 0; j < N; j++) {
        double k = 2.0 * j;
        diagonal[j] = k * (k + 1) + c2 * (2 * k * (k + 1) - 1) / ((2 * k + 3) * (2 * k - 1));
        beside[j] = c2 * (k + 2) * (k + 1) / ((2 * k + 3) * sqrt((2 * k + 1) * (2 * k + 5)));
    }
    lapack_int info = LAPACKE_dstevr_work(LAPACK_COL_MAJOR, 'V', 'I', N, diagonal, beside, 0.0, 0.0,
                                          1, 1, 0.0, &found, values, vector, N, support, room,
                                          20 * N, more_room, 10 * N);
    if (info != 0 || found != 1)
        return lrpot__fail(LRPOT_E_BUG, "no prolate function of c = %g: LAPACK gives %d", c,
                           (int)info);
    for (int j = 0; j < N; j++) out->legendre[j] = vector[j] * sqrt(2.0 * j + 0.5);
    out->c = c;
    double center = lrpot__prolate_value(out, 0.0);
    for (int j = 0; j < N; j++) out->legendre[j] /= center;
    out->area = out->legendre[0]; /* the other polynomials integrate to zero */
    return LRPOT_OK;
}

double lrpot__prolate_value(const lrpot__prolate *p, double x)
{
    double last = 1.0, now = x, sum = p->legendre[0]; /* P_0, P_1 */
    for (int k = 2; k < 2 * LRPOT__PROLATE_TERMS; k++) {
        double next = ((2 * k - 1) * x * now - (k - 1) * last) / k;
        last = now;
        now = next;
        if (k % 2 == 0) sum += p->legendre[k / 2] * now;
    }
    return sum;
}

double lrpot__prolate_integral(const lrpot__prolate *p, double x)
{
    /* The integral of P_k is (P_{k+1} - P_{k-1}) / (2k + 1). */
    double last = 1.0, now = x, sum = p->legendre[0] * x;
    for (int k = 2; k < 2 * LRPOT__PROLATE_TERMS; k++) {
        double next = ((2 * k - 1) * x * now - (k - 1) * last) / k;
        if (k % 2 == 1) sum += p->legendre[(k - 1) / 2] * (next - last) / (2 * k - 1);
        last = now;
        now = next;
    }
    return sum;
}

/* Spherical Bessel functions j_0 .. j_{count-1} of w, by downward recurrence from an index where
 * they vanish. sum (2k + 1) j_k^2 = 1 sets the scale. */
static void spherical_bessel(double w, int count, double *j)
{
    double above = 0.0, now = 1e-150, squares = 0.0;
    for (int k = count + 24 + (int)(1.2 * w); k >= 0; k--) {
        if (k < count) j[k] = now;
        squares += (2 * k + 1) * now * now;
        double below = (2 * k + 1) / w * now - above;
        above = now;
        now = below;
        if (fabs(now) > 1e120) { /* the values so far are negligible against those that follow */
            for (int i = k; i < count; i++) j[i] *= 1e-200;
            above *= 1e-200, now *= 1e-200, squares *= 1e-200;
            squares *= 1e-200;
        }
    }
    double sign = fabs(sin(w)) > 0.5 ? sin(w) / w * j[0] : (sin(w) / w - cos(w)) * j[1];
    double scale = copysign(1.0 / sqrt(squares), sign);
    for (int k = 0; k < count; k++) j[k] *= scale;
}

double lrpot__prolate_transform(const lrpot__prolate *p, double w)
{
    double j[2 * LRPOT__PROLATE_TERMS], sum = 0.0;
    if (w < 1e-4) return 1.0 - 0.5 * w * w * lrpot__prolate_mean_square(p);
    spherical_bessel(w, 2 * LRPOT__PROLATE_TERMS, j);
    for (int k = 0; k < LRPOT__PROLATE_TERMS; k++)
        sum += (k % 2 == 0 ? 1.0 : -1.0) * p->legendre[k] * j[2 * k];
    return sum / p->area;
}

double lrpot__prolate_mean_square(const lrpot__prolate *p)
{
    return 1.0 / 3.0 + 2.0 / 15.0 * p->legendre[1] / p->legendre[0];
}
