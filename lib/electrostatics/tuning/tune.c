/* Search for the fastest parameters of a system by timing them. */
#include "electrostatics/ewald/ewald.h"

#include "core/error.h"
#include "core/struct_size.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Cutoffs tried, relative to the best one by the costs in split_search.c, which do not know the
 * caches of this processor. */
static const double FACTORS[] = { 1.0, 0.88, 1.14, 0.78, 1.3 };
enum { CANDIDATES = sizeof FACTORS / sizeof *FACTORS };

/* Number of atoms beyond which the exact sum is not tried if its estimated cost is larger: one
 * trial could take minutes. */
#define EXACT_TRIED 4000

/* The estimates of the mesh keep a reserve for crystals, whose errors add up more than random ones.
 * It is given up if the error, measured at a sample of atoms, stays below the part MARGIN of the
 * accuracy asked for: the error predicted without the reserve is then still below it. */
#define RESERVE 2.0
#define MARGIN 0.85
#define SAMPLE 100

typedef struct {
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const double *q;
    double seconds; /* for each candidate */
} trial;

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Shortest time of an evaluation, after a first one that makes lists, meshes and memory. */
static lrpot_status measure(const trial *t, const lrpot_ewald *ewald, double *least)
{
    double energy, virial[9], start = now();
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.virial = virial;
    *least = INFINITY;
    LRPOT__TRY(lrpot_ewald_eval(ewald, t->work, t->atoms, t->list, NULL, t->q, &out));
    do {
        double before = now();
        LRPOT__TRY(lrpot_ewald_eval(ewald, t->work, t->atoms, t->list, NULL, t->q, &out));
        *least = fmin(*least, now() - before);
    } while (now() - start < t->seconds);
    return LRPOT_OK;
}

/* Solver with all parameters fixed to those that `ewald` has chosen for the system. */
static lrpot_status fix(const lrpot_ewald_options *options, const lrpot_ewald_report *chosen,
                        double cutoff, lrpot_ewald **out)
{
    lrpot_ewald_options fixed;
    LRPOT__COPY_INPUT(&fixed, options);
    fixed.cutoff = cutoff;
    fixed.method = chosen->method;
    fixed.order = chosen->order;
    memcpy(fixed.mesh, chosen->mesh, sizeof fixed.mesh);
    LRPOT__TRY(lrpot_ewald_create(out, &fixed));
    (*out)->single = 1;
    return LRPOT_OK;
}

/* Keeps the faster of two solvers in *best. */
static void keep_faster(lrpot_ewald **best, double *least, lrpot_ewald *tried, double seconds)
{
    if (seconds < *least) {
        lrpot_ewald_free(*best);
        *best = tried;
        *least = seconds;
    } else {
        lrpot_ewald_free(tried);
    }
}

/* Tries one method and cutoff: parameters by the estimates, then timed. Candidates below the
 * accuracy are skipped. */
static lrpot_status attempt(const trial *t, const lrpot_ewald_options *options, int32_t method,
                            double cutoff, lrpot_ewald **best, double *least)
{
    lrpot_ewald_options wanted;
    LRPOT__COPY_INPUT(&wanted, options);
    lrpot_ewald *free_one = NULL, *fixed = NULL;
    lrpot_ewald_report chosen = LRPOT_EWALD_REPORT_INIT;
    double seconds;
    wanted.method = method;
    wanted.cutoff = cutoff;
    LRPOT__TRY(lrpot_ewald_create(&free_one, &wanted));
    lrpot_status status =
        lrpot__ewald_plan_for(free_one, t->work, t->atoms, t->list, t->q, &chosen);
    lrpot_ewald_free(free_one);
    if (status == LRPOT_E_ACCURACY) return LRPOT_OK;
    if (status == LRPOT_OK) status = fix(options, &chosen, cutoff, &fixed);
    if (status == LRPOT_OK) status = measure(t, fixed, &seconds);
    if (status != LRPOT_OK) lrpot_ewald_free(fixed);
    else keep_faster(best, least, fixed, seconds);
    return status;
}

static lrpot_status try_candidates(const trial *t, const lrpot_ewald_options *options,
                                   const lrpot_ewald_report *start, lrpot_ewald **best,
                                   double *least)
{
    int given = options->cutoff > 0.0;
    for (int c = 0; c < (given ? 1 : CANDIDATES); c++)
        LRPOT__TRY(attempt(t, options, start->method,
                           given ? options->cutoff : FACTORS[c] * start->real_cutoff, best, least));
    int other = start->method == LRPOT_EWALD_EXACT ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    if (options->method != LRPOT_EWALD_AUTO || t->atoms->n_owned > EXACT_TRIED) return LRPOT_OK;
    lrpot_ewald_options wanted;
    LRPOT__COPY_INPUT(&wanted, options);
    wanted.method = other;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_report chosen = LRPOT_EWALD_REPORT_INIT;
    LRPOT__TRY(lrpot_ewald_create(&ewald, &wanted));
    lrpot_status status = lrpot__ewald_plan_for(ewald, t->work, t->atoms, t->list, t->q, &chosen);
    lrpot_ewald_free(ewald);
    if (status == LRPOT_E_ACCURACY) return LRPOT_OK;
    LRPOT__TRY(status);
    return attempt(t, options, other, given ? options->cutoff : chosen.real_cutoff, best, least);
}

