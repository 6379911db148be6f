/* lrpot dipoles: dipoles of the cells of a crystal, and its polarization, frame by frame. */
#include "cli/output_file.h"
#include "cli/report.h"
#include "trajectories/local_dipoles.h"
#include "verbs/verbs.h"

#include <math.h>

static const double uc_per_cm2 = 1602.176634; /* uC/cm^2 in one e/A^2 */

typedef struct dipoles_run {
    common_options common;
    const char *reference_path, *centre, *species_text;
    double eps_inf;
    text_list species;
    lrpot_potential *model; /* NULL: charges of the frames */
    lrpot_workspace *work;
    local_dipoles cells;
    lrpot_writer *writer;
    output out;
    json_t *frames;
} dipoles_run;

/* Polarization in uC/cm^2, and the root mean square deviation of the cells' dipoles in e A. */
static void describe(const local_dipoles *cells, double volume, double *polarization,
                     double *spread)
{
    double sum[3] = { 0 }, square = 0.0, n = (double)cells->n_centres;
    for (int64_t k = 0; k < 3 * cells->n_centres; k++) sum[k % 3] += cells->dipoles[k];
    for (int64_t k = 0; k < 3 * cells->n_centres; k++)
        square += pow(cells->dipoles[k] - sum[k % 3] / n, 2) / n;
    for (int a = 0; a < 3; a++) polarization[a] = uc_per_cm2 * sum[a] / volume;
    *spread = sqrt(square);
}

static void print_frame(const dipoles_run *run, const lrpot_structure *frame, int64_t index)
{
    double p[3], spread;
    describe(&run->cells, lrpot_structure_volume(frame), p, &spread);
    if (run->frames == NULL) {
        fprintf(run->out.stream, "%7lld %14.6f %14.6f %14.6f %14.6f\n", (long long)index, p[0],
                p[1], p[2], spread);
        return;
    }
    json_t *object = json_object(), *rows = json_array();
    json_put_count(object, "frame", index);
    json_object_set_new(object, "polarization", json_row(p, 3));
    json_put_real(object, "spread", spread);
    for (int64_t k = 0; k < run->cells.n_centres; k++)
        json_array_append_new(rows, json_row(run->cells.dipoles + 3 * k, 3));
    json_object_set_new(object, "dipoles", rows);
    json_array_append_new(run->frames, object);
}

static int write_frame(dipoles_run *run, const lrpot_structure *frame)
{
    lrpot_structure *centres = NULL;
    if (run->writer == NULL) return GO_ON;
    lrpot_status status = local_dipoles_structure(&run->cells, frame, &centres);
    if (status == LRPOT_OK) status = lrpot_writer_append(run->writer, centres);
    lrpot_structure_free(centres);
    return status == LRPOT_OK ? GO_ON : report_failure(status, run->common.output);
}

static int one_frame(dipoles_run *run, const lrpot_structure *frame, const char *path,
                     int64_t index)
{
    char place[256];
    snprintf(place, sizeof place, "%s: frame %lld", path, (long long)index);
    int code = local_dipoles_displace(&run->cells, frame, place);
    if (code != GO_ON) return code;
    code = run->model != NULL
               ? local_dipoles_model(&run->cells, frame, run->model, run->work, run->eps_inf, place)
               : local_dipoles_charges(&run->cells, frame, place);
    if (code != GO_ON) return code;
    local_dipoles_sum(&run->cells);
    print_frame(run, frame, index);
    return write_frame(run, frame);
}

static int all_frames(dipoles_run *run, const char *path)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL;
    int code = inputs_reader(&reader, path, run->model, &run->species);
    for (int64_t at = 0; code == GO_ON; at++) {
        code = inputs_next(reader, path, &frame);
        if (code != GO_ON || frame == NULL) break;
        code = one_frame(run, frame, path, at);
        lrpot_structure_free(frame);
    }
    lrpot_reader_close(reader);
    return code;
}

