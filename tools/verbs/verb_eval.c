/* lrpot eval: evaluates a model, or an ensemble of models, on structures, frame by frame. */
#include "coulomb/electrode_report.h"
#include "ensembles/ensemble.h"
#include "ensembles/mean_evaluation.h"
#include "fitting/comparison.h"
#include "fitting/errors.h"
#include "cli/files.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "cli/uniform_field.h"
#include "phonons/screening.h"
#include "verbs/verbs.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct eval_run {
    common_options common;
    const char *species_text;
    int32_t born;
    const char *nep_sum, *nep_forces, *precision;
    double epsilon;
    field_options given;
    lrpot_field field;
    int32_t has_field;
    text_list species;
    ensemble models;
    lrpot_workspace *work;
    lrpot_writer *writer;
    FILE *table;
    json_t *frames;
    evaluation result;               /* of an ensemble: the mean */
    electrode_report electrodes;     /* of one model */
    mean_evaluation mean;            /* deviations of an ensemble */
    error_table errors, *of_members; /* those of result; [models.n] for an ensemble */
    comparison compared;             /* for --plot */
    const char *plot;
    int64_t n_frames;
    int32_t n_files;
    report_progress progress;
} eval_run;

static lrpot_status annotate_points(const evaluation *result, lrpot_structure *frame)
{
    int64_t n = 0;
    const double *points = lrpot_structure_points(frame, &n, NULL);
    return lrpot_structure_set_points(frame, result->at_points != NULL ? n : 0, points,
                                      result->at_points);
}

static int is_ensemble(const eval_run *run)
{
    return run->models.n > 1;
}

static lrpot_status annotate_spread(const eval_run *run, lrpot_structure *frame)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", is_ensemble(run) ? *run->mean.energy : 0.0);
    lrpot_status status =
        lrpot_structure_set_info(frame, "energy_spread", is_ensemble(run) ? text : NULL);
    return status == LRPOT_OK ? annotate_points(&run->result, frame) : status;
}

/* Replaces reference quantities by those of the model, or removes them. Quantities that describe
 * the system stay. */
static lrpot_status annotate(const eval_run *run, lrpot_structure *frame)
{
    static const int32_t references[] = { LRPOT_QUANTITY_ENERGY,
                                          LRPOT_QUANTITY_FORCES,
                                          LRPOT_QUANTITY_STRESS,
                                          LRPOT_QUANTITY_DIPOLE,
                                          LRPOT_QUANTITY_CHARGES,
                                          LRPOT_QUANTITY_BORN_CHARGES,
                                          LRPOT_QUANTITY_ENERGY_ATOM,
                                          LRPOT_QUANTITY_POTENTIAL,
                                          LRPOT_QUANTITY_QUADRUPOLE,
                                          LRPOT_QUANTITY_FIELD,
                                          LRPOT_QUANTITY_FORCES_SPREAD,
                                          LRPOT_QUANTITY_ATOMIC_DIPOLES,
                                          LRPOT_QUANTITY_ATOMIC_QUADRUPOLES,
                                          LRPOT_QUANTITY_POLARIZABILITY };
    const evaluation *result = &run->result;
    int isolated = lrpot_structure_periodic_mask(frame) == 0;
    const double *values[sizeof references / sizeof references[0]] = {
        &result->energy,
        result->forces,
        result->has_stress ? result->stress : NULL,
        result->has_charges && isolated ? result->dipole : NULL,
        result->has_charges ? result->charges : NULL,
        run->born ? result->born : NULL,
        NULL,
        NULL,
        NULL,
        NULL,
        is_ensemble(run) ? run->mean.forces : NULL,
        result->order > 0 ? result->dipoles : NULL,
        result->order > 1 ? result->quadrupoles : NULL
    };
    for (size_t k = 0; k < sizeof references / sizeof references[0]; k++) {
        lrpot_status status = lrpot_structure_set(frame, references[k], values[k]);
        if (status != LRPOT_OK) return status;
    }
    lrpot_status status = electrodes_annotate(&run->electrodes, frame);
    return status == LRPOT_OK ? annotate_spread(run, frame) : status;
}

static void spread_to_json(const eval_run *run, json_t *object)
{
    const evaluation *result = &run->result;
    const mean_evaluation *mean = &run->mean;
    if (!is_ensemble(run)) return;
    json_put_real(object, "energy_spread", *mean->energy);
    json_object_set_new(object, "forces_spread", json_row(mean->forces, 3 * result->n));
    if (result->has_stress) json_object_set_new(object, "stress_spread", json_row(mean->stress, 9));
    if (result->has_charges)
        json_object_set_new(object, "charges_spread", json_row(mean->charges, result->n));
    if (run->born) json_object_set_new(object, "bec_spread", json_tensors(mean->born, result->n));
}

