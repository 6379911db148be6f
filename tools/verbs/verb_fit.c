/* lrpot fit: fits a model to energies, forces and stresses. */
#include "fitting/charge_kind_lists.h"
#include "fitting/coverage.h"
#include "fitting/fit_joint.h"
#include "fitting/fit_options.h"
#include "fitting/fit_tensors.h"
#include "cli/files.h"
#include "fitting/fit_plots.h"
#include "fitting/fit_report.h"
#include "fitting/shared_fit.h"
#include "cli/report.h"
#include "fitting/target_names.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads --neutrality. The first two values exist in the library; off is soft without a penalty. */
static int read_neutrality(fit_run *run)
{
    static const char *const names[] = { "exact", "soft", "off" };
    int32_t which = 0;
    if (run->text.neutrality == NULL) return GO_ON;
    while (which < 3 && strcmp(run->text.neutrality, names[which]) != 0) which++;
    if (which == 3)
        return report_usage("fit", "--neutrality %s: expected exact, soft or off",
                            run->text.neutrality);
    run->wanted.charge_options.neutrality = which == 0 ? LRPOT_NEUTRALITY_EXACT
                                                       : LRPOT_NEUTRALITY_OFF;
    if (which == 2) run->job.options.sum_rule_error = INFINITY;
    return GO_ON;
}

/* Reads --response. */
static int read_response(fit_run *run)
{
    static const char *const names[] = { "bonds", "atoms", "none" };
    static const int32_t responses[] = { LRPOT_RESPONSE_BONDS, LRPOT_RESPONSE_ATOMS,
                                         LRPOT_RESPONSE_NONE };
    int which = 0;
    if (run->text.response == NULL) return GO_ON;
    while (which < 3 && strcmp(run->text.response, names[which]) != 0) which++;
    if (which == 3)
        return report_usage("fit", "--response %s: expected bonds, atoms or none",
                            run->text.response);
    run->wanted.charge_options.response = responses[which];
    return GO_ON;
}

/* Reads options that only some kinds of charges have. */
static int read_charge_options(fit_run *run)
{
    lrpot_charges_options *options = &run->wanted.charge_options;
    const struct {
        const char *name;
        int32_t given, trait;
    } known[] = {
        { "channels", run->wanted.channels > 0, LRPOT_CHARGES_TAKES_CHANNELS },
        { "neutrality", run->text.neutrality != NULL, LRPOT_CHARGES_TAKES_NEUTRALITY },
        { "self", run->wanted.self, LRPOT_CHARGES_TAKES_SELF },
        { "sigma", run->wanted.sigma > 0.0, LRPOT_CHARGES_TAKES_SIGMA },
        { "order", run->wanted.order >= 0, LRPOT_CHARGES_TAKES_MOMENTS },
        { "response", run->text.response != NULL, LRPOT_CHARGES_TAKES_MOMENTS },
        { "reach", run->wanted.reach > 0.0, LRPOT_CHARGES_TAKES_MOMENTS },
        { "features", run->wanted.features >= 0, LRPOT_CHARGES_TAKES_MOMENTS },
        { "spread", run->wanted.spread > 0.0, LRPOT_CHARGES_TAKES_MOMENTS },
        { "without-self", run->wanted.without_self, LRPOT_CHARGES_TAKES_MOMENTS },
    };
    char kinds[CHARGE_KINDS_TEXT];
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (known[k].given && !charge_kind_has(run->wanted.charges, known[k].trait))
            return report_usage("fit", "--%s goes with --charges %s", known[k].name,
                                charge_kinds_with(known[k].trait, kinds));
    options->channels = (int32_t)run->wanted.channels;
    options->sigma = run->wanted.sigma;
    options->reach = run->wanted.reach;
    options->spread = run->wanted.spread;
    options->features = run->wanted.features > 0 ? (int32_t)run->wanted.features : 0;
    options->order = run->wanted.order >= 0 ? (int32_t)run->wanted.order : 0;
    int code = read_response(run);
    if (code != GO_ON) return code;
    if (run->wanted.features == 0) options->response = LRPOT_RESPONSE_NONE;
    if (run->wanted.features > 0 && options->response == LRPOT_RESPONSE_NONE)
        return report_usage("fit", "--features %lld goes with --response bonds or atoms",
                            (long long)run->wanted.features);
    options->flags = (run->wanted.self ? LRPOT_CHARGES_SELF : 0)
                     | (run->wanted.without_self ? LRPOT_CHARGES_WITHOUT_SELF : 0);
    return read_neutrality(run);
}