static int open_model(dipoles_run *run, const char *path)
{
    int code = inputs_model(&run->model, path, &run->species);
    if (code != GO_ON) return code;
    if (lrpot_potential_charges(run->model) == NULL)
        return report_error(
            FAILED, "%s: the model has no charges, so no dipoles; fit one with --charges", path);
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

static int open_outputs(dipoles_run *run)
{
    if (run->common.output != NULL) {
        lrpot_status status = lrpot_writer_open(&run->writer, run->common.output);
        if (status != LRPOT_OK) return report_failure(status, run->common.output);
    }
    int code = output_open(&run->out, NULL);
    if (code != GO_ON) return code;
    if (run->common.json) run->frames = json_array();
    else
        fprintf(run->out.stream,
                "# %lld cells about %s; spread: of their dipoles\n"
                "# frame   Px (uC/cm2)             Py             Pz   spread (e A)\n",
                (long long)run->cells.n_centres, run->centre);
    return GO_ON;
}

static int open_run(dipoles_run *run, int32_t n, char **paths)
{
    lrpot_structure *reference = NULL;
    const char *path = run->reference_path != NULL ? run->reference_path : paths[n - 1];
    if (run->centre == NULL)
        return report_usage(
            "dipoles", "--centre is missing; expected the element at the centres of the cells");
    if (n == 1 && run->eps_inf != 0.0)
        return report_usage("dipoles", "--eps-inf is for the charges of a MODEL");
    int code = inputs_species("dipoles", run->species_text, &run->species);
    if (code == GO_ON && n == 2) code = open_model(run, paths[0]);
    if (code == GO_ON) code = inputs_frame(&reference, path, 0, run->model, &run->species);
    if (code == GO_ON) code = local_dipoles_begin(&run->cells, reference, run->centre, path);
    return code == GO_ON ? open_outputs(run) : code;
}

static int finish(dipoles_run *run)
{
    if (run->writer != NULL) {
        lrpot_status status = lrpot_writer_close(run->writer);
        run->writer = NULL;
        if (status != LRPOT_OK) return report_failure(status, run->common.output);
    }
    if (run->frames == NULL) return DONE;
    json_t *root = json_object();
    json_put_text(root, "centre", run->centre);
    json_object_set_new(root, "frames", run->frames);
    run->frames = NULL;
    return output_json(&run->out, root);
}

static void close_run(dipoles_run *run)
{
    lrpot_writer_abandon(run->writer);
    local_dipoles_free(&run->cells);
    lrpot_workspace_free(run->work);
    lrpot_potential_free(run->model);
    text_list_free(&run->species);
    json_decref(run->frames);
}

int verb_dipoles(int count, char **arguments)
{
    dipoles_run run = { .common = { .threads = 1 } };
    const tool_option options[] = {
        { 'R', "reference", OPTION_INPUT, "FILE",
          "structure without polarization, its first frame; default: the first frame of FILE",
          &run.reference_path, 0, 0 },
        { 'c', "centre", OPTION_TEXT, "ELEMENT", "element at the centres of the cells", &run.centre,
          0, 0 },
        { 'e', "eps-inf", OPTION_REAL, "X",
          "electronic dielectric constant: its root multiplies the model's charges; default: the "
          "frame's, else the model's, else 1",
          &run.eps_inf, 1.0, 1e6 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "dipoles",
        "[MODEL] FILE",
        "Dipoles of the cells of a crystal and its polarization, for each frame of a trajectory.",
        "Each atom brings charge times displacement from its place in the reference; it is shared "
        "in equal parts among the centres that are nearest to it there (to 5 %).\n"
        "With a MODEL the charge is the mean of its Born charges over the straight way from the "
        "reference (three points), so that the sum is the change of polarization without a choice "
        "of "
        "branch; "
        "without one it is that of the frames (bec, else charges).\n"
        "-o OUT.xyz gets the centres with their dipoles (atomic_dipoles, e A).",
        options,
        sizeof options / sizeof options[0],
        1,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = open_run(&run, n, arguments);
    if (code == GO_ON) code = all_frames(&run, arguments[n - 1]);
    if (code == GO_ON) code = finish(&run);
    int closed = output_close(&run.out, code == DONE);
    close_run(&run);
    return code == DONE ? closed : code;
}
