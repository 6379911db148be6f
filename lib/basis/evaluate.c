/* Moment tensors: runs a kernel over the owned atoms with the threads of the workspace, and adds up
 * the threads' sums. */
#include "basis/evaluate.h"

#include "basis/kernels/basis_kernel.h"
#include "basis/network.h"
#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"
#include "structure/nlist.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const lrpot__tag translations_tag = { "vectors of the images" };
static const lrpot__tag sums_tag = { "sums of a thread" };
static const lrpot__tag scratch_tag = { "scratch of a kernel" };

static lrpot_status check_finite(const double *values, int64_t n, const char *what)
{
    double sum = 0.0;
    for (int64_t i = 0; values != NULL && i < n; i++)
        sum += values[i] * 0.0; /* 0 unless one is not finite */
    return sum == 0.0 ? LRPOT_OK : lrpot__fail(LRPOT_E_NOT_FINITE, "%s are not all finite", what);
}

static lrpot_status check_request(const lrpot_basis *basis, const lrpot_atoms *atoms,
                                  const lrpot__request *request)
{
    int64_t k = basis->plan->n_scalars;
    if (request->virial_centre != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "moment tensors assign the virial to neighbours alone");
    LRPOT__TRY(check_finite(request->coefficients,
                            request->species_stride != 0 ? k * basis->options.n_species : k,
                            "coefficients of the basis functions"));
    if (request->network != NULL)
        LRPOT__TRY(check_finite(request->network->weights, lrpot__network_count(request->network),
                                "weights of the network"));
    LRPOT__TRY(check_finite(request->atom_coefficients, k * atoms->n_owned,
                            "derivatives by the features"));
    LRPOT__TRY(check_finite(request->offsets, atoms->n_owned, "derivatives by the values"));
    return check_finite(request->weights, atoms->n_owned, "weights of the atoms");
}

static lrpot_status describe_translations(lrpot__job *job, lrpot_workspace *work)
{
    const lrpot__rows *rows = &job->rows;
    double *t = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &translations_tag, 3 * (int64_t)rows->n_images, &t));
    for (int64_t i = 0; i < rows->n_images; i++)
        for (int c = 0; c < 3; c++) {
            t[3 * i + c] = 0.0;
            for (int d = 0; d < 3; d++)
                if (rows->images[3 * i + d] != 0)
                    t[3 * i + c] += rows->images[3 * i + d] * job->atoms->cell[3 * d + c];
        }
    job->translations = t;
    return LRPOT_OK;
}

/* Reserves the buffers of each thread. The lrpot__sums structs precede the buffers of the first
 * thread. */
static lrpot_status allot_sums(const lrpot__job *job, lrpot_workspace *work, int32_t threads,
                               lrpot__sums **out)
{
    const lrpot__request *request = job->request;
    int64_t n_all = job->atoms->n_all;
    int64_t head = ((int64_t)sizeof(lrpot__sums) * threads + 63) / 64 * 64;
    int64_t forces = request->forces != NULL ? 4 * (n_all + 1) : 0,
            virials = request->virial_atom != NULL ? 9 * (n_all + 1) : 0;
    lrpot__sums *sums = NULL;
    for (int32_t t = 0; t < threads; t++) {
        void *block;
        int64_t bytes = (t == 0 ? head : 0) + (forces + virials) * (int64_t)sizeof(double);
        LRPOT__TRY(lrpot__workspace_block(work, &sums_tag, t, bytes, 1, &block));
        if (t == 0) {
            sums = block;
            memset(sums, 0, (size_t)head);
        }
        double *values = (double *)((char *)block + (t == 0 ? head : 0));
        sums[t].forces = request->forces != NULL ? values : NULL;
        sums[t].virial_atom = request->virial_atom != NULL ? values + forces : NULL;
    }
    *out = sums;
    return LRPOT_OK;
}

static void run_thread(const lrpot__basis_kernel *kernel, const lrpot__job *job, int32_t thread,
                       int32_t threads, void *scratch, lrpot__sums *sums)
{
    int64_t units = kernel->units(job), n_all = job->atoms->n_all;
    /* Each thread zeroes its own, so that the pages are in memory near it. */
    if (sums->forces != NULL) memset(sums->forces, 0, (size_t)(4 * (n_all + 1)) * sizeof(double));
    if (sums->virial_atom != NULL)
        memset(sums->virial_atom, 0, (size_t)(9 * (n_all + 1)) * sizeof(double));
    kernel->run(job, units * thread / threads, units * (thread + 1) / threads, scratch, sums);
}