static int read_own(fit_run *run)
{
    const char *text = run->text.own;
    if (text == NULL) return GO_ON;
    int all = strcmp(text, "all") == 0;
    run->wanted.species_coefficients = all || strcmp(text, "energy") == 0;
    if (all) run->wanted.charge_options.flags |= LRPOT_CHARGES_OWN_COEFFICIENTS;
    if (run->wanted.species_coefficients || strcmp(text, "no") == 0) return GO_ON;
    return report_usage("fit", "--species-coefficients %s: expected no, energy or all", text);
}

/* "8" or "8,8" */
static int read_widths(const char *option, const char *text, int32_t widths[2])
{
    text_list list;
    int good = text_list_split(&list, text) && list.count <= 2;
    for (int32_t k = 0; good && k < list.count; k++) {
        double width = 0.0;
        good = parse_real(list.items[k], &width) && width >= 1.0 && width <= 64.0
               && width == floor(width);
        widths[k] = good ? (int32_t)width : 0;
    }
    text_list_free(&list);
    return good ? GO_ON
                : report_usage("fit",
                               "--%s %s: expected the widths of one or two layers, 1 to 64 each, "
                               "as in 8 or 8,8",
                               option, text);
}

static int read_hidden(fit_run *run)
{
    const char *input = run->text.charge_input;
    int code = read_widths("hidden", run->text.hidden, run->wanted.hidden);
    if (code == GO_ON)
        code = read_widths("charge-hidden", run->text.charge_hidden,
                           run->wanted.charge_options.hidden);
    if (code != GO_ON || input == NULL) return code;
    run->wanted.charge_options.charge_input = strcmp(input, "all") == 0;
    run->wanted.charge_input = run->wanted.charge_options.charge_input
                               || strcmp(input, "energy") == 0;
    if (!run->wanted.charge_input && strcmp(input, "no") != 0)
        return report_usage("fit", "--charge-input %s: expected no, energy or all", input);
    if (run->wanted.charge_input && run->wanted.hidden[0] == 0)
        return report_usage(
            "fit", "--charge-input %s needs --hidden: the total charge is an input of networks",
            input);
    if (run->wanted.charge_options.charge_input && run->wanted.charge_options.hidden[0] == 0)
        return report_usage(
            "fit",
            "--charge-input all needs --charge-hidden: the total charge is an input of networks");
    return GO_ON;
}

/* Reads --start and --freeze, and refuses options that the model of --start decides. */
static int read_start(fit_run *run)
{
    static const char *const names[] = { "no", "coefficients", "all" };
    const char *text = run->text.freeze;
    int32_t which = 0;
    while (text != NULL && which < 3 && strcmp(text, names[which]) != 0) which++;
    if (which == 3)
        return report_usage("fit", "--freeze %s: expected no, coefficients or all", text);
    run->job.keep_energy = run->start != NULL || (text != NULL && which > 0);
    run->job.freeze = (enum training_freeze)which;
    if (run->start == NULL)
        return text == NULL || run->resume != NULL
                   ? GO_ON
                   : report_usage("fit", "--freeze goes with --start MODEL, whose short-range part "
                                         "it keeps, or with --resume of such a fit");
    if (run->resume != NULL)
        return report_usage("fit", "--start adds charges to a model, --resume goes on with one");
    if (run->wanted.charges == LRPOT_CHARGES_NONE)
        return report_usage("fit", "--start adds charges: --charges none has none to add");
    return options_without(&run->common, "fit",
                           "level,cutoff,radial-size,radial-step,min-distance,species-coefficients,"
                           "hidden,charge-input",
                           "with --start: they are those of its model");
}

