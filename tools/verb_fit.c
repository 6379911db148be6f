/* lrpot fit: a model from energies, forces and stresses. */
#include "choices.h"
#include "report.h"
#include "training.h"
#include "verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct fit_run {
    common_options common;
    const char *path, *valid_text, *charges_text, *distance_text, *weights_text, *keys_text, *species_text, *checkpoint, *resume;
    const char *neutrality_text, *targets_text, *baseline_text, *widths_text, *regularization_text;
    int64_t channels;
    double sigma;
    int32_t self;
    lrpot_charges_options charge_options;
    int64_t level, charge_level, radial_size, seed, ensemble, max_iterations, starts;
    double cutoff, charge_cutoff, width, memory, tolerance, total_charge, min_distance;
    int32_t charges;
    int count; /* command line, for the notes */
    char **arguments;
    text_list species;
    key_list keys;
    dataset train, valid;
    char **symbols;
    int32_t n_symbols;
    training job;
} fit_run;

/* The first two exist in the library; off is soft without a penalty. */
static int read_neutrality(fit_run *run)
{
    static const char *const names[] = { "exact", "soft", "off" };
    int32_t which = 0;
    if (run->neutrality_text == NULL) return GO_ON;
    while (which < 3 && strcmp(run->neutrality_text, names[which]) != 0) which++;
    if (which == 3) return report_usage("fit", "--neutrality %s: expected exact, soft or off", run->neutrality_text);
    run->charge_options.neutrality = which == 0 ? LRPOT_NEUTRALITY_EXACT : LRPOT_NEUTRALITY_OFF;
    if (which == 2) run->job.options.sum_rule_error = INFINITY;
    return GO_ON;
}

/* Options of latent and equilibrated charges. */
static int read_charge_options(fit_run *run)
{
    lrpot_charges_options *options = &run->charge_options;
    int latent = run->charges == LRPOT_CHARGES_LATENT, given = run->channels > 0 || run->neutrality_text != NULL || run->self;
    if (given && !latent) return report_usage("fit", "--channels, --neutrality and --self go with --charges latent");
    if (run->sigma > 0.0 && !latent && run->charges != LRPOT_CHARGES_EQUILIBRATED)
        return report_usage("fit", "--sigma goes with --charges latent or equilibrated");
    options->channels = (int32_t)run->channels;
    options->sigma = run->sigma;
    options->flags = run->self ? LRPOT_CHARGES_SELF : 0;
    return read_neutrality(run);
}

static int read_options(fit_run *run)
{
    run->charges = run->charges_text != NULL ? charges_kind(run->charges_text) : -1;
    if (run->charges_text != NULL && run->charges < 0)
        return report_usage("fit", "--charges %s: expected none, fixed, qrd, edq, edqrd, latent or equilibrated", run->charges_text);
    int code = read_charge_options(run);
    if (code != GO_ON) return code;
    run->job.hold_species = run->baseline_text != NULL;
    if (run->job.hold_species && (run->charges == LRPOT_CHARGES_NONE || run->charges == LRPOT_CHARGES_EQUILIBRATED))
        return report_usage("fit", "--baseline goes with fixed, qrd, edq, edqrd or latent charges");
    if (run->level % 2 != 0 || run->charge_level % 2 != 0) return report_usage("fit", "levels are even numbers, 2 to 28");
    if (run->common.output == NULL || strcmp(run->common.output, "-") == 0)
        return report_usage("fit", "-o MODEL is needed: the file that the model goes to");
    if (run->resume != NULL && run->ensemble > 1) return report_usage("fit", "--resume goes on with one model, --ensemble starts several");
    if (strcmp(run->distance_text, "auto") == 0) run->min_distance = NAN;
    else if (!parse_real(run->distance_text, &run->min_distance) || run->min_distance < 0.0)
        return report_usage("fit", "--min-distance %s: expected auto or a length in A", run->distance_text);
    code = inputs_species("fit", run->species_text, &run->species);
    return code == GO_ON ? key_list_read(&run->keys, "fit", run->keys_text) : code;
}

