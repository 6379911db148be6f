#include "fitting/fit_report.h"

#include "cli/files.h"
#include "cli/report.h"
#include "fitting/examination.h"
#include "fitting/fit_plots.h"
#include "fitting/target_names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int add_file(const char *option, const char *path, const char *suffix)
{
    char *name = comparison_beside(path, suffix);
    int code = name != NULL ? files_write(option, name) : report_no_memory();
    free(name);
    return code;
}

int fit_report_add_files(const fit_run *run)
{
    return add_file("output", run->common.output, FIT_REPORT_SUFFIX);
}

/* MODEL.1 for MODEL-1 of an ensemble: MODEL-* shall name its models alone. */
static char *plot_name(const fit_run *run, const char *member)
{
    char *name = comparison_beside(member, "");
    if (name != NULL && run->ensemble > 1) name[strlen(run->common.output)] = '.';
    return name;
}

int fit_report_add_plots(const fit_run *run, const char *member)
{
    if (!run->plot) return GO_ON;
    char *name = plot_name(run, member);
    if (name == NULL) return report_no_memory();
    int code = add_file("plot", name, FIT_LEARNING_SUFFIX);
    for (int k = 0; k < COMPARISON_PLOTS && code == GO_ON; k++)
        code = add_file("plot", name, comparison_suffixes[k]);
    free(name);
    return code;
}

static int draw_plots(const fit_run *run, const examination *found, const char *member)
{
    char *name = plot_name(run, member);
    int code = name != NULL ? fit_plots(found, run->job.history, name, member) : report_no_memory();
    free(name);
    return code;
}

static json_t *data_json(const dataset *set)
{
    json_t *files = json_array();
    for (int32_t p = 0; p < set->n_parts; p++) {
        char checksum[16];
        json_t *file = json_object();
        snprintf(checksum, sizeof checksum, "%08x", (unsigned)set->parts[p].checksum);
        json_put_text(file, "file", set->parts[p].path);
        json_put_count(file, "frames", set->parts[p].n);
        json_put_text(file, "crc32", checksum);
        json_array_append_new(files, file);
    }
    json_t *object = json_object();
    int64_t atoms = 0;
    for (int64_t f = 0; f < set->n; f++) atoms += lrpot_structure_count(set->frames[f]);
    json_put_count(object, "frames", set->n);
    json_put_count(object, "atoms", atoms);
    json_object_set_new(object, "files", files);
    return object;
}

static json_t *arguments_json(const fit_run *run)
{
    json_t *list = json_array();
    for (int k = 0; k < run->count; k++)
        json_array_append_new(list, json_string(run->arguments[k]));
    return list;
}

json_t *fit_report_open(const fit_run *run)
{
    char started[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL) strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_t *root = json_object(), *data = json_object();
    json_put_text(root, "format", "lrpot-fit");
    json_put_count(root, "version", 1);
    json_put_text(root, "library", lrpot_version());
    json_put_text(root, "started", started);
    json_object_set_new(root, "arguments", arguments_json(run));
    if (run->data.config_text != NULL)
        json_object_set_new(root, "config", json_loads(run->data.config_text, 0, NULL));
    json_object_set_new(data, "train", data_json(&run->data.train));
    if (run->data.valid.n > 0) json_object_set_new(data, "valid", data_json(&run->data.valid));
    json_object_set_new(root, "data", data);
    json_object_set_new(root, "members", json_array());
    return root;
}

static json_t *basis_json(const lrpot_basis *basis)
{
    lrpot_basis_options o = LRPOT_BASIS_OPTIONS_INIT;
    if (basis == NULL || lrpot_basis_get_options(basis, &o) != LRPOT_OK) return json_null();
    json_t *object = json_object();
    json_put_count(object, "level", o.level);
    json_put_count(object, "functions", lrpot_basis_count(basis));
    json_put_count(object, "radial_size", o.radial_size);
    json_put_real(object, "min_distance", o.min_distance);
    json_put_real(object, "cutoff", o.cutoff);
    return object;
}

/* Options as they were used: all that was left open is chosen by now. */
static json_t *options_json(const fit_run *run, const lrpot_potential *model)
{
    const lrpot_fit_options *o = &run->job.settled;
    const lrpot_charges *charges = lrpot_potential_charges(model);
    json_t *object = json_object(), *errors = json_object();
    json_put_text(object, "charges", lrpot_charges_kind_name(lrpot_charges_kind(charges)));
    json_object_set_new(object, "basis", basis_json(lrpot_potential_basis(model)));
    if (charges != NULL)
        json_object_set_new(object, "charge_basis", basis_json(lrpot_charges_basis(charges)));
    json_put_count(object, "parameters", lrpot_potential_param_count(model));
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        json_put_real(errors, target_facts(t).name, o->errors[t]);
    json_object_set_new(object, "errors_that_count_as_equal", errors);
    json_put_real(object, "regularization", o->regularization);
    json_put_real(object, "robustness", o->robustness);
    json_put_real(object, "tolerance", o->tolerance);
    json_put_real(object, "gap_barrier", o->gap_barrier);
    json_put_count(object, "max_iterations", o->max_iterations);
    json_put_count(object, "patience", o->patience);
    json_put_count(object, "starts", o->starts);
    json_put_count(object, "threads", o->threads);
    return object;
}

int fit_report_member(const fit_run *run, json_t *report, json_t *result,
                      const lrpot_potential *model, const char *path)
{
    examination found;
    int code = GO_ON;
    json_t *member = json_deep_copy(result);
    json_object_set_new(member, "options", options_json(run, model));
    json_object_set(member, "history", run->job.history);
    /* a user who stops a fit does not wait for a pass over all frames */
    if (!run->job.interrupted) {
        code = examination_run(&found, &run->job, model);
        if (code == GO_ON) {
            json_object_set_new(member, "errors_by_set", examination_sets_json(&found));
            json_object_set_new(member, "forces_rmse_by_element",
                                examination_elements_json(&found));
            json_object_set_new(member, "forces_rmse_by_distance",
                                examination_distances_json(&found));
        }
        if (code == GO_ON && run->plot) code = draw_plots(run, &found, path);
        examination_free(&found);
    }
    json_array_append_new(json_object_get(report, "members"), member);
    return code;
}

int fit_report_write(const fit_run *run, json_t *report)
{
    output out;
    char *name = comparison_beside(run->common.output, FIT_REPORT_SUFFIX);
    if (name == NULL) return report_no_memory();
    int code = output_open(&out, name);
    if (code == GO_ON) {
        int written = output_json(&out, json_incref(report));
        code = output_close(&out, written == DONE);
        if (written != DONE) code = written;
    }
    free(name);
    return code == DONE ? GO_ON : code;
}