static int read_options(fit_run *run)
{
    char kinds[CHARGE_KINDS_TEXT];
    run->wanted.charges = lrpot_charges_kind_of(run->text.charges);
    if (run->text.charges != NULL && run->wanted.charges < 0)
        return report_usage("fit", "--charges %s: expected %s", run->text.charges,
                            charge_kinds_all(" or ", kinds));
    int code = read_charge_options(run);
    if (code == GO_ON) code = read_start(run);
    if (code == GO_ON) code = read_own(run);
    if (code == GO_ON) code = read_hidden(run);
    if (code != GO_ON) return code;
    run->job.hold_species = run->text.baseline != NULL;
    if (run->job.hold_species && run->wanted.charges >= 0
        && !charge_kind_has(run->wanted.charges, LRPOT_CHARGES_SPECIES_CHARGE))
        return report_usage("fit", "--baseline goes with --charges %s",
                            charge_kinds_with(LRPOT_CHARGES_SPECIES_CHARGE, kinds));
    if (run->wanted.level % 2 != 0 || run->wanted.charge_level % 2 != 0)
        return report_usage("fit", "levels are even numbers, 2 to 28");
    if (run->common.output == NULL || strcmp(run->common.output, "-") == 0)
        return report_usage("fit", "-o MODEL is needed: the file that the model goes to");
    if (run->resume != NULL && run->ensemble > 1)
        return report_usage("fit", "--resume goes on with one model, --ensemble starts several");
    if (run->job.fitted_factor != NULL && (run->job.factor == NULL || run->ensemble > 1))
        return report_usage(
            "fit",
            "--fit-factor needs the --factor that it starts from, and one model, no --ensemble");
    if (strcmp(run->text.distance, "auto") == 0) run->wanted.min_distance = -1.0;
    else if (!parse_real(run->text.distance, &run->wanted.min_distance)
             || run->wanted.min_distance < 0.0)
        return report_usage("fit", "--min-distance %s: expected auto or a length in A",
                            run->text.distance);
    code = inputs_species("fit", run->text.species, &run->data.species);
    return code == GO_ON ? key_list_read(&run->data.keys, "fit", run->text.keys) : code;
}

static int read_targets(fit_run *run)
{
    char names[256];
    text_list list;
    int good = text_list_split(&list, run->text.targets);
    for (int32_t k = 0; good && k < list.count; k++) {
        int32_t target = target_of(list.items[k]);
        good = target >= 0;
        if (good) run->job.options.targets |= LRPOT_FIT_TARGET(target);
    }
    text_list_free(&list);
    return good ? GO_ON
                : report_usage("fit", "--targets %s: expected some of %s", run->text.targets,
                               target_names(names, sizeof names, ","));
}

static int read_weights(fit_run *run)
{
    lrpot_fit_options *options = &run->job.options;
    text_list list;
    char units[128];
    int automatic = run->text.weights != NULL && strcmp(run->text.weights, "auto") == 0;
    if (automatic) options->flags |= LRPOT_FIT_AUTO_WEIGHTS;
    if (run->data.no_core) options->flags |= LRPOT_FIT_NO_CORE;
    if (run->data.grade_parameters) options->flags |= LRPOT_FIT_GRADE_PARAMETERS;
    if (run->data.direct) options->flags |= LRPOT_FIT_DIRECT_START;
    int good = text_list_split(&list, automatic ? NULL : run->text.weights)
               && (automatic || run->text.weights == NULL
                   || (list.count >= 3 && list.count <= lrpot_fit_target_count()));
    for (int32_t k = 0; good && k < list.count; k++)
        good = parse_real(list.items[k], &options->errors[k]) && options->errors[k] > 0.0;
    text_list_free(&list);
    if (!good)
        return report_usage("fit",
                            "--weights %s: expected auto, or three errors or more in %s, as in "
                            "0.001,0.02,0.001",
                            run->text.weights, target_units(units, sizeof units, ", "));
    if (strcmp(run->text.regularization, "auto") == 0)
        options->flags |= LRPOT_FIT_CHOOSE_REGULARIZATION;
    else if (!parse_real(run->text.regularization, &options->regularization))
        return report_usage("fit", "--regularization %s: expected auto or a number",
                            run->text.regularization);
    options->memory_limit = 1e9 * run->memory;
    options->max_iterations = (int32_t)run->max_iterations;
    options->patience = (int32_t)run->patience;
    options->tolerance = run->tolerance;
    options->gap_barrier = run->gap_barrier;
    options->threads = (int32_t)run->common.threads;
    options->starts = (int32_t)run->starts;
    options->resume = run->resume != NULL;
    return GO_ON;
}

