/* Learned polar tensors against first-principles ones of liquid water and of water clusters. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

static const char *const symbols[2] = { "H", "O" };

/* Adds frames first, first + step, ... of a file; returns 0 (with a line of the test's output) when
 * the data are absent. */
static int add_file(lrpot_tensor_fit *fit, lrpot_workspace *work, const char *name, int32_t set,
                    int64_t first, int64_t step)
{
    char *path = support_data(name);
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL;
    if (path == NULL) return 0;
    ck_ok(lrpot_reader_open(&reader, path));
    lrpot_status status;
    for (int64_t k = 0; (status = lrpot_reader_next(reader, &frame)) == LRPOT_OK; k++) {
        if (k >= first && (k - first) % step == 0)
            ck_ok(lrpot_tensor_fit_add(fit, work, frame, set));
        lrpot_structure_free(frame);
    }
    ck_assert_int_eq(status, LRPOT_E_END);
    lrpot_reader_close(reader);
    free(path);
    return 1;
}

/* Negative where the data are absent. */
static double validation_error(const char *train, const char *valid, int split)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    lrpot_tensor_fit *fit = NULL;
    lrpot_workspace *work = NULL;
    double rmse = -1;
    int64_t n = 0;
    options.symbols = symbols;
    options.n_species = 2;
    options.levels[0] = options.levels[1] = 10; /* small: the suite runs in seconds */
    ck_ok(lrpot_tensor_model_create(&model, &options));
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    ck_ok(lrpot_workspace_create(&work, 1));
    int there = 1;
    for (int k = 0; k < (split ? 3 : 1); k++)
        there = there && add_file(fit, work, train, LRPOT_TENSOR_FIT_TRAIN, k, split ? 4 : 1);
    there = there
            && add_file(fit, work, valid, LRPOT_TENSOR_FIT_VALID, split ? 3 : 0, split ? 4 : 1);
    if (there) {
        ck_ok(lrpot_tensor_fit_run(fit, 0.0));
        ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &rmse, &n));
        ck_assert(n > 0 && rmse > 0);
    }
    lrpot_workspace_free(work);
    lrpot_tensor_fit_free(fit);
    lrpot_tensor_model_free(model);
    return rmse;
}

/* 0.033 e: the published latent model that was trained on tensors (arXiv 2504.05169). */
START_TEST(tensors_of_liquid_water_are_closer_than_those_of_the_latent_model)
{
    ck_assert_double_lt(
        validation_error("water_rpbe_d3/bec_train.xyz", "water_rpbe_d3/bec_val.xyz", 0), 0.033);
}
END_TEST

START_TEST(tensors_of_water_clusters_are_as_close)
{
    ck_assert_double_lt(validation_error("spice_bec/water.xyz", "spice_bec/water.xyz", 1), 0.025);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("tensors_water");
    TCase *tests = tcase_create("tensors_water");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, tensors_of_liquid_water_are_closer_than_those_of_the_latent_model);
    tcase_add_test(tests, tensors_of_water_clusters_are_as_close);
    suite_add_tcase(suite, tests);
    return suite;
}
