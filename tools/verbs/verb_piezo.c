/* lrpot piezo: piezoelectric, internal-strain and electro-optic tensors of a crystal. */
#include "cli/report.h"
#include "phonons/piezo_tensors.h"
#include "verbs/verbs.h"

#include <string.h>

static const double gpa = 160.21766208; /* in one eV/A^3 */

typedef struct piezo_run_state {
    common_options common;
    const char *species_text, *tensors_path;
    double epsilon, strain;
    int64_t frame;
    int32_t second_order;
    text_list species;
    lrpot_potential *model;
    lrpot_structure *structure;
    lrpot_workspace *work;
    polarizability_source optical;
    screening screened;
    piezo_tensors found;
} piezo_run_state;

static int open_run(piezo_run_state *run, char **arguments)
{
    int code = inputs_species("piezo", run->species_text, &run->species);
    if (code == GO_ON) code = inputs_model(&run->model, arguments[0], &run->species);
    if (code == GO_ON)
        code = inputs_frame(&run->structure, arguments[1], run->frame, run->model, &run->species);
    if (code == GO_ON && run->tensors_path != NULL)
        code = polarizability_open(&run->optical, run->tensors_path, (int32_t)run->common.threads);
    if (code != GO_ON) return code;
    if (lrpot_structure_periodic_mask(run->structure) != LRPOT_PERIODIC_ALL)
        return report_error(BAD_INPUT, "%s: frame %lld is no crystal; strain needs pbc=\"T T T\"",
                            arguments[1], (long long)run->frame);
    if (lrpot_potential_charges(run->model) == NULL)
        return report_error(BAD_INPUT,
                            "%s: the model has no charges, and so no polarization; elastic "
                            "constants: lrpot relax --elastic",
                            arguments[0]);
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    if (status == LRPOT_OK)
        status = screening_of(&run->screened, run->epsilon, run->structure, run->model);
    return status == LRPOT_OK ? GO_ON : report_failure(status, arguments[1]);
}

static int print_results(const piezo_run_state *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    code = DONE;
    if (run->common.json) {
        json_t *root = piezo_json(&run->found);
        screening_json(&run->screened, "sqrt_eps_inf", root);
        code = output_json(&out, root);
    } else {
        char text[SCREENING_TEXT];
        screening_text(&run->screened, text);
        if (run->screened.known) fprintf(out.stream, "# charges times %s\n", text);
        else fprintf(out.stream, "# eps_inf is not known: charges are the model's own\n");
        piezo_print(&run->found, out.stream);
    }
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

static void close_run(piezo_run_state *run)
{
    piezo_free(&run->found);
    polarizability_close(&run->optical);
    lrpot_structure_free(run->structure);
    lrpot_workspace_free(run->work);
    lrpot_potential_free(run->model);
    text_list_free(&run->species);
}

int verb_piezo(int count, char **arguments)
{
    piezo_run_state run = { .common = { .threads = 1 }, .strain = 0.002 };
    const tool_option options[] = {
        { 'e', "eps-inf", OPTION_REAL, "X",
          "electronic dielectric constant; default: the file's eps_inf, else the model's",
          &run.epsilon, 1.0, 1e6 },
        { 0, "strain", OPTION_REAL, "X", "of the differences, default 0.002", &run.strain, 1e-6,
          0.05 },
        { 'p', "tensors", OPTION_INPUT, "TENSORS",
          "polarizabilities of lrpot fit --tensors polarizability, or a model whose charges "
          "respond to a field: adds the second-order susceptibility of the ions",
          &run.tensors_path, 0, 0 },
        { '2', "second-order", OPTION_FLAG, NULL,
          "adds the static second-order susceptibility, ions relaxed", &run.second_order, 0, 0 },
        { 'n', "frame", OPTION_COUNT, "N", "frame of FILE, counted from 0", &run.frame, 0, 1e15 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "piezo",
        "MODEL FILE",
        "Piezoelectric tensor of a crystal with clamped and relaxed ions, internal strain, elastic "
        "constants, second-order susceptibility.",
        "Proper tensors at constant field (short circuit): the current that a strain sends, which "
        "needs no branch of the polarization; the improper\n"
        "one, dP/d(strain), is printed with the polarization that it rests on. Strains are in the "
        "order xx yy zz yz xz xy, the last three\n"
        "engineering ones. FILE holds a crystal at rest (lrpot relax --cell full). An unstable "
        "crystal has no tensors of relaxed ions (exit code 4).",
        options,
        sizeof options / sizeof options[0],
        2,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = open_run(&run, arguments);
    if (code == GO_ON)
        code = piezo_run(&run.found, run.model, run.work, run.structure, &run.screened, run.strain,
                         run.tensors_path != NULL ? &run.optical : NULL, run.second_order != 0,
                         arguments[1]);
    if (code == GO_ON) code = print_results(&run);
    if (code == DONE && !(run.found.lowest > 0.0))
        code = report_error(NOT_CONVERGED,
                            "%s: no strain by field: the crystal is unstable against strain (least "
                            "eigenvalue of the elastic constants %.4g GPa)",
                            arguments[1], gpa * run.found.lowest);
    close_run(&run);
    return code;
}
