/* lrpot phonon: TO and LO at Gamma, bands and densities of states, files for phonopy. */
#include "bands.h"
#include "born.h"
#include "gamma.h"
#include "grading.h"
#include "output.h"
#include "phonopy_files.h"
#include "polar.h"
#include "report.h"
#include "verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct phonon_run {
    common_options common;
    const char *species_text, *folder, *independent;
    double epsilon, direction[3], towards[3], step;
    int32_t raw;
    band_request bands;
    int64_t repeat, frame;
    text_list species;
    lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_structure *structure;
    born_result born;
    grading grade;
    double *screened; /* [n][3][3], NULL without charges */
    gamma_result gamma;
    polar_result polar; /* n = 0 without charges */
    double formula;
} phonon_run;

static void print_spectrum(FILE *stream, const char *title, const gamma_spectrum *spectrum,
                           int64_t marked, const char *mark)
{
    double total = 0.0;
    for (int64_t g = 0; g < spectrum->n; g++)
        total += spectrum->groups[g].along + spectrum->groups[g].across;
    if (total == 0.0) total = 1.0;
    fprintf(stream, "# %s\n#      THz       cm-1  modes  polar along  across\n", title);
    for (int64_t g = 0; g < spectrum->n; g++) {
        const gamma_group *group = &spectrum->groups[g];
        fprintf(stream, "%10.5f %10.3f %6lld %12.4f %7.4f %s\n", group->frequency,
                GAMMA_CM_PER_THZ * group->frequency, (long long)group->multiplicity,
                group->along / total, group->across / total, g == marked ? mark : "");
    }
}

static void print_lo_to(const phonon_run *run, FILE *stream)
{
    double to = gamma_to(&run->gamma), lo = gamma_lo(&run->gamma),
           epsilon = inputs_epsilon(run->epsilon, run->structure);
    fprintf(stream, "TO %10.5f THz %10.3f cm-1\n", to, GAMMA_CM_PER_THZ * to);
    fprintf(stream, "LO %10.5f THz %10.3f cm-1\n", lo, GAMMA_CM_PER_THZ * lo);
    if (run->screened == NULL) {
        fprintf(stream, "# the model has no Born charges: no LO-TO splitting\n");
        return;
    }
    if (isfinite(run->formula))
        fprintf(stream, "LO %10.5f THz by w_LO^2 = w_TO^2 + 4 pi k Z^2/(mu V), difference %.1e\n",
                run->formula, lo - run->formula);
    if (to > 0.0) {
        double ratio = lo * lo / (to * to);
        fprintf(stream, "eps_0/eps_inf = (LO/TO)^2 = %.5f", ratio);
        if (epsilon > 0.0) fprintf(stream, ", eps_0 = %.5f", ratio * epsilon);
        fprintf(stream, "\n");
    }
}

static void print_born(const phonon_run *run, FILE *stream)
{
    if (run->screened == NULL) return;
    fprintf(
        stream,
        "# mean isotropic Born charge by species: screened (model), times sqrt(eps_inf) = %.6g\n",
        run->born.scale);
    for (int32_t z = 0; z < lrpot_potential_species_count(run->model); z++) {
        const char *symbol = lrpot_potential_symbols(run->model)[z];
        double sum = 0.0;
        int64_t count = 0;
        for (int64_t i = 0; i < run->gamma.n; i++) {
            if (strcmp(lrpot_structure_symbol(run->structure, i), symbol) != 0) continue;
            sum += (run->screened[9 * i] + run->screened[9 * i + 4] + run->screened[9 * i + 8])
                   / 3.0;
            count++;
        }
        if (count > 0)
            fprintf(stream, "Z %-3s %10.6f %10.6f\n", symbol, sum / (double)count,
                    run->born.scale * sum / (double)count);
    }
}

static json_t *spectrum_json(const gamma_spectrum *spectrum)
{
    json_t *list = json_array();
    for (int64_t g = 0; g < spectrum->n; g++) {
        json_t *group = json_object();
        json_put_real(group, "thz", spectrum->groups[g].frequency);
        json_put_count(group, "modes", spectrum->groups[g].multiplicity);
        json_put_real(group, "polar_along", spectrum->groups[g].along);
        json_put_real(group, "polar_across", spectrum->groups[g].across);
        json_array_append_new(list, group);
    }
    return list;
}