/* Says that a model of --start got no charges: none that were tried lower the loss of the model as
 * it was given. */
static void tell_no_charges(const fit_run *run, const lrpot_potential *model)
{
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    double *params = malloc((size_t)n * sizeof *params);
    const char *name = NULL;
    int found = params == NULL || lrpot_potential_get_params(model, n, params) != LRPOT_OK;
    for (int32_t b = 0; !found && lrpot_potential_param_block(model, b, &name, &offset, &count);
         b++)
        for (int64_t k = 0;
             k < count
             && (strcmp(name, "charges.linear") == 0 || strcmp(name, "charges.species") == 0);
             k++)
            found = found || params[offset + k] != 0.0;
    free(params);
    if (!found)
        report_note("WARNING: no charges lower the loss of %s: those of the model are 0; more "
                    "--max-iterations, or less of --freeze, may find some",
                    run->start);
}

/* Fits and saves; the model replaces its checkpoint. */
static int fit_and_save(fit_run *run, int64_t member, lrpot_potential *model, const char *path)
{
    int code = training_run(&run->job, model, member == 0);
    if (code != GO_ON) return code;
    if (shared_fit_leads()) {
        if (run->start != NULL) tell_no_charges(run, model);
        code = fit_save_model(run, model, path);
        if (code != GO_ON) checkpoint_write(run->job.checkpoint, model, 1);
    }
    code = shared_fit_agree(code);
    return code == GO_ON && member == 0 && shared_fit_leads()
               ? coverage_of_displacements(&run->data.train, model, (int32_t)run->common.threads)
               : code;
}

static int fit_member(fit_run *run, int64_t member, lrpot_potential *model, const char *path,
                      const char *checkpoint_path)
{
    checkpoint file = { .lock = -1 };
    int code = checkpoint_open(&file, shared_fit_leads() ? checkpoint_path : NULL,
                               run->checkpoint != NULL, run->job.checkpoint_every);
    /* a fit tries as many seeds as it has starts. Members must not share seeds, or they may become
     * identical */
    run->job.options.seed = run->seed + member * (run->starts > 0 ? run->starts : 3);
    run->job.checkpoint = &file;
    run->job.train = &run->data.train;
    run->job.valid = &run->data.valid;
    if (run->ensemble > 1 && code == GO_ON)
        report_note("member %lld of %lld, seed %lld", (long long)member + 1,
                    (long long)run->ensemble, (long long)run->job.options.seed);
    if (code == GO_ON) code = fit_and_save(run, member, model, path);
    checkpoint_close(&file, code == GO_ON && run->checkpoint == NULL);
    return code;
}

static int tell_member(fit_run *run, const lrpot_potential *model, const char *path,
                       json_t *results)
{
    report_note("%s written after %lld iterations in %.1f s", path, (long long)run->job.iterations,
                run->job.seconds);
    if (run->job.interrupted)
        report_note("stopped: %s holds the best state so far; --resume %s%s%s goes on", path, path,
                    run->job.freeze != FREEZE_NOTHING ? " --freeze " : "",
                    run->job.freeze != FREEZE_NOTHING ? run->text.freeze : "");
    json_t *result = training_json(&run->job);
    json_put_text(result, "model", path);
    json_array_append_new(results, result);
    if (!run->common.json) training_print(&run->job, stdout);
    fflush(stdout);
    int code = GO_ON;
    if (shared_fit_leads()) {
        code = fit_report_member(run, run->report, result, model, path);
        if (code == GO_ON) code = fit_report_write(run, run->report);
    }
    return shared_fit_agree(code);
}

