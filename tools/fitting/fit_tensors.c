#include "fitting/fit_tensors.h"

#include "cli/report.h"
#include "fitting/tensor_errors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct tensor_run {
    common_options common;
    const char *scheme_text, *targets_text, *valid_text, *levels_text, *distance_text, *keys_text,
        *species_text, *potential_path;
    int64_t seed, radial_cost;
    double total_charge, regularization;
    lrpot_tensor_options options;
    text_list species;
    key_list keys;
    dataset train, valid;
    char **symbols;
    int32_t n_symbols;
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_tensor_model *model;
} tensor_run;

enum { N_SCHEMES = 5 };
static const char *const schemes[N_SCHEMES] = { "independent", "dipole", "global", "local",
                                                "polarizability" }; /* index: LRPOT_TENSORS_* */

int fit_tensors_wanted(int count, char *const *arguments)
{
    for (int k = 0; k < count; k++)
        if (strcmp(arguments[k], "--tensors") == 0
            || strncmp(arguments[k], "--tensors=", strlen("--tensors=")) == 0)
            return 1;
    return 0;
}

static int is_coupled(const tensor_run *run)
{
    return run->options.kind == LRPOT_TENSORS_GLOBAL || run->options.kind == LRPOT_TENSORS_LOCAL;
}

static int read_levels(tensor_run *run)
{
    text_list list;
    int good = text_list_split(&list, run->levels_text) && list.count <= 4;
    for (int32_t k = 0; good && k < list.count; k++) {
        double value = 0.0;
        good = parse_real(list.items[k], &value) && value >= 0.0 && value <= 40.0
               && value == floor(value);
        run->options.levels[k] = (int32_t)value;
    }
    text_list_free(&list);
    return good ? GO_ON
                : report_usage(
                    "fit",
                    "--levels %s: expected up to four whole numbers from 0 to 40, as in 14,14,10",
                    run->levels_text);
}

static int read_targets(const tensor_run *run)
{
    int dipole = run->options.kind == LRPOT_TENSORS_DIPOLE;
    if (run->options.kind == LRPOT_TENSORS_POLARIZABILITY) {
        if (run->targets_text == NULL || strcmp(run->targets_text, "polarizability") == 0)
            return GO_ON;
        return report_usage("fit",
                            "--targets %s: with --tensors polarizability expected polarizability",
                            run->targets_text);
    }
    if (run->targets_text == NULL || strcmp(run->targets_text, "bec") == 0) return GO_ON;
    if (dipole
        && (strcmp(run->targets_text, "dipole") == 0
            || strcmp(run->targets_text, "dipole,bec") == 0))
        return GO_ON;
    return report_usage("fit", "--targets %s: with --tensors %s expected %s", run->targets_text,
                        run->scheme_text, dipole ? "dipole, bec or dipole,bec" : "bec");
}

static int read_options(tensor_run *run)
{
    int32_t kind = 0;
    while (kind < N_SCHEMES
           && (run->scheme_text == NULL || strcmp(run->scheme_text, schemes[kind]) != 0))
        kind++;
    if (kind == N_SCHEMES)
        return report_usage(
            "fit", "--tensors %s: expected independent, global, local, dipole or polarizability",
            run->scheme_text != NULL ? run->scheme_text : "");
    run->options.kind = kind;
    run->options.radial_cost = (int32_t)run->radial_cost;
    if (run->common.output == NULL || strcmp(run->common.output, "-") == 0)
        return report_usage("fit", "-o MODEL is needed: the file that the model goes to");
    if (is_coupled(run) != (run->potential_path != NULL))
        return report_usage(
            "fit",
            "--potential MODEL goes with --tensors global and local, which take its charges");
    if (strcmp(run->distance_text, "auto") != 0
        && (!parse_real(run->distance_text, &run->options.min_distance)
            || run->options.min_distance < 0.0))
        return report_usage("fit", "--min-distance %s: expected auto or a length in A",
                            run->distance_text);
    int code = read_levels(run);
    if (code == GO_ON) code = read_targets(run);
    if (code == GO_ON) code = inputs_species("fit", run->species_text, &run->species);
    return code == GO_ON ? key_list_read(&run->keys, "fit", run->keys_text) : code;
}

static int read_valid(tensor_run *run)
{
    size_t length = run->valid_text != NULL ? strlen(run->valid_text) : 0;
    if (length == 0) return GO_ON;
    if (run->valid_text[length - 1] != '%')
        return dataset_read(&run->valid, run->valid_text, &run->keys, &run->species,
                            run->total_charge);
    char *end = NULL;
    double percent = strtod(run->valid_text, &end);
    if (end != run->valid_text + length - 1 || !(percent > 0.0 && percent < 100.0))
        return report_usage("fit",
                            "--valid %s: expected a file or a percentage between 0%% and 100%%",
                            run->valid_text);
    return dataset_split(&run->train, &run->valid, 0.01 * percent, (uint64_t)run->seed);
}

