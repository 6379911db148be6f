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
 * error of the fastest is measured: split and window of least error are looked for, and cutoffs are
 * moved until it is AIM of the accuracy, or LEAST to MOST. The measured error of SAMPLE atoms has a
 * standard deviation of some 3 %. */
#define LOOSER 3.0
#define LEAST 0.81
#define AIM 0.86
#define MOST 0.89
#define SAMPLE 600
#define MOVES 10
#define MOVE 1.25      /* largest change of a cutoff in one move */
#define FINER 2e-3     /* error of the exact sum relative to the accuracy */
#define NARROWEST 0.15 /* smallest part of an interval that one step leaves out */
#define STEPS_MOST 3   /* of c, or of the shape of the window, in one direction */
static const double C_STEP = 0.5, SHAPE_FACTOR = 1.05;

typedef struct {
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const double *q;
    double charge_square, seconds; /* e^2, mean; for each candidate */
} trial;

/* A solver with fixed parameters and the time of an evaluation. */
typedef struct {
    lrpot_ewald *ewald; /* NULL: none */
    lrpot_ewald_report plan;
    lrpot__measured_choice measured;
    double cutoff, seconds;
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
                        const lrpot__measured_choice *measured, double cutoff, lrpot_ewald **out)
{
    lrpot_ewald_options fixed;
    LRPOT__COPY_INPUT(&fixed, options);
    fixed.cutoff = cutoff;
    fixed.method = chosen->method;
    fixed.order = chosen->order;
    memcpy(fixed.mesh, chosen->mesh, sizeof fixed.mesh);
    LRPOT__TRY(lrpot_ewald_create(out, &fixed));
    (*out)->measured = *measured;
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
    candidate tried = { .plan = LRPOT_EWALD_REPORT_INIT,
                        .measured = { .taken = 1 },
                        .cutoff = cutoff };
    wanted.accuracy *= looser;
    wanted.cutoff = cutoff;
    LRPOT__TRY(lrpot_ewald_create(&free_one, &wanted));
    lrpot_status status =
        lrpot__ewald_plan_for(free_one, t->work, t->atoms, t->list, t->q, &tried.plan);
    lrpot_ewald_free(free_one);
    if (status == LRPOT_E_ACCURACY) return LRPOT_OK;
    if (status == LRPOT_OK) {
        const lrpot__splitting *split = lrpot__sum_kept_split(t->work);
        if (split != NULL && split->pair.screening.cutoff > 0.0) {
            tried.measured.c = split->pair.screening.prolate.c;
            tried.measured.shape = split->shape;
        }
        status = fix(options, &tried.plan, &tried.measured, cutoff, &tried.ewald);
    }
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

typedef struct {
    const trial *t;
    const lrpot_ewald_options *options;
    lrpot__comparison *exact;
    candidate *c;
    double error; /* measured, relative to the accuracy */
} search;

/* Makes the solver anew from the parameters of the candidate and measures its error. */
static lrpot_status measure_error(search *s)
{
    candidate *c = s->c;
    lrpot_ewald *next = NULL;
    LRPOT__TRY(fix(s->options, &c->plan, &c->measured, c->cutoff, &next));
    lrpot_ewald_free(c->ewald);
    c->ewald = next;
    LRPOT__TRY(lrpot__comparison_measure(s->exact, next, s->t->work, s->t->list, &s->error));
    next->measured.error = c->measured.error = s->error;
    next->measured.charge_square = c->measured.charge_square = s->t->charge_square;
    s->error /= next->options.accuracy;
    return LRPOT_OK;
}

/* Changes one parameter step by step while the error falls. */
static lrpot_status descend(search *s, double *parameter, double factor, double step)
{
    double least = s->error, best = *parameter;
    for (int sign = 1, found = 0; sign >= -1 && !found; sign -= 2)
        for (int k = 0; k < STEPS_MOST; k++) {
            *parameter = sign > 0 ? best * factor + step : (best - step) / factor;
            LRPOT__TRY(measure_error(s));
            if (!(s->error < least)) break;
            least = s->error, best = *parameter, found = 1;
        }
    *parameter = best;
    s->error = least;
    return LRPOT_OK;
}

/* Both ends of an interval of cutoffs and splits: measured errors within the accuracy and over it.
 */
typedef struct {
    candidate within, over; /* cutoff INFINITY, 0: not found */
    double log_within, log_over;
} bracket;

/* Notes the measured error at the present place. */
static void note(const search *s, bracket *b)
{
    if (s->error <= MOST && s->c->cutoff <= b->within.cutoff) {
        b->within = *s->c;
        b->log_within = log(s->error);
    } else if (s->error > MOST && s->c->cutoff > b->over.cutoff) {
        b->over = *s->c;
        b->log_over = log(s->error);
    }
}

/* Goes to a place between both ends where the error is about AIM. */
static void interpolate(const bracket *b, candidate *c)
{
    double part = fmin(fmax((log(AIM) - b->log_within) / (b->log_over - b->log_within), NARROWEST),
                       1.0 - NARROWEST);
    c->cutoff = b->within.cutoff + part * (b->over.cutoff - b->within.cutoff);
    c->measured = b->within.measured;
    c->measured.c += part * (b->over.measured.c - b->within.measured.c);
}

/* Follows the slope of the error from the present place. */
static void extrapolate(const search *s, double slope)
{
    candidate *c = s->c;
    double last = c->cutoff, wanted = last + (log(AIM) - log(s->error)) / slope;
    c->cutoff = fmin(fmax(wanted, last / MOVE), last * MOVE);
    c->measured.c *= sqrt(c->cutoff / last);
}

/* Moves the cutoff of a mesh until the measured error is just below the accuracy. Errors fall about
 * exponentially with the cutoff; in crystals they fall shell by shell. *kept: 0 if the error stays
 * above. */
static lrpot_status close_gap(search *s, int *kept)
{
    candidate *c = s->c;
    bracket b = { .within = { .cutoff = INFINITY }, .over = { .cutoff = 0.0 } };
    LRPOT__TRY(measure_error(s));
    for (int move = 0; move < MOVES; move++) {
        int enclosed = isfinite(b.within.cutoff) && b.over.cutoff > 0.0;
        int descends = c->measured.c > 0.0 && move % 3 == 0 && !enclosed;
        if (descends) LRPOT__TRY(descend(s, &c->measured.c, 1.0, C_STEP / (1 + move / 3)));
        if (descends && move == 0) LRPOT__TRY(descend(s, &c->measured.shape, SHAPE_FACTOR, 0.0));
        note(s, &b);
        if (s->options->cutoff > 0.0 || (s->error >= LEAST && s->error <= MOST)) break;
        if (isfinite(b.within.cutoff) && b.over.cutoff > 0.0 && b.over.cutoff < b.within.cutoff)
            interpolate(&b, c);
        else extrapolate(s, -2.0 * c->plan.splitting);
        LRPOT__TRY(measure_error(s));
    }
    *kept = isfinite(b.within.cutoff);
    if (!*kept) return LRPOT_OK;
    c->cutoff = b.within.cutoff, c->measured = b.within.measured;
    LRPOT__TRY(measure_error(s));
    return measure(s->t, c->ewald, &c->seconds);
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
            LRPOT__TRY(close_gap(&(search){ t, options, exact, c, INFINITY }, &kept));
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
    lrpot_status status = try_candidates(t, options, start, measurable ? LOOSER : 1.0, fastest);
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
    trial t = { work, atoms, list, q, 0.0, seconds / (CANDIDATES + FINALISTS + 1) };
    LRPOT__TRY(lrpot_ewald_create(&estimated, options));
    lrpot_status status = lrpot__ewald_plan_for(estimated, work, atoms, list, q, &start);
    for (int64_t i = 0; status == LRPOT_OK && i < atoms->n_owned; i++)
        t.charge_square += q[i] * q[i] / (double)atoms->n_owned;
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