static int one_member(fit_run *run, int64_t member, const char *path, const char *checkpoint_path,
                      json_t *results)
{
    lrpot_potential *model = NULL;
    run->job.history = json_array();
    int code = fit_create_model(run, &model);
    if (code == GO_ON) code = fit_member(run, member, model, path, checkpoint_path);
    if (code == GO_ON) code = tell_member(run, model, path, results);
    json_decref(run->job.history);
    run->job.history = NULL;
    lrpot_potential_free(model);
    return code;
}

/* Names the files of a member; the caller frees both in any case. */
static int name_member(const fit_run *run, int64_t member, char **path, char **kept)
{
    char suffix[32] = "";
    if (run->ensemble > 1) snprintf(suffix, sizeof suffix, "-%lld", (long long)member + 1);
    *path = comparison_beside(run->common.output, suffix);
    if (*path == NULL) return report_no_memory();
    *kept = run->checkpoint != NULL ? comparison_beside(run->checkpoint, suffix)
                                    : comparison_beside(*path, ".checkpoint");
    /* a killed fit resumes from its checkpoint, which is kept until the new model is written */
    int32_t same = 0;
    if (*kept != NULL && run->checkpoint == NULL && run->resume != NULL)
        same = lrpot_file_same(run->resume, *kept);
    if (same) {
        free(*kept);
        *kept = comparison_beside(*path, ".checkpoint-2");
    }
    return *kept != NULL ? GO_ON : report_no_memory();
}

/* Registers file names that options_parse() does not see. */
static int add_member_files(const fit_run *run)
{
    int code = GO_ON;
    for (int64_t member = 0; member < run->ensemble && code == GO_ON; member++) {
        char *path = NULL, *kept = NULL;
        code = name_member(run, member, &path, &kept);
        if (code == GO_ON && run->ensemble > 1) code = files_write("output", path);
        if (code == GO_ON) code = fit_report_add_plots(run, path);
        if (code == GO_ON && (run->ensemble > 1 || run->checkpoint == NULL))
            code = files_write("checkpoint", kept);
        free(path);
        free(kept);
    }
    return code;
}

static int named_member(fit_run *run, int64_t member, json_t *results)
{
    char *path = NULL, *kept = NULL;
    int code = name_member(run, member, &path, &kept);
    if (code == GO_ON) code = one_member(run, member, path, kept, results);
    free(path);
    free(kept);
    return code;
}

/* Prints mean and standard deviation of the JSON results over members. */
static void print_spread(const json_t *results)
{
    static const char *const sets[2] = { "train", "valid" }, *const rows[3] = { "energy_per_atom",
                                                                                "forces",
                                                                                "stress" };
    printf("# spread over %d members: mean and standard deviation of the RMSE (meV/atom, meV/A, "
           "meV/A^3)\n",
           (int)json_array_size(results));
    for (int s = 0; s < 2; s++)
        for (int r = 0; r < 3; r++) {
            double n = 0.0, sum = 0.0, squares = 0.0;
            for (size_t k = 0; k < json_array_size(results); k++) {
                const json_t *row =
                    json_object_get(json_object_get(json_array_get(results, k), sets[s]), rows[r]);
                if (row == NULL) continue;
                double value = 1e3 * json_number_value(json_object_get(row, "rmse"));
                n += 1.0;
                sum += value;
                squares += value * value;
            }
            if (n > 1.0)
                printf("%-6s %-16s %12.4f %12.4f\n", sets[s], rows[r], sum / n,
                       sqrt(fmax(0.0, (squares - sum * sum / n) / (n - 1.0))));
        }
}

static int finish(fit_run *run, json_t *results)
{
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (run->ensemble > 1 && !run->common.json) print_spread(results);
    if (run->common.json) {
        json_t *root = json_object();
        json_object_set(root, "members", results);
        code = output_json(&out, root);
    }
    int closed = output_close(&out, 1);
    if (code == DONE) code = closed;
    if (run->job.interrupted) return code == DONE ? NOT_CONVERGED : code;
    /* not a failure: relevant quantities are constant long before the last digit of the loss */
    if (run->job.at_limit)
        report_note("the iterations of the last stage are used up; --max-iterations N allows more, "
                    "--resume MODEL goes on");
    return code;
}