static json_t *result_json(const phonon_run *run)
{
    json_t *root = json_object();
    json_put_real(root, "to_thz", gamma_to(&run->gamma));
    json_put_real(root, "lo_thz", gamma_lo(&run->gamma));
    json_put_real(root, "lo_formula_thz", run->formula);
    json_object_set_new(root, "direction", json_row(run->gamma.direction, 3));
    json_object_set_new(root, "spectrum", spectrum_json(&run->gamma.plain));
    json_object_set_new(root, "grade", grading_json(&run->grade));
    if (run->screened == NULL) return root;
    json_object_set_new(root, "spectrum_with_field", spectrum_json(&run->gamma.field));
    json_object_set_new(root, "bec_screened", json_tensors(run->screened, run->gamma.n));
    json_put_real(root, "sqrt_eps_inf", run->born.scale);
    json_object_set_new(root, "eps_0_over_eps_inf", json_row(run->polar.epsilon, 9));
    json_put_real(root, "lst_product", run->polar.products);
    json_object_set_new(root, "polar_screened", json_row(run->polar.polar, 9 * run->polar.n));
    json_object_set_new(root, "polar_thz", json_row(run->polar.frequencies, 3 * run->polar.n));
    return root;
}

static int born_charges(phonon_run *run, const char *path)
{
    if (lrpot_potential_charges(run->model) == NULL) return GO_ON;
    double epsilon = inputs_epsilon(run->epsilon, run->structure);
    lrpot_status status = born_run(&run->born, run->model, run->work, run->structure,
                                   LRPOT_BORN_UNFOLDED, epsilon, !run->raw);
    if (status == LRPOT_E_UNSUPPORTED) {
        report_note(
            "%s: %s; frequencies are those without macroscopic field, --bands has its own limits",
            path, lrpot_last_error());
        return GO_ON;
    }
    if (status != LRPOT_OK) return report_failure(status, path);
    int64_t size = 9 * run->born.eval.n;
    run->screened = malloc((size_t)size * sizeof *run->screened);
    if (run->screened == NULL) return report_no_memory();
    for (int64_t k = 0; k < size; k++) run->screened[k] = run->born.eval.born[k] / run->born.scale;
    return GO_ON;
}

/* Frequencies are answers to displacements, which the crystal at rest does not have. */
static int grade(phonon_run *run, const char *path)
{
    lrpot_status status = grading_structure(&run->grade, run->work, run->structure, path);
    if (status == LRPOT_OK) status = grading_rattled(&run->grade, run->work, run->structure, path);
    if (status != LRPOT_OK) return report_failure(status, path);
    grading_report(&run->grade);
    return GO_ON;
}

static int compute(phonon_run *run, const char *path)
{
    int code = grade(run, path);
    if (code == GO_ON) code = born_charges(run, path);
    if (code != GO_ON) return code;
    lrpot_status status = evaluation_run(&run->born.eval, run->model, run->work, run->structure);
    if (status != LRPOT_OK) return report_failure(status, path);
    double largest = largest_of(run->born.eval.forces, 3 * run->born.eval.n);
    if (largest > 0.01)
        report_note("%s: forces up to %.3g eV/A: the frequencies are those of a structure that is "
                    "not at rest",
                    path, largest);
    status = gamma_run(&run->gamma, run->model, run->work, run->structure, run->screened,
                       run->direction, run->step);
    if (status == LRPOT_E_SPECIES && run->gamma.masses != NULL)
        return report_error(
            BAD_INPUT,
            "%s: an atom has no known mass; expected element symbols or a column masses:R:1", path);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (run->screened != NULL)
        status = polar_run(&run->polar, &run->gamma, run->structure, run->screened);
    if (status != LRPOT_OK) return report_failure(status, path);
    run->formula = run->screened != NULL
                       ? gamma_closed_formula(&run->gamma, run->structure, run->screened)
                       : NAN;
    return GO_ON;
}

