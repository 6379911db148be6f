/* lrpot phonon: TO and LO at Gamma, bands and densities of states, files for phonopy. */
#include "phonons/band_output.h"
#include "phonons/born_charges.h"
#include "phonons/gamma_modes.h"
#include "checks/grading.h"
#include "phonons/phonopy_export.h"
#include "cli/output_file.h"
#include "phonons/infrared_at_gamma.h"
#include "cli/report.h"
#include "verbs/verbs.h"
#include "phonons/zone_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct phonon_run {
    common_options common;
    const char *species_text;
    double epsilon, direction[3], towards[3]; /* the first of length 1 */
    screening screening;
    int32_t raw;
    band_request bands;
    hand_over hand_over; /* its step is used for the modes at Gamma, too */
    int64_t frame;
    text_list species;
    lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_structure *structure;
    born_result born;
    grading grade;
    double *screened; /* [n][3][3], NULL without charges */
    gamma_result gamma;
    polar_result polar; /* n = 0 without charges */
    double formula;     /* NaN if the formula does not apply */
    stability at_gamma; /* without the field */
    band_findings found;
    char withheld[160]; /* reason why there is no static dielectric tensor; empty: there is one */
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

/* 1 if TO and LO of one polar mode determine the dielectric constant: only in an isotropic
 * crystal. */
static int one_constant(const phonon_run *run)
{
    return run->polar.n > 0 && run->withheld[0] == '\0' && run->polar.is_isotropic
           && !run->screening.anisotropic && gamma_one_polar_group(&run->gamma);
}

static void print_lo_to(const phonon_run *run, FILE *stream)
{
    double to = gamma_to(&run->gamma), lo = gamma_lo(&run->gamma),
           epsilon = run->screening.known ? run->screening.eps[0] : 0.0;
    if (isnan(to) || isnan(lo)) fprintf(stream, "# no mode is polar: no TO, no LO\n");
    if (isfinite(to)) fprintf(stream, "TO %10.5f THz %10.3f cm-1\n", to, GAMMA_CM_PER_THZ * to);
    if (isfinite(lo)) fprintf(stream, "LO %10.5f THz %10.3f cm-1\n", lo, GAMMA_CM_PER_THZ * lo);
    if (run->screened == NULL) {
        fprintf(stream, "# the model has no Born charges: no LO-TO splitting\n");
        return;
    }
    if (isfinite(run->formula))
        fprintf(stream, "LO %10.5f THz by w_LO^2 = w_TO^2 + 4 pi k Z^2/(mu V), difference %.1e\n",
                run->formula, lo - run->formula);
    if (one_constant(run)) {
        double ratio = lo * lo / (to * to);
        fprintf(stream, "eps_0/eps_inf = (LO/TO)^2 = %.5f", ratio);
        if (epsilon > 0.0) fprintf(stream, ", eps_0 = %.5f", ratio * epsilon);
        fprintf(stream, "\n");
    }
}

