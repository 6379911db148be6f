/* The stages of a fit. */
#include "fit/driver/fit_stages.h"

#include "basis/network.h"
#include "core/error.h"
#include "core/memory.h"
#include "fit/driver/auto_weights.h"
#include "fit/driver/fit_loss.h"
#include "fit/driver/fit_merit.h"
#include "fit/driver/fit_places.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_start.h"
#include "fit/driver/fit_start_networks.h"
#include "fit/driver/fit_state.h"
#include "potential/model.h"

#include <math.h>
#include <string.h>

/* Name of the last stage; with charges it depends on their kind. */
static const char *last_stage(const lrpot_fit *fit)
{
    return fit->potential->charges != NULL ? fit->potential->charges->rules->stage : "MTP";
}

static void activate(lrpot_fit *fit, int64_t offset, int64_t count)
{
    if (offset >= 0) memset(fit->descent.active + offset, 1, (size_t)count);
}

static void deactivate(lrpot_fit *fit, int64_t offset, int64_t count)
{
    if (offset >= 0) memset(fit->descent.active + offset, 0, (size_t)count);
}

/* Heads that rest until the others have been fitted: they leave the search or, with wake, begin to
 * take part in it. Returns their number. */
static int32_t rest_heads(lrpot_fit *fit, int32_t wake)
{
    const lrpot__parameter_layout *layout = &fit->layout;
    const lrpot_charges *charges = fit->potential->charges;
    int64_t S = fit->potential->n_species, stride = charges != NULL ? charges->head_stride : 0;
    int32_t count = 0;
    if (charges == NULL || charges->rules->rests_first == NULL) return 0;
    for (int32_t h = 0; h < charges->n_heads; h++) {
        double start = 0.0;
        int64_t species = layout->charge_species + h * S;
        if (!charges->rules->rests_first(charges, h, &start)) continue;
        for (int64_t z = species; wake && z < species + S; z++)
            if (fit->held == NULL || !fit->held[z])
                fit->descent.params[z] = fit->prior.centre[z] = start;
        if (!wake) deactivate(fit, species, S);
        if (!wake && stride > 0) deactivate(fit, layout->charge_linear + h * stride, stride);
        count++;
    }
    return count;
}

static void leave_held(lrpot_fit *fit)
{
    if (fit->heads_rest) rest_heads(fit, 0);
    for (int64_t p = 0; p < fit->layout.offsets && fit->held != NULL; p++)
        if (fit->held[p] == LRPOT__FIT_HELD) fit->descent.active[p] = 0;
}

/* Fits the charges alone to the moments of the data, in the potentials of these: no fixed point. */
static lrpot_status direct_stage(lrpot_fit *fit)
{
    static const lrpot__minimize_options steps = { "direct", 24, 1e-3, 1e-6, 3 };
    const lrpot__parameter_layout *layout = &fit->layout;
    const lrpot__target_weights kept = fit->weights;
    const lrpot_charges *charges = fit->potential->charges;
    if ((fit->options.flags & LRPOT_FIT_DIRECT_START) == 0) return LRPOT_OK;
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (!lrpot__targets[t]->is_moment) fit->weights.inverse_error[t] = 0.0;
    fit->weights.kappa = INFINITY;
    memset(fit->descent.active, 0, (size_t)layout->count);
    activate(fit, layout->charge_radial >= 0 ? layout->charge_radial : layout->charge_species,
             lrpot_charges_param_count(charges));
    if (!fit->networks_started)
        deactivate(fit, layout->charge_network, lrpot__network_count(charges->network));
    leave_held(fit);
    lrpot__fit_set_direct(fit, 1);
    lrpot_status status = lrpot__fit_minimize(fit, &steps);
    lrpot__fit_set_direct(fit, 0);
    fit->weights = kept;
    return status;
}