static json_t *frame_json(const eval_run *run, const char *path, const lrpot_structure *frame)
{
    const evaluation *result = &run->result;
    json_t *object = json_object();
    json_put_text(object, "file", path);
    json_put_count(object, "atoms", result->n);
    json_put_real(object, "energy", result->energy);
    json_object_set_new(object, "forces", json_row(result->forces, 3 * result->n));
    if (result->has_stress) json_object_set_new(object, "stress", json_row(result->stress, 9));
    if (result->has_charges)
        json_object_set_new(object, "charges", json_row(result->charges, result->n));
    if (result->has_charges && lrpot_structure_periodic_mask(frame) == 0)
        json_object_set_new(object, "dipole", json_row(result->dipole, 3));
    if (result->order > 0)
        json_object_set_new(object, "atomic_dipoles", json_row(result->dipoles, 3 * result->n));
    if (result->order > 1)
        json_object_set_new(object, "atomic_quadrupoles",
                            json_tensors(result->quadrupoles, result->n));
    int64_t n_points = 0;
    (void)lrpot_structure_points(frame, &n_points, NULL);
    if (result->at_points != NULL)
        json_object_set_new(object, "potential_at_points", json_row(result->at_points, n_points));
    if (run->born) json_object_set_new(object, "bec", json_tensors(result->born, result->n));
    electrodes_json(&run->electrodes, object);
    spread_to_json(run, object);
    return object;
}

static void frame_line(const eval_run *run, const lrpot_structure *frame)
{
    const evaluation *result = &run->result;
    const char *type = lrpot_structure_info(frame, "config_type");
    double largest = 0.0, total = 0.0, low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < result->n; i++) {
        const double *f = result->forces + 3 * i;
        largest = larger(largest, sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
        if (!result->has_charges) continue;
        total += result->charges[i];
        low = smaller(low, result->charges[i]);
        high = larger(high, result->charges[i]);
    }
    fprintf(run->table, "%6lld %6lld %20.10f %16.10f %12.6f", (long long)run->n_frames,
            (long long)result->n, result->energy, result->energy / (double)result->n, largest);
    if (result->has_stress)
        fprintf(run->table, " %12.8f",
                (result->stress[0] + result->stress[4] + result->stress[8]) / 3.0);
    else fprintf(run->table, " %12s", "-");
    if (result->has_charges) fprintf(run->table, " %9.5f %9.5f %9.1e", low, high, total);
    if (is_ensemble(run))
        fprintf(run->table, " %12.3e %12.3e", *run->mean.energy / (double)result->n,
                spread_largest(run->mean.forces, result->n));
    fprintf(run->table, "  %s\n", type != NULL ? type : "");
    electrodes_print(&run->electrodes, run->table);
}

/* Adds the errors of a frame to those of all frames, of its file if there are several, and of its
 * config_type. */
static int add_errors(const eval_run *run, error_table *errors, const char *path,
                      const lrpot_structure *frame)
{
    const char *type = lrpot_structure_info(frame, "config_type");
    int good = errors_add(errors, "all", frame, &run->result, run->born);
    if (run->n_files > 1) good = good && errors_add(errors, path, frame, &run->result, run->born);
    if (type != NULL) good = good && errors_add(errors, type, frame, &run->result, run->born);
    return good ? GO_ON : report_no_memory();
}

/* A frame of the loop over members. */
typedef struct eval_frame_work {
    eval_run *run;
    const lrpot_structure *frame;
    const char *path;
    char place[512];
} eval_frame_work;

/* Physical ones where eps_inf is known. */
static lrpot_status born_charges(eval_run *run, const lrpot_potential *model,
                                 const lrpot_structure *frame)
{
    screening screened;
    lrpot_status status = screening_of(&screened, run->epsilon, frame, model);
    if (status == LRPOT_OK)
        status = lrpot_response_born_charges_structure(model, run->work, frame, LRPOT_BORN_UNFOLDED,
                                                       run->result.born, NULL);
    if (status == LRPOT_OK)
        screening_born(&screened, run->result.n, run->result.born, run->result.born);
    return status;
}

/* Charges that respond to the field: their potential and Born charges are known at zero field
 * alone. */
