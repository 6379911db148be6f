/* A fit shared by processes, each on its own thread here, gives what one process gives with all the
 * frames. */
#include "models.h"
#include "support.h"

#include <pthread.h>

#define N_RANKS 3
#define N_FRAMES 8
#define N_ATOMS 7
#define TRY(call)                            \
    do {                                     \
        lrpot_status tried = (call);         \
        if (tried != LRPOT_OK) return tried; \
    } while (0)

typedef struct {
    pthread_barrier_t barrier;
    double *buffers[N_RANKS];
} network;

typedef struct {
    network *net;
    int rank, n_ranks; /* n_ranks 1: alone */
    int n_frames;
    int32_t kind;
    double *params, *gradient; /* results */
    double barrier[3 * MODEL_SPECIES * MODEL_SPECIES];
    int64_t n;
    double loss, start;
    lrpot_fit_errors errors;
    lrpot_status status;
    int stop_at, iterations;
    char message[256];
} member;

static lrpot_status sum_over_ranks(void *ctx, double *buffer, int64_t n)
{
    member *m = ctx;
    double *total = calloc((size_t)n + 1, sizeof *total);
    m->net->buffers[m->rank] = buffer;
    pthread_barrier_wait(&m->net->barrier);
    for (int r = 0; r < N_RANKS; r++)
        for (int64_t k = 0; k < n; k++) total[k] += m->net->buffers[r][k];
    pthread_barrier_wait(&m->net->barrier);
    memcpy(buffer, total, (size_t)n * sizeof *total);
    free(total);
    return LRPOT_OK;
}

/* Two of three frames are the first process', the last one has none; only the second has frames of
 * source 1. */
static int owner_of(int frame)
{
    return frame % 3 == 1 ? 1 : 0;
}

static lrpot_status add_frames(lrpot_fit *fit, const member *m)
{
    support_random random = { 311 };
    lrpot_status status = LRPOT_OK;
    for (int f = 0; f < m->n_frames && status == LRPOT_OK; f++) {
        lrpot_structure *s = models_random_structure(&random, f % 2 ? CELL_NONE : CELL_TRICLINIC,
                                                     N_ATOMS, f % 3 - 1);
        lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
        double energy = support_uniform(&random, -3, 3), forces[3 * N_ATOMS], charges[N_ATOMS];
        for (int k = 0; k < 3 * N_ATOMS; k++) forces[k] = support_uniform(&random, -0.3, 0.3);
        for (int k = 0; k < N_ATOMS; k++) charges[k] = support_uniform(&random, -1, 1);
        how.source = owner_of(f), how.set = f < m->n_frames - 2 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID;
        status = lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy);
        if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces);
        if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, charges);
        if (status == LRPOT_OK && (m->n_ranks == 1 || owner_of(f) == m->rank))
            status = lrpot_fit_add_frame(fit, s, &how);
        lrpot_structure_free(s);
    }
    return status;
}

static int32_t count_and_stop(void *ctx, const lrpot_fit_progress *progress)
{
    member *m = ctx;
    (void)progress;
    return ++m->iterations == m->stop_at;
}

static lrpot_status fit_and_measure(member *m, lrpot_potential *potential, lrpot_fit *fit)
{
    lrpot_comm comm = LRPOT_COMM_INIT;
    int64_t own = lrpot_potential_param_count(potential);
    comm.ctx = m, comm.sum = sum_over_ranks;
    if (m->n_ranks > 1) TRY(lrpot_fit_set_comm(fit, &comm));
    TRY(add_frames(fit, m));
    TRY(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &m->errors));
    m->n = lrpot_fit_param_count(fit);
    m->params = calloc((size_t)(2 * m->n), sizeof *m->params);
    m->gradient = m->params + m->n;
    TRY(lrpot_potential_get_params(potential, own, m->params));
    TRY(lrpot_fit_loss(fit, m->n, m->params, &m->start, m->gradient));
    lrpot_status status = lrpot_fit_run(fit, count_and_stop, m);
    if (status != LRPOT_OK && status != LRPOT_E_INTERRUPTED) return status;
    TRY(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &m->errors));
    TRY(lrpot_potential_get_params(potential, own, m->params));
    TRY(lrpot_potential_get_gap_barrier(potential, m->barrier,
                                        m->barrier + MODEL_SPECIES * MODEL_SPECIES,
                                        m->barrier + 2 * MODEL_SPECIES * MODEL_SPECIES));
    TRY(lrpot_fit_offsets(fit, 1, MODEL_SPECIES, m->params + own));
    return status;
}