/* Fits the linear part alone: a convex problem that brings all parameters into range. */
static lrpot_status linear_stage(lrpot_fit *fit)
{
    /* without charges the loss is quadratic: one step without damping solves it. Steps of all
     * parameters gain far more than a third and fourth one here. */
    const lrpot__minimize_options steps = { "start", fit->with_steps ? 3 : 8, 1e-10, 1e-3, 1 };
    const lrpot__parameter_layout *layout = &fit->layout;
    fit->weights.kappa = INFINITY;
    memset(fit->descent.active, 0, (size_t)layout->count);
    activate(fit, layout->energy_linear, lrpot__potential_linear_count(fit->potential));
    activate(fit, layout->energy_species, fit->potential->n_species);
    activate(fit, layout->offsets, (fit->data.n_sources - 1) * fit->potential->n_species);
    if (fit->potential->charges != NULL && (fit->options.flags & LRPOT_FIT_DIRECT_START) == 0)
        activate(fit, layout->charge_species,
                 (int64_t)fit->potential->n_species * fit->potential->charges->n_heads);
    leave_held(fit);
    lrpot__fit_freeze(fit, 1);
    lrpot_status status = lrpot__fit_minimize(fit, &steps);
    lrpot__fit_freeze(fit, 0);
    return status;
}

static lrpot_status full_stage(lrpot_fit *fit, const char *name, int32_t with_own,
                               int32_t iterations, double tolerance)
{
    const lrpot__parameter_layout *layout = &fit->layout;
    fit->weights.kappa = lrpot__fit_outlier_limit(fit);
    memset(fit->descent.active, 1, (size_t)layout->count);
    if (layout->charge_own >= 0) {
        memset(fit->descent.active + layout->charge_own, with_own,
               (size_t)fit->potential->n_species);
        if (fit->potential->charges->rules->own_gauge)
            fit->descent.active[layout->charge_own] =
                0; /* only ratios matter: the first is the gauge */
    }
    if (!fit->networks_started) {
        deactivate(fit, layout->energy_network, lrpot__network_count(fit->potential->network));
        if (fit->potential->charges != NULL)
            deactivate(fit, layout->charge_network,
                       lrpot__network_count(fit->potential->charges->network));
    }
    leave_held(fit);
    const lrpot__minimize_options steps = { name, iterations, 1e-3, tolerance, 3 };
    return lrpot__fit_minimize(fit, &steps);
}

static lrpot_status start_from(lrpot_fit *fit, int64_t seed)
{
    LRPOT__TRY(lrpot__fit_start(fit, seed));
    if (!fit->heads_rest) rest_heads(fit, 1);
    return LRPOT_OK;
}

/* Steps from a start, with charges free where their kind begins so. */
static lrpot_status steps_from_start(lrpot_fit *fit, int32_t iterations)
{
    const double tolerance = fit->options.tolerance;
    const lrpot_charges *charges = fit->potential->charges;
    const char *free_stage = charges != NULL ? charges->rules->free_stage : NULL;
    if (free_stage == NULL) return full_stage(fit, last_stage(fit), 1, iterations, tolerance);
    lrpot__fit_set_redistribution(fit, 0);
    lrpot_status status = full_stage(fit, free_stage, 0, iterations, tolerance);
    lrpot__fit_set_redistribution(fit, 1);
    return status;
}

static lrpot_status first_steps(lrpot_fit *fit, int64_t seed, int32_t iterations)
{
    LRPOT__TRY(start_from(fit, seed));
    LRPOT__TRY(direct_stage(fit));
    LRPOT__TRY(linear_stage(fit));
    return steps_from_start(fit, iterations);
}

static int64_t equations(const lrpot__frame *frame)
{
    int64_t count = 0;
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->usual && lrpot__frame_has(frame, t)) count += frame->blocks[t].count;
    return count;
}

/* Fewest frames of a sample: atoms of one frame can be very similar. Where quasi-Newton steps
 * follow each matrix, and a sample is no more than a way to begin, few frames of many atoms are
 * enough. */