static int refuse_response(const eval_run *run, const lrpot_potential *model,
                           const eval_frame_work *at)
{
    const int32_t kind = lrpot_charges_kind(lrpot_potential_charges(model));
    int64_t n_points = 0;
    (void)lrpot_structure_points(at->frame, &n_points, NULL);
    if (!run->has_field || !(lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_FLOW)
        || (!run->born && n_points == 0))
        return GO_ON;
    return report_error(FAILED,
                        "%s: charges of kind %s respond to the field: %s are not available in it",
                        at->place, lrpot_charges_kind_name(kind),
                        run->born ? "Born charges (--bec)" : "potentials at points");
}

/* Screened by --eps-inf, otherwise by the frame's tensor, otherwise by the model's own constant. */
static lrpot_status in_field(eval_run *run, const lrpot_potential *model,
                             const lrpot_structure *frame)
{
    screening screened;
    lrpot_field field = run->field;
    lrpot_status status = screening_of(&screened, run->epsilon, frame, model);
    if (status != LRPOT_OK) return status;
    if (screened.known) memcpy(field.eps_inf, screened.eps, sizeof screened.eps);
    return uniform_field_evaluate(&run->result, model, run->work, frame, &field);
}

/* Charges and potentials of electrodes, of one model. They are those without a field. */
static int measure_electrodes(eval_run *run, const lrpot_potential *model,
                              const eval_frame_work *at)
{
    if (lrpot_structure_fragment_potentials(at->frame, NULL, NULL) == NULL) {
        electrodes_free(&run->electrodes);
        return GO_ON;
    }
    if (run->has_field)
        return report_error(FAILED, "%s: fragments are held at potentials: leave out the field",
                            at->place);
    lrpot_status status =
        electrodes_measure(&run->electrodes, model, run->work, at->frame, run->result.energy);
    return status == LRPOT_OK ? GO_ON : report_failure(status, at->place);
}

static int eval_member(void *ctx, int32_t member)
{
    const eval_frame_work *at = ctx;
    eval_run *run = at->run;
    const lrpot_potential *model = run->models.models[member];
    int code = refuse_response(run, model, at);
    if (code != GO_ON) return code;
    lrpot_status status = evaluation_run(&run->result, model, run->work, at->frame);
    if (status == LRPOT_OK && run->has_field) status = in_field(run, model, at->frame);
    if (run->has_field) run->result.order = 0; /* the moments are those without field */
    if (status == LRPOT_OK && run->born) status = born_charges(run, model, at->frame);
    if (status == LRPOT_OK)
        status = grading_structure(&run->models.grades[member], run->work, at->frame, at->place);
    if (status != LRPOT_OK) return report_failure(status, at->place);
    if (!is_ensemble(run)) return measure_electrodes(run, model, at);
    mean_evaluation_add(&run->mean, &run->result);
    return add_errors(run, &run->of_members[member], at->path, at->frame);
}

/* Fills the result: of the model, or the mean over the members. */
static int eval_models(eval_frame_work *at)
{
    eval_run *run = at->run;
    int64_t n_points = 0;
    (void)lrpot_structure_points(at->frame, &n_points, NULL);
    if (is_ensemble(run)
        && !mean_evaluation_begin(&run->mean, lrpot_structure_count(at->frame), n_points,
                                  run->born))
        return report_no_memory();
    int code = ensemble_each(&run->models, eval_member, at);
    if (code == GO_ON && is_ensemble(run)) mean_evaluation_end(&run->mean, &run->result);
    return code;
}

static int eval_frame(eval_run *run, const char *path, lrpot_structure *frame)
{
    eval_frame_work at = { .run = run, .frame = frame, .path = path };
    snprintf(at.place, sizeof at.place, "%s: frame %lld", path, (long long)run->n_frames);
    int code = run->born || run->has_field ? ensemble_one_epsilon(&run->models, run->epsilon, frame)
                                           : GO_ON;
    if (code == GO_ON) code = eval_models(&at);
    if (code == GO_ON) code = add_errors(run, &run->errors, path, frame);
    if (code == GO_ON && run->plot != NULL)
        code = comparison_add(&run->compared, frame, &run->result, run->result.energy, 1);
    if (code != GO_ON) return code;
    if (run->frames != NULL) json_array_append_new(run->frames, frame_json(run, path, frame));
    else if (run->table != NULL) frame_line(run, frame);
    if (run->writer != NULL) {
        lrpot_status status = annotate(run, frame);
        if (status == LRPOT_OK) status = lrpot_writer_append(run->writer, frame);
        if (status != LRPOT_OK) return report_failure(status, at.place);
    }
    run->n_frames++;
    if (run->progress.terminal || run->n_frames % 100 == 0)
        report_progress_line(&run->progress, "%lld frames", (long long)run->n_frames);
    return GO_ON;
}