static int write_born(const phonon_run *run)
{
    if (run->screened == NULL) return GO_ON;
    int64_t size = 9 * run->gamma.n, *atoms = NULL, n = 0;
    double *scaled = malloc((size_t)size * sizeof *scaled);
    char *path = output_join(run->folder, "BORN");
    int code = scaled != NULL && path != NULL ? GO_ON : report_no_memory();
    for (int64_t k = 0; scaled != NULL && k < size; k++)
        scaled[k] = run->born.scale * run->screened[k];
    if (code == GO_ON)
        code = born_independent("phonon", run->independent, run->structure, scaled, &atoms, &n);
    if (code == GO_ON) {
        lrpot_status status = born_write(path, run->structure, run->epsilon, scaled, atoms, n);
        if (status != LRPOT_OK) code = report_failure(status, path);
    }
    free(atoms);
    free(scaled);
    free(path);
    return code;
}

static int write_folder(const phonon_run *run)
{
    if (run->folder == NULL) return GO_ON;
    int32_t repeat = run->repeat > 0 ? (int32_t)run->repeat
                                     : phonopy_default_supercell(run->structure);
    int code = phonopy_write(run->folder, run->model, run->work, run->structure, repeat, run->step);
    if (code == GO_ON) code = write_born(run);
    if (code != GO_ON) return code;
    const double *d = run->gamma.direction;
    report_note("POSCAR, FORCE_CONSTANTS%s written; in %s:", run->screened != NULL ? ", BORN" : "",
                run->folder);
    report_note("  phonopy -c POSCAR --dim \"%d %d %d\" --pa auto --readfc%s --qpoints \"0 0 0\" "
                "--q-direction \"%g %g %g\"",
                (int)repeat, (int)repeat, (int)repeat, run->screened != NULL ? " --nac" : "", d[0],
                d[1], d[2]);
    return GO_ON;
}