static void *run(void *ctx)
{
    member *m = ctx;
    support_random random = { 17 };
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    lrpot_potential *potential = models_random_potential(&random, m->kind);
    options.max_iterations = 6, options.starts = 1, options.errors[LRPOT_FIT_FORCES] = 0.05;
    options.gap_barrier = 0.5;
    m->errors = (lrpot_fit_errors)LRPOT_FIT_ERRORS_INIT;
    m->status = lrpot_fit_create(&fit, potential, &options);
    if (m->status == LRPOT_OK) m->status = fit_and_measure(m, potential, fit);
    (void)lrpot_last_error_copy(m->message, sizeof m->message);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    return NULL;
}

static void run_together(member *members, network *net)
{
    pthread_t threads[N_RANKS];
    ck_assert_int_eq(pthread_barrier_init(&net->barrier, NULL, N_RANKS), 0);
    for (int r = 0; r < N_RANKS; r++) {
        members[r].net = net, members[r].rank = r, members[r].n_ranks = N_RANKS;
        ck_assert_int_eq(pthread_create(&threads[r], NULL, run, &members[r]), 0);
    }
    for (int r = 0; r < N_RANKS; r++) pthread_join(threads[r], NULL);
    pthread_barrier_destroy(&net->barrier);
}

static const int32_t kinds[] = { LRPOT_CHARGES_NONE, LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_LATENT,
                                 LRPOT_CHARGES_EQUILIBRATED };

START_TEST(processes_give_the_model_that_one_gives)
{
    network net;
    member alone = { .n_ranks = 1, .n_frames = N_FRAMES, .kind = kinds[_i] }, members[N_RANKS];
    run(&alone);
    ck_assert_msg(alone.status == LRPOT_OK, "alone: %s", alone.message);
    for (int r = 0; r < N_RANKS; r++)
        members[r] = (member){ .n_frames = N_FRAMES, .kind = kinds[_i] };
    run_together(members, &net);
    for (int r = 0; r < N_RANKS; r++) {
        const member *m = &members[r];
        ck_assert_msg(m->status == LRPOT_OK, "process %d: %s", r, m->message);
        ck_assert_int_eq(m->n, alone.n);
        ck_close(m->start, alone.start, 1e-12, alone.start);
        for (int64_t k = 0; k < m->n; k++)
            ck_close(m->gradient[k], alone.gradient[k], 1e-9,
                     models_largest(alone.gradient, alone.n));
        ck_assert_mem_eq(m->params, members[0].params, (size_t)m->n * sizeof(double));
        ck_assert_mem_eq(m->barrier, alone.barrier, sizeof alone.barrier);
        ck_assert_int_eq(m->errors.n[LRPOT_FIT_FORCES], alone.errors.n[LRPOT_FIT_FORCES]);
        ck_close(m->errors.rmse[LRPOT_FIT_FORCES], alone.errors.rmse[LRPOT_FIT_FORCES], 1e-4,
                 alone.errors.rmse[LRPOT_FIT_FORCES]);
        ck_close(m->errors.rmse[LRPOT_FIT_ENERGY], alone.errors.rmse[LRPOT_FIT_ENERGY], 1e-4,
                 alone.errors.rmse[LRPOT_FIT_FORCES]);
    }
    ck_assert(models_largest(alone.barrier, 3 * MODEL_SPECIES * MODEL_SPECIES) > 0);
    for (int r = 0; r < N_RANKS; r++) free(members[r].params);
    free(alone.params);
}
END_TEST

START_TEST(one_process_stops_all)
{
    network net;
    member members[N_RANKS];
    for (int r = 0; r < N_RANKS; r++)
        members[r] =
            (member){ .n_frames = N_FRAMES, .kind = LRPOT_CHARGES_QRD, .stop_at = r == 1 ? 3 : 0 };
    run_together(members, &net);
    for (int r = 0; r < N_RANKS; r++) {
        ck_assert_int_eq(members[r].status, LRPOT_E_INTERRUPTED);
        ck_assert_int_eq(members[r].iterations, 3);
        free(members[r].params);
    }
}
END_TEST

START_TEST(no_data_anywhere_is_an_error_everywhere)
{
    network net;
    member members[N_RANKS];
    for (int r = 0; r < N_RANKS; r++)
        members[r] =
            (member){ .n_frames = 2, .kind = LRPOT_CHARGES_NONE }; /* both for validation */
    run_together(members, &net);
    for (int r = 0; r < N_RANKS; r++) {
        ck_assert_int_eq(members[r].status, LRPOT_E_STATE);
        free(members[r].params);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_ranks");
    TCase *tcase = tcase_create("fit_ranks");
    tcase_set_timeout(tcase, 300);
    support_add_cases(tcase, processes_give_the_model_that_one_gives, 0, 4);
    tcase_add_test(tcase, one_process_stops_all);
    tcase_add_test(tcase, no_data_anywhere_is_an_error_everywhere);
    suite_add_tcase(suite, tcase);
    return suite;
}
