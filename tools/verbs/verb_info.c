/* lrpot info: prints the contents of a model. */
#include "checks/barrier_print.h"
#include "checks/core_print.h"
#include "ensembles/ensemble.h"
#include "fitting/charge_kind_lists.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <stdlib.h>
#include <string.h>

static json_t *basis_json(const lrpot_basis *basis)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    if (basis == NULL || lrpot_basis_get_options(basis, &options) != LRPOT_OK) return json_null();
    json_t *object = json_object();
    json_put_text(object, "descriptor", lrpot_basis_descriptor(basis));
    json_put_count(object, "level", options.level);
    if (options.level > 0) json_put_count(object, "radial_step", options.radial_step);
    json_put_count(object, "functions", lrpot_basis_count(basis));
    json_put_count(object, "radial_functions", lrpot_basis_radial_functions(basis));
    json_put_count(object, "radial_size", options.radial_size);
    json_put_real(object, "min_distance", options.min_distance);
    json_put_real(object, "cutoff", options.cutoff);
    return object;
}

static const char *neutrality_name(const lrpot_charges_options *options)
{
    return options->neutrality == LRPOT_NEUTRALITY_EXACT ? "exact" : "off";
}

static json_t *widths_json(const lrpot_charges_options *options)
{
    json_t *widths = json_array();
    for (int32_t z = 0; z < options->n_species; z++)
        json_array_append_new(widths, json_real(options->widths[z]));
    return widths;
}

static const char *response_name(const lrpot_charges_options *options)
{
    return options->response == LRPOT_RESPONSE_BONDS   ? "bonds"
           : options->response == LRPOT_RESPONSE_ATOMS ? "atoms"
                                                       : "none";
}

/* Prints the options of the kind. */
static void print_charges(FILE *stream, const lrpot_charges *charges)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    int32_t kind = lrpot_charges_kind(charges);
    fprintf(stream, "charges       %s", lrpot_charges_kind_name(kind));
    if (lrpot_charges_get_options(charges, &options) != LRPOT_OK) kind = LRPOT_CHARGES_NONE;
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_CHANNELS))
        fprintf(stream, ", %d channel%s", (int)options.channels, options.channels > 1 ? "s" : "");
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_WIDTHS)) {
        fprintf(stream, ", widths");
        for (int32_t z = 0; z < options.n_species; z++) fprintf(stream, " %g", options.widths[z]);
        fprintf(stream, " A");
    } else if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SIGMA)) {
        fprintf(stream, ", sigma %g A", options.sigma);
    }
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_NEUTRALITY))
        fprintf(stream, ", neutrality %s", neutrality_name(&options));
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SELF))
        fprintf(stream, ", self-energy %s",
                options.flags & LRPOT_CHARGES_SELF ? "counted" : "not counted");
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_MOMENTS))
        fprintf(stream, ", order %d, response %s, reach %g A", (int)options.order,
                response_name(&options), options.reach);
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_MOMENTS)
        && options.response != LRPOT_RESPONSE_NONE)
        fprintf(stream, ", %d feature%s (spread %g A, %s self-interaction)", (int)options.features,
                options.features > 1 ? "s" : "", options.spread,
                options.flags & LRPOT_CHARGES_WITHOUT_SELF ? "without" : "with");
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SOLVER | LRPOT_CHARGES_TAKES_MOMENTS))
        fprintf(stream, ", tolerance %g", options.tolerance);
    fprintf(stream, "\n");
}

static void put_charges(json_t *root, const lrpot_charges *charges)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    int32_t kind = lrpot_charges_kind(charges);
    json_put_text(root, "charges", lrpot_charges_kind_name(kind));
    if (lrpot_charges_get_options(charges, &options) != LRPOT_OK) return;
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_WIDTHS))
        json_object_set_new(root, "widths", widths_json(&options));
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SOLVER | LRPOT_CHARGES_TAKES_MOMENTS))
        json_put_real(root, "tolerance", options.tolerance);
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_MOMENTS)) {
        json_put_count(root, "order", options.order);
        json_put_text(root, "response", response_name(&options));
        json_put_real(root, "reach", options.reach);
        json_put_count(root, "features",
                       options.response != LRPOT_RESPONSE_NONE ? options.features : 0);
        json_put_real(root, "spread", options.spread);
        json_object_set_new(root, "without_self",
                            json_boolean(options.flags & LRPOT_CHARGES_WITHOUT_SELF));
    }
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_CHANNELS))
        json_put_count(root, "channels", options.channels);
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SIGMA)
        && !charge_kind_has(kind, LRPOT_CHARGES_TAKES_WIDTHS))
        json_put_real(root, "sigma", options.sigma);
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_NEUTRALITY))
        json_put_text(root, "neutrality", neutrality_name(&options));
    if (charge_kind_has(kind, LRPOT_CHARGES_TAKES_SELF))
        json_object_set_new(root, "self", json_boolean(options.flags & LRPOT_CHARGES_SELF));
}