static int read_targets(fit_run *run)
{
    static const char *const names[] = { "energy", "forces", "stress", "dipole", "charges", "bec" };
    text_list list;
    int good = text_list_split(&list, run->targets_text);
    for (int32_t k = 0; good && k < list.count; k++) {
        size_t target = 0;
        while (target < sizeof names / sizeof names[0] && strcmp(list.items[k], names[target]) != 0) target++;
        good = target < sizeof names / sizeof names[0];
        if (good) run->job.options.targets |= 1 << target;
    }
    text_list_free(&list);
    return good ? GO_ON : report_usage("fit", "--targets %s: expected some of energy,forces,stress,dipole,charges,bec", run->targets_text);
}

static int read_weights(fit_run *run)
{
    lrpot_fit_options *options = &run->job.options;
    double *targets[6] = { &options->energy_error, &options->forces_error, &options->stress_error,
                           &options->dipole_error, &options->charges_error, &options->born_error };
    text_list list;
    int automatic = run->weights_text != NULL && strcmp(run->weights_text, "auto") == 0;
    if (automatic) options->flags |= LRPOT_FIT_AUTO_WEIGHTS;
    int good = text_list_split(&list, automatic ? NULL : run->weights_text) && (automatic || run->weights_text == NULL || (list.count >= 3 && list.count <= 6));
    for (int32_t k = 0; good && k < list.count; k++) good = parse_real(list.items[k], targets[k]) && *targets[k] > 0.0;
    text_list_free(&list);
    if (!good)
        return report_usage("fit", "--weights %s: expected auto, or errors in eV/atom, eV/A, eV/A^3 and, if wanted, e A, e, e, as in 0.001,0.02,0.001,0.02,0.02,0.02",
                            run->weights_text);
    if (strcmp(run->regularization_text, "auto") == 0) options->flags |= LRPOT_FIT_CHOOSE_REGULARIZATION;
    else if (!parse_real(run->regularization_text, &options->regularization))
        return report_usage("fit", "--regularization %s: expected auto or a number", run->regularization_text);
    options->memory_limit = 1e9 * run->memory;
    options->max_iterations = (int32_t)run->max_iterations;
    options->tolerance = run->tolerance;
    options->threads = (int32_t)run->common.threads;
    options->starts = (int32_t)run->starts;
    options->resume = run->resume != NULL;
    return GO_ON;
}

static int read_valid(fit_run *run)
{
    if (run->valid_text == NULL) {
        run->valid.path = run->path;
        return GO_ON;
    }
    size_t length = strlen(run->valid_text);
    if (length < 2 || run->valid_text[length - 1] != '%')
        return dataset_read(&run->valid, run->valid_text, &run->keys, &run->species, run->total_charge);
    char *end = NULL;
    double percent = strtod(run->valid_text, &end);
    if (end != run->valid_text + length - 1 || !(percent > 0.0 && percent < 100.0))
        return report_usage("fit", "--valid %s: expected a file or a percentage between 0%% and 100%%", run->valid_text);
    return dataset_split(&run->train, &run->valid, 0.01 * percent, (uint64_t)run->seed);
}

/* Data that cannot be fitted to are told before anything is computed. */
static int check_data(const fit_run *run)
{
    const int64_t *found = run->train.found;
    if (found[LRPOT_QUANTITY_ENERGY] + found[LRPOT_QUANTITY_FORCES] + found[LRPOT_QUANTITY_STRESS] == 0)
        return report_error(BAD_INPUT, "%s: no frame has an energy, forces or a stress; --keys energy=NAME,forces=NAME names other keys",
                            run->path);
    if (found[LRPOT_QUANTITY_ENERGY] == 0) report_note("WARNING: no energies: energies of the model will be meaningless up to a constant");
    for (int64_t f = 0; f < run->valid.n; f++)
        for (int64_t i = 0; i < lrpot_structure_count(run->valid.frames[f]); i++) {
            const char *symbol = lrpot_structure_symbol(run->valid.frames[f], i);
            int32_t z = 0;
            while (z < run->n_symbols && strcmp(symbol, run->symbols[z]) != 0) z++;
            if (z == run->n_symbols)
                return report_error(BAD_INPUT, "%s: frame %lld has %s, which no training frame has", run->valid.path, (long long)f, symbol);
        }
    return GO_ON;
}

