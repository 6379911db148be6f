#include "support.h"

#include "basis/plan/graph.h"
#include "basis/plan/plan_create.h"
#include "basis/plan/plan_import.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

/* Of the published templates; split by factors from the same source, 28 and steps other than 4 from
 * our own enumeration. */
static const struct {
    int32_t level, n_radial, n_basic, n_products, n_scalars, by_factors[4], max_rank, step;
} expected[] = {
    { 2, 1, 1, 0, 1, { 1, 0, 0, 0 }, 0, 4 },
    { 4, 1, 1, 1, 2, { 1, 1, 0, 0 }, 0, 4 },
    { 6, 2, 5, 5, 5, { 2, 2, 1, 0 }, 1, 4 },
    { 8, 2, 11, 14, 9, { 2, 4, 2, 1 }, 2, 4 },
    { 10, 3, 25, 42, 16, { 3, 6, 5, 2 }, 3, 4 },
    { 12, 3, 46, 117, 29, { 3, 10, 10, 6 }, 4, 4 },
    { 14, 4, 81, 348, 52, { 4, 14, 20, 14 }, 5, 4 },
    { 16, 4, 130, 969, 92, { 4, 20, 35, 33 }, 6, 4 },
    { 18, 5, 201, 2634, 163, { 5, 26, 62, 70 }, 7, 4 },
    { 12, 6, 71, 189, 61, { 6, 22, 23, 10 }, 4, 2 },
    { 14, 7, 127, 526, 122, { 7, 34, 51, 30 }, 5, 2 },
    { 16, 8, 211, 1381, 244, { 8, 50, 103, 83 }, 6, 2 },
    { 18, 9, 331, 3812, 483, { 9, 70, 196, 208 }, 7, 2 },
    { 14, 13, 198, 1097, 351, { 13, 91, 160, 87 }, 5, 1 },
    { 16, 5, 144, 824, 116, { 5, 27, 46, 38 }, 6, 3 },
    { 16, 2, 94, 623, 54, { 2, 10, 19, 23 }, 6, 8 },
    { 20, 5, 295, 6349, 288, { 5, 35, 100, 148 }, 8, 4 },
    { 22, 6, 421, 15431, 500, { 6, 44, 160, 290 }, 9, 4 },
    { 24, 6, 581, 36170, 864, { 6, 56, 244, 558 }, 10, 4 },
    { 26, 6, 706, 82520, 1464, { 6, 67, 366, 1025 }, 10, 4 },
    { 28, 6, 866, 180069, 2445, { 6, 81, 524, 1834 }, 10, 4 },
};

static lrpot__plan *plan_of_step(int32_t level, int32_t step)
{
    lrpot__plan *plan = NULL;
    ck_ok(lrpot__plan_create(&plan, level, step));
    return plan;
}

static lrpot__plan *plan_of(int32_t level)
{
    return plan_of_step(level, 4);
}

static lrpot__plan *plan_expected(int which)
{
    return plan_of_step(expected[which].level, expected[which].step);
}

START_TEST(sizes_are_those_of_the_published_templates)
{
    lrpot__plan *plan = plan_expected(_i);
    ck_assert_int_eq(plan->n_radial, expected[_i].n_radial);
    ck_assert_int_eq(plan->n_basic, expected[_i].n_basic);
    ck_assert_int_eq(plan->n_scalars, expected[_i].n_scalars);
    ck_assert_int_eq(plan->max_rank, expected[_i].max_rank);
    ck_assert_int_le(plan->n_products, expected[_i].n_products);
    lrpot__plan_free(plan);
}
END_TEST

/* Number of basic moments that a moment is a product of, and the sum of 2 + step mu + nu over them;
 * all terms must agree. */
static void weigh_moments(const lrpot__plan *plan, int32_t step, int32_t *factors, int32_t *level)
{
    for (int32_t k = 0; k < plan->n_moments; k++) factors[k] = level[k] = 0;
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const lrpot__moment *m = &plan->basic[k];
        factors[k] = 1;
        level[k] = 2 + step * m->mu + m->a + m->b + m->c;
    }
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        int32_t n = factors[p->left] + factors[p->right], l = level[p->left] + level[p->right];
        if (factors[p->target] != 0) {
            ck_assert_int_eq(factors[p->target], n);
            ck_assert_int_eq(level[p->target], l);
        }
        factors[p->target] = n;
        level[p->target] = l;
    }
}

