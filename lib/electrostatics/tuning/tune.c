/* Search for the fastest parameters of a system by timing them, at an error that is measured. */
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/tuning/measured_error.h"

#include "core/error.h"
#include "core/struct_size.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Cutoffs tried, relative to the best one by the costs in split_search.c, which do not know the
 * caches of this processor. */
static const double FACTORS[] = { 1.0, 0.88, 1.14, 0.78, 1.3, 1.45 };
enum { CANDIDATES = sizeof FACTORS / sizeof *FACTORS, FINALISTS = 3 };

/* Number of atoms beyond which the exact sum is not tried if its estimated cost is larger: one
 * trial could take minutes. */
#define EXACT_TRIED 4000

/* Meshes are chosen for this times the accuracy, by estimates that keep a reserve of two. Then the
 * error of the fastest is measured, and their cutoffs are moved until it is AIM of the accuracy, or
 * LEAST to MOST. The measured error of SAMPLE atoms has a standard deviation of some 3 %. */
#define LOOSER 1.7
#define LEAST 0.8
#define AIM 0.86
#define MOST 0.89
#define SAMPLE 600
#define MOVES 6
/* Largest change of a cutoff in one move, and error of the exact sum relative to the accuracy. */
#define MOVE 1.25
#define FINER 2e-3

typedef struct {
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const double *q;
    double seconds; /* for each candidate */
} trial;

/* A solver with fixed parameters and the time of an evaluation. */
typedef struct {
    lrpot_ewald *ewald; /* NULL: none */
    lrpot_ewald_report plan;
    double seconds;
} candidate;

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

/* Adds a solver to the fastest ones, which are sorted, or frees it. */
static void keep_fastest(candidate *fastest, candidate new)
{
    for (int k = 0; k < FINALISTS; k++) {
        if (!(new.seconds < fastest[k].seconds)) continue;
        candidate slower = fastest[k];
        fastest[k] = new;
        new = slower;
    }
    lrpot_ewald_free(new.ewald);
}

/* Tries one method and cutoff: parameters by the estimates, then timed. Candidates below the
 * accuracy are skipped. */
static lrpot_status attempt(const trial *t, const lrpot_ewald_options *options, double looser,
                            double cutoff, candidate *fastest)
{
    lrpot_ewald_options wanted;
    LRPOT__COPY_INPUT(&wanted, options);
    lrpot_ewald *free_one = NULL;
    candidate tried = { .plan = LRPOT_EWALD_REPORT_INIT };
    wanted.accuracy *= looser;
    wanted.cutoff = cutoff;
    LRPOT__TRY(lrpot_ewald_create(&free_one, &wanted));
    lrpot_status status =
        lrpot__ewald_plan_for(free_one, t->work, t->atoms, t->list, t->q, &tried.plan);
    lrpot_ewald_free(free_one);
    if (status == LRPOT_E_ACCURACY) return LRPOT_OK;
    if (status == LRPOT_OK) status = fix(options, &tried.plan, cutoff, &tried.ewald);
    if (status == LRPOT_OK) status = measure(t, tried.ewald, &tried.seconds);
    if (status != LRPOT_OK) lrpot_ewald_free(tried.ewald);
    else keep_fastest(fastest, tried);
    return status;
}

/* The method that the estimates did not take, with the cutoff that they give it. */
static lrpot_status attempt_other(const trial *t, const lrpot_ewald_options *options,
                                  int32_t method, candidate *fastest)
{
    lrpot_ewald_options wanted;
    LRPOT__COPY_INPUT(&wanted, options);
    wanted.method = method;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_report chosen = LRPOT_EWALD_REPORT_INIT;
    LRPOT__TRY(lrpot_ewald_create(&ewald, &wanted));
    lrpot_status status = lrpot__ewald_plan_for(ewald, t->work, t->atoms, t->list, t->q, &chosen);
    lrpot_ewald_free(ewald);
    if (status == LRPOT_E_ACCURACY) return LRPOT_OK;
    LRPOT__TRY(status);
    return attempt(t, &wanted, 1.0, options->cutoff > 0.0 ? options->cutoff : chosen.real_cutoff,
                   fastest);
}

static lrpot_status try_candidates(const trial *t, const lrpot_ewald_options *options,
                                   const lrpot_ewald_report *start, double looser,
                                   candidate *fastest)
{
    int given = options->cutoff > 0.0;
    lrpot_ewald_options same;
    LRPOT__COPY_INPUT(&same, options);
    same.method = start->method;
    for (int c = 0; c < (given ? 1 : CANDIDATES); c++)
        LRPOT__TRY(attempt(t, &same, start->method == LRPOT_EWALD_EXACT ? 1.0 : looser,
                           given ? options->cutoff : FACTORS[c] * start->real_cutoff, fastest));
    int other = start->method == LRPOT_EWALD_EXACT ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    if (options->method != LRPOT_EWALD_AUTO || t->atoms->n_owned > EXACT_TRIED) return LRPOT_OK;
    return attempt_other(t, options, other, fastest);
}

/* Replaces the solver by one with another cutoff. It is kept as it was where there is none. */
static lrpot_status move_cutoff(const lrpot_ewald_options *options, candidate *c, double cutoff)
{
    lrpot_ewald *moved = NULL;
    LRPOT__TRY(fix(options, &c->plan, cutoff, &moved));
    lrpot_ewald_free(c->ewald);
    c->ewald = moved;
    return LRPOT_OK;
}