/* Number of rows from training atoms; the others are initial rows for directions without data. */
static int64_t filled_rows(const lrpot_potential *model, const lrpot_active_set *set)
{
    int64_t n = lrpot_active_set_size(set), filled = 0,
            *frames = malloc((size_t)n * sizeof *frames);
    for (int32_t z = 0; frames != NULL && z < lrpot_potential_species_count(model); z++)
        for (int64_t k = lrpot_active_set_rows(set, z, frames, NULL) == LRPOT_OK ? 0 : n; k < n;
             k++)
            filled += frames[k] >= 0;
    free(frames);
    return filled;
}

static const char *columns_of(const lrpot_active_set *set)
{
    return lrpot_active_set_kind(set) == LRPOT_ACTIVE_SET_PARAMETERS ? "parameters" : "features";
}

static json_t *active_set_json(const lrpot_potential *model)
{
    const lrpot_active_set *set = lrpot_potential_active_set(model);
    if (set == NULL) return json_null();
    json_t *object = json_object();
    json_put_text(object, "columns", columns_of(set));
    json_put_count(object, "rows_per_species", lrpot_active_set_size(set));
    json_put_count(object, "rows_filled", filled_rows(model, set));
    return object;
}

static void print_active_set(FILE *stream, const lrpot_potential *model)
{
    const lrpot_active_set *set = lrpot_potential_active_set(model);
    if (set == NULL) {
        fprintf(stream, "active set    none: extrapolation is not graded\n");
        return;
    }
    int64_t n = lrpot_active_set_size(set), all = n * lrpot_potential_species_count(model);
    fprintf(
        stream,
        "active set    %lld rows of each species by %s, %lld of %lld filled by training atoms\n",
        (long long)n, columns_of(set), (long long)filled_rows(model, set), (long long)all);
}

static json_t *nep_json(const lrpot_potential *model)
{
    json_t *object = json_object();
    json_put_count(object, "version", lrpot_nep_version(model));
    json_put_count(object, "charge_mode", lrpot_nep_charge_mode(model));
    if (lrpot_nep_charge_mode(model) == 0) return object;
    json_put_text(object, "sum",
                  lrpot_nep_sum(model) == LRPOT_NEP_SUM_AS_FITTED ? "fitted" : "converged");
    json_put_text(object, "forces",
                  lrpot_nep_forces(model) == LRPOT_NEP_FORCES_PLAIN ? "plain" : "gradient");
    return object;
}

static json_t *model_json(const lrpot_potential *model)
{
    json_t *root = json_object(), *species = json_array(), *blocks = json_object(),
           *notes = json_object();
    for (int32_t i = 0; i < lrpot_potential_species_count(model); i++)
        json_array_append_new(species, json_string(lrpot_potential_symbols(model)[i]));
    const char *key = NULL, *value = NULL;
    int64_t offset = 0, count = 0;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &key, &offset, &count); b++)
        json_put_count(blocks, key, count);
    for (int64_t k = 0; lrpot_potential_note_at(model, k, &key, &value); k++)
        json_put_text(notes, key, value);
    const lrpot_charges *charges = lrpot_potential_charges(model);
    json_object_set_new(root, "species", species);
    put_charges(root, charges);
    json_put_real(root, "cutoff", lrpot_potential_cutoff(model));
    if (lrpot_potential_epsilon_infinity(model) > 0.0)
        json_put_real(root, "eps_inf", lrpot_potential_epsilon_infinity(model));
    json_object_set_new(root, "basis", basis_json(lrpot_potential_basis(model)));
    if (lrpot_nep_version(model) > 0) json_object_set_new(root, "nep", nep_json(model));
    json_object_set_new(root, "charge_basis",
                        basis_json(charges != NULL ? lrpot_charges_basis(charges) : NULL));
    json_object_set_new(root, "core", core_json(model));
    json_object_set_new(root, "gap_barrier", barrier_json(model));
    json_object_set_new(root, "active_set", active_set_json(model));
    json_put_count(root, "parameters", lrpot_potential_param_count(model));
    json_object_set_new(root, "blocks", blocks);
    json_object_set_new(root, "notes", notes);
    return root;
}

static void print_basis(FILE *stream, const char *name, const lrpot_basis *basis)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    if (basis == NULL || lrpot_basis_get_options(basis, &options) != LRPOT_OK) return;
    if (lrpot_basis_radial_functions(basis) == 0) { /* no moment tensors */
        fprintf(stream, "%-13s %s, 0 to %g A\n", name, lrpot_basis_descriptor(basis),
                options.cutoff);
        return;
    }
    /* an .mtp lists its functions one by one, so it has no level */
    enum { USUAL_STEP = 4 };
    char level[48] = "imported";
    if (options.level > 0) snprintf(level, sizeof level, "level %d", (int)options.level);
    if (options.level > 0 && options.radial_step != USUAL_STEP)
        snprintf(level, sizeof level, "level %d, radial step %d", (int)options.level,
                 (int)options.radial_step);
    fprintf(stream, "%-13s %s, %lld functions, %lld radial of %d polynomials, %g to %g A\n", name,
            level, (long long)lrpot_basis_count(basis),
            (long long)lrpot_basis_radial_functions(basis), (int)options.radial_size,
            options.min_distance, options.cutoff);
}