static int64_t least_frames(const lrpot_fit *fit, double atoms)
{
    enum { FRAMES = 24, FRAMES_OF_STEPS = 8, ATOMS_OF_STEPS = 1500 };
    if (!fit->with_steps) return FRAMES;
    double frames = ATOMS_OF_STEPS * (double)fit->data.n_train_all / fmax(atoms, 1.0);
    return frames > FRAMES_OF_STEPS ? (int64_t)fmin(ceil(frames), FRAMES) : FRAMES_OF_STEPS;
}

/* Takes a frame when the fraction so far passes a multiple of total/wanted, counted over the frames
 * of all processes. */
static lrpot_status take_sample(lrpot_fit *fit, int64_t wanted, int64_t total)
{
    lrpot__frame *const *frames = fit->data.frames;
    double *counts = NULL;
    int64_t places = 0, seen = 0, taken = 0;
    LRPOT__TRY(
        lrpot__fit_spread_by_place(fit, frames, fit->data.n_frames, equations, &counts, &places));
    for (int64_t p = 0; p < places; p++) {
        int64_t here = (int64_t)counts[p];
        int takes = here > 0 && (seen + here) * wanted / total > taken;
        if (takes) taken += here;
        else counts[p] = 0.0;
        seen += here;
    }
    for (int64_t f = 0; f < fit->data.n_frames; f++)
        if (frames[f]->set == LRPOT_FIT_TRAIN && counts[frames[f]->place] > 0.0)
            fit->sample.frames[fit->sample.n_frames++] = frames[f];
    lrpot__free(counts);
    return LRPOT_OK;
}

/* Draws a sample of frames, evenly spaced: enough for so many equations per parameter, and no fewer
 * frames than least_frames(). No sample if there are fewer than twice as many frames. */
static lrpot_status draw_sample(lrpot_fit *fit, int64_t per_parameter)
{
    enum { EQUATIONS, ATOMS };
    int64_t frames = fit->data.n_train_all, wanted = per_parameter * fit->layout.count;
    double sums[2] = { 0.0 };
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        if (fit->data.frames[f]->set != LRPOT_FIT_TRAIN) continue;
        sums[EQUATIONS] += (double)equations(fit->data.frames[f]);
        sums[ATOMS] += (double)fit->data.frames[f]->n;
    }
    LRPOT__TRY(lrpot__fit_sum(fit, sums, 2));
    int64_t total = (int64_t)sums[EQUATIONS], least = least_frames(fit, sums[ATOMS]);
    if (wanted < total / frames * least) wanted = total / frames * least;
    if (total < 2 * wanted) return LRPOT_OK;
    fit->sample.frames = lrpot__calloc(fit->data.n_frames, sizeof *fit->sample.frames);
    if (fit->sample.frames == NULL) return LRPOT_E_MEMORY;
    return take_sample(fit, wanted, total);
}

static void drop_sample(lrpot_fit *fit)
{
    lrpot__free(fit->sample.frames);
    fit->sample.frames = NULL;
    fit->sample.n_frames = 0;
}

/* Tries several seeds with a few steps each. The fit continues from the one with the smallest
 * training loss. In small sets the loss tells only after all of the first steps which minimum is
 * the best one. Where frames are so many that starts have a sample, and quasi-Newton steps that
 * lower the loss fast, two iterations are enough, and the best start alone takes the others. */
static lrpot_status choose_start(lrpot_fit *fit)
{
    enum { TRIED = 2 };
    double least = INFINITY;
    int64_t seed = fit->options.seed;
    int32_t all = fit->options.max_iterations / (fit->with_steps ? 8 : 6), tried = all;
    if (fit->with_steps && fit->sample.frames != NULL && fit->options.starts > 1 && all > TRIED)
        tried = TRIED;
    size_t bytes = (size_t)fit->layout.count * sizeof(double);
    for (int32_t k = 0; k < fit->options.starts; k++) {
        LRPOT__TRY(first_steps(fit, fit->options.seed + k, tried));
        if (fit->states.loss < least) {
            least = fit->states.loss;
            seed = fit->options.seed + k;
            memcpy(fit->states.chosen, fit->descent.params, bytes);
        }
    }
    LRPOT__TRY(start_from(fit, seed)); /* for the centre of its prior */
    memcpy(fit->descent.params, fit->states.chosen, bytes);
    return all > tried ? steps_from_start(fit, all - tried) : LRPOT_OK;
}