static int read_data(tensor_run *run, char **paths, int32_t n)
{
    for (int32_t k = 0; k < n; k++) {
        dataset more = { 0 };
        int code = dataset_read(k == 0 ? &run->train : &more, paths[k], &run->keys, &run->species,
                                run->total_charge);
        if (code == GO_ON && k > 0) code = dataset_append(&run->train, &more);
        dataset_free(&more);
        if (code != GO_ON) return code;
    }
    int code = dataset_symbols(&run->train, &run->symbols, &run->n_symbols);
    return code == GO_ON ? read_valid(run) : code;
}

/* Finds the start of the radial functions: that of an energy model for these data. */
static int find_distance(tensor_run *run)
{
    lrpot_fit_suggestion *suggestion = NULL;
    lrpot_potential_options wanted = LRPOT_FIT_ANY_MODEL;
    lrpot_basis_options basis = LRPOT_FIT_ANY_BASIS;
    if (strcmp(run->distance_text, "auto") != 0) return GO_ON;
    wanted.basis = &basis;
    basis.cutoff = run->options.cutoff;
    lrpot_status status =
        lrpot_fit_suggest(&suggestion, &wanted, run->train.n, run->train.frames, NULL);
    if (status != LRPOT_OK) return report_failure(status, run->train.path);
    run->options.min_distance = lrpot_fit_suggestion_options(suggestion)->basis->min_distance;
    lrpot_fit_suggestion_free(suggestion);
    return GO_ON;
}

static int create_model(tensor_run *run)
{
    int code = run->potential_path != NULL
                   ? inputs_model(&run->potential, run->potential_path, &run->species)
                   : GO_ON;
    if (code == GO_ON) code = find_distance(run);
    if (code != GO_ON) return code;
    run->options.symbols = (const char *const *)run->symbols;
    run->options.n_species = run->n_symbols;
    run->options.potential = run->potential;
    lrpot_status status = lrpot_tensor_model_create(&run->model, &run->options);
    if (status == LRPOT_OK)
        status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    if (status != LRPOT_OK) return report_failure(status, run->potential_path);
    report_note("%lld coefficients; radial functions from %g to %g A",
                (long long)lrpot_tensor_model_param_count(run->model), run->options.min_distance,
                run->options.cutoff);
    return GO_ON;
}

static int add_frames(tensor_run *run, lrpot_tensor_fit *fit, const dataset *set, int32_t which)
{
    int alone = run->targets_text != NULL && strcmp(run->targets_text, "dipole") == 0,
        without = run->targets_text != NULL && strcmp(run->targets_text, "bec") == 0;
    for (int64_t f = 0; f < set->n; f++) {
        lrpot_status status = LRPOT_OK;
        if (alone) status = lrpot_structure_set(set->frames[f], LRPOT_QUANTITY_BORN_CHARGES, NULL);
        if (without && status == LRPOT_OK)
            status = lrpot_structure_set(set->frames[f], LRPOT_QUANTITY_DIPOLE, NULL);
        if (status == LRPOT_OK)
            status = lrpot_tensor_fit_add(fit, run->work, set->frames[f], which);
        if (status == LRPOT_OK) continue;
        char place[512];
        dataset_place(set, f, place, sizeof place);
        return report_failure(status, place);
    }
    return GO_ON;
}

static int run_fit(tensor_run *run)
{
    lrpot_tensor_fit *fit = NULL;
    lrpot_status status = lrpot_tensor_fit_create(&fit, run->model);
    int code = status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
    if (code == GO_ON) code = add_frames(run, fit, &run->train, LRPOT_TENSOR_FIT_TRAIN);
    if (code == GO_ON) code = add_frames(run, fit, &run->valid, LRPOT_TENSOR_FIT_VALID);
    if (code == GO_ON && (status = lrpot_tensor_fit_run(fit, run->regularization)) != LRPOT_OK)
        code = report_failure(status, run->train.path);
    lrpot_tensor_fit_free(fit);
    if (code == GO_ON
        && (status = lrpot_tensor_model_save(run->model, run->common.output)) != LRPOT_OK)
        code = report_failure(status, run->common.output);
    if (code == GO_ON) report_note("%s written", run->common.output);
    return code;
}

static double factor_of(const tensor_run *run)
{
    double factor = 0.0;
    if (run->options.kind != LRPOT_TENSORS_GLOBAL
        || lrpot_tensor_model_get_params(run->model, 1, &factor) != LRPOT_OK)
        return NAN;
    return factor;
}

