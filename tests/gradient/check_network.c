/* The network beside a linear head: what its passes say against differences of its value. */
#include "basis/network.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

enum { FEATURES = 5, SPECIES = 2, OUTPUTS = 2, OUTPUT = 1, KIND = 1 };

typedef struct {
    lrpot__network *network;
    double features[FEATURES], total_charge;
    double *at; /* what a difference moves: a feature, the total charge or a weight */
} place;

static double value_at(double x, void *ctx)
{
    place *p = ctx;
    double kept = *p->at;
    *p->at = x;
    double value =
        lrpot__network_run(p->network, OUTPUT, KIND, p->features, p->total_charge, 1.0, NULL);
    *p->at = kept;
    return value;
}

static double slope_by_features(place *p, double *at)
{
    p->at = at;
    return support_difference(value_at, p, *at, 1e-3);
}

/* One layer or two, with and without the total charge. */
static place random_place(support_random *random, int number)
{
    const int32_t widths[LRPOT__NETWORK_LAYERS] = { 4, number % 2 * 3 };
    place p = { .total_charge = support_uniform(random, -2, 2) };
    ck_ok(lrpot__network_create(&p.network, FEATURES, SPECIES, OUTPUTS, widths, number / 2));
    for (int64_t w = 0; w < lrpot__network_count(p.network); w++)
        p.network->weights[w] = support_uniform(random, -1, 1);
    for (int k = 0; k < FEATURES; k++) p.features[k] = support_uniform(random, -1, 1);
    return p;
}

static double *own_weights(const place *p)
{
    return p->network->weights + lrpot__network_index(p->network, OUTPUT, KIND);
}

static void fill_inputs(const place *p, double *inputs)
{
    memcpy(inputs, p->features, sizeof p->features);
    if (p->network->with_charge) inputs[FEATURES] = p->total_charge;
    inputs[p->network->n_inputs - 1] = 1.0;
}

START_TEST(coefficients_are_the_slope_by_the_features)
{
    support_random random = { 40 + (uint64_t)_i };
    place p = random_place(&random, _i);
    double coefficients[FEATURES] = { 0 },
           value = lrpot__network_run(p.network, OUTPUT, KIND, p.features, p.total_charge, 0.7,
                                      coefficients);
    p.at = &p.total_charge;
    ck_close(value, value_at(p.total_charge, &p), TOL_EXACT, 1);
    for (int k = 0; k < FEATURES; k++)
        ck_close(coefficients[k], 0.7 * slope_by_features(&p, &p.features[k]), TOL_FD, 1);
    lrpot__network_free(p.network);
}
END_TEST

START_TEST(expansion_has_the_slope_by_each_weight)
{
    support_random random = { 50 + (uint64_t)_i };
    place p = random_place(&random, _i);
    int64_t behind = lrpot__network_weights_behind(p.network), inputs = p.network->n_inputs,
            front = p.network->widths[0] * inputs;
    double x[FEATURES + 2], *by_weights = calloc((size_t)behind, sizeof(double)),
                            *slopes = calloc((size_t)(4 * behind), sizeof(double));
    lrpot__network_expansion expansion;
    fill_inputs(&p, x);
    lrpot__network_expand(p.network, OUTPUT, KIND, x, &expansion, by_weights, slopes, behind);
    for (int64_t w = 0; w < p.network->n_weights; w++) {
        p.at = own_weights(&p) + w;
        double expected = w < front ? expansion.slope[w / inputs] * x[w % inputs]
                                    : by_weights[w - front];
        ck_close(expected, support_difference(value_at, &p, *p.at, 1e-3), TOL_FD, 1);
    }
    free(by_weights);
    free(slopes);
    lrpot__network_free(p.network);
}
END_TEST

typedef struct {
    place p;
    double *at, x[FEATURES + 2];
    int32_t node;
} second_place;

/* dn/dt of a node as a function of what `at` points to. */
static double slope_at(double x, void *ctx)
{
    second_place *s = ctx;
    double kept = *s->at, scratch[5 * 32];
    lrpot__network_expansion expansion;
    *s->at = x;
    lrpot__network_expand(s->p.network, OUTPUT, KIND, s->x, &expansion, scratch, scratch + 32, 32);
    *s->at = kept;
    return expansion.slope[s->node];
}

/* The last input is 1 whatever the atom: its weight moves a sum alone. */
START_TEST(expansion_has_the_second_derivatives)
{
    support_random random = { 60 + (uint64_t)_i };
    second_place s = { .p = random_place(&random, _i) };
    int64_t behind = lrpot__network_weights_behind(s.p.network), inputs = s.p.network->n_inputs,
            width = s.p.network->widths[0];
    double by_weights[32], slopes[4 * 32];
    lrpot__network_expansion expansion;
    ck_assert_int_le(behind, 32);
    fill_inputs(&s.p, s.x);
    lrpot__network_expand(s.p.network, OUTPUT, KIND, s.x, &expansion, by_weights, slopes, 32);
    for (s.node = 0; s.node < width; s.node++) {
        for (int64_t h = 0; h < width; h++) {
            s.at = own_weights(&s.p) + h * inputs + inputs - 1;
            ck_close(expansion.curvature[s.node * width + h],
                     support_difference(slope_at, &s, *s.at, 1e-3), TOL_FD, 1);
        }
        for (int64_t w = 0; w < behind; w++) {
            s.at = own_weights(&s.p) + width * inputs + w;
            ck_close(slopes[s.node * 32 + w], support_difference(slope_at, &s, *s.at, 1e-3), TOL_FD,
                     1);
        }
    }
    lrpot__network_free(s.p.network);
}
END_TEST

START_TEST(shapes_that_make_no_sense_are_refused)
{
    const int32_t wrong[4][3] = {
        { 0, 3, 0 }, { 0, 0, 1 }, { -1, 0, 0 }, { 4, LRPOT__NETWORK_WIDTH + 1, 0 }
    };
    const int32_t none[2] = { 0, 0 };
    lrpot__network *network = NULL;
    for (int k = 0; k < 4; k++)
        ck_assert_int_eq(
            lrpot__network_create(&network, FEATURES, SPECIES, OUTPUTS, wrong[k], wrong[k][2]),
            LRPOT_E_ARGUMENT);
    ck_ok(lrpot__network_create(&network, FEATURES, SPECIES, OUTPUTS, none, 0));
    ck_assert_ptr_null(network);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("network");
    TCase *tcase = tcase_create("network");
    support_add_cases(tcase, coefficients_are_the_slope_by_the_features, 0, 4);
    support_add_cases(tcase, expansion_has_the_slope_by_each_weight, 0, 4);
    support_add_cases(tcase, expansion_has_the_second_derivatives, 0, 4);
    tcase_add_test(tcase, shapes_that_make_no_sense_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