static int eval_file(eval_run *run, const char *path)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL;
    int code = inputs_reader(&reader, path, run->models.models[0], &run->species);
    if (code != GO_ON) return code;
    code = inputs_next(reader, path, &frame);
    while (code == GO_ON && frame != NULL) {
        code = eval_frame(run, path, frame);
        lrpot_structure_free(frame);
        frame = NULL;
        if (code == GO_ON) code = inputs_next(reader, path, &frame);
    }
    lrpot_reader_close(reader);
    return code;
}

static void print_head(const eval_run *run)
{
    if (run->table == NULL || run->common.json) return;
    if (is_ensemble(run)) ensemble_print_names(&run->models, run->table);
    fprintf(run->table, "# %4s %6s %20s %16s %12s %12s%s%s  config_type\n", "frame", "atoms",
            "energy/eV", "eV/atom", "max|F| eV/A", "mean stress",
            lrpot_potential_charges(run->models.models[0]) != NULL
                ? "     min q     max q     sum q"
                : "",
            is_ensemble(run) ? "   +- eV/atom  max +-|F|" : "");
}

static int open_models(eval_run *run, int32_t n, char **paths)
{
    int code = uniform_field_read("eval", &run->given, &run->common, run->epsilon, &run->field,
                                  &run->has_field);
    if (code == GO_ON) code = inputs_species("eval", run->species_text, &run->species);
    if (code == GO_ON) code = ensemble_open(&run->models, n, paths, &run->species, 0);
    for (int32_t m = 0; m < n && code == GO_ON; m++) {
        lrpot_potential *model = run->models.models[m];
        code = inputs_nep("eval", model, paths[m], run->nep_sum, run->nep_forces);
        if (code == GO_ON) code = inputs_precision("eval", model, paths[m], run->precision);
    }
    if (code != GO_ON) return code;
    if (run->born && lrpot_potential_charges(run->models.models[0]) == NULL)
        return report_error(
            FAILED, "%s: the model has no charges, so no Born charges; leave out --bec", paths[0]);
    if (run->has_field && lrpot_potential_charges(run->models.models[0]) == NULL)
        return report_error(FAILED, "%s: the model has no charges for a field to act on", paths[0]);
    for (int k = 0; k < COMPARISON_PLOTS && run->plot != NULL && code == GO_ON; k++) {
        char *name = comparison_beside(run->plot, comparison_suffixes[k]);
        code = name != NULL ? files_write("plot", name) : report_no_memory();
        free(name);
    }
    if (code == GO_ON && run->plot != NULL)
        code = comparison_begin(&run->compared, run->models.models[0]);
    if (code != GO_ON) return code;
    run->of_members = calloc((size_t)n, sizeof *run->of_members);
    return run->of_members != NULL ? GO_ON : report_no_memory();
}

static int open_run(eval_run *run, int32_t n, char **paths)
{
    int code = open_models(run, n, paths);
    if (code != GO_ON) return code;
    const lrpot_potential *model = run->models.models[0];
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    if (status == LRPOT_OK && run->common.output != NULL) {
        status = lrpot_writer_open(&run->writer, run->common.output);
        if (status == LRPOT_OK)
            status = lrpot_writer_set_types(run->writer, lrpot_potential_species_count(model),
                                            lrpot_potential_symbols(model));
    }
    if (status != LRPOT_OK) return report_failure(status, run->common.output);
    /* standard output with structures is not available for tables */
    int occupied = run->common.output != NULL && strcmp(run->common.output, "-") == 0;
    if (occupied && run->common.json)
        return report_usage("eval", "-o - and --json both want standard output");
    run->table = occupied ? (report_level() > 0 ? stderr : NULL) : stdout;
    if (run->common.json) run->frames = json_array();
    return GO_ON;
}

/* DONE, or an exit code after a message. */
static int draw(const eval_run *run)
{
    static const char *const labels[1] = { "" };
    if (run->plot == NULL) return DONE;
    if (run->compared.forces.n == 0 && run->compared.energies.n == 0)
        return report_error(BAD_INPUT, "--plot %s: no frame has reference energies or forces",
                            run->plot);
    int code =
        comparison_plots(&run->compared, 1, labels, run->plot, run->models.n, run->models.paths[0]);
    return code == GO_ON ? DONE : code;
}