static int read_data(fit_run *run)
{
    int code = dataset_read(&run->train, run->path, &run->keys, &run->species, run->total_charge);
    if (code != GO_ON) return code;
    run->symbols = dataset_symbols(&run->train, &run->n_symbols);
    if (run->symbols == NULL) return report_no_memory();
    dataset_report(&run->train, run->n_symbols, run->symbols, run->total_charge);
    code = read_valid(run);
    if (code == GO_ON) code = check_data(run);
    if (code == GO_ON && run->valid.n == 0 && (run->job.options.flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0)
        code = report_usage("fit", "--regularization auto needs --valid FILE or --valid 10%%");
    if (code == GO_ON && run->valid.n > 0 && run->valid.path == run->train.path)
        report_note("validation: %lld frames taken out, %lld left for training", (long long)run->valid.n, (long long)run->train.n);
    else if (code == GO_ON && run->valid.n > 0) dataset_report(&run->valid, run->n_symbols, run->symbols, run->total_charge);
    return code;
}

/* The interval of the radial polynomials begins a little below the shortest distance, so that they are not used outside. */
static int find_distance(fit_run *run)
{
    double shortest = INFINITY;
    const dataset *sets[2] = { &run->train, &run->valid };
    for (int s = 0; s < 2; s++) {
        double here = INFINITY;
        int64_t frame = 0;
        lrpot_status status = dataset_min_distance(sets[s], run->n_symbols, run->symbols, run->cutoff, &here, &frame);
        if (status != LRPOT_OK) return report_failure(status, sets[s]->path);
        if (here < shortest) report_note("minimum distance %.4f A (%s, frame %lld)", here, sets[s]->path, (long long)frame);
        if (here < 0.4) report_note("WARNING: atoms that close are seldom meant; are the positions in A?");
        shortest = fmin(shortest, here);
    }
    if (isfinite(run->min_distance)) return GO_ON;
    run->min_distance = isfinite(shortest) ? floor(95.0 * shortest) / 100.0 : 0.5 * run->cutoff;
    if (run->min_distance >= run->cutoff)
        return report_error(BAD_INPUT, "%s: no neighbours within the cutoff of %g A; choose a longer --cutoff", run->path, run->cutoff);
    return GO_ON;
}

/* "H=0.4,O=-0.8" into the places of the species; those not named keep what is there. */
static int species_values(const fit_run *run, const char *option, const char *text, double *values)
{
    text_list list;
    int good = text_list_split(&list, text);
    const char *culprit = text;
    for (int32_t k = 0; good && k < list.count; k++) {
        char *equal = strchr(list.items[k], '=');
        int32_t z = 0;
        culprit = list.items[k];
        good = equal != NULL;
        while (good && z < run->n_symbols
               && (strlen(run->symbols[z]) != (size_t)(equal - list.items[k]) || strncmp(run->symbols[z], list.items[k], strlen(run->symbols[z])) != 0)) z++;
        good = good && z < run->n_symbols && parse_real(equal + 1, &values[z]);
    }
    int code = good ? GO_ON : report_usage("fit", "--%s: %s, expected SYMBOL=NUMBER of elements in the data, separated by commas", option, culprit);
    text_list_free(&list);
    return code;
}

static int set_baseline(const fit_run *run, lrpot_potential *model)
{
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    if (run->baseline_text == NULL) return GO_ON;
    double *params = malloc((size_t)n * sizeof *params);
    if (params == NULL) return report_no_memory();
    lrpot_status status = lrpot_potential_get_params(model, n, params);
    int code = GO_ON;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0) code = species_values(run, "baseline", run->baseline_text, params + offset);
    if (status == LRPOT_OK && code == GO_ON) status = lrpot_potential_set_params(model, n, params);
    free(params);
    return status == LRPOT_OK ? code : report_failure(status, NULL);
}