static int print_results(const phonon_run *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    code = DONE;
    if (run->common.json) code = output_json(&out, result_json(run));
    else {
        print_spectrum(out.stream, "Gamma without macroscopic field (transverse)",
                       &run->gamma.plain, run->gamma.to, "TO");
        if (run->screened != NULL)
            print_spectrum(out.stream, "Gamma with the field of q -> 0 along the direction",
                           &run->gamma.field, run->gamma.lo, "LO");
        print_born(run, out.stream);
        print_lo_to(run, out.stream);
        if (run->polar.n > 0) polar_print(&run->polar, &run->gamma, run->born.scale, out.stream);
        int turn = run->polar.n > 0
                   && (run->towards[0] != 0.0 || run->towards[1] != 0.0 || run->towards[2] != 0.0);
        if (turn
            && (code = polar_print_turn(&run->polar, &run->gamma, run->structure, run->towards,
                                        out.stream))
                   == GO_ON)
            code = DONE;
    }
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

static int open_run(phonon_run *run, const char *model, const char *path)
{
    if (run->direction[0] == 0.0 && run->direction[1] == 0.0 && run->direction[2] == 0.0)
        return report_usage("phonon", "--direction 0,0,0 has no direction");
    int code = inputs_species("phonon", run->species_text, &run->species);
    if (code == GO_ON && run->folder != NULL) code = phonopy_add_files(run->folder);
    if (code == GO_ON) code = inputs_model(&run->model, model, &run->species);
    if (code == GO_ON) grading_open(&run->grade, run->model, model);
    if (code == GO_ON)
        code = inputs_frame(&run->structure, path, run->frame, run->model, &run->species);
    if (code != GO_ON) return code;
    if (lrpot_structure_periodic_mask(run->structure) != LRPOT_PERIODIC_ALL)
        return report_error(
            BAD_INPUT,
            "%s: frame %lld is not periodic in three directions; expected a crystal, pbc=\"T T T\"",
            path, (long long)run->frame);
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

static void close_run(phonon_run *run)
{
    gamma_free(&run->gamma);
    polar_free(&run->polar);
    born_free(&run->born);
    grading_close(&run->grade);
    free(run->screened);
    lrpot_structure_free(run->structure);
    lrpot_workspace_free(run->work);
    lrpot_potential_free(run->model);
    text_list_free(&run->species);
}

int verb_phonon(int count, char **arguments)
{
    phonon_run run = { .common = { .threads = 1 },
                       .direction = { 1.0, 0.0, 0.0 },
                       .step = 0.01,
                       .bands = { .points = 50, .mesh = 20, .width = 0.1 } };
    const tool_option options[] = {
        { 'e', "eps-inf", OPTION_REAL, "X",
          "electronic dielectric constant; default: the file's eps_inf", &run.epsilon, 1.0, 1e6 },
        { 'd', "direction", OPTION_THREE, "x,y,z", "direction of q -> 0 (Cartesian), default 1,0,0",
          run.direction, 0, 0 },
        { 0, "towards", OPTION_THREE, "x,y,z",
          "also the frequencies of directions from --direction to this one", run.towards, 0, 0 },
        { 'p', "path", OPTION_TEXT, "PATH",
          "auto, or corners such as \"G:0,0,0 X:0.5,0,0.5 | K:...\"; default auto", &run.bands.path,
          0, 0 },
        { 'b', "bands", OPTION_OUTPUT, "FILE.csv", "frequencies along the path", &run.bands.csv, 0,
          0 },
        { 0, "plot", OPTION_OUTPUT, "FILE.png", "the bands drawn", &run.bands.plot, 0, 0 },
        { 0, "points", OPTION_COUNT, "N", "steps of the longest line of the path, default 50",
          &run.bands.points, 1, 100000 },
        { 0, "dos", OPTION_OUTPUT, "FILE.csv", "density of states", &run.bands.dos, 0, 0 },
        { 0, "dos-plot", OPTION_OUTPUT, "FILE.png", "the density drawn", &run.bands.dos_plot, 0,
          0 },
        { 0, "mesh", OPTION_COUNT, "N", "N x N x N wave vectors for the density, default 20",
          &run.bands.mesh, 1, 400 },
        { 0, "width", OPTION_REAL, "THZ",
          "standard deviation of a frequency in the density, default 0.1", &run.bands.width, 1e-4,
          100 },
        { 'r', "raw", OPTION_FLAG, NULL,
          "leave the sum rule of the Born charges as the model has it", &run.raw, 0, 0 },
        { 0, "step", OPTION_REAL, "A", "displacement of the differences, default 0.01", &run.step,
          1e-5, 0.5 },
        { 'n', "frame", OPTION_COUNT, "N", "frame of FILE, counted from 0", &run.frame, 0, 1e15 },
        { 'w', "write", OPTION_TEXT, "DIR", "POSCAR, FORCE_CONSTANTS and BORN for phonopy",
          &run.folder, 0, 0 },
        { 0, "supercell", OPTION_COUNT, "N",
          "N x N x N cells for FORCE_CONSTANTS; default: edges of 11 A", &run.repeat, 1, 64 },
        { 0, "independent", OPTION_TEXT, "all|0,4,...",
          "atoms that BORN shall hold, see `lrpot bec --help`", &run.independent, 0, 0 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "phonon",
        "MODEL FILE",
        "TO and LO frequencies of a crystal at Gamma, infrared modes, static dielectric tensor, "
        "bands, density of states; files for phonopy.",
        "FILE may hold any cell of the crystal; for larger ones than the primitive the list has "
        "modes of other wave vectors too.\n"
        "TO is the group of modes without macroscopic field that is most polar across the "
        "direction, LO the group with field that is\n"
        "most polar along it. The splitting follows from the model's screened Born charges alone "
        "and needs no eps_inf; a model without\n"
        "charges has LO = TO. Negative frequencies are imaginary ones. Bands and densities are "
        "those of the dynamical matrix at each wave vector,\n"
        "without a supercell, and hold the model's own Born charges (as --raw).",
        options,
        sizeof options / sizeof options[0],
        2,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = bands_check(&run.bands);
    if (code == GO_ON) code = open_run(&run, arguments[0], arguments[1]);
    if (code == GO_ON) code = compute(&run, arguments[1]);
    if (code == GO_ON) code = write_folder(&run);
    if (code == GO_ON)
        code = bands_run(&run.bands, run.model, run.work, run.structure, arguments[1]);
    if (code == GO_ON) code = print_results(&run);
    close_run(&run);
    return code;
}