static lrpot_status true_error(const trial *t, const lrpot_ewald *ewald, double *error)
{
    lrpot_ewald_error_report measured = LRPOT_EWALD_ERROR_REPORT_INIT;
    LRPOT__TRY(lrpot_ewald_error(ewald, t->work, t->atoms, t->list, t->q,
                                 t->atoms->n_owned < SAMPLE ? 0 : SAMPLE, &measured));
    *error = measured.forces + measured.reference;
    return LRPOT_OK;
}

/* Tries an accuracy that is less strict by a factor. The fastest candidate is kept if its measured
 * error is allowed. */
static lrpot_status try_looser(const trial *t, const lrpot_ewald_options *options,
                               const lrpot_ewald_report *start, double factor, double allowed,
                               lrpot_ewald **best, double *least, int *kept)
{
    lrpot_ewald_options looser;
    LRPOT__COPY_INPUT(&looser, options);
    lrpot_ewald *tried = NULL;
    double error = INFINITY, seconds = INFINITY;
    looser.accuracy *= factor;
    lrpot_status status = try_candidates(t, &looser, start, &tried, &seconds);
    if (status == LRPOT_OK && tried != NULL) status = true_error(t, tried, &error);
    *kept = status == LRPOT_OK && error <= allowed;
    if (*kept) keep_faster(best, least, tried, seconds);
    else lrpot_ewald_free(tried);
    return status;
}

static lrpot_status use_reserve(const trial *t, const lrpot_ewald_options *options,
                                const lrpot_ewald_report *start, lrpot_ewald **best, double *least)
{
    lrpot_ewald_options same_method;
    LRPOT__COPY_INPUT(&same_method, options);
    lrpot_ewald_report chosen = LRPOT_EWALD_REPORT_INIT;
    double error, allowed = MARGIN * (*best)->options.accuracy;
    int kept = 0;
    LRPOT__TRY(lrpot__ewald_plan_for(*best, t->work, t->atoms, t->list, t->q, &chosen));
    if (chosen.method == LRPOT_EWALD_EXACT || t->atoms->n_all != t->atoms->n_owned
        || t->atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return LRPOT_OK;
    same_method.method = chosen.method;
    LRPOT__TRY(true_error(t, *best, &error));
    for (double factor = fmin(RESERVE, allowed / error); factor > 1.15 && !kept; factor *= 0.75)
        LRPOT__TRY(try_looser(t, &same_method, start, factor, allowed, best, least, &kept));
    return LRPOT_OK;
}

static lrpot_status check_call(const lrpot_ewald_options *options, const lrpot_workspace *work,
                               const lrpot_atoms *atoms, const double *q, double seconds)
{
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(q);
    if (!(seconds >= 0.0) || isinf(seconds))
        return lrpot__fail(LRPOT_E_ARGUMENT, "seconds = %g, expected finite and >= 0", seconds);
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_tune(lrpot_ewald **out, const lrpot_ewald_options *options,
                              lrpot_workspace *work, const lrpot_atoms *atoms,
                              const lrpot_nlist *list, const double *q, double seconds,
                              lrpot_ewald_report *report)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__TRY(check_call(options, work, atoms, q, seconds));
    lrpot_ewald *estimated = NULL, *best = NULL;
    lrpot_ewald_report start = LRPOT_EWALD_REPORT_INIT;
    trial t = { work, atoms, list, q, seconds / (2 * CANDIDATES + 1) };
    double least = INFINITY;
    LRPOT__TRY(lrpot_ewald_create(&estimated, options));
    lrpot_status status = lrpot__ewald_plan_for(estimated, work, atoms, list, q, &start);
    if (status == LRPOT_OK && seconds > 0.0 && start.real_cutoff > 0.0)
        status = try_candidates(&t, options, &start, &best, &least);
    if (status == LRPOT_OK && best != NULL)
        status = use_reserve(&t, options, &start, &best, &least);
    if (status == LRPOT_OK && best == NULL) {
        best = estimated;
        estimated = NULL;
    }
    lrpot_ewald_free(estimated);
    if (status == LRPOT_OK && report != NULL) {
        status = lrpot__ewald_plan_for(best, work, atoms, list, q, report);
        if (status == LRPOT_OK) report->seconds = isinf(least) ? 0.0 : least;
    }
    if (status != LRPOT_OK) lrpot_ewald_free(best);
    else *out = best;
    return status;
}