static int create_model(const fit_run *run, lrpot_potential **out)
{
    if (run->resume != NULL) return inputs_model(out, run->resume, NULL);
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = (const char *const *)run->symbols;
    options.charges = run->charges;
    options.charge_options = &run->charge_options;
    options.basis.level = (int32_t)run->level;
    options.basis.n_species = run->n_symbols;
    options.basis.radial_size = (int32_t)run->radial_size;
    options.basis.min_distance = run->min_distance;
    options.basis.cutoff = run->cutoff;
    options.charge_basis = options.basis;
    options.charge_basis.level = (int32_t)run->charge_level;
    options.charge_basis.cutoff = run->charge_cutoff > 0.0 ? run->charge_cutoff : run->cutoff;
    double *widths = malloc((size_t)run->n_symbols * sizeof *widths);
    if (widths == NULL) return report_no_memory();
    for (int32_t z = 0; z < run->n_symbols; z++) widths[z] = run->width;
    int code = species_values(run, "widths", run->widths_text, widths);
    if (run->width > 0.0 || run->widths_text != NULL) options.widths = widths;
    lrpot_status status = code == GO_ON ? lrpot_potential_create(out, &options) : LRPOT_OK;
    free(widths);
    if (code != GO_ON) return code;
    return status == LRPOT_OK ? set_baseline(run, *out) : report_failure(status, NULL);
}

static lrpot_status note_options(const fit_run *run, lrpot_potential *model)
{
    size_t size = 16;
    for (int k = 0; k < run->count; k++) size += strlen(run->arguments[k]) + 1;
    char *text = malloc(size);
    if (text == NULL) return LRPOT_E_MEMORY;
    strcpy(text, "lrpot fit");
    for (int k = 0; k < run->count; k++) {
        strcat(text, " ");
        strcat(text, run->arguments[k]);
    }
    lrpot_status status = lrpot_potential_set_note(model, "command", text);
    free(text);
    return status;
}

static lrpot_status note_data(lrpot_potential *model, const char *key, const dataset *set)
{
    char text[512];
    if (set->n == 0) return LRPOT_OK;
    snprintf(text, sizeof text, "%s, %lld frames, crc32 %08x", set->path, (long long)set->n, (unsigned)set->checksum);
    return lrpot_potential_set_note(model, key, text);
}

static int save_model(const fit_run *run, lrpot_potential *model, const char *path)
{
    char text[512];
    lrpot_status status = note_options(run, model);
    if (status == LRPOT_OK) status = note_data(model, "train", &run->train);
    if (status == LRPOT_OK) status = note_data(model, "valid", &run->valid);
    snprintf(text, sizeof text, "%lld", (long long)run->job.options.seed);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "seed", text);
    training_line(&run->job, text, sizeof text);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "errors", text);
    snprintf(text, sizeof text, "%lld in %.1f s%s", (long long)run->job.iterations, run->job.seconds,
             run->job.interrupted ? ", interrupted" : "");
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "iterations", text);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "library", lrpot_version());
    if (status == LRPOT_OK) status = lrpot_potential_save(model, path);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

static char *with_suffix(const char *path, const char *suffix)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *text = malloc(size);
    if (text != NULL) snprintf(text, size, "%s%s", path, suffix);
    return text;
}

