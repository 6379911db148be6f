/* The prolate function, the split made of it, and Chebyshev series. */
#include "support.h"

#include "electrostatics/kernels/kernel_rules.h"
#include "electrostatics/mesh/window.h"
#include "electrostatics/splitting/chebyshev.h"
#include "electrostatics/splitting/prolate.h"
#include "electrostatics/splitting/screening.h"

#include <math.h>

static const double bands[] = { 1.0, 4.0, 9.5, 14.0, 22.0, 30.0 };

START_TEST(prolate_function_is_its_own_transform)
{
    lrpot__prolate p;
    ck_ok(lrpot__prolate_make(bands[_i], &p));
    ck_close(lrpot__prolate_value(&p, 0.0), 1.0, TOL_EXACT, 1);
    for (double x = 0.0; x <= 1.0; x += 0.0625) {
        ck_close(lrpot__prolate_value(&p, -x), lrpot__prolate_value(&p, x), TOL_EXACT, 1);
        ck_close(lrpot__prolate_transform(&p, bands[_i] * x), lrpot__prolate_value(&p, x), 1e-12,
                 1);
    }
}
END_TEST

/* Midpoint rule with many points. */
static double integrate(const lrpot__prolate *p, double end, int moment, double w)
{
    enum { STEPS = 20000 };
    double sum = 0.0;
    for (int s = 0; s < STEPS; s++) {
        double x = end * (s + 0.5) / STEPS;
        sum += lrpot__prolate_value(p, x) * (moment == 2 ? x * x : 1.0) * cos(w * x);
    }
    return sum * end / STEPS;
}

START_TEST(integrals_of_the_prolate_are_its_integrals)
{
    lrpot__prolate p;
    ck_ok(lrpot__prolate_make(bands[_i], &p));
    ck_close(p.area, integrate(&p, 1.0, 0, 0.0), 1e-8, 1);
    ck_close(lrpot__prolate_integral(&p, 0.3), integrate(&p, 0.3, 0, 0.0), 1e-8, 1);
    ck_close(lrpot__prolate_mean_square(&p), integrate(&p, 1.0, 2, 0.0) / p.area, 1e-8, 1);
    for (double w = 0.5; w < 3.0 * bands[_i] + 20.0; w += 3.7)
        ck_close(lrpot__prolate_transform(&p, w), integrate(&p, 1.0, 0, w) / p.area, 1e-7, 1);
}
END_TEST

static double smooth_of_r(double r, void *ctx)
{
    return lrpot__screening_smooth(ctx, r * r, NULL);
}

static double transform_of_square(double y, void *ctx)
{
    return lrpot__screening_transform(ctx, y);
}

START_TEST(screening_is_consistent)
{
    lrpot__screening s;
    const lrpot__kernel_rules *kernel = lrpot__kernel_rules_of(LRPOT_EWALD_COULOMB);
    if (_i < 2) lrpot__screening_gauss(kernel, 0.0, 0.2 + 0.25 * _i, &s);
    else ck_ok(lrpot__screening_prolate(kernel, bands[_i], 5.0, &s));
    for (double r = 0.4; r < 4.9; r += 0.5) {
        double strength;
        lrpot__screening_smooth(&s, r * r, &strength);
        ck_close(strength, -support_difference(smooth_of_r, &s, r, 1e-3) / r, TOL_FD, 0.1);
    }
    double small = _i < 2 ? 1e-5 : 1e-3; /* 4 pi/k^2 (1 - g) tends to the mean */
    ck_close(4.0 * acos(-1.0) * (1.0 - lrpot__screening_transform(&s, small)) / small,
             lrpot__screening_mean(&s), 1e-3, 1);
    if (_i < 2) return;
    ck_close(lrpot__screening_smooth(&s, 25.0, NULL), 0.2, TOL_EXACT, 1);
    for (double k = 0.2; k < 1.8 * bands[_i] / 5.0; k += 0.3) {
        double slope = lrpot__chebyshev_value(s.slope, s.terms, 2.0 * k * k / s.top - 1.0);
        ck_close(lrpot__screening_transform(&s, k * k),
                 lrpot__prolate_transform(&s.prolate, 5.0 * k),
                 1e-13 + 1e-2 * lrpot__prolate_value(&s.prolate, 1.0), 1);
        ck_close(slope, support_difference(transform_of_square, &s, k * k, 1e-3), TOL_FD, 10);
    }
}
END_TEST

START_TEST(window_pieces_join_and_add_up)
{
    enum { POWERS = LRPOT__ORDER_MAX + LRPOT__EXTRA_POWERS };
    double values[POWERS * LRPOT__ORDER_PAD] = { 0 }, slopes[POWERS * LRPOT__ORDER_PAD] = { 0 };
    int order = 4 + _i % 9, powers = order + LRPOT__EXTRA_POWERS;
    lrpot__window window;
    ck_ok(lrpot__window_make(order, _i < 9 ? 0.0 : 2.2 * order, &window));
    lrpot__window_polynomials(&window, values, slopes);
    double tolerance = _i < 9 ? TOL_EXACT
                              : pow(10.0, 2.0 - order); /* polynomials of the order and a little */
    for (int k = 0; k + 1 < order; k++) { /* the weight of a point just before and after the charge
                                             passes the end of an interval */
        double before = 0.0, after = 0.0;
        for (int c = 0; c < powers; c++) {
            before = 0.5 * before + values[c * LRPOT__ORDER_PAD + k + 1];
            after = -0.5 * after + values[c * LRPOT__ORDER_PAD + k];
        }
        ck_close(before, after, tolerance, 1);
    }
    ck_close(lrpot__window_transform(&window, 0.0), 1.0, TOL_EXACT, 1);
}
END_TEST

static double cubic(const void *ctx, double y)
{
    (void)ctx;
    return 1.0 + y * (2.0 + y * (-0.5 + 0.25 * y));
}

START_TEST(chebyshev_series_of_a_cubic_is_the_cubic)
{
    double c[6], powers[6], derivative[6];
    lrpot__chebyshev_fit(cubic, NULL, 1.0, 3.0, 6, c);
    lrpot__chebyshev_powers(c, 6, powers);
    lrpot__chebyshev_derivative(c, 6, derivative);
    for (double z = -1.0; z <= 1.0; z += 0.25) {
        double y = z + 2.0, p = 0.0;
        for (int k = 5; k >= 0; k--) p = p * z + powers[k];
        ck_close(lrpot__chebyshev_value(c, 6, z), cubic(NULL, y), TOL_EXACT, 1);
        ck_close(p, cubic(NULL, y), TOL_EXACT, 1);
        ck_close(lrpot__chebyshev_value(derivative, 6, z), 2.0 - y + 0.75 * y * y, TOL_EXACT, 1);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("prolate");
    TCase *tcase = tcase_create("unit");
    support_add_cases(tcase, prolate_function_is_its_own_transform, 0, 6);
    support_add_cases(tcase, integrals_of_the_prolate_are_its_integrals, 0, 6);
    support_add_cases(tcase, screening_is_consistent, 0, 6);
    support_add_cases(tcase, window_pieces_join_and_add_up, 0, 18);
    tcase_add_test(tcase, chebyshev_series_of_a_cubic_is_the_cubic);
    suite_add_tcase(suite, tcase);
    return suite;
}