/* Repeats the last stage with a tenth, or ten times, of the regularization, until the validation
 * loss did not decrease twice. chosen and *least are the best state and its loss. *gained is 1 if
 * it decreased at all. */
static lrpot_status vary_regularization(lrpot_fit *fit, double factor, double *least, int *gained)
{
    enum { STEPS = 6 };
    int failures = 0;
    double strength = fit->options.regularization;
    size_t bytes = (size_t)fit->layout.count * sizeof(double);
    *gained = 0;
    for (int step = 0; step < STEPS && failures < 2; step++) {
        strength *= factor;
        lrpot__fit_set_prior_strength(fit, strength);
        memcpy(fit->descent.params, fit->states.chosen, bytes);
        lrpot_status status = full_stage(
            fit, last_stage(fit), 1, fit->options.max_iterations / 3 + 1, fit->options.tolerance);
        int better = fit->states.best_loss < *least;
        failures = better ? 0 : failures + 1;
        if (better) {
            *least = fit->states.best_loss;
            *gained = 1;
            fit->options.regularization = strength;
            memcpy(fit->states.chosen, fit->states.best, bytes);
        }
        LRPOT__TRY(status);
    }
    return LRPOT_OK;
}

static lrpot_status choose_regularization(lrpot_fit *fit)
{
    double least = fit->states.best_loss;
    int gained = 0;
    size_t bytes = (size_t)fit->layout.count * sizeof(double);
    memcpy(fit->states.chosen, fit->states.best, bytes);
    lrpot_status status = vary_regularization(fit, 0.1, &least, &gained);
    if (status == LRPOT_OK && !gained) status = vary_regularization(fit, 10.0, &least, &gained);
    memcpy(fit->states.best, fit->states.chosen, bytes);
    fit->states.best_loss = least;
    return status;
}

/* Most of the path follows long valleys, where steps on a part of the frames are close to those on
 * all. Where quasi-Newton steps make these short, the stage ends when an iteration gains less than
 * GAIN: what is left is fitted to all frames. Validation cannot tell what a state has not seen,
 * such as the only long cells: states of the sample are the best ones only until the stage is done.
 */
static lrpot_status sampled_stage(lrpot_fit *fit, int32_t iterations)
{
    static const double GAIN = 1e-2;
    const double tolerance = fit->with_steps ? fmax(fit->options.tolerance, GAIN)
                                             : fit->options.tolerance;
    const size_t size = (size_t)fit->layout.count * sizeof(double);
    const double loss = fit->states.best_loss, prior = fit->states.best_prior;
    double *best = lrpot__calloc(fit->layout.count, sizeof *best);
    if (best == NULL) return LRPOT_E_MEMORY;
    memcpy(best, fit->states.best, size);
    lrpot_status status = full_stage(fit, "sample", 1, iterations, tolerance);
    if (status == LRPOT_OK && fit->data.n_valid_all > 0) {
        memcpy(fit->states.best, best, size);
        fit->states.best_loss = loss;
        fit->states.best_prior = prior;
    }
    lrpot__free(best);
    return status;
}