START_TEST(scalars_split_by_factors_and_keep_to_the_level)
{
    lrpot__plan *plan = plan_expected(_i);
    int32_t *factors = malloc((size_t)plan->n_moments * sizeof *factors),
            *level = malloc((size_t)plan->n_moments * sizeof *level);
    int32_t count[5] = { 0 }, before = 0;
    weigh_moments(plan, expected[_i].step, factors, level);
    for (int32_t s = 0; s < plan->n_scalars; s++) {
        int32_t l = level[plan->scalars[s]];
        ck_assert_int_le(l, expected[_i].level);
        ck_assert_int_ge(l, before);
        before = l;
        count[factors[plan->scalars[s]]]++;
    }
    for (int n = 0; n < 4; n++) ck_assert_int_eq(count[n + 1], expected[_i].by_factors[n]);
    free(factors);
    free(level);
    lrpot__plan_free(plan);
}
END_TEST

START_TEST(every_moment_is_complete_before_use_and_used)
{
    lrpot__plan *plan = plan_expected(_i);
    int32_t *last_write = malloc((size_t)plan->n_moments * sizeof *last_write);
    char *used = calloc((size_t)plan->n_moments, 1);
    for (int32_t k = 0; k < plan->n_moments; k++) last_write[k] = k < plan->n_basic ? 0 : -1;
    for (int32_t t = 0; t < plan->n_products; t++) last_write[plan->products[t].target] = t;
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        ck_assert_int_ge(p->target, plan->n_basic);
        ck_assert(p->left < plan->n_basic || (last_write[p->left] >= 0 && last_write[p->left] < t));
        ck_assert(p->right < plan->n_basic
                  || (last_write[p->right] >= 0 && last_write[p->right] < t));
        ck_assert_int_ge(p->factor, 1);
        used[p->left] = used[p->right] = 1;
    }
    for (int32_t s = 0; s < plan->n_scalars; s++) used[plan->scalars[s]] = 1;
    for (int32_t k = 0; k < plan->n_moments; k++) ck_assert_msg(used[k], "moment %d is dead", k);
    free(last_write);
    free(used);
    lrpot__plan_free(plan);
}
END_TEST

START_TEST(no_target_lists_a_pair_of_moments_twice)
{
    lrpot__plan *plan = plan_expected(_i);
    for (int32_t t = 0; t < plan->n_products; t++)
        for (int32_t u = t + 1;
             u < plan->n_products && plan->products[u].target == plan->products[t].target; u++) {
            const lrpot__product *p = &plan->products[t], *q = &plan->products[u];
            ck_assert(!(p->left == q->left && p->right == q->right)
                      && !(p->left == q->right && p->right == q->left));
        }
    lrpot__plan_free(plan);
}
END_TEST

START_TEST(basic_moments_are_in_the_order_of_the_templates)
{
    lrpot__plan *plan = plan_of(16);
    for (int32_t k = 1; k < plan->n_basic; k++) {
        const lrpot__moment *p = &plan->basic[k - 1], *q = &plan->basic[k];
        int32_t before[4] = { p->mu, p->a + p->b + p->c, -p->a, -p->b },
                after[4] = { q->mu, q->a + q->b + q->c, -q->a, -q->b };
        int i = 0;
        while (i < 4 && before[i] == after[i]) i++;
        ck_assert(i < 4 && before[i] < after[i]);
    }
    lrpot__plan_free(plan);
}
END_TEST

