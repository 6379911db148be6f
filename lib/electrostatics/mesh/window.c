#include "electrostatics/mesh/window.h"

#include "core/constants.h"
#include "electrostatics/splitting/chebyshev.h"
#include "electrostatics/splitting/prolate.h"

#include <math.h>
#include <string.h>

#define ALIASES 4 /* on each side */
#define POWERS_MAX (LRPOT__ORDER_MAX + LRPOT__EXTRA_POWERS)

lrpot_status lrpot__window_make(int32_t order, double shape, lrpot__window *out)
{
    memset(out, 0, sizeof *out);
    out->order = order;
    out->shape = shape;
    if (shape == 0.0) return LRPOT_OK;
    lrpot_status status = lrpot__prolate_make(shape, &out->prolate);
    out->edge = lrpot__prolate_value(&out->prolate, 1.0);
    return status;
}

double lrpot__window_transform(const lrpot__window *window, double f)
{
    double angle = LRPOT__PI * fabs(f) * (window->shape > 0.0 ? window->order : 1),
           box = angle > 1e-6 ? sin(angle) / angle : 1.0;
    if (window->shape == 0.0) return pow(box, window->order);
    double area = window->prolate.area;
    return (area * lrpot__prolate_transform(&window->prolate, angle) - window->edge * box)
           / (area - window->edge);
}

void lrpot__window_aliases(const lrpot__window *window, double f, double *eps, double *first,
                           double *second)
{
    double own = lrpot__window_transform(window, f);
    *eps = *first = *second = 0.0;
    for (int m = -ALIASES; m <= ALIASES; m++) {
        if (m == 0) continue;
        double ratio = lrpot__window_transform(window, f + m) / own, square = ratio * ratio;
        *eps += square;
        *first += (f + m) * square;
        *second += (f + m) * (f + m) * square;
    }
}

/* Cardinal B-spline pieces as polynomials of t in [0, 1): M_p(t + j), by M_p(u) = (u M_{p-1}(u) +
 * (p - u) M_{p-1}(u - 1)) / (p - 1); then powers of t - 1/2, which keep their digits. piece[j][c]:
 * coefficient of t^c. */
static void spline_pieces(int32_t order, double piece[LRPOT__ORDER_MAX][POWERS_MAX])
{
    double last[LRPOT__ORDER_MAX][POWERS_MAX];
    piece[0][0] = 1.0;
    for (int32_t p = 2; p <= order; p++) {
        memcpy(last, piece, sizeof last);
        for (int32_t j = 0; j < p; j++)
            for (int32_t c = 0; c < p; c++) {
                double sum = 0.0;
                if (j < p - 1) sum += j * last[j][c] + (c > 0 ? last[j][c - 1] : 0.0);
                if (j > 0) sum += (p - j) * last[j - 1][c] - (c > 0 ? last[j - 1][c - 1] : 0.0);
                piece[j][c] = sum / (p - 1);
            }
    }
    for (int32_t j = 0; j < order; j++) /* Horner's scheme moves the origin to 1/2 */
        for (int32_t k = 0; k < order; k++)
            for (int32_t c = order - 2; c >= k; c--) piece[j][c] += 0.5 * piece[j][c + 1];
}

/* x = 0..order along the support. */
static double prolate_window(const void *ctx, double x)
{
    const lrpot__window *window = ctx;
    return lrpot__prolate_value(&window->prolate, 2.0 * x / window->order - 1.0) - window->edge;
}

static void prolate_pieces(const lrpot__window *window, double piece[LRPOT__ORDER_MAX][POWERS_MAX])
{
    double c[LRPOT__CHEBYSHEV_MAX], powers[LRPOT__CHEBYSHEV_MAX],
        scale = 2.0 / (window->order * (window->prolate.area - window->edge));
    int count = window->order + LRPOT__EXTRA_POWERS;
    for (int32_t j = 0; j < window->order; j++) {
        lrpot__chebyshev_fit(prolate_window, window, j, j + 1.0, count, c);
        lrpot__chebyshev_powers(c, count, powers);
        for (int k = 0; k < count; k++)
            piece[j][k] = 0.5 * scale * ldexp(powers[k], k); /* z = 2 t */
    }
}

/* The charge at u sits at offset t = u - floor(u); point floor(u) - order + 1 + k gets piece order
 * - 1 - k. */
void lrpot__window_polynomials(const lrpot__window *window, double *values, double *slopes)
{
    double piece[LRPOT__ORDER_MAX][POWERS_MAX] = { { 0.0 } };
    int32_t order = window->order, powers = order + LRPOT__EXTRA_POWERS;
    if (window->shape > 0.0) prolate_pieces(window, piece);
    else spline_pieces(order, piece);
    for (int32_t k = 0; k < order; k++)
        for (int32_t c = 0; c < powers; c++) {
            double value = piece[order - 1 - k][c];
            values[(powers - 1 - c) * LRPOT__ORDER_PAD + k] = value;
            if (c > 0) slopes[(powers - 1 - c) * LRPOT__ORDER_PAD + k] = c * value;
        }
}