/* Runs the fit from its start values to near the minimum. */
static lrpot_status run_to_near_minimum(lrpot_fit *fit, int32_t *iterations)
{
    enum { FOR_STARTS = 6, FOR_STARTS_OF_STEPS = 3, FOR_APPROACH = 20, FOR_STEPS = 12 };
    LRPOT__TRY(draw_sample(fit, fit->with_steps ? FOR_STARTS_OF_STEPS : FOR_STARTS));
    /* from potentials that are known all heads are found at once */
    fit->heads_rest = (fit->options.flags & LRPOT_FIT_DIRECT_START) == 0 && rest_heads(fit, 0) > 0;
    lrpot_status status = choose_start(fit);
    drop_sample(fit);
    if (status == LRPOT_OK && fit->heads_rest) {
        status = full_stage(fit, "narrow", 1, *iterations, fit->options.tolerance);
        fit->heads_rest = 0;
        rest_heads(fit, 1);
    }
    if (status == LRPOT_OK && (fit->options.flags & LRPOT_FIT_AUTO_WEIGHTS) != 0)
        status = lrpot__fit_auto_weights(fit);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__fit_start_networks(fit));
    LRPOT__TRY(draw_sample(fit, fit->with_steps ? FOR_STEPS : FOR_APPROACH));
    if (fit->sample.frames == NULL) return LRPOT_OK;
    status = sampled_stage(fit, *iterations);
    if (!fit->with_steps) *iterations = (*iterations + 1) / 2;
    drop_sample(fit);
    return status;
}

/* Checks that each species has training atoms: otherwise its parameters would keep their start
 * values. A resumed fit is exempt, since its parameters may be fitted already. */
static lrpot_status check_species(const lrpot_fit *fit)
{
    int32_t n = fit->potential->n_species;
    double *counts = lrpot__calloc(n, sizeof *counts);
    if (counts == NULL) return LRPOT_E_MEMORY;
    for (int64_t f = 0; f < fit->data.n_frames; f++)
        for (int64_t i = 0;
             i < fit->data.frames[f]->n && fit->data.frames[f]->set == LRPOT_FIT_TRAIN; i++)
            counts[fit->data.frames[f]->species[i]] += 1.0;
    lrpot_status status = lrpot__fit_sum(fit, counts, n);
    for (int32_t z = 0; status == LRPOT_OK && z < n; z++)
        if (counts[z] == 0.0)
            status =
                lrpot__fail(LRPOT_E_SPECIES,
                            "species %d, '%s', of the model has no atom in the training frames", z,
                            fit->potential->symbols[z]);
    lrpot__free(counts);
    return status;
}

/* Finds the merit of the given model: a fit that resumes it, or keeps a part of it, never ends with
 * a worse one. */
static lrpot_status keep_given_start(lrpot_fit *fit)
{
    double loss = 0.0;
    fit->weights.kappa = lrpot__fit_outlier_limit(fit);
    LRPOT__TRY(lrpot__fit_evaluate(fit, fit->descent.params, 0, &loss));
    return lrpot__fit_keep_best(fit, 0, loss);
}

lrpot_status lrpot__fit_stages(lrpot_fit *fit)
{
    int32_t flags = fit->options.flags, iterations = fit->options.max_iterations;
    fit->networks_started = 0;
    lrpot__fit_set_redistribution(fit, lrpot__potential_keeps_total_charge(fit->potential));
    if (fit->options.resume) {
        LRPOT__TRY(lrpot__fit_get(fit, fit->descent.params));
        lrpot__fit_set_prior(fit);
        LRPOT__TRY(lrpot__fit_start_networks(fit));
        if ((flags & LRPOT_FIT_AUTO_WEIGHTS) != 0) LRPOT__TRY(lrpot__fit_auto_weights(fit));
        LRPOT__TRY(keep_given_start(fit));
    } else {
        LRPOT__TRY(check_species(fit));
        if (fit->keeps) {
            LRPOT__TRY(lrpot__fit_get(fit, fit->descent.params));
            lrpot__fit_set_prior(fit);
            LRPOT__TRY(keep_given_start(fit));
        }
        LRPOT__TRY(run_to_near_minimum(fit, &iterations));
    }
    LRPOT__TRY(full_stage(fit, last_stage(fit), 1, iterations, fit->options.tolerance));
    return (flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0 && fit->options.regularization > 0.0
               ? choose_regularization(fit)
               : LRPOT_OK;
}
