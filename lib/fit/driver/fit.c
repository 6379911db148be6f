#include "fit/driver/fit.h"

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_born_factor.h"
#include "fit/driver/fit_loss.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "fit/driver/memory_forecast.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/born_factor.h"
#include "fit/least_squares/normal_equations.h"
#include "potential/params.h"
#include "potential/precision.h"
#include "tensors/tensors.h"

#include <math.h>
#include <string.h>

static void defaults(lrpot_fit_options *options)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (options->errors[t] == 0.0) options->errors[t] = lrpot__targets[t]->error;
    if (options->regularization == 0.0) options->regularization = 1.0;
    if (options->max_iterations == 0) options->max_iterations = 120;
    if (options->threads == 0) options->threads = 1;
    if (options->starts == 0) options->starts = 3;
    if (options->tolerance == 0.0) options->tolerance = 1e-5;
    if (options->sum_rule_error == 0.0) options->sum_rule_error = lrpot__target_sum_rules.error;
    if (options->forces_relative == 0.0) options->forces_relative = 0.02;
    if (options->robustness == 0.0) options->robustness = 2.0;
}

/* Limits: each thread has sums of its own, each start is a stage of the fit. */
enum { MOST_THREADS = 1024, MOST_STARTS = 10000 };

static lrpot_status check_options(const lrpot_fit_options *options)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (!(options->errors[t] > 0.0))
            return lrpot__fail(
                LRPOT_E_ARGUMENT, "errors that count as equal must be positive: %s %g %s",
                lrpot__targets[t]->name, options->errors[t], lrpot__targets[t]->unit);
    if (options->max_iterations < 0 || options->threads < 1 || options->threads > MOST_THREADS
        || options->starts < 1 || options->starts > MOST_STARTS)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "max_iterations = %d, threads = %d, starts = %d: expected >= 0, 1 to %d, "
            "1 to %d",
            options->max_iterations, options->threads, options->starts, MOST_THREADS, MOST_STARTS);
    if (options->patience < 0 || options->reserved != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "patience = %d, reserved = %d: expected >= 0, 0",
                           options->patience, options->reserved);
    if (!(options->gap_barrier >= 0.0) || isinf(options->gap_barrier))
        return lrpot__fail(LRPOT_E_ARGUMENT, "gap_barrier = %g eV, expected a number from 0",
                           options->gap_barrier);
    if ((options->flags
         & ~(LRPOT_FIT_SKIP_MISSING | LRPOT_FIT_CHOOSE_REGULARIZATION | LRPOT_FIT_AUTO_WEIGHTS
             | LRPOT_FIT_NO_ACTIVE_SET | LRPOT_FIT_NO_CORE | LRPOT_FIT_GRADE_PARAMETERS
             | LRPOT_FIT_DIRECT_START))
        != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "flags = %d is no sum of LRPOT_FIT_*", options->flags);
    if (options->targets < 0 || options->targets >= 1 << LRPOT__TARGET_SUM_RULES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "targets = %d is no sum of LRPOT_FIT_TARGET_*",
                           options->targets);
    return LRPOT_OK;
}

lrpot_status lrpot_fit_get_options(const lrpot_fit *fit, lrpot_fit_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_RESULT(lrpot_fit_options, options);
    LRPOT__FILL_RESULT(options, &fit->options);
    return LRPOT_OK;
}

/* A direct start takes the potentials of all moments of the data. */
static lrpot_status check_direct(const lrpot_charges *charges, const lrpot_fit_options *options)
{
    if ((options->flags & LRPOT_FIT_DIRECT_START) == 0) return LRPOT_OK;
    if (charges == NULL || charges->rules->chain != LRPOT__CHAIN_DENSITY)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a direct start with charges of kind %s: offered for densities",
                           charges != NULL ? charges->rules->name : "none");
    if ((options->flags & LRPOT_FIT_SKIP_MISSING) != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "a direct start needs the moments of all frames; "
                                             "LRPOT_FIT_SKIP_MISSING lets frames lack them");
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (lrpot__targets[t]->is_moment
            && lrpot__targets[t]->order <= lrpot__charges_order(charges)
            && (options->targets & LRPOT_FIT_TARGET(t)) == 0)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "a direct start of a density of order %d needs the target %s (%s)",
                               lrpot__charges_order(charges), lrpot__targets[t]->name,
                               lrpot__targets[t]->label);
    return LRPOT_OK;
}