static int finish(eval_run *run)
{
    int code = DONE;
    report_progress_end(&run->progress);
    ensemble_report_grades(&run->models);
    errors_judge(&run->errors);
    if (run->writer != NULL) {
        lrpot_status status = lrpot_writer_close(run->writer);
        run->writer = NULL;
        if (status != LRPOT_OK) return report_failure(status, run->common.output);
    }
    output out = { stdout, NULL, NULL };
    if (run->common.json) {
        json_t *root = json_object();
        ensemble_names_json(root, &run->models);
        json_object_set_new(root, "errors",
                            errors_json(&run->errors, run->models.n, run->of_members));
        json_object_set_new(root, "grade", ensemble_grades_json(&run->models));
        json_object_set_new(root, "frames", run->frames);
        run->frames = NULL;
        code = output_json(&out, root);
    } else if (run->table != NULL) {
        errors_print(&run->errors, run->models.n, run->of_members, run->table);
    }
    int closed = output_close(&out, 1);
    if (code == DONE) code = closed;
    return code == DONE ? draw(run) : code;
}

static void close_run(eval_run *run)
{
    lrpot_writer_abandon(run->writer);
    lrpot_workspace_free(run->work);
    for (int32_t m = 0; m < run->models.n && run->of_members != NULL; m++)
        errors_free(&run->of_members[m]);
    free(run->of_members);
    ensemble_close(&run->models);
    text_list_free(&run->species);
    evaluation_free(&run->result);
    electrodes_free(&run->electrodes);
    mean_evaluation_free(&run->mean);
    errors_free(&run->errors);
    comparison_free(&run->compared);
    json_decref(run->frames);
}

int verb_eval(int count, char **arguments)
{
    eval_run run = { .common = { .threads = 1 } };
    const tool_option options[] = {
        { 'b', "bec", OPTION_FLAG, NULL, "Born effective charges too", &run.born, 0, 0 },
        { 'e', "eps-inf", OPTION_REAL, "X",
          "multiply Born charges by sqrt(X); fields are then physical", &run.epsilon, 1.0, 1e6 },
        { 'p', "plot", OPTION_TEXT, "NAME",
          "draw parity and errors by element and distance: NAME.parity-forces.png and so on",
          &run.plot, 0, 0 },
        FIELD_OPTIONS(run.given),
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
        { 0, "nep-sum", OPTION_TEXT, "converged|fitted",
          "Coulomb sum of a charged NEP: converged (default), or the one it was fitted with",
          &run.nep_sum, 0, 0 },
        { 0, "nep-forces", OPTION_TEXT, "gradient|plain",
          "forces of a charged NEP: the gradient (default), or GPUMD's before April 2026",
          &run.nep_forces, 0, 0 },
        { 0, "precision", OPTION_TEXT, "double|mixed",
          "of a NEP: mixed is quicker, with errors of some 1e-5 eV/A", &run.precision, 0, 0 },
    };
    const tool_command command = {
        "eval",
        "MODEL... FILE...",
        "Evaluates a model (own format, .mtp or nep.txt) on structures (.xyz or .cfg); errors "
        "where they carry reference values.",
        ENSEMBLE_HELP
        "Fragments that FILE holds at potentials (fragment_potentials): the energy is the grand "
        "potential, and charge and potential of each\n"
        "fragment follow, of one model, with the capacitance of two electrodes.\n"
        "-o OUT.xyz gets extended XYZ with energy (eV), forces (eV/A), stress (eV/A^3, tension "
        "positive; with a cell), charges (e)\n"
        "and bec (e, [polarization][displacement]) at full precision; -o - is standard output, the "
        "tables then go to standard error.\n"
        "Errors: energies per atom; sets are all frames, each file, each config_type. Born charges "
        "are the model's, screened ones\n"
        "(unfolded, sum rule not imposed), unless --eps-inf is given; against a reference with "
        "eps_inf they are scaled by its root.\n"
        "In a field the energy is the enthalpy, with the dipole sum q r of the positions as they "
        "are, and the stress the symmetric part of its\n"
        "derivative at the condition given; fields act on the model's charges as they are, unless "
        "--eps-inf is given.",
        options,
        sizeof options / sizeof options[0],
        2,
        INT32_MAX
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    int32_t members = ensemble_members(n, arguments);
    run.n_files = n - members;
    code = open_run(&run, members, arguments);
    if (code == GO_ON) print_head(&run);
    for (int32_t f = members; f < n && code == GO_ON; f++) code = eval_file(&run, arguments[f]);
    if (code == GO_ON) code = finish(&run);
    close_run(&run);
    return code;
}