static int print_errors(tensor_run *run)
{
    tensor_error train[TENSOR_ERRORS] = { { 0 } }, valid[TENSOR_ERRORS] = { { 0 } };
    output out = { stdout, NULL, NULL };
    int code = tensor_errors_add(train, run->model, run->work, &run->train);
    if (code == GO_ON) code = tensor_errors_add(valid, run->model, run->work, &run->valid);
    if (code != GO_ON) return code;
    if (!run->common.json) {
        printf("# %s, %lld coefficients", run->scheme_text,
               (long long)lrpot_tensor_model_param_count(run->model));
        if (isfinite(factor_of(run))) printf(", factor %.6f", factor_of(run));
        printf("\n# set  quantity           unit      values         RMSE          MAE   (bec: sum "
               "rule imposed; bec_raw: not)\n");
        tensor_errors_print(train, "train", stdout);
        tensor_errors_print(valid, "valid", stdout);
        return output_close(&out, 1);
    }
    json_t *root = json_object();
    json_put_text(root, "scheme", run->scheme_text);
    json_put_text(root, "model", run->common.output);
    json_put_count(root, "coefficients", lrpot_tensor_model_param_count(run->model));
    json_put_real(root, "factor", factor_of(run));
    json_object_set_new(root, "train", tensor_errors_json(train));
    json_object_set_new(root, "valid", tensor_errors_json(valid));
    code = output_json(&out, root);
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

static int run_command(tensor_run *run, const tool_command *command, int count, char **arguments)
{
    int32_t n = 0;
    int code = options_parse(command, &run->common, count, arguments, &n);
    if (code == GO_ON) code = read_options(run);
    if (code == GO_ON) code = output_possible(run->common.output);
    if (code == GO_ON) code = read_data(run, arguments, n);
    if (code == GO_ON) code = create_model(run);
    if (code == GO_ON) code = run_fit(run);
    return code == GO_ON ? print_errors(run) : code;
}

int fit_tensors(int count, char **arguments)
{
    tensor_run run = { .common = { .threads = 1 },
                       .distance_text = "auto",
                       .seed = 1,
                       .total_charge = NAN,
                       .options = LRPOT_TENSOR_OPTIONS_INIT };
    const tool_option options[] = {
        { 0, "tensors", OPTION_TEXT, "SCHEME",
          "independent, global, local (factor on a model's charges), dipole or polarizability",
          &run.scheme_text, 0, 0 },
        { 'p', "potential", OPTION_INPUT, "MODEL", "global and local: the model with the charges",
          &run.potential_path, 0, 0 },
        { 't', "targets", OPTION_TEXT, "NAME,...",
          "bec; for dipole: dipole, bec or both, default what there is; polarizability",
          &run.targets_text, 0, 0 },
        { 'V', "valid", OPTION_INPUT, "FILE|10%",
          "validation, which chooses the regularization: a file, or a share of TRAIN",
          &run.valid_text, 0, 0 },
        { 'l', "levels", OPTION_TEXT, "L1,L2,...",
          "levels of products of 1, 2, 3, 4 moments, default 14,14", &run.levels_text, 0, 0 },
        { 0, "radial-cost", OPTION_COUNT, "N", "level of the next radial function, default 2",
          &run.radial_cost, 1, 8 },
        { 'r', "cutoff", OPTION_REAL, "A", "cutoff, default 5", &run.options.cutoff, 0.5, 50 },
        { 0, "min-distance", OPTION_TEXT, "auto|A", "start of the radial functions, default auto",
          &run.distance_text, 0, 0 },
        { 0, "regularization", OPTION_REAL, "X",
          "strength of the L2 term; default: by validation, or 1e-6", &run.regularization, 0,
          1e12 },
        { 0, "seed", OPTION_COUNT, "N", "of the split, default 1", &run.seed, 0, 1e15 },
        { 0, "keys", OPTION_TEXT, "name=key,...", "e.g. bec=Z; each frame must have them",
          &run.keys_text, 0, 0 },
        { 0, "total-charge", OPTION_REAL, "Q", "e, of frames that do not say", &run.total_charge,
          -1e6, 1e6 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of a .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "fit",
        "TRAIN.xyz... --tensors SCHEME -o MODEL",
        "Fits polar tensors (Born charges), dipoles or polarizabilities in closed form.",
        "independent: heads that turn with the atoms. global, local: "
        "the charges of --potential times one factor, or times one\n"
        "that follows the neighbourhood. dipole: a vector for each "
        "atom, by dipoles and Born charges of molecules.\n"
        "polarizability: a symmetric tensor for each atom, by polarizabilities, or by eps_inf of "
        "crystals. lrpot bec evaluates\n"
        "all but the last, lrpot raman that.",
        options,
        sizeof options / sizeof options[0],
        1,
        1000
    };
    int code = run_command(&run, &command, count, arguments);
    lrpot_tensor_model_free(run.model);
    lrpot_workspace_free(run.work);
    lrpot_potential_free(run.potential);
    dataset_free(&run.train);
    dataset_free(&run.valid);
    key_list_free(&run.keys);
    text_list_free(&run.species);
    free(run.symbols);
    return code;
}
