#include "fitting/fit_memory.h"

#include "fitting/file_weights.h"
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bytes in memory now; if the system does not state them, their maximum so far. */
double memory_resident(void)
{
    struct rusage usage;
    long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    int read = file != NULL && fscanf(file, "%*s %lld", &pages) == 1;
    if (file != NULL) fclose(file);
    if (read) return (double)pages * (double)sysconf(_SC_PAGESIZE);
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024.0 * (double)usage.ru_maxrss : 0.0;
}

static int collect(const dataset *set, lrpot_structure **frames, lrpot_fit_frame *how, int64_t *n)
{
    for (int64_t f = 0; f < set->n; f++) {
        int code = frame_weights(set, f, how + *n);
        if (code != GO_ON) return code;
        if (how[*n].weight == 0.0) continue;
        frames[(*n)++] = set->frames[f];
    }
    return GO_ON;
}

static int forecast(lrpot_fit *fit, int64_t n, lrpot_structure *const *frames,
                    const lrpot_fit_frame *how, int with_factor, memory_forecast *needs)
{
    int64_t all = 0;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_status status = lrpot_fit_get_options(fit, &options);
    if (status == LRPOT_OK) status = lrpot_fit_forecast(fit, n, frames, how, with_factor, &all);
    *needs = (memory_forecast){ .used = memory_resident(),
                                .fit = (double)all,
                                .frames = (double)(all - lrpot_fit_memory(fit)),
                                .n_frames = n,
                                .n_params = lrpot_fit_param_count(fit),
                                .threads = options.threads };
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

int memory_of_fit(lrpot_fit *fit, const dataset *train, const dataset *valid, int with_factor,
                  memory_forecast *needs)
{
    size_t room = (size_t)(train->n + valid->n + 1);
    int64_t n = 0;
    lrpot_structure **frames = calloc(room, sizeof *frames);
    lrpot_fit_frame *how = calloc(room, sizeof *how);
    int code = frames != NULL && how != NULL ? collect(train, frames, how, &n) : report_no_memory();
    if (code == GO_ON) code = collect(valid, frames, how, &n);
    if (code == GO_ON) code = forecast(fit, n, frames, how, with_factor, needs);
    free(frames);
    free(how);
    return code;
}

void memory_report(const memory_forecast *needs)
{
    report_note("about %.0f MB of memory: %.0f MB for %lld frames, %.0f MB for %lld parameters and "
                "%d threads, %.0f MB so far",
                1e-6 * (needs->used + needs->fit), 1e-6 * needs->frames, (long long)needs->n_frames,
                1e-6 * (needs->fit - needs->frames), (long long)needs->n_params,
                (int)needs->threads, 1e-6 * needs->used);
}

void memory_report_anew(const lrpot_fit *fit, int64_t n_frames, double seconds)
{
    int64_t anew = lrpot_fit_frames_anew(fit);
    if (anew == 0) return;
    report_note(
        "memory for %lld of %lld frames: neighbours and Coulomb sums of the other %lld are "
        "made anew in each pass over them, which takes about %.3g s of processor time more; "
        "a larger --memory keeps them",
        (long long)(n_frames - anew), (long long)n_frames, (long long)anew, seconds * (double)anew);
}

int memory_check(const memory_forecast *needs, double limit)
{
    double all = needs->used + needs->fit;
    if (limit <= 0.0 || all <= limit) return GO_ON;
    return report_error(
        FAILED,
        "the fit would need about %.4g GB (%.3g for %lld frames, %.3g for %lld parameters and %d "
        "threads, %.3g so far), --memory allows %g; %s",
        1e-9 * all, 1e-9 * needs->frames, (long long)needs->n_frames,
        1e-9 * (needs->fit - needs->frames), (long long)needs->n_params, (int)needs->threads,
        1e-9 * needs->used, 1e-9 * limit,
        needs->frames > 0.5 * needs->fit
            ? "take fewer frames, or smaller ones"
            : "take a lower --level or --radial-size, or fewer --threads");
}
