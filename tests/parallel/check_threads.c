/* Threads of a host share one model and have a workspace each: what they compute is what one thread
 * computes, bit for bit. */
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, ATOMS = 24, ROUNDS = 3 };

static const char *const symbols[] = { "Na", "Cl" };

typedef struct job {
    const lrpot_potential *model;
    const lrpot_structure *structure;
    lrpot_status status;
    double energy, forces[3 * ATOMS], virial[9];
} job;

static void *work_on(void *argument)
{
    job *j = argument;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &j->energy;
    out.forces = j->forces;
    out.virial = j->virial;
    j->status = lrpot_workspace_create(&work, 1);
    for (int round = 0; round < ROUNDS && j->status == LRPOT_OK; round++)
        j->status = lrpot_potential_compute_structure(j->model, work, j->structure, &out);
    lrpot_workspace_free(work);
    return NULL;
}

static lrpot_potential *charged_model(support_random *random)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    options.symbols = symbols;
    options.basis.n_species = options.charge_basis.n_species = 2;
    options.basis.cutoff = options.charge_basis.cutoff = 4.0;
    options.charge_basis.level = 4;
    options.charges = LRPOT_CHARGES_EDQRD;
    ck_ok(lrpot_potential_create(&model, &options));
    int64_t count = lrpot_potential_param_count(model);
    double *params = malloc((size_t)count * sizeof *params);
    ck_assert_ptr_nonnull(params);
    ck_ok(lrpot_potential_get_params(model, count, params));
    for (int64_t k = 0; k < count; k++) params[k] += support_uniform(random, -0.01, 0.01);
    ck_ok(lrpot_potential_set_params(model, count, params));
    free(params);
    return model;
}

START_TEST(threads_share_a_model)
{
    support_random random = { 7 };
    lrpot_potential *model = charged_model(&random);
    static job jobs[THREADS], alone[THREADS];
    pthread_t threads[THREADS];
    lrpot_structure *structures[THREADS];
    for (int t = 0; t < THREADS; t++) {
        structures[t] = support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, symbols, 2.2);
        jobs[t].model = alone[t].model = model;
        jobs[t].structure = alone[t].structure = structures[t];
    }
    for (int t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_create(&threads[t], NULL, work_on, &jobs[t]), 0);
    for (int t = 0; t < THREADS; t++) ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    for (int t = 0; t < THREADS; t++) {
        work_on(&alone[t]);
        ck_assert_int_eq(jobs[t].status, LRPOT_OK);
        ck_assert_int_eq(alone[t].status, LRPOT_OK);
        ck_assert_int_eq(memcmp(&jobs[t].energy, &alone[t].energy, sizeof alone[t].energy), 0);
        ck_assert_int_eq(memcmp(jobs[t].forces, alone[t].forces, sizeof alone[t].forces), 0);
        ck_assert_int_eq(memcmp(jobs[t].virial, alone[t].virial, sizeof alone[t].virial), 0);
        lrpot_structure_free(structures[t]);
    }
    lrpot_potential_free(model);
}
END_TEST

static void *fail_once(void *argument)
{
    char *message = argument;
    lrpot_potential *model = NULL;
    if (lrpot_potential_load(&model, message) == LRPOT_OK) return NULL;
    lrpot_last_error_copy(message, 256);
    return NULL;
}

START_TEST(each_thread_has_a_message_of_its_own)
{
    char messages[THREADS][256];
    pthread_t threads[THREADS];
    for (int t = 0; t < THREADS; t++)
        snprintf(messages[t], sizeof messages[t], "no-such-file-%d", t);
    for (int t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_create(&threads[t], NULL, fail_once, messages[t]), 0);
    for (int t = 0; t < THREADS; t++) {
        char name[32];
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
        snprintf(name, sizeof name, "no-such-file-%d", t);
        ck_assert_ptr_nonnull(strstr(messages[t], name));
        ck_assert_uint_gt(strlen(messages[t]), strlen(name));
    }
    ck_assert_str_eq(lrpot_last_error(), "");
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, threads_share_a_model);
    tcase_add_test(tcase, each_thread_has_a_message_of_its_own);
    suite_add_tcase(suite, tcase);
    return suite;
}