static void print_born(const phonon_run *run, FILE *stream)
{
    if (run->screened == NULL) return;
    if (run->screening.known)
        fprintf(
            stream,
            "# mean isotropic Born charge by species: screened (model), times %ssqrt(eps_inf) = "
            "%.6g\n",
            run->screening.anisotropic ? "the tensor " : "", run->born.scale);
    else
        fprintf(stream, "# mean isotropic Born charge by species: screened (model), twice: eps_inf "
                        "is not known\n");
    for (int32_t z = 0; z < lrpot_potential_species_count(run->model); z++) {
        const char *symbol = lrpot_potential_symbols(run->model)[z];
        double sum = 0.0, physical = 0.0;
        int64_t count = 0;
        for (int64_t i = 0; i < run->gamma.n; i++) {
            const double *Z = run->born.eval.born + 9 * i;
            if (strcmp(lrpot_structure_symbol(run->structure, i), symbol) != 0) continue;
            sum += (run->screened[9 * i] + run->screened[9 * i + 4] + run->screened[9 * i + 8])
                   / 3.0;
            physical += (Z[0] + Z[4] + Z[8]) / 3.0;
            count++;
        }
        if (count > 0)
            fprintf(stream, "Z %-3s %10.6f %10.6f\n", symbol, sum / (double)count,
                    physical / (double)count);
    }
    fprintf(stream, "# sum rule: mean of Z minus Q/N, largest component, %.3e e screened, %s\n",
            largest_of(run->born.before, 9), run->raw ? "not taken off (--raw)" : "taken off");
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
    json_object_set_new(root, "direction", json_row(run->direction, 3));
    json_object_set_new(root, "spectrum", spectrum_json(&run->gamma.plain));
    json_object_set_new(root, "grade", grading_json(&run->grade));
    json_object_set_new(root, "imaginary_at_gamma", stability_json(&run->at_gamma));
    if (run->bands.csv != NULL || run->bands.plot != NULL)
        json_object_set_new(root, "imaginary_on_path", stability_json(&run->found.path));
    if (run->bands.dos != NULL || run->bands.dos_plot != NULL)
        json_object_set_new(root, "imaginary_on_mesh", stability_json(&run->found.mesh));
    if (run->screened == NULL) return root;
    json_object_set_new(root, "spectrum_with_field", spectrum_json(&run->gamma.field));
    json_object_set_new(root, "bec_screened", json_tensors(run->screened, run->gamma.n));
    json_put_real(root, "sqrt_eps_inf", run->born.scale);
    if (run->screening.known) {
        double eps_0[9];
        json_object_set_new(root, "bec", json_tensors(run->born.eval.born, run->gamma.n));
        json_object_set_new(root, "eps_inf", json_row(run->screening.eps, 9));
        screening_tensor(&run->screening, run->polar.epsilon, eps_0);
        json_object_set_new(root, "eps_0",
                            run->withheld[0] == '\0' ? json_row(eps_0, 9) : json_null());
    }
    if (run->withheld[0] == '\0') {
        json_object_set_new(root, "eps_0_over_eps_inf", json_row(run->polar.epsilon, 9));
        json_put_real(root, "lst_product", run->polar.products);
    } else {
        json_object_set_new(root, "eps_0_over_eps_inf", json_null());
        json_put_text(root, "no_eps_0_because", run->withheld);
    }
    json_object_set_new(root, "polar_screened", json_row(run->polar.polar, 9 * run->polar.n));
    json_object_set_new(root, "polar_thz", json_row(run->polar.frequencies, 3 * run->polar.n));
    return root;
}

static int born_charges(phonon_run *run, const char *path)
{
    if (lrpot_potential_charges(run->model) == NULL) return GO_ON;
    const screening plain = { .root = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, .scale = 1.0 };
    born_result *born = &run->born;
    lrpot_status status = born_run(born, run->model, run->work, run->structure, LRPOT_BORN_UNFOLDED,
                                   &plain, !run->raw);
    if (status == LRPOT_E_UNSUPPORTED) {
        report_note(
            "%s: %s; frequencies are those without macroscopic field, --bands has its own limits",
            path, lrpot_last_error());
        return GO_ON;
    }
    if (status != LRPOT_OK) return report_failure(status, path);
    int64_t size = 9 * born->eval.n;
    run->screened = malloc((size_t)size * sizeof *run->screened);
    if (run->screened == NULL) return report_no_memory();
    memcpy(run->screened, born->eval.born, (size_t)size * sizeof *run->screened);
    born->scale = run->screening.scale;
    return GO_ON;
}

/* Grades displaced atoms: frequencies depend on displacements, which the crystal at rest does not
 * have. */
static int grade(phonon_run *run, const char *path)
{
    lrpot_status status = grading_structure(&run->grade, run->work, run->structure, path);
    if (status == LRPOT_OK) status = grading_rattled(&run->grade, run->work, run->structure, path);
    if (status != LRPOT_OK) return report_failure(status, path);
    grading_report(&run->grade);
    return GO_ON;
}

/* Compares the widest empty slice along each reciprocal vector with the model's cutoff. If no bond
 * crosses it, the crystal consists of layers. */
static void note_vacuum(const phonon_run *run, const char *path)
{
    double cutoff = lrpot_potential_cutoff(run->model);
    for (int axis = 0; axis < 3 && run->screened != NULL; axis++) {
        double gap = zone_gap(run->structure, axis);
        if (gap > cutoff)
            report_note("%s: vacuum of %.3g A across the rows %d and %d: dielectric tensor and "
                        "longitudinal modes are those of layers and vacuum in this cell",
                        path, gap, (axis + 1) % 3 + 1, (axis + 2) % 3 + 1);
    }
}