/* One member: fit, save, drop its checkpoint, which the model has overtaken. */
static int one_member(fit_run *run, int64_t member, const char *path, const char *checkpoint, json_t *results)
{
    lrpot_potential *model = NULL;
    int code = create_model(run, &model);
    if (code != GO_ON) return code;
    /* a fit tries as many seeds as it has starts: members must not share them, or they may end alike */
    run->job.options.seed = run->seed + member * (run->starts > 0 ? run->starts : 3);
    run->job.checkpoint = checkpoint;
    run->job.train = &run->train;
    run->job.valid = &run->valid;
    if (run->ensemble > 1)
        report_note("member %lld of %lld, seed %lld", (long long)member + 1, (long long)run->ensemble, (long long)run->job.options.seed);
    code = training_run(&run->job, model, member == 0);
    if (code == GO_ON) code = save_model(run, model, path);
    lrpot_potential_free(model);
    if (code != GO_ON) return code;
    if (run->checkpoint == NULL) remove(checkpoint);
    report_note("%s written after %lld iterations in %.1f s", path, (long long)run->job.iterations, run->job.seconds);
    json_t *result = training_json(&run->job);
    json_put_text(result, "model", path);
    json_array_append_new(results, result);
    if (!run->common.json) training_print(&run->job, stdout);
    fflush(stdout);
    return GO_ON;
}

static int named_member(fit_run *run, int64_t member, json_t *results)
{
    char suffix[32] = "";
    if (run->ensemble > 1) snprintf(suffix, sizeof suffix, "-%lld", (long long)member + 1);
    char *path = with_suffix(run->common.output, suffix);
    char *own = path != NULL ? with_suffix(path, ".checkpoint") : NULL;
    char *asked = run->checkpoint != NULL ? with_suffix(run->checkpoint, suffix) : NULL;
    int code = own == NULL || (run->checkpoint != NULL && asked == NULL) ? report_no_memory() : GO_ON;
    if (code == GO_ON) code = one_member(run, member, path, asked != NULL ? asked : own, results);
    free(path);
    free(own);
    free(asked);
    return code;
}