/* Moments of the atoms are targets of charges that have them. */
static lrpot_status check_orders(const lrpot_charges *charges, int32_t targets)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if ((targets & LRPOT_FIT_TARGET(t)) != 0
            && lrpot__targets[t]->order > lrpot__charges_order(charges))
            return lrpot__fail(LRPOT_E_UNSUPPORTED,
                               "target %s (%s) with charges of kind %s of order %d: offered for a "
                               "density of order %s",
                               lrpot__targets[t]->name, lrpot__targets[t]->label,
                               charges->rules->name, lrpot__charges_order(charges),
                               lrpot__targets[t]->order > 1 ? "2" : "1 or 2");
    return LRPOT_OK;
}

/* Targets predicted from charges need charges. */
static lrpot_status check_targets(const lrpot_potential *potential, int32_t targets)
{
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES && potential->charges == NULL; t++)
        if ((targets & LRPOT_FIT_TARGET(t)) != 0 && lrpot__targets[t]->predict != NULL)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "target %s (%s) is one of models with charges; this one has none",
                               lrpot__targets[t]->name, lrpot__targets[t]->label);
    return potential->charges != NULL ? check_orders(potential->charges, targets) : LRPOT_OK;
}

lrpot_status lrpot_fit_create(lrpot_fit **out, lrpot_potential *potential,
                              const lrpot_fit_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_fit_options, options);
    lrpot_fit_options filled;
    LRPOT__COPY_INPUT(&filled, options);
    defaults(&filled);
    LRPOT__TRY(check_options(&filled));
    LRPOT__TRY(check_targets(potential, filled.targets));
    LRPOT__TRY(check_direct(potential->charges, &filled));
    LRPOT__TRY(lrpot__potential_require_double(potential, "a fit"));
    LRPOT__TRY(lrpot__charges_require_derivatives(potential->charges, "a fit"));
    if (filled.gap_barrier > 0.0)
        LRPOT__TRY(lrpot__basis_trained(potential->basis, "a gap barrier"));
    if (!lrpot__potential_has_parameters(potential))
        return lrpot__basis_trained(potential->basis, "a fit");
    lrpot_fit *fit = lrpot__calloc(1, sizeof *fit);
    if (fit == NULL) return LRPOT_E_MEMORY;
#ifndef _OPENMP
    filled.threads = 1;
#endif
    fit->options = filled;
    fit->usual_iterations = options->max_iterations == 0;
    fit->potential = potential;
    fit->layout = lrpot__parameter_layout_of(potential);
    fit->data.n_sources = 1;
    fit->progress.train = fit->progress.valid = (lrpot_fit_errors)LRPOT_FIT_ERRORS_INIT;
    fit->weights.kappa = INFINITY;
    lrpot__fit_set_weights(fit);
    lrpot_status status = lrpot_workspace_create(&fit->work, filled.threads);
    if (status == LRPOT_OK && !potential->basis->descriptor->trained)
        status = lrpot_fit_keep(fit, "energy.species"); /* the energies of the file are absolute */
    if (status != LRPOT_OK) {
        lrpot_fit_free(fit);
        return status;
    }
    *out = fit;
    return LRPOT_OK;
}

void lrpot_fit_free(lrpot_fit *fit)
{
    if (fit == NULL) return;
    for (int64_t f = 0; f < fit->data.n_frames; f++) lrpot__frame_free(fit->data.frames[f]);
    for (int32_t t = 0; t < fit->options.threads; t++) {
        if (fit->sums.assemblies != NULL) lrpot__assembly_free(fit->sums.assemblies[t]);
        if (fit->sums.partial != NULL) lrpot__normal_equations_free(fit->sums.partial[t]);
    }
    void *blocks[] = { fit->data.frames,
                       fit->sample.frames,
                       fit->thinned.frames,
                       fit->sums.assemblies,
                       fit->sums.partial,
                       fit->descent.active,
                       fit->prior.strength,
                       fit->prior.natural,
                       fit->prior.centre,
                       fit->descent.params,
                       fit->descent.trial,
                       fit->descent.kept,
                       fit->descent.step,
                       fit->states.best,
                       fit->states.chosen,
                       fit->descent.before,
                       fit->descent.cholesky,
                       fit->descent.pairs,
                       fit->descent.last_gradient,
                       fit->descent.last_state,
                       fit->offsets,
                       fit->held,
                       fit->factor.sizes };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__normal_equations_free(fit->sums.normal);
    lrpot_workspace_free(fit->work);
    lrpot__free(fit);
}