START_TEST(levels_that_do_not_exist_are_refused)
{
    static const int32_t wrong[] = { -2, 0, 1, 7, 30 };
    lrpot__plan *plan = NULL;
    ck_assert_int_eq(lrpot__plan_create(&plan, wrong[_i], 4), LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(steps_that_do_not_exist_are_refused)
{
    static const int32_t wrong[] = { -1, 0, 9 };
    lrpot__plan *plan = NULL;
    ck_assert_int_eq(lrpot__plan_create(&plan, 8, wrong[_i]), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "radial_step"));
    ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(too_many_functions_are_refused)
{
    lrpot__plan *plan = NULL;
    ck_assert_int_eq(lrpot__plan_create(&plan, 24, 1), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "18593 functions"));
    ck_assert_ptr_null(plan);
}
END_TEST

/* Radial functions that cost less take nothing away: each contraction is still there, at a level of
 * its own that is no higher. */
START_TEST(functions_of_a_level_stay_when_the_step_falls)
{
    int32_t step = 1 + _i, level = 18;
    lrpot__graph_rule dear = lrpot__graph_rule_of(level, step + 1),
                      cheap = lrpot__graph_rule_of(level, step);
    lrpot__graph *few = NULL, *many = NULL;
    int64_t n_few = 0, n_many = 0;
    ck_ok(lrpot__graphs_create(&few, &n_few, &dear));
    ck_ok(lrpot__graphs_create(&many, &n_many, &cheap));
    ck_assert_int_lt(n_few, n_many);
    for (int64_t g = 0; g < n_few; g++) {
        lrpot__graph same = lrpot__graph_part(&few[g], (1 << few[g].vertices) - 1, &cheap);
        const lrpot__graph *found =
            bsearch(&same, many, (size_t)n_many, sizeof same, lrpot__graph_compare);
        ck_assert_ptr_nonnull(found);
        ck_assert_int_le(same.level, few[g].level);
    }
    lrpot__free(few);
    lrpot__free(many);
}
END_TEST

START_TEST(import_takes_the_library_s_own_tables)
{
    lrpot__plan *plan = plan_of(14), *copy = NULL;
    ck_ok(lrpot__plan_import(&copy, plan));
    ck_assert_int_eq(copy->n_products, plan->n_products);
    ck_assert_int_eq(copy->n_radial, plan->n_radial);
    ck_assert_int_eq(copy->max_rank, plan->max_rank);
    lrpot__plan_free(copy);
    lrpot__plan_free(plan);
}
END_TEST

/* Damages one number of good tables. */
static void damage(lrpot__plan *plan, int what)
{
    switch (what) {
    case 0: plan->products[3].left = plan->n_moments; break;
    case 1: plan->products[3].right = -1; break;
    case 2: plan->products[0].target = 0; break;
    case 3: plan->products[0].left = plan->products[plan->n_products - 1].target; break;
    case 4: plan->products[5].right = plan->products[5].target; break;
    case 5: plan->scalars[2] = plan->n_moments; break;
    case 6: plan->basic[1].mu = -1; break;
    case 7: plan->basic[1].a = 1000; break;
    case 8: plan->n_radial++; break;
    case 9: plan->n_basic = 0; break;
    case 10: plan->n_moments = 2000000000; break;
    default:
        plan->n_moments++;
        plan->scalars[0] = plan->n_moments - 1;
        break;
    }
}

START_TEST(import_refuses_damaged_tables)
{
    lrpot__plan *plan = plan_of(10), *copy = NULL;
    damage(plan, _i);
    ck_assert_int_eq(lrpot__plan_import(&copy, plan), LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(copy);
    lrpot__plan_free(plan);
}
END_TEST

static void add_levels(TCase *tc, int first, int end)
{
    support_add_cases(tc, sizes_are_those_of_the_published_templates, first, end);
    support_add_cases(tc, scalars_split_by_factors_and_keep_to_the_level, first, end);
    support_add_cases(tc, every_moment_is_complete_before_use_and_used, first, end);
    support_add_cases(tc, no_target_lists_a_pair_of_moments_twice, first, end);
}

Suite *lrpot_suite(void)
{
    enum { LEVELS = sizeof expected / sizeof expected[0], FAST = 16 };
    Suite *suite = suite_create("basis_plan");
    TCase *tc = tcase_create("plan"), *high = tcase_create("high_levels");
    add_levels(tc, 0, FAST);
    tcase_add_test(tc, basic_moments_are_in_the_order_of_the_templates);
    support_add_cases(tc, levels_that_do_not_exist_are_refused, 0, 5);
    support_add_cases(tc, steps_that_do_not_exist_are_refused, 0, 3);
    tcase_add_test(tc, too_many_functions_are_refused);
    support_add_cases(tc, functions_of_a_level_stay_when_the_step_falls, 0, 7);
    tcase_add_test(tc, import_takes_the_library_s_own_tables);
    support_add_cases(tc, import_refuses_damaged_tables, 0, 12);
    add_levels(high, FAST, LEVELS);
    tcase_set_tags(high, "slow");
    tcase_set_timeout(high, 120);
    suite_add_tcase(suite, tc);
    suite_add_tcase(suite, high);
    return suite;
}
