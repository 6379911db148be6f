#include "basis/nep/nep_run.h"

#include "basis/nep/nep_kernel.h"
#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "structure/nlist.h"

#include <assert.h>
#include <string.h>

static const lrpot__tag positions_tag = { "positions" };
static const lrpot__tag translations_tag = { "vectors of the images" };
static const lrpot__tag sums_tag = { "sums of the threads" };
static const lrpot__tag forces_tag = { "forces of a thread" };
static const lrpot__tag virials_tag = { "virials of a thread" };
static const lrpot__tag centres_tag = { "virials of the centres" };
static const lrpot__tag scratch_tag = { "scratch of a kernel" };

static lrpot_status pack_positions(lrpot__nep_job *job, lrpot_workspace *work)
{
    int64_t stride = job->atoms->stride != 0 ? job->atoms->stride : 3, n = job->atoms->n_all;
    double *packed = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &positions_tag, 4 * n, &packed));
    for (int64_t i = 0; i < n; i++) {
        for (int c = 0; c < 3; c++) packed[4 * i + c] = job->atoms->positions[i * stride + c];
        packed[4 * i + 3] = 0.0;
    }
    job->positions = packed;
    return LRPOT_OK;
}

static lrpot_status pack_translations(lrpot__nep_job *job, lrpot_workspace *work)
{
    double *packed = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &translations_tag, 4 * (int64_t)job->rows.n_images,
                                        &packed));
    for (int64_t i = 0; i < job->rows.n_images; i++)
        for (int c = 0; c < 4; c++) {
            packed[4 * i + c] = 0.0;
            for (int d = 0; d < 3 && c < 3; d++)
                if (job->rows.images[3 * i + d] != 0)
                    packed[4 * i + c] += job->rows.images[3 * i + d] * job->atoms->cell[3 * d + c];
        }
    job->translations = packed;
    return LRPOT_OK;
}

static lrpot_status allot_sums(const lrpot__nep_job *job, lrpot_workspace *work, int32_t threads,
                               lrpot__nep_sums **out)
{
    const lrpot__nep_request *request = job->request;
    int64_t rows = job->atoms->n_all + LRPOT__NEP_PADDING;
    void *block = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, &sums_tag, 0, threads, sizeof **out, &block));
    lrpot__nep_sums *sums = block;
    memset(sums, 0, (size_t)threads * sizeof *sums);
    for (int32_t t = 0; t < threads; t++) {
        if (request->forces != NULL)
            LRPOT__TRY(
                lrpot__workspace_thread_doubles(work, &forces_tag, t, 4 * rows, &sums[t].forces));
        if (request->virial_neighbour != NULL)
            LRPOT__TRY(lrpot__workspace_thread_doubles(work, &virials_tag, t, 9 * rows,
                                                       &sums[t].virial_neighbour));
        if (request->virial_centre != NULL)
            LRPOT__TRY(lrpot__workspace_thread_doubles(work, &centres_tag, t, 9 * rows,
                                                       &sums[t].virial_centre));
    }
    *out = sums;
    return LRPOT_OK;
}

static const lrpot__nep_kernel *kernel_of(const lrpot__nep_job *job)
{
    int32_t kernel = job->evaluator->kernel;
    return job->single != NULL ? lrpot__nep_kernel_get_single(kernel)
                               : lrpot__nep_kernel_get(kernel);
}

/* Each thread zeroes its own rows, so that the pages are in memory near it. */
static void zero_rows(double *array, int64_t count)
{
    if (array != NULL) memset(array, 0, (size_t)count * sizeof *array);
}

static void run_thread(const lrpot__nep_job *job, int32_t thread, int32_t threads, void *scratch,
                       lrpot__nep_sums *sums)
{
    int64_t n = job->atoms->n_owned, rows = job->atoms->n_all + LRPOT__NEP_PADDING;
    zero_rows(sums->forces, 4 * rows);
    zero_rows(sums->virial_neighbour, 9 * rows);
    zero_rows(sums->virial_centre, 9 * rows);
    kernel_of(job)->run(job, n * thread / threads, n * (thread + 1) / threads, scratch, sums);
}