/* The screening of the model's charges, and the direction of q as they see it. */
static int screen(phonon_run *run, const char *path, double *direction)
{
    double length = 0.0;
    for (int a = 0; a < 3; a++) length += run->direction[a] * run->direction[a];
    for (int a = 0; a < 3; a++) run->direction[a] /= sqrt(length);
    lrpot_status status = screening_of(&run->screening, run->epsilon, run->structure);
    if (status != LRPOT_OK) return report_failure(status, path);
    screening_vector(&run->screening, run->direction, direction);
    if (run->screening.anisotropic && lrpot_potential_charges(run->model) != NULL)
        report_note("%s: eps_inf is anisotropic: Born charges, LO at Gamma and eps_0 are those of "
                    "its tensor; --bands has the model's own screening, alike in all directions",
                    path);
    return GO_ON;
}

static int compute(phonon_run *run, const char *path)
{
    double direction[3];
    int code = screen(run, path, direction);
    if (code == GO_ON) code = grade(run, path);
    if (code == GO_ON) code = born_charges(run, path);
    if (code != GO_ON) return code;
    note_vacuum(run, path);
    lrpot_status status = evaluation_run(&run->born.eval, run->model, run->work, run->structure);
    if (status != LRPOT_OK) return report_failure(status, path);
    double largest = largest_of(run->born.eval.forces, 3 * run->born.eval.n);
    if (largest > 0.01)
        report_note("%s: forces up to %.3g eV/A: the frequencies are those of a structure that is "
                    "not at rest",
                    path, largest);
    status = gamma_run(&run->gamma, run->model, run->work, run->structure, run->screened, direction,
                       run->hand_over.step);
    if (status == LRPOT_E_SPECIES && run->gamma.masses != NULL)
        return report_error(
            BAD_INPUT,
            "%s: an atom has no known mass; expected element symbols or a column masses:R:1", path);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (run->screened != NULL)
        status = polar_run(&run->polar, &run->gamma, run->structure, run->screened);
    if (status != LRPOT_OK) return report_failure(status, path);
    gamma_see(&run->gamma, &run->at_gamma);
    if (run->screened != NULL)
        screening_born(&run->screening, run->gamma.n, run->screened, run->born.eval.born);
    return GO_ON;
}

/* Sets the closed formula, and the reason to withhold the static dielectric tensor. Called after
 * all wave vectors. */
static void judge(phonon_run *run)
{
    const int64_t elsewhere = run->found.path.branches + run->found.mesh.branches;
    run->formula = NAN;
    if (run->polar.n == 0) return;
    if (fabs(run->born.total_charge) > 1e-6)
        snprintf(run->withheld, sizeof run->withheld,
                 "the cell has the charge %.6g e (model's own), whose field has no bound",
                 run->born.total_charge);
    else if (!run->polar.is_stable || run->at_gamma.branches > 0)
        snprintf(run->withheld, sizeof run->withheld,
                 "the crystal is unstable, an optical frequency at Gamma is imaginary or zero");
    else if (elsewhere > 0)
        snprintf(run->withheld, sizeof run->withheld,
                 "the crystal is unstable at other wave vectors than Gamma");
    if (one_constant(run))
        run->formula = gamma_closed_formula(&run->gamma, run->structure, run->screened);
}

static int write_folder(const phonon_run *run)
{
    if (run->hand_over.folder == NULL) return GO_ON;
    return hand_over_run(&run->hand_over, run->model, run->work, run->structure, &run->gamma,
                         run->screened != NULL ? run->born.eval.born : NULL, run->screening.eps);
}

static int print_turn(const phonon_run *run, FILE *stream)
{
    if (run->towards[0] == 0.0 && run->towards[1] == 0.0 && run->towards[2] == 0.0) return GO_ON;
    if (run->polar.n == 0) {
        report_note("--towards: without Born charges no frequency depends on the direction");
        return GO_ON;
    }
    return polar_print_turn(&run->polar, &run->gamma, run->structure, &run->screening,
                            run->direction, run->towards, stream);
}