static lrpot_status check_set(int32_t set)
{
    if (set == LRPOT_FIT_TRAIN || set == LRPOT_FIT_VALID) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "set = %d, expected LRPOT_FIT_TRAIN (%d) or LRPOT_FIT_VALID (%d)", set,
                       LRPOT_FIT_TRAIN, LRPOT_FIT_VALID);
}

static lrpot_status check_frame(const lrpot_fit_frame *how)
{
    LRPOT__REQUIRE_INPUT(lrpot_fit_frame, how);
    LRPOT__TRY(check_set(how->set));
    if (how->source < 0 || how->source >= LRPOT__FIT_SOURCES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "source = %d, expected 0 to %d", how->source,
                           LRPOT__FIT_SOURCES - 1);
    if (!(how->weight >= 0.0) || isinf(how->weight))
        return lrpot__fail(LRPOT_E_ARGUMENT, "weight = %g, expected > 0", how->weight);
    if (how->place < 0 || how->place > INT32_MAX)
        return lrpot__fail(LRPOT_E_ARGUMENT, "place = %lld, expected 0 to 2^31 - 1",
                           (long long)how->place);
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if (!isfinite(how->target_weights[t]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "weight of %s = %g", lrpot__targets[t]->name,
                               how->target_weights[t]);
    return LRPOT_OK;
}

/* Makes room within the limit of memory: the last frames that keep neighbours and Coulomb matrices
 * leave them. The error names the last frame. */
static lrpot_status make_room(lrpot_fit *fit)
{
    lrpot__fit_size size = lrpot__fit_present_size(fit);
    double limit = fit->options.memory_limit;
    if (!lrpot__fit_size_fits(fit, &size))
        return lrpot__fail(LRPOT_E_STATE,
                           "with frame %lld the fit would need %.4g MB, the limit is %.4g MB",
                           (long long)(fit->data.n_frames - 1),
                           1e-6 * (double)lrpot__fit_bytes(fit, &size), 1e-6 * limit);
    for (int64_t f = fit->data.n_frames;
         f-- > 0 && limit > 0.0 && (double)lrpot__fit_bytes(fit, &size) > limit;)
        (void)lrpot__fit_leave_frame(fit, &size, fit->data.frames[f]);
    fit->data.size = size;
    fit->data.n_sized = fit->data.n_frames;
    return LRPOT_OK;
}

lrpot_status lrpot_fit_add_frame(lrpot_fit *fit, const lrpot_structure *structure,
                                 const lrpot_fit_frame *how)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(how);
    LRPOT__TRY(check_frame(how));
    if (fit->sums.normal != NULL && how->source >= fit->data.n_sources)
        return lrpot__fail(LRPOT_E_STATE, "source %d is new, but the fit has begun", how->source);
    LRPOT__TRY(lrpot__grow((void **)&fit->data.frames, &fit->data.capacity, fit->data.n_frames + 1,
                           sizeof *fit->data.frames));
    LRPOT__TRY(lrpot__frame_create(&fit->data.frames[fit->data.n_frames], fit->potential, fit->work,
                                   structure, how, fit->options.targets, fit->options.flags));
    lrpot__frame *frame = fit->data.frames[fit->data.n_frames];
    frame->number = fit->data.n_frames;
    frame->place = how->place > 0 ? how->place - 1 : frame->number;
    lrpot_status status = fit->factor.model != NULL ? lrpot__frame_apply_born_factor(
                              frame, fit->factor.model->options.cutoff)
                                                    : LRPOT_OK;
    int32_t sources = fit->data.n_sources;
    fit->data.n_frames++;
    if (how->source >= fit->data.n_sources) fit->data.n_sources = how->source + 1;
    lrpot__fit_number_parameters(fit);
    if (status == LRPOT_OK) status = make_room(fit);
    if (status == LRPOT_OK) {
        fit->data.n_valid += how->set == LRPOT_FIT_VALID;
        return LRPOT_OK;
    }
    lrpot__frame_free(frame);
    fit->data.n_frames--;
    fit->data.n_sources = sources;
    lrpot__fit_number_parameters(fit);
    return status;
}

