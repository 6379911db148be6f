/* lrpot phonon: TO and LO at Gamma, bands and densities of states, files for phonopy. */
#include "phonons/phonon_run.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int write_folder(const phonon_run *run)
{
    const phonon_member *m = run->members;
    if (run->hand_over.folder == NULL) return GO_ON;
    return hand_over_run(&run->hand_over, run->models.models[0], run->work, run->structure,
                         &m->gamma, m->screened != NULL ? m->born.eval.born : NULL,
                         m->screening.eps);
}

static int print_results(const phonon_run *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    int several = run->models.n > 1;
    if (run->common.json)
        code = output_json(&out, several ? phonon_spread_json(run) : phonon_json(run));
    else {
        code = several ? phonon_print_spread(run, out.stream) : phonon_print(run, out.stream);
        if (code == GO_ON) code = DONE;
    }
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

/* Reports the results that were asked for and are missing, after all others. Files hold for
 * unstable crystals too, so a run that wrote them is done. */
static int tell_missing(const phonon_run *run, const char *path, int code)
{
    int32_t member = 0;
    char who[512] = "";
    if (run->found[0].no_path)
        code =
            report_error(FAILED,
                         "%s: the lattice is not recognised (built without spglib, or spglib found "
                         "no symmetry), so bands are not written; --path \"G:0,0,0 X:0.5,0,0\" "
                         "gives a path",
                         path);
    while (member + 1 < run->models.n && run->members[member].withheld[0] == '\0') member++;
    const char *reason = run->members[member].withheld;
    const char *what = run->layer.is_layer ? "polarizability" : "dielectric tensor";
    if (reason[0] == '\0') return code;
    if (run->models.n > 1) snprintf(who, sizeof who, " by %s", run->models.paths[member]);
    if (run->hand_over.folder != NULL || code != DONE) {
        report_note("%s: no static %s%s: %s", path, what, who, reason);
        return code;
    }
    return report_error(NOT_CONVERGED, "%s: no static %s%s: %s", path, what, who, reason);
}

/* Options whose results are those of one model. */
static int check_ensemble(const phonon_run *run)
{
    return run->models.n < 2
               ? GO_ON
               : options_without(&run->common, "phonon", "write,towards",
                                 "with several models: their results belong to one model each");
}

/* A layer has neither a dielectric tensor nor directions at Gamma; phonopy's correction for Born
 * charges is that of a crystal. */
static int open_layer(phonon_run *run)
{
    int code =
        options_without(&run->common, "phonon", "eps-inf,towards",
                        "for a layer, which has no dielectric tensor and one limit at Gamma; "
                        "--r-eff and --surroundings screen its waves");
    if (code != GO_ON) return code;
    if (run->hand_over.folder != NULL)
        return report_usage("phonon",
                            "--write of a layer: phonopy would take its Born charges for those of "
                            "a crystal with vacuum, whose modes split at Gamma; --bands has the "
                            "bands of the layer itself");
    if (run->bands.radius > 0.0 && run->bands.surroundings == 0.0) run->bands.surroundings = 1.0;
    if (!options_given(&run->common, "direction"))
        layer_default_direction(run->structure, &run->layer, run->direction);
    if (!layer_holds(&run->layer, run->direction))
        return report_usage("phonon", "--direction %g,%g,%g is not in the plane of the layer",
                            run->direction[0], run->direction[1], run->direction[2]);
    lrpot_status status = layer_set_row(run->structure, &run->layer);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

static int check_crystal(const phonon_run *run)
{
    return options_without(&run->common, "phonon", "r-eff,surroundings",
                           "for a crystal; expected a layer, such as pbc=\"T T F\"");
}

static int open_run(phonon_run *run, int32_t n, char **paths, const char *path)
{
    if (run->direction[0] == 0.0 && run->direction[1] == 0.0 && run->direction[2] == 0.0)
        return report_usage("phonon", "--direction 0,0,0 has no direction");
    int code = inputs_species("phonon", run->species_text, &run->species);
    if (code == GO_ON) code = hand_over_add_files(&run->hand_over);
    if (code == GO_ON) code = ensemble_open(&run->models, n, paths, &run->species, 0);
    if (code == GO_ON) code = check_ensemble(run);
    if (code == GO_ON)
        code =
            inputs_frame(&run->structure, path, run->frame, run->models.models[0], &run->species);
    if (code != GO_ON) return code;
    run->members = calloc((size_t)n, sizeof *run->members);
    run->found = calloc((size_t)n, sizeof *run->found);
    if (run->members == NULL || run->found == NULL) return report_no_memory();
    run->layer = layer_shape_of(run->structure);
    if (!run->layer.is_layer && lrpot_structure_periodic_mask(run->structure) != LRPOT_PERIODIC_ALL)
        return report_error(BAD_INPUT,
                            "%s: frame %lld is periodic in fewer than two directions; expected a "
                            "crystal, pbc=\"T T T\", or a layer, such as pbc=\"T T F\"",
                            path, (long long)run->frame);
    code = run->layer.is_layer ? open_layer(run) : check_crystal(run);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

static void close_run(phonon_run *run)
{
    for (int32_t m = 0; m < run->models.n && run->members != NULL; m++)
        phonon_member_free(&run->members[m]);
    free(run->members);
    free(run->found);
    lrpot_structure_free(run->structure);
    lrpot_workspace_free(run->work);
    ensemble_close(&run->models);
    text_list_free(&run->species);
}

/* Long waves of a layer are bare, whatever its models were fitted to. */
static void note_scaled(const phonon_run *run, int32_t member, const char *path)
{
    double eps = lrpot_potential_epsilon_infinity(run->models.models[member]);
    if (run->layer.is_layer && eps > 1.0)
        report_note("%s: the charges of %s are divided by the root of eps_inf = %.4g, which "
                    "screens no long wave of a layer: slopes may be too small by as much",
                    path, run->models.paths[member], eps);
}

/* The screening of the models' charges, and the direction of q as they see it. Models that respond
 * by themselves get theirs with their Born charges. */
static int screen(phonon_run *run, const char *path)
{
    double length = 0.0;
    for (int a = 0; a < 3; a++) length += run->direction[a] * run->direction[a];
    for (int a = 0; a < 3; a++) run->direction[a] /= sqrt(length);
    for (int32_t k = 0; k < run->models.n; k++) {
        phonon_member *m = &run->members[k];
        lrpot_status status =
            run->layer.is_layer
                ? screening_of(&m->screening, 1.0, NULL, NULL)
                : screening_of(&m->screening, run->epsilon, run->structure, run->models.models[k]);
        if (status != LRPOT_OK) return report_failure(status, path);
        note_scaled(run, k, path);
        screening_vector(&m->screening, run->direction, m->seen);
    }
    const screening *first = &run->members[0].screening;
    memcpy(run->hand_over.direction, run->direction, sizeof run->direction);
    if (!first->anisotropic || lrpot_potential_charges(run->models.models[0]) == NULL) return GO_ON;
    run->bands.eps_inf = first->eps;
    report_note("%s: eps_inf is anisotropic: Born charges, longitudinal modes, bands and eps_0 are "
                "those of its tensor",
                path);
    return GO_ON;
}

static int compute(phonon_run *run, const char *path)
{
    int code = run->layer.is_layer
                   ? GO_ON
                   : ensemble_one_epsilon(&run->models, run->epsilon, run->structure);
    if (code == GO_ON) code = screen(run, path);
    for (int32_t m = 0; m < run->models.n && code == GO_ON; m++)
        code = phonon_compute(run, m, path);
    if (code == GO_ON) ensemble_report_grades(&run->models);
    return code;
}

/* Writes the results. The modes at Gamma are printed even if files or bands fail. */
static int deliver(phonon_run *run, const char *path)
{
    int files = write_folder(run),
        drawn = bands_run(&run->bands, &run->models, run->work, run->structure, path, run->found);
    for (int32_t m = 0; m < run->models.n; m++) phonon_judge(run, m);
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
                       .bands = { .points = 50,
                                  .mesh = 20,
                                  .width = 0.1,
                                  .volumes = 0.01,
                                  .temperatures = { 0.0, 1000.0, 10.0 } } };
    const tool_option options[] = {
        { 'e', "eps-inf", OPTION_REAL, "X",
          "electronic dielectric constant; default: the file's eps_inf, else the model's",
          &run.epsilon, 1.0, 1e6 },
        { 'd', "direction", OPTION_THREE, "x,y,z", "direction of q -> 0 (Cartesian), default 1,0,0",
          run.direction, 0, 0 },
        { 0, "r-eff", OPTION_REAL, "A",
          "of a layer: screening of its waves by its electrons, eps(q) = surroundings + r_eff |q|",
          &run.bands.radius, 0.0, 1e6 },
        { 0, "surroundings", OPTION_REAL, "X",
          "of a layer: mean dielectric constant above and below it, default 1",
          &run.bands.surroundings, 1.0, 1e6 },
        { 0, "towards", OPTION_THREE, "x,y,z",
          "also the frequencies of directions from --direction to this one", run.towards, 0, 0 },
        { 'p', "path", OPTION_TEXT, "PATH",
          "auto, or corners such as \"G:0,0,0 X:0.5,0,0.5 | K:...\"; default auto", &run.bands.path,
          0, 0 },
        { 'b', "bands", OPTION_OUTPUT, "FILE.csv", "frequencies along the path", &run.bands.csv, 0,
          0 },
        { 0, "plot", OPTION_OUTPUT, "FILE.png", "the bands drawn", &run.bands.plot, 0, 0 },
        { 0, "velocities", OPTION_OUTPUT, "FILE.csv", "group velocities along the path, km/s",
          &run.bands.velocities, 0, 0 },
        { 0, "grueneisen", OPTION_OUTPUT, "FILE.csv",
          "Grueneisen parameters along the path; --thermal gets their mean", &run.bands.grueneisen,
          0, 0 },
        { 0, "grueneisen-plot", OPTION_OUTPUT, "FILE.png", "these drawn",
          &run.bands.grueneisen_plot, 0, 0 },
        { 0, "volumes", OPTION_REAL, "X",
          "relative difference of the two volumes of --grueneisen, default 0.01",
          &run.bands.volumes, 1e-4, 0.2 },
        { 0, "points", OPTION_COUNT, "N", "steps of the longest line of the path, default 50",
          &run.bands.points, 1, 100000 },
        { 0, "dos", OPTION_OUTPUT, "FILE.csv", "density of states", &run.bands.dos, 0, 0 },
        { 0, "projected", OPTION_TEXT, "elements|atoms|none",
          "parts of the density of states, default elements", &run.bands.parts, 0, 0 },
        { 0, "dos-plot", OPTION_OUTPUT, "FILE.png", "the density drawn", &run.bands.dos_plot, 0,
          0 },
        { 0, "thermal", OPTION_OUTPUT, "FILE.csv",
          "free energy, energy, entropy and heat capacity of a cell", &run.bands.thermal, 0, 0 },
        { 0, "temperatures", OPTION_THREE, "A,B,STEP", "K, of --thermal, default 0,1000,10",
          run.bands.temperatures, 0, 0 },
        { 0, "mesh", OPTION_COUNT, "N",
          "N x N x N wave vectors for density and thermal properties (of a layer N x N), default "
          "20",
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
        "MODEL... FILE",
        "TO and LO frequencies of a crystal at Gamma, infrared modes, static dielectric tensor, "
        "bands, density of states; files for phonopy. Slopes of polar branches, polarizability, "
        "bands and density of states of a layer.",
        ENSEMBLE_HELP
        "Modes of the members are compared in the order of their frequencies.\n"
        "FILE may hold any cell of the crystal; for larger ones than the primitive the list has "
        "modes of other wave vectors too.\n"
        "TO is the group of modes without macroscopic field that is most polar across the "
        "direction, LO the group with field that is\n"
        "most polar along it. The splitting follows from the model's screened Born charges alone "
        "and needs no eps_inf; charges of kind density\n"
        "have a dielectric tensor of their own, which is printed; a model without charges has LO = "
        "TO. Negative frequencies are imaginary ones; a sentence names them, and "
        "an unstable crystal has no static\n"
        "dielectric tensor (exit code 4, unless --write asked for files). Bands and densities are "
        "those of the dynamical matrix at each wave vector,\n"
        "without a supercell, and hold the model's own Born charges (as --raw).\n"
        "A layer (pbc=\"T T F\" and the like) has no splitting at Gamma: its polar branches have "
        "slopes there, df/dq in THz A, and its ions a polarizability by\n"
        "area in A. Wave vectors lie in its plane, the third row of its cell counts for nothing.",
        options,
        sizeof options / sizeof options[0],
        2,
        INT32_MAX
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = bands_check(&run.bands);
    if (code == GO_ON) code = hand_over_check(&run.hand_over);
    if (code == GO_ON) code = ensemble_operands(&command, n, arguments);
    if (code == GO_ON) code = open_run(&run, n - 1, arguments, arguments[n - 1]);
    if (code == GO_ON) code = compute(&run, arguments[n - 1]);
    if (code == GO_ON) code = deliver(&run, arguments[n - 1]);
    close_run(&run);
    return code;
}