static int run_all(fit_run *run)
{
    json_t *results = json_array();
    int code = GO_ON;
    run->report = fit_report_open(run);
    for (int64_t member = 0; member < run->ensemble && code == GO_ON; member++) {
        code = named_member(run, member, results);
        if (run->job.interrupted) break;
    }
    if (code == GO_ON) code = finish(run, results);
    json_decref(results);
    json_decref(run->report);
    return code;
}

/* ", radial step 2, 1 of charges": for each step that is not that of published MTPs. */
static void step_text(const lrpot_potential_options *model, char *text, size_t size)
{
    enum { USUAL = 4 };
    int64_t energy = model->basis->radial_step,
            charges = model->charges != LRPOT_CHARGES_NONE ? model->charge_basis->radial_step : 0;
    int with_energy = energy != 0 && energy != USUAL,
        with_charges = charges != 0 && charges != USUAL;
    text[0] = '\0';
    if (with_energy) snprintf(text, size, ", radial step %lld", (long long)energy);
    if (with_charges)
        snprintf(text + strlen(text), size - strlen(text),
                 with_energy ? ", %lld of charges" : ", radial step of charges %lld",
                 (long long)charges);
}

static void report_start(const fit_run *run)
{
    static const char *const freedom[] = { "fitted along",
                                           "kept but for the energies of the species", "kept" };
    const lrpot_basis *basis = lrpot_potential_basis(run->start_model);
    char kind[64];
    snprintf(kind, sizeof kind, "%lld functions", (long long)lrpot_basis_count(basis));
    report_note("short-range part of %s, %s, cutoff %g A: %s", run->start,
                inputs_has_moments(run->start_model) ? kind : lrpot_basis_descriptor(basis),
                lrpot_potential_cutoff(run->start_model), freedom[run->job.freeze]);
}

static void report_model(const fit_run *run)
{
    enum { USUAL_SIZE = 8 };
    const lrpot_potential_options *model = lrpot_fit_suggestion_options(run->suggestion);
    const lrpot_basis_options *basis = model->basis;
    char step[64];
    step_text(model, step, sizeof step);
    if (run->resume != NULL)
        report_note("going on with %s: levels, cutoffs and charges are those of the model",
                    run->resume);
    else if (run->start != NULL) report_start(run);
    else
        report_note("radial functions of %d polynomials from %g to %g A, level %d%s%s",
                    (int)(basis->radial_size > 0 ? basis->radial_size : USUAL_SIZE),
                    basis->min_distance, basis->cutoff, (int)basis->level, step,
                    model->species_coefficients ? ", coefficients of each species" : "");
}

static int prepare(fit_run *run)
{
    int code = read_options(run);
    if (code == GO_ON) code = read_weights(run);
    if (code == GO_ON) code = read_targets(run);
    if (code == GO_ON) code = add_member_files(run);
    if (code == GO_ON) code = fit_report_add_files(run);
    if (code == GO_ON) code = output_possible(run->common.output);
    if (code == GO_ON) code = fit_read_data(run);
    if (code != GO_ON) return code;
    code = fit_open_start(run);
    if (code == GO_ON) code = fit_choose_model(run);
    if (code != GO_ON) return code;
    report_model(run);
    if (shared_fit_count() > 1)
        report_note("%d processes with %lld threads each", (int)shared_fit_count(),
                    (long long)run->common.threads);
    return GO_ON;
}

/* Adds the operands, which are training files; with --offsets each is a source of its own. */
static int add_operands(fit_run *run, char **paths, int32_t n)
{
    int code = GO_ON;
    for (int32_t k = 0; k < n && code == GO_ON; k++) {
        fit_set set = { paths[k], NULL, NAN, 0, LRPOT_FIT_FRAME_INIT, NULL };
        set.how.source = run->data.offsets ? k : 0;
        code = fit_add_set(run, &set);
    }
    if (code == GO_ON && run->data.n_sets == 0)
        return report_usage("fit", "TRAIN.xyz is missing, or --config FILE with sets");
    return code;
}