static lrpot_status first_failure(const lrpot__nep_sums *sums, int32_t threads)
{
    for (int32_t t = 0; t < threads; t++) {
        long long i = (long long)sums[t].failed_i, j = (long long)sums[t].failed_j;
        if (sums[t].failed)
            return lrpot__fail(LRPOT_E_COINCIDENT, "atoms %lld and %lld have the same position",
                               i < j ? i : j, i < j ? j : i);
    }
    return LRPOT_OK;
}

/* Adds the sums of the threads, always in the same order. */
static void add_atom(const lrpot__nep_request *request, const lrpot__nep_sums *sums,
                     int32_t threads, int64_t from, int64_t to)
{
    for (int32_t t = 0; t < threads; t++) {
        for (int c = 0; c < 3 && request->forces != NULL; c++)
            request->forces[3 * to + c] += sums[t].forces[4 * from + c];
        for (int c = 0; c < 9 && request->virial_neighbour != NULL; c++)
            request->virial_neighbour[9 * to + c] += sums[t].virial_neighbour[9 * from + c];
        for (int c = 0; c < 9 && request->virial_centre != NULL; c++)
            request->virial_centre[9 * to + c] += sums[t].virial_centre[9 * from + c];
    }
}

static void add_sums(const lrpot__nep_job *job, const lrpot__nep_sums *sums, int32_t threads)
{
    const int64_t *owner = job->atoms->ghost_owner;
    int64_t n_all = job->atoms->n_all, apart = owner != NULL ? job->atoms->n_owned : n_all;
    for (int32_t t = 0; t < threads && job->request->virial != NULL; t++)
        for (int c = 0; c < 9; c++) job->request->virial[c] += sums[t].virial[c];
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static)
    for (int64_t i = 0; i < apart; i++) add_atom(job->request, sums, threads, i, i);
    /* Several ghosts may have one owner. */
    for (int64_t i = apart; i < n_all; i++) add_atom(job->request, sums, threads, i, owner[i]);
}

static lrpot_status run_threads(const lrpot__nep_job *job, lrpot_workspace *work)
{
    int32_t threads = lrpot__workspace_threads(work);
    int64_t bytes = kernel_of(job)->scratch_bytes(job);
    lrpot__nep_sums *sums = NULL;
    void *scratch = NULL;
    LRPOT__TRY(allot_sums(job, work, threads, &sums));
    for (int32_t t = 0; t < threads; t++)
        LRPOT__TRY(lrpot__workspace_block(work, &scratch_tag, t, bytes, 1, &scratch));
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static, 1)
    for (int32_t t = 0; t < threads; t++) {
        void *own = NULL; /* the loop above has made it large enough: this cannot fail */
        if (lrpot__workspace_block(work, &scratch_tag, t, bytes, 1, &own) == LRPOT_OK)
            run_thread(job, t, threads, own, &sums[t]);
    }
    LRPOT__TRY(first_failure(sums, threads));
    if (job->backward) add_sums(job, sums, threads);
    return LRPOT_OK;
}

lrpot_status lrpot__nep_run(const lrpot__nep_evaluator *evaluator, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            const lrpot__nep_request *request)
{
    lrpot__nep_job job = { .evaluator = evaluator, .atoms = atoms, .request = request };
    assert(evaluator != NULL && work != NULL && atoms != NULL && list != NULL);
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, evaluator->nep->cutoff, &job.rows));
    LRPOT__TRY(
        lrpot__all_finite("weights of the energies", atoms->n_owned, request->energy_weights));
    LRPOT__TRY(
        lrpot__all_finite("weights of the charges", atoms->n_owned, request->charge_weights));
    job.backward = request->forces != NULL || request->virial != NULL
                   || request->virial_neighbour != NULL || request->virial_centre != NULL;
    if (request->mixed) job.single = atomic_load(&evaluator->single);
    LRPOT__TRY(pack_positions(&job, work));
    LRPOT__TRY(pack_translations(&job, work));
    return run_threads(&job, work);
}