/* Moves the cutoff of a mesh until the measured error is just below the accuracy. Errors fall about
 * exponentially with the cutoff. *kept: 0 if the error stays above. */
static lrpot_status close_gap(const trial *t, const lrpot_ewald_options *options,
                              lrpot__comparison *exact, candidate *c, int *kept)
{
    double asked = c->ewald->options.accuracy, cutoff = c->ewald->options.cutoff, within = 0.0,
           slope = -2.0 * c->plan.splitting, last = 0.0, last_log = 0.0, error = INFINITY;
    for (int move = 0; move < MOVES; move++) {
        LRPOT__TRY(lrpot__comparison_measure(exact, c->ewald, t->work, t->list, &error));
        double log_error = log(error / asked);
        if (error <= MOST * asked && (within == 0.0 || cutoff < within)) within = cutoff;
        if (options->cutoff > 0.0 || (error >= LEAST * asked && error <= MOST * asked)) break;
        if (move > 0 && (log_error - last_log) / (cutoff - last) < 0.2 * slope)
            slope = (log_error - last_log) / (cutoff - last);
        last = cutoff, last_log = log_error;
        cutoff = fmin(fmax(cutoff + (log(AIM) - log_error) / slope, cutoff / MOVE), cutoff * MOVE);
        LRPOT__TRY(move_cutoff(options, c, cutoff));
    }
    *kept = within > 0.0;
    if (*kept && c->ewald->options.cutoff != within) LRPOT__TRY(move_cutoff(options, c, within));
    return *kept ? measure(t, c->ewald, &c->seconds) : LRPOT_OK;
}

/* 1 where the error of a mesh can be measured, and nothing but it is bounded. */
static int is_measurable(const trial *t, const lrpot_ewald_options *options)
{
    return t->atoms->n_all == t->atoms->n_owned && options->energy_accuracy == 0.0
           && options->pressure_accuracy == 0.0 && options->potential_accuracy == 0.0;
}

/* Gives the fastest solvers the error asked for and returns the fastest of these, or NULL. */
static lrpot_status finish(const trial *t, const lrpot_ewald_options *options,
                           lrpot__comparison *exact, candidate *fastest, candidate *best)
{
    for (int k = 0; k < FINALISTS; k++) {
        candidate *c = &fastest[k];
        int kept = c->ewald != NULL;
        if (kept && c->plan.method != LRPOT_EWALD_EXACT)
            LRPOT__TRY(close_gap(t, options, exact, c, &kept));
        if (!kept || !(c->seconds < best->seconds)) continue;
        candidate slower = *best;
        *best = *c;
        *c = slower;
    }
    return LRPOT_OK;
}

/* The fastest solver for the estimates made `looser`; its measured error is within the accuracy
 * where that can be. */
static lrpot_status find_fastest(const trial *t, const lrpot_ewald_options *options,
                                 const lrpot_ewald *estimated, const lrpot_ewald_report *start,
                                 candidate *best)
{
    candidate fastest[FINALISTS];
    lrpot__comparison *exact = NULL;
    int measurable = is_measurable(t, options) && start->method != LRPOT_EWALD_EXACT;
    for (int k = 0; k < FINALISTS; k++) fastest[k] = (candidate){ .seconds = INFINITY };
    lrpot_status status =
        try_candidates(t, options, start, measurable ? LOOSER : 1.0, fastest);
    if (status == LRPOT_OK && measurable)
        status = lrpot__comparison_open(estimated, t->work, t->atoms, t->q, SAMPLE, FINER, &exact);
    if (status == LRPOT_OK && measurable) status = finish(t, options, exact, fastest, best);
    if (status == LRPOT_OK && !measurable) {
        *best = fastest[0];
        fastest[0].ewald = NULL;
    }
    lrpot__comparison_close(exact);
    for (int k = 0; k < FINALISTS; k++) lrpot_ewald_free(fastest[k].ewald);
    return status;
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
    lrpot_ewald *estimated = NULL;
    candidate best = { .seconds = INFINITY };
    lrpot_ewald_report start = LRPOT_EWALD_REPORT_INIT;
    trial t = { work, atoms, list, q, seconds / (CANDIDATES + FINALISTS + 1) };
    LRPOT__TRY(lrpot_ewald_create(&estimated, options));
    lrpot_status status = lrpot__ewald_plan_for(estimated, work, atoms, list, q, &start);
    if (status == LRPOT_OK && seconds > 0.0 && start.real_cutoff > 0.0)
        status = find_fastest(&t, options, estimated, &start, &best);
    if (status == LRPOT_OK && best.ewald == NULL) {
        best.ewald = estimated;
        estimated = NULL;
    }
    lrpot_ewald_free(estimated);
    if (status == LRPOT_OK && report != NULL) {
        status = lrpot__ewald_plan_for(best.ewald, work, atoms, list, q, report);
        if (status == LRPOT_OK) report->seconds = isinf(best.seconds) ? 0.0 : best.seconds;
    }
    if (status != LRPOT_OK) lrpot_ewald_free(best.ewald);
    else *out = best.ewald;
    return status;
}