static int print_text(const phonon_run *run, FILE *stream)
{
    const char *withheld = run->withheld[0] != '\0' ? run->withheld : NULL;
    print_spectrum(stream, "Gamma without macroscopic field (transverse)", &run->gamma.plain,
                   run->gamma.to, "TO");
    if (run->screened != NULL)
        print_spectrum(stream, "Gamma with the field of q -> 0 along the direction",
                       &run->gamma.field, run->gamma.lo, "LO");
    stability_print(&run->at_gamma, "at Gamma", stream);
    stability_print(&run->found.path, "along the path", stream);
    stability_print(&run->found.mesh, "on the mesh", stream);
    print_born(run, stream);
    print_lo_to(run, stream);
    if (run->polar.n > 0)
        polar_print(&run->polar, run->direction, &run->screening, withheld, stream);
    return print_turn(run, stream);
}

static int print_results(const phonon_run *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    if (run->common.json) code = output_json(&out, result_json(run));
    else if ((code = print_text(run, out.stream)) == GO_ON) code = DONE;
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

/* Reports the results that were asked for and are missing, after all others. Files hold for
 * unstable crystals too, so a run that wrote them is done. */
static int tell_missing(const phonon_run *run, const char *path, int code)
{
    if (run->found.no_path)
        code =
            report_error(FAILED,
                         "%s: no path through the Brillouin zone of this lattice is known (it is "
                         "not cubic, hexagonal, tetragonal or primitive orthorhombic), so bands "
                         "are not written; --path \"G:0,0,0 X:0.5,0,0\" gives one",
                         path);
    if (run->withheld[0] == '\0') return code;
    if (run->hand_over.folder != NULL || code != DONE) {
        report_note("%s: no static dielectric tensor: %s", path, run->withheld);
        return code;
    }
    return report_error(NOT_CONVERGED, "%s: no static dielectric tensor: %s", path, run->withheld);
}

static int open_run(phonon_run *run, const char *model, const char *path)
{
    if (run->direction[0] == 0.0 && run->direction[1] == 0.0 && run->direction[2] == 0.0)
        return report_usage("phonon", "--direction 0,0,0 has no direction");
    int code = inputs_species("phonon", run->species_text, &run->species);
    if (code == GO_ON) code = hand_over_add_files(&run->hand_over);
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

/* Writes the results. The modes at Gamma are printed even if files or bands fail. */
static int deliver(phonon_run *run, const char *path)
{
    int files = write_folder(run),
        drawn = bands_run(&run->bands, run->model, run->work, run->structure, path, &run->found);
    judge(run);
    int code = print_results(run);
    if (code == DONE && drawn != GO_ON) code = drawn;
    if (code == DONE && files != GO_ON) code = files;
    return tell_missing(run, path, code);
}

int verb_phonon(int count, char **arguments)
{
    phonon_run run = { .common = { .threads = 1 },
                       .direction = { 1.0, 0.0, 0.0 },
                       .hand_over = { .interface = "vasp", .step = 0.01 },
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
        { 0, "step", OPTION_REAL, "A", "displacement of the differences, default 0.01",
          &run.hand_over.step, 1e-5, 0.5 },
        { 'n', "frame", OPTION_COUNT, "N", "frame of FILE, counted from 0", &run.frame, 0, 1e15 },
        { 'w', "write", OPTION_TEXT, "DIR", "cell, FORCE_CONSTANTS and BORN for phonopy",
          &run.hand_over.folder, 0, 0 },
        { 0, "interface", OPTION_TEXT, "vasp|qe",
          "POSCAR, eV and A (default), or unitcell.in, Ry and bohr for phonopy --qe",
          &run.hand_over.interface, 0, 0 },
        { 0, "supercell", OPTION_COUNT, "N",
          "N x N x N cells for FORCE_CONSTANTS; default: edges of 11 A", &run.hand_over.repeat, 1,
          64 },
        { 0, "independent", OPTION_TEXT, "all|0,4,...",
          "atoms that BORN shall hold, see `lrpot bec --help`", &run.hand_over.independent, 0, 0 },
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
        "charges has LO = TO. Negative frequencies are imaginary ones; a sentence names them, and "
        "an unstable crystal has no static\n"
        "dielectric tensor (exit code 4, unless --write asked for files). Bands and densities are "
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
    if (code == GO_ON) code = hand_over_check(&run.hand_over);
    if (code == GO_ON) code = open_run(&run, arguments[0], arguments[1]);
    if (code == GO_ON) code = compute(&run, arguments[1]);
    if (code == GO_ON) code = deliver(&run, arguments[1]);
    close_run(&run);
    return code;
}