lrpot_status lrpot_fit_add(lrpot_fit *fit, const lrpot_structure *structure, int32_t set,
                           double weight)
{
    if (!(weight > 0.0)) return lrpot__fail(LRPOT_E_ARGUMENT, "weight = %g, expected > 0", weight);
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    how.set = set;
    how.weight = weight;
    return lrpot_fit_add_frame(fit, structure, &how);
}

int64_t lrpot_fit_param_count(const lrpot_fit *fit)
{
    return fit == NULL ? 0 : fit->layout.count;
}

static int allocate(lrpot_fit *fit)
{
    int64_t count = fit->layout.count;
    fit->sums.assemblies = lrpot__calloc(fit->options.threads, sizeof *fit->sums.assemblies);
    fit->sums.partial = lrpot__calloc(fit->options.threads, sizeof *fit->sums.partial);
    fit->descent.active = lrpot__calloc(count, sizeof *fit->descent.active);
    double **vectors[] = { &fit->prior.strength,        &fit->prior.natural,
                           &fit->prior.centre,          &fit->descent.params,
                           &fit->descent.trial,         &fit->descent.kept,
                           &fit->descent.step,          &fit->states.best,
                           &fit->states.chosen,         &fit->descent.before,
                           &fit->descent.last_gradient, &fit->descent.last_state };
    int complete = fit->sums.assemblies != NULL && fit->sums.partial != NULL
                   && fit->descent.active != NULL;
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        *vectors[v] = lrpot__calloc(count, sizeof(double));
        complete = complete && *vectors[v] != NULL;
    }
    fit->descent.count = count;
    fit->descent.stride = lrpot__padded(count);
    fit->descent.cholesky = lrpot__calloc(count * fit->descent.stride, sizeof(double));
    fit->descent.pairs = lrpot__calloc(2 * LRPOT__MINIMIZE_PAIRS * count, sizeof(double));
    fit->offsets = lrpot__calloc(count - fit->layout.offsets + 1, sizeof(double));
    return complete && fit->descent.cholesky != NULL && fit->descent.pairs != NULL
           && fit->offsets != NULL;
}

int64_t lrpot_fit_frames_anew(const lrpot_fit *fit)
{
    return fit != NULL ? lrpot__fit_present_size(fit).n_anew : 0;
}

lrpot_status lrpot_fit_offsets(const lrpot_fit *fit, int32_t source, int32_t n_species,
                               double *offsets)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(offsets);
    if (source < 0 || source >= fit->data.n_sources)
        return lrpot__fail(LRPOT_E_ARGUMENT, "source = %d, expected 0 to %lld", source,
                           (long long)fit->data.n_sources - 1);
    if (n_species != fit->potential->n_species)
        return lrpot__fail(LRPOT_E_SIZE, "%d species, the model has %d", n_species,
                           fit->potential->n_species);
    for (int32_t z = 0; z < n_species; z++)
        offsets[z] = source > 0 && fit->offsets != NULL
                         ? fit->offsets[(int64_t)(source - 1) * n_species + z]
                         : 0.0;
    return LRPOT_OK;
}

static lrpot_status mark_block(lrpot_fit *fit, const char *block, uint8_t mark)
{
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(block);
    if (fit->held == NULL) fit->held = lrpot__calloc(fit->layout.offsets, sizeof *fit->held);
    if (fit->held == NULL) return LRPOT_E_MEMORY;
    for (int32_t b = 0; lrpot_potential_param_block(fit->potential, b, &name, &offset, &count); b++)
        if (strcmp(name, block) == 0) {
            memset(fit->held + offset, mark, (size_t)count);
            return LRPOT_OK;
        }
    return lrpot__fail(LRPOT_E_ARGUMENT, "the model has no block of parameters named %.64s", block);
}

lrpot_status lrpot_fit_hold(lrpot_fit *fit, const char *block)
{
    return mark_block(fit, block, LRPOT__FIT_HELD);
}