/* Mean and standard deviation over members of what the JSON results hold. */
static void print_spread(const json_t *results)
{
    static const char *const sets[2] = { "train", "valid" }, *const rows[3] = { "energy_per_atom", "forces", "stress" };
    printf("# spread over %d members: mean and standard deviation of the RMSE (meV/atom, meV/A, meV/A^3)\n", (int)json_array_size(results));
    for (int s = 0; s < 2; s++)
        for (int r = 0; r < 3; r++) {
            double n = 0.0, sum = 0.0, squares = 0.0;
            for (size_t k = 0; k < json_array_size(results); k++) {
                const json_t *row = json_object_get(json_object_get(json_array_get(results, k), sets[s]), rows[r]);
                if (row == NULL) continue;
                double value = 1e3 * json_number_value(json_object_get(row, "rmse"));
                n += 1.0;
                sum += value;
                squares += value * value;
            }
            if (n > 1.0)
                printf("%-6s %-16s %12.4f %12.4f\n", sets[s], rows[r], sum / n, sqrt(fmax(0.0, (squares - sum * sum / n) / (n - 1.0))));
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
    if (run->job.interrupted) {
        report_note("stopped: the best state so far was saved; --resume %s goes on", run->common.output);
        return code == DONE ? NOT_CONVERGED : code;
    }
    /* no failure: long before the last digit of the loss settles, nothing that matters changes any more */
    if (run->job.at_limit)
        report_note("the iterations of the last stage are used up; --max-iterations N allows more, --resume MODEL goes on");
    return code;
}

static int run_all(fit_run *run)
{
    json_t *results = json_array();
    int code = GO_ON;
    for (int64_t member = 0; member < run->ensemble && code == GO_ON; member++) {
        code = named_member(run, member, results);
        if (run->job.interrupted) break;
    }
    if (code == GO_ON) code = finish(run, results);
    json_decref(results);
    return code;
}

/* What was not given: charges by the number of species, sizes by the number of data. */
static void choose(fit_run *run)
{
    int64_t equations = choice_equations(&run->train);
    if (run->charges < 0) {
        run->charges = run->n_symbols > 1 ? LRPOT_CHARGES_EDQRD : LRPOT_CHARGES_NONE;
        report_note("charges: %s, the default for %d species; --charges chooses", charges_name(run->charges), (int)run->n_symbols);
    }
    /* latent charges have to find from forces what belongs to them, which takes a basis nearly as rich as that of the energy */
    int latent = run->charges == LRPOT_CHARGES_LATENT, basis = latent || run->charges == LRPOT_CHARGES_EDQ || run->charges == LRPOT_CHARGES_EDQRD;
    if (run->cutoff == 0.0) run->cutoff = latent ? 5.0 : 6.0;
    if (run->charge_level == 0) run->charge_level = latent ? 12 : 6;
    if (run->level > 0) return;
    run->level = choice_level(equations, run->n_symbols, run->radial_size, basis ? run->charge_level : 0);
    if (basis && run->charge_level > run->level) run->charge_level = run->level;
    report_note("level %lld for %lld energies and force components, charges of level %lld; --level chooses", (long long)run->level,
                (long long)equations, basis ? (long long)run->charge_level : 0);
}

static int prepare(fit_run *run)
{
    int code = read_options(run);
    if (code == GO_ON) code = read_weights(run);
    if (code == GO_ON) code = read_targets(run);
    if (code == GO_ON) code = output_possible(run->common.output);
    if (code == GO_ON) code = read_data(run);
    if (code != GO_ON) return code;
    choose(run);
    code = find_distance(run);
    if (code != GO_ON) return code;
    if (run->resume != NULL) report_note("going on with %s: levels, cutoffs and charges are those of the model", run->resume);
    else report_note("radial functions from %g to %g A, level %lld", run->min_distance, run->cutoff, (long long)run->level);
    return GO_ON;
}

static int fit_with(fit_run *run, const tool_option *options, size_t n_options)
{
    const tool_command command = {
        "fit",
        "TRAIN.xyz -o MODEL",
        "Fits a model to energies, forces and stresses of extended XYZ (or .cfg) files.",
        "-o MODEL is written when the fit is done; until then MODEL.checkpoint (or --checkpoint) holds the best state, about every\n"
        "ten seconds. Ctrl-C ends the fit after the iteration, saves the best state and gives exit code 4.\n"
        "Without --charges, one species is fitted without charges, more with EDQRd.",
        options,
        n_options,
        1,
        1
    };
    int32_t n = 0;
    char **line = malloc((size_t)(run->count + 1) * sizeof *line);
    if (line == NULL) return report_no_memory();
    memcpy(line, run->arguments, (size_t)run->count * sizeof *line);
    int code = options_parse(&command, &run->common, run->count, line, &n);
    if (code == GO_ON) {
        run->path = line[0];
        code = prepare(run);
        if (code == GO_ON) code = run_all(run);
    }
    free(line);
    return code;
}

int verb_fit(int count, char **arguments)
{
    fit_run run = { .common = { .threads = 2 },
                    .distance_text = "auto",
                    .regularization_text = "0",
                    .charge_options = LRPOT_CHARGES_OPTIONS_INIT,
                    .seed = 1,
                    .ensemble = 1,
                    .total_charge = NAN,
                    .count = count,
                    .arguments = arguments,
                    .job = { .options = LRPOT_FIT_OPTIONS_INIT } };
    const tool_option options[] = {
        { 'V', "valid", OPTION_TEXT, "FILE|10%", "validation: a file, or a share of TRAIN by --seed", &run.valid_text, 0, 0 },
        { 'c', "charges", OPTION_TEXT, "KIND", "none, fixed, qrd, edq, edqrd, latent or equilibrated", &run.charges_text, 0, 0 },
        { 0, "sigma", OPTION_REAL, "A", "latent and equilibrated charges: width, default 1.0", &run.sigma, 0.01, 100 },
        { 0, "channels", OPTION_COUNT, "N", "latent charges per atom, default 1", &run.channels, 1, LRPOT_CHARGES_MAX_CHANNELS },
        { 0, "neutrality", OPTION_TEXT, "KIND", "latent charges add up to the total: exact (default), soft or off", &run.neutrality_text, 0, 0 },
        { 0, "widths", OPTION_TEXT, "H=A,O=A,...", "equilibrated and point charges: widths of the species", &run.widths_text, 0, 0 },
        { 0, "baseline", OPTION_TEXT, "H=Q,O=Q,...", "charges of the species, kept; the neighbourhood adds to them", &run.baseline_text, 0, 0 },
        { 0, "self", OPTION_FLAG, NULL, "latent charges: count the self-energy of each smeared charge", &run.self, 0, 0 },
        { 'l', "level", OPTION_COUNT, "N", "level of the energy basis, even; default: by the amount of data, to 18", &run.level, 2, 28 },
        { 0, "charge-level", OPTION_COUNT, "N", "level of the charge basis, even; default 6, latent 12", &run.charge_level, 2, 28 },
        { 'r', "cutoff", OPTION_REAL, "A", "cutoff of the energy basis; default 6, latent 5", &run.cutoff, 0.5, 50 },
        { 0, "charge-cutoff", OPTION_REAL, "A", "cutoff of the charge basis, default --cutoff", &run.charge_cutoff, 0.5, 50 },
        { 0, "charge-width", OPTION_REAL, "A", "standard deviation of Gaussian charges, default 0: points", &run.width, 0.0, 10 },
        { 0, "min-distance", OPTION_TEXT, "auto|A", "start of the radial functions, default auto", &run.distance_text, 0, 0 },
        { 0, "radial-size", OPTION_COUNT, "N", "Chebyshev polynomials per radial function, default 8", &run.radial_size, 2, 32 },
        { 0, "seed", OPTION_COUNT, "N", "of start values and of the split, default 1", &run.seed, 0, 1e15 },
        { 0, "regularization", OPTION_TEXT, "X|auto", "strength of the prior, default 1; negative: none; auto: by validation", &run.regularization_text, 0, 0 },
        { 0, "memory", OPTION_REAL, "GB", "refuse fits that need more; default: no limit", &run.memory, 0.001, 1e6 },
        { 't', "targets", OPTION_TEXT, "NAME,...", "energy,forces,stress,dipole,charges,bec; default: the first three, as present",
          &run.targets_text, 0, 0 },
        { 'w', "weights", OPTION_TEXT, "E,F,S,..", "errors that count as equal: eV/atom, eV/A, eV/A^3, e A, e, e; or auto", &run.weights_text, 0, 0 },
        { 0, "ensemble", OPTION_COUNT, "N", "N fits of different seeds, to MODEL-1 ... MODEL-N", &run.ensemble, 1, 1000 },
        { 'i', "max-iterations", OPTION_COUNT, "N", "iterations of the last stage, default 120", &run.max_iterations, 1, 1e6 },
        { 0, "starts", OPTION_COUNT, "N", "initialisations tried, the best goes on, default 3", &run.starts, 1, 1000 },
        { 0, "tolerance", OPTION_REAL, "X", "relative decrease of the loss that ends a stage", &run.tolerance, 0.0, 1.0 },
        { 0, "checkpoint", OPTION_TEXT, "FILE", "best state so far, kept after the fit", &run.checkpoint, 0, 0 },
        { 0, "resume", OPTION_TEXT, "MODEL", "start from this model", &run.resume, 0, 0 },
        { 0, "keys", OPTION_TEXT, "name=key,...", "e.g. energy=REF_energy; each frame must have them", &run.keys_text, 0, 0 },
        { 0, "total-charge", OPTION_REAL, "Q", "e, of frames that do not say", &run.total_charge, -1e6, 1e6 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of a .cfg", &run.species_text, 0, 0 },
    };
    int code = fit_with(&run, options, sizeof options / sizeof options[0]);
    dataset_free(&run.train);
    dataset_free(&run.valid);
    key_list_free(&run.keys);
    text_list_free(&run.species);
    free(run.symbols);
    return code;
}