/* Reads the configuration first, so that the command line overrides it. */
static int read_all_options(fit_run *run, config *file, const tool_command *command, char **line)
{
    int32_t n = 0;
    int code = GO_ON;
    for (int k = 0; k < run->count && run->data.config_path == NULL; k++) {
        if (strcmp(line[k], "--config") == 0 && k + 1 < run->count)
            run->data.config_path = line[k + 1];
        else if (strncmp(line[k], "--config=", 9) == 0) run->data.config_path = line[k] + 9;
    }
    if (run->data.config_path != NULL) code = config_open(file, run->data.config_path);
    if (code == GO_ON && run->data.config_path != NULL)
        code = fit_read_config(run, file, command->options, command->n_options);
    if (code == GO_ON) code = options_parse(command, &run->common, run->count, line, &n);
    return code == GO_ON ? add_operands(run, line, n) : code;
}

static int fit_with(fit_run *run, const tool_option *options, size_t n_options)
{
    const tool_command command = {
        "fit",
        "TRAIN.xyz... -o MODEL",
        "Fits a model to energies, forces and stresses of extended XYZ (or .cfg) files.",
        "-o MODEL is written when the fit is done; until then MODEL.checkpoint (or --checkpoint) "
        "holds the best state, about every\n"
        "ten seconds. Ctrl-C ends the fit after the iteration, saves the best state and gives exit "
        "code 4.\n"
        "Without --charges, one species is fitted without charges, more with EDQRd.\n"
        "lrpot fit TRAIN.xyz... --joint OUT -o MODEL [--joint-levels L1,L2] fits energies, forces "
        "and "
        "Born charges by a potential and a local\n"
        "factor of its charges, which OUT gets with these charges.\n"
        "lrpot fit --tensors SCHEME fits polar tensors and dipoles instead; lrpot fit --tensors x "
        "--help explains it.",
        options,
        n_options,
        0,
        64
    };
    config file = { 0 };
    char **line = malloc((size_t)(run->count + 1) * sizeof *line);
    if (line == NULL) return report_no_memory();
    memcpy(line, run->arguments, (size_t)run->count * sizeof *line);
    int code = read_all_options(run, &file, &command, line);
    if (code == GO_ON) code = prepare(run);
    code = shared_fit_agree(code);
    if (code == GO_ON) code = run_all(run);
    config_close(&file);
    free(line);
    return code;
}

int verb_fit(int count, char **arguments)
{
    int alone = shared_fit_check();
    if (alone != GO_ON) return alone;
    if (fit_tensors_wanted(count, arguments))
        return shared_fit_count() == 1 ? fit_tensors(count, arguments)
                                       : shared_fit_agree(report_usage(
                                           "fit", "--tensors is fitted by one process: lrpot fit"));
    if (fit_joint_wanted(count, arguments))
        return shared_fit_count() == 1 ? fit_joint(count, arguments)
                                       : shared_fit_agree(report_usage(
                                           "fit", "--joint is fitted by one process: lrpot fit"));
    fit_run run = { .common = { .threads = shared_fit_count() > 1 ? 1 : 2 },
                    .text.distance = "auto",
                    .text.regularization = "0",
                    .wanted.charge_options = LRPOT_CHARGES_OPTIONS_INIT,
                    .wanted.species_coefficients = -1,
                    .wanted.order = -1,
                    .wanted.features = -1,
                    .seed = 1,
                    .ensemble = 1,
                    .data.total_charge = NAN,
                    .count = count,
                    .arguments = arguments,
                    .job = { .checkpoint_every = 10.0, .options = LRPOT_FIT_OPTIONS_INIT } };
    fit_options list;
    fit_options_fill(&list, &run);
    int code = fit_with(&run, list.options, list.n);
    dataset_free(&run.data.train);
    dataset_free(&run.data.valid);
    key_list_free(&run.data.keys);
    text_list_free(&run.data.species);
    lrpot_fit_suggestion_free(run.suggestion);
    lrpot_potential_free(run.start_model);
    free(run.data.symbols);
    free(run.data.sets);
    free(run.data.config_text);
    free(run.job.offsets);
    return code;
}