lrpot_status lrpot_fit_keep(lrpot_fit *fit, const char *block)
{
    LRPOT__TRY(mark_block(fit, block, LRPOT__FIT_KEPT));
    fit->keeps = 1;
    return LRPOT_OK;
}

lrpot_status lrpot_fit_get_params(lrpot_fit *fit, int64_t n, double *params)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(lrpot__fit_prepare(fit));
    if (n != fit->layout.count)
        return lrpot__fail(LRPOT_E_SIZE, "room for %lld parameters, the fit has %lld", (long long)n,
                           (long long)fit->layout.count);
    return lrpot__fit_get(fit, params);
}

lrpot_status lrpot__fit_prepare(lrpot_fit *fit)
{
    if (fit->sums.normal != NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__fit_count_frames(fit));
    if (!allocate(fit)) return LRPOT_E_MEMORY;
    for (int32_t t = 0; t < fit->options.threads; t++) {
        LRPOT__TRY(lrpot__assembly_create(&fit->sums.assemblies[t], fit->potential, &fit->layout,
                                          lrpot__potential_keeps_total_charge(fit->potential)));
        fit->sums.assemblies[t]->offsets = fit->offsets;
        if (fit->factor.model != NULL)
            LRPOT__TRY(
                lrpot__born_factor_create(&fit->sums.assemblies[t]->factor,
                                          fit->factor.model->basis, fit->potential->n_species,
                                          fit->offsets + fit->layout.factor - fit->layout.offsets));
        LRPOT__TRY(lrpot__normal_equations_create(&fit->sums.partial[t], fit->layout.count, 1));
    }
    fit->states.best_loss = INFINITY;
    for (int64_t p = 0; p < fit->layout.count; p++) fit->prior.natural[p] = 1.0;
    if (fit->factor.model != NULL) LRPOT__TRY(lrpot__fit_prepare_born_factor(fit));
    LRPOT__TRY(lrpot__fit_get(fit, fit->descent.params));
    return lrpot__normal_equations_create(&fit->sums.normal, fit->layout.count, 0);
}

lrpot_status lrpot_fit_loss(lrpot_fit *fit, int64_t n, const double *params, double *loss,
                            double *gradient)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__REQUIRE_NOT_NULL(loss);
    LRPOT__TRY(lrpot__fit_prepare(fit));
    if (n != fit->layout.count)
        return lrpot__fail(LRPOT_E_SIZE, "%lld parameters given, the fit has %lld", (long long)n,
                           (long long)fit->layout.count);
    LRPOT__TRY(lrpot__fit_evaluate(fit, params, gradient != NULL, loss));
    if (gradient != NULL)
        for (int64_t p = 0; p < n; p++) gradient[p] = 2.0 * fit->sums.normal->gradient[p];
    LRPOT__TRY(lrpot__finite_total("loss", 1, loss));
    return lrpot__finite_total("gradient of the loss", n, gradient);
}

lrpot_status lrpot_fit_errors_of(lrpot_fit *fit, int32_t set, lrpot_fit_errors *errors)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(errors);
    LRPOT__REQUIRE_RESULT(lrpot_fit_errors, errors);
    LRPOT__TRY(check_set(set));
    LRPOT__TRY(lrpot__fit_prepare(fit));
    LRPOT__TRY(lrpot__normal_equations_accumulate(
        fit->sums.normal, fit->sums.partial, fit->sums.assemblies, fit->options.threads,
        fit->data.frames, fit->data.n_frames, set, fit->weights, 0, fit->comm));
    const lrpot_fit_errors *e = &fit->sums.normal->errors;
    LRPOT__TRY(lrpot__finite_total("errors of a set", LRPOT_FIT_MAX_TARGETS, e->rmse));
    LRPOT__TRY(lrpot__finite_total("mean errors of a set", LRPOT_FIT_MAX_TARGETS, e->mae));
    LRPOT__FILL_RESULT(errors, e);
    return LRPOT_OK;
}

void lrpot_fit_set_log(lrpot_fit *fit, lrpot_log log, void *ctx)
{
    if (fit != NULL) lrpot_workspace_set_log(fit->work, log, ctx);
}