static const char *nep_charges(int32_t mode)
{
    static const char *const texts[] = { "no charges", "charge mode 1 (Ewald sum)",
                                         "charge mode 2 (reciprocal sum)",
                                         "charge mode 3 (damped pairs)" };
    return texts[mode];
}

static void print_nep(FILE *stream, const lrpot_potential *model)
{
    int32_t mode = lrpot_nep_charge_mode(model);
    if (lrpot_nep_version(model) == 0) return;
    fprintf(stream, "NEP           version %d, %s", (int)lrpot_nep_version(model),
            nep_charges(mode));
    if (mode > 0)
        fprintf(stream, ", %s sum, %s forces",
                lrpot_nep_sum(model) == LRPOT_NEP_SUM_AS_FITTED ? "fitted" : "converged",
                lrpot_nep_forces(model) == LRPOT_NEP_FORCES_PLAIN ? "plain" : "gradient");
    fprintf(stream, "\n");
}

static void print_model(FILE *stream, const lrpot_potential *model)
{
    fprintf(stream, "species      ");
    for (int32_t i = 0; i < lrpot_potential_species_count(model); i++)
        fprintf(stream, " %s", lrpot_potential_symbols(model)[i]);
    const lrpot_charges *charges = lrpot_potential_charges(model);
    fprintf(stream, "\n");
    print_charges(stream, charges);
    if (lrpot_potential_epsilon_infinity(model) > 0.0)
        fprintf(stream, "eps_inf       %.10g, screens the charges\n",
                lrpot_potential_epsilon_infinity(model));
    fprintf(stream, "cutoff        %g A\n", lrpot_potential_cutoff(model));
    print_basis(stream, "energy basis", lrpot_potential_basis(model));
    print_nep(stream, model);
    print_basis(stream, "charge basis", charges != NULL ? lrpot_charges_basis(charges) : NULL);
    core_print(model, stream);
    barrier_print(model, stream);
    print_active_set(stream, model);
    fprintf(stream, "parameters    %lld\n", (long long)lrpot_potential_param_count(model));
    const char *key = NULL, *value = NULL;
    int64_t offset = 0, count = 0;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &key, &offset, &count); b++)
        fprintf(stream, "  %-20s %lld\n", key, (long long)count);
    for (int64_t k = 0; lrpot_potential_note_at(model, k, &key, &value); k++) {
        if (k == 0) fprintf(stream, "notes\n");
        fprintf(stream, "  %-20s %s\n", key, value);
    }
}

/* Prints several models one after the other, or as members of one document. */
static int print_all(const ensemble *models, int as_json, output *out)
{
    json_t *list = json_array();
    for (int32_t m = 0; m < models->n; m++) {
        if (as_json) {
            json_t *object = model_json(models->models[m]);
            if (models->n > 1) json_put_text(object, "model", models->paths[m]);
            json_array_append_new(list, object);
            continue;
        }
        if (models->n > 1) fprintf(out->stream, "model         %s\n", models->paths[m]);
        print_model(out->stream, models->models[m]);
    }
    json_t *root = models->n > 1 ? json_pack("{s:O}", "members", list)
                                 : json_incref(json_array_get(list, 0));
    json_decref(list);
    if (as_json) return output_json(out, root);
    json_decref(root);
    return DONE;
}

int verb_info(int count, char **arguments)
{
    common_options common = { .threads = 1 };
    const char *species_text = NULL;
    const tool_option options[] = {
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types of an .mtp", &species_text, 0,
          0 },
    };
    const tool_command command = { "info",
                                   "MODEL...",
                                   "Prints species, bases, parameters per block and notes of a "
                                   "model (own format, .mtp or nep.txt).",
                                   NULL,
                                   options,
                                   1,
                                   1,
                                   INT32_MAX };
    int32_t n = 0;
    int code = options_parse(&command, &common, count, arguments, &n);
    if (code != GO_ON) return code;
    text_list species = { 0, NULL };
    ensemble models = { 0 };
    output out = { NULL, NULL, NULL };
    code = inputs_species("info", species_text, &species);
    if (code == GO_ON) code = ensemble_load(&models, n, arguments, &species);
    if (code == GO_ON) code = output_open(&out, common.output);
    if (code == GO_ON) code = print_all(&models, common.json, &out);
    int closed = output_close(&out, code == DONE);
    ensemble_close(&models);
    text_list_free(&species);
    return code == DONE ? closed : code;
}
