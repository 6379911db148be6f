/* Threads of a host share one model and have a workspace each: what they compute is what one thread
 * computes, bit for bit. */
#include "support.h"

#include "core/workspace.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

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
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.cutoff = charge_basis.cutoff = 4.0;
    charge_basis.level = 4;
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

#ifdef _OPENMP
/* Number of threads of the next region, whichever library opens it. */
static int team_size(void)
{
    int size = 0;
#pragma omp parallel reduction(+ : size)
    size += 1;
    return size;
}

/* The loss of a fit and its gradient, by one thread. */
static void compute_loss(lrpot_potential *model, lrpot_structure *s)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double loss, energy = 1.0, charge = 0.0;
    int64_t n = lrpot_potential_param_count(model);
    double *params = malloc(2 * (size_t)n * sizeof *params);
    ck_ok(lrpot_potential_get_params(model, n, params));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_fit_create(&fit, model, &options));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    ck_ok(lrpot_fit_loss(fit, n, params, &loss, params + n));
    lrpot_fit_free(fit);
    free(params);
}

/* A region of one thread leaves no trace: one of a BLAS that got fewer threads than it counted on
 * would wait for them forever. */
START_TEST(the_caller_keeps_its_number_of_threads)
{
    support_random random = { 7 };
    job j = { .model = charged_model(&random) };
    lrpot_structure *s = support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, symbols, 2.2);
    j.structure = s;
    omp_set_num_threads(3);
    ck_assert_int_eq(team_size(), 3);
    work_on(&j);
    ck_assert_int_eq(j.status, LRPOT_OK);
    ck_assert_int_eq(team_size(), 3);
    compute_loss((lrpot_potential *)j.model, s);
    ck_assert_int_eq(team_size(), 3);
    lrpot_structure_free(s);
    lrpot_potential_free((lrpot_potential *)j.model);
}
END_TEST
#endif

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

static char said[256];
static int times;

static void keep(void *ctx, int32_t level, const char *message)
{
    ck_assert(ctx == said && level == LRPOT_LOG_WARNING);
    snprintf(said, sizeof said, "%s", message);
    times++;
}

static lrpot_status run_twice(job *j, lrpot_workspace *work)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &j->energy, out.forces = j->forces, out.virial = j->virial;
    lrpot_status status = LRPOT_OK;
    for (int k = 0; k < 2 && status == LRPOT_OK; k++)
        status = lrpot_potential_compute_structure(j->model, work, j->structure, &out);
    return status;
}

static lrpot_status fit_once(lrpot_potential *model, lrpot_structure *structure, double *rmse)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    lrpot_fit *fit = NULL;
    options.threads = 2, options.max_iterations = 2, options.starts = 1;
    lrpot_status status = lrpot_fit_create(&fit, model, &options);
    lrpot_fit_set_log(fit, keep, said);
    for (int k = 0; k < 2 && status == LRPOT_OK; k++)
        status = lrpot_fit_add(fit, structure, LRPOT_FIT_TRAIN, 1.0);
    if (status == LRPOT_OK) status = lrpot_fit_run(fit, NULL, NULL);
    if (status == LRPOT_OK) status = lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors);
    *rmse = errors.rmse[LRPOT_FIT_FORCES];
    lrpot_fit_free(fit);
    return status;
}

/* The pool of threads stays in the parent; a child that waits for it is ended by its alarm. */
START_TEST(a_forked_child_goes_on_with_one_thread)
{
    support_random random = { 11 };
    lrpot_potential *model = charged_model(&random);
    lrpot_structure *structure =
        support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, symbols, 2.0);
    lrpot_workspace *work = NULL;
    double zero = 0.0, forces[3 * ATOMS] = { 0.1 }, before = 0.0, after = 0.0;
    int state = 0;
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_TOTAL_CHARGE, &zero));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FORCES, forces));
    job parent = { model, structure, LRPOT_OK, 0.0, { 0 }, { 0 } }, own = parent;
    ck_ok(lrpot_workspace_create(&work, 2));
    lrpot_workspace_set_log(work, keep, said);
    ck_ok(run_twice(&parent, work));
    ck_assert_int_eq(times, 0);
    double *params = malloc((size_t)lrpot_potential_param_count(model) * sizeof *params);
    ck_ok(lrpot_potential_get_params(model, lrpot_potential_param_count(model), params));
    ck_ok(fit_once(model, structure, &before));
    ck_ok(lrpot_potential_set_params(model, lrpot_potential_param_count(model), params));
    /* without OpenMP there is one thread from the start, and nothing to tell */
    int told = lrpot__workspace_threads(work) > 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(30);
        if (run_twice(&own, work) != LRPOT_OK) _exit(1);
        if (memcmp(&own.energy, &parent.energy, sizeof own.energy) != 0
            || memcmp(own.forces, parent.forces, sizeof own.forces) != 0)
            _exit(2);
        if (times != told || (told && strstr(said, "1 thread instead of 2") == NULL)) _exit(3);
        if (fit_once(model, structure, &after) != LRPOT_OK || after != before) _exit(4);
        if (times != 2 * told) _exit(5); /* a fit has a workspace of its own */
        _exit(0);
    }
    ck_assert(waitpid(child, &state, 0) == child);
    ck_assert_msg(WIFEXITED(state) && WEXITSTATUS(state) == 0, "%s %d",
                  WIFEXITED(state) ? "exit code" : "signal",
                  WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state));
    ck_ok(run_twice(&own, work)); /* the parent has its threads */
    ck_assert_int_eq(times, 0);
    free(params);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, threads_share_a_model);
#ifdef _OPENMP
    tcase_add_test(tcase, the_caller_keeps_its_number_of_threads);
#endif
    tcase_add_test(tcase, a_forked_child_goes_on_with_one_thread);
    tcase_add_test(tcase, each_thread_has_a_message_of_its_own);
    suite_add_tcase(suite, tcase);
    return suite;
}