static lrpot_status first_failure(const lrpot__sums *sums, int32_t threads)
{
    for (int32_t t = 0; t < threads; t++) {
        if (sums[t].status != LRPOT_E_COINCIDENT) continue;
        long long i = (long long)sums[t].failed_i, j = (long long)sums[t].failed_j;
        return lrpot__fail(LRPOT_E_COINCIDENT, "atoms %lld and %lld have the same position",
                           i < j ? i : j, i < j ? j : i);
    }
    return LRPOT_OK;
}

/* Adds the threads' sums of atom i, always in the same order, to `forces` and `virial_atom`. */
static void add_atom(const lrpot__sums *sums, int32_t threads, int64_t i, double *forces,
                     double *virial_atom)
{
    for (int32_t t = 0; t < threads; t++) {
        for (int c = 0; c < 3 && forces != NULL; c++) forces[c] += sums[t].forces[4 * i + c];
        for (int c = 0; c < 9 && virial_atom != NULL; c++)
            virial_atom[c] += sums[t].virial_atom[9 * i + c];
    }
}

static void add_per_atom(const lrpot__job *job, const lrpot__sums *sums, int32_t threads)
{
    const int64_t *owner = job->atoms->ghost_owner;
    double *forces = job->request->forces, *virial_atom = job->request->virial_atom;
    int64_t n_own = owner != NULL ? job->atoms->n_owned : job->atoms->n_all;
    if (forces == NULL && virial_atom == NULL) return;
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static)
    for (int64_t i = 0; i < n_own; i++)
        add_atom(sums, threads, i, forces != NULL ? forces + 3 * i : NULL,
                 virial_atom != NULL ? virial_atom + 9 * i : NULL);
    /* Several ghosts may have one owner. */
    for (int64_t i = n_own; i < job->atoms->n_all; i++)
        add_atom(sums, threads, i, forces != NULL ? forces + 3 * owner[i] : NULL,
                 virial_atom != NULL ? virial_atom + 9 * owner[i] : NULL);
}

static lrpot_status run_threads(lrpot__job *job, lrpot_workspace *work)
{
    const lrpot__basis_kernel *kernel = job->request->radial_slopes != NULL
                                            ? &lrpot__radial_slopes_kernel
                                            : lrpot__basis_kernel_get(job->basis->options.kernel);
    int32_t threads = lrpot__workspace_threads(work);
    lrpot__sums *sums;
    void *ignored;
    LRPOT__TRY(kernel->prepare(job, work));
    LRPOT__TRY(allot_sums(job, work, threads, &sums));
    for (int32_t t = 0; t < threads; t++)
        LRPOT__TRY(
            lrpot__workspace_block(work, &scratch_tag, t, kernel->scratch_bytes(job), 1, &ignored));
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static, 1)
    for (int32_t t = 0; t < threads; t++) {
        void *scratch;
        /* The loop above has made it large enough: this cannot fail. */
        if (lrpot__workspace_block(work, &scratch_tag, t, kernel->scratch_bytes(job), 1, &scratch)
            == LRPOT_OK)
            run_thread(kernel, job, t, threads, scratch, &sums[t]);
    }
    LRPOT__TRY(first_failure(sums, threads));
    add_per_atom(job, sums, threads);
    if (job->request->resting != NULL) *job->request->resting = 0;
    for (int32_t t = 0; t < threads && job->request->resting != NULL; t++)
        *job->request->resting |= sums[t].resting;
    for (int32_t t = 0; t < threads && job->request->virial != NULL; t++)
        for (int c = 0; c < 9; c++) job->request->virial[c] += sums[t].virial[c];
    return LRPOT_OK;
}

lrpot_status lrpot__moments_run(const lrpot_basis *basis, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot__request *request)
{
    assert(basis != NULL && work != NULL && atoms != NULL && list != NULL);
    lrpot__job job = { .basis = basis, .atoms = atoms, .request = request };
    job.backward = request->forces != NULL || request->virial != NULL
                   || request->virial_atom != NULL;
    assert(
        request->offsets == NULL
        || (request->lever_arm != NULL && request->virial == NULL && request->virial_atom == NULL));
    assert((request->values == NULL && !job.backward) || request->coefficients != NULL
           || request->atom_coefficients != NULL);
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, basis->options.cutoff, &job.rows));
    LRPOT__TRY(check_request(basis, atoms, request));
    job.stride = atoms->stride != 0 ? atoms->stride : 3;
    LRPOT__TRY(describe_translations(&job, work));
    return run_threads(&job, work);
}
