/* lrpot relax: atoms and cell at rest, under a pressure; elastic constants, equation of state. */
#include "cli/output_file.h"
#include "cli/report.h"
#include "coulomb/electrode_report.h"
#include "relaxation/elastic.h"
#include "relaxation/equation_of_state.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double gpa = 160.21766208; /* in one eV/A^3 */

typedef struct relax_run {
    common_options common;
    const char *species_text, *cell_text;
    double pressure, forces, stress, strain;
    int64_t frame, steps;
    int32_t elastic;
    text_list species;
    lrpot_potential *model;
    relaxation relaxed;
    elastic constants;
    equation_of_state eos;
    int32_t has_eos;
    const char *model_path;
    double volume; /* A^3, before */
    double energy; /* eV, before */
} relax_run;

static int read_cell(relax_run *run)
{
    static const char *const words[] = { "fixed", "full", "isotropic" };
    for (int k = 0; k < 3; k++)
        if (strcmp(run->cell_text, words[k]) == 0) {
            run->relaxed.cell = (enum relaxed_cell)k;
            if (k > 0) return GO_ON;
            return options_without(&run->common, "relax", "pressure,stress",
                                   "with a fixed cell; give --cell full or isotropic");
        }
    return report_usage("relax", "--cell %s: expected fixed, full or isotropic", run->cell_text);
}

static int open_run(relax_run *run, char **arguments)
{
    relaxation *r = &run->relaxed;
    int code = inputs_species("relax", run->species_text, &run->species);
    if (code == GO_ON) code = inputs_model(&run->model, arguments[0], &run->species);
    if (code == GO_ON)
        code = inputs_frame(&r->structure, arguments[1], run->frame, run->model, &run->species);
    if (code != GO_ON) return code;
    if (run->has_eos && lrpot_structure_periodic_mask(r->structure) != LRPOT_PERIODIC_ALL)
        return report_error(BAD_INPUT, "%s: an equation of state needs a crystal, pbc=\"T T T\"",
                            arguments[1]);
    if (run->elastic && lrpot_structure_periodic_mask(r->structure) != LRPOT_PERIODIC_ALL)
        return report_error(BAD_INPUT, "%s: elastic constants need a crystal, pbc=\"T T T\"",
                            arguments[1]);
    lrpot_status status = lrpot_workspace_create(&r->work, (int32_t)run->common.threads);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    r->model = run->model;
    r->path = arguments[1];
    r->pressure = run->pressure / gpa;
    r->forces_most = run->forces;
    r->stress_most = run->stress / gpa;
    r->steps_most = run->steps;
    status = evaluation_run(&r->found, r->model, r->work, r->structure);
    run->energy = r->found.energy;
    run->volume = lrpot_structure_volume(r->structure);
    return status == LRPOT_OK ? GO_ON : report_failure(status, r->path);
}

static void close_run(relax_run *run)
{
    relaxation_free(&run->relaxed);
    lrpot_structure_free(run->relaxed.structure);
    lrpot_workspace_free(run->relaxed.work);
    lrpot_potential_free(run->model);
    text_list_free(&run->species);
}

/* Quantities of the model replace those of the file. */
static lrpot_status annotate(relaxation *r)
{
    lrpot_structure *s = r->structure;
    const evaluation *found = &r->found;
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        const double *value = q == LRPOT_QUANTITY_ENERGY                        ? &found->energy
                              : q == LRPOT_QUANTITY_FORCES                      ? found->forces
                              : q == LRPOT_QUANTITY_STRESS && found->has_stress ? found->stress
                                                                                : NULL;
        int stays = q == LRPOT_QUANTITY_TOTAL_CHARGE || q == LRPOT_QUANTITY_MASSES
                    || q == LRPOT_QUANTITY_ID || q == LRPOT_QUANTITY_EPSILON_INF
                    || q == LRPOT_QUANTITY_FRAGMENT || q == LRPOT_QUANTITY_SIGMA;
        lrpot_status status = stays ? LRPOT_OK : lrpot_structure_set(s, q, value);
        if (status != LRPOT_OK) return status;
    }
    return electrodes_forget(s);
}

static int write_structure(relax_run *run)
{
    const char *out = run->common.output;
    lrpot_writer *writer = NULL;
    if (out == NULL) return GO_ON;
    const char *slash = strrchr(out, '/'), *base = slash != NULL ? slash + 1 : out;
    lrpot_status status = annotate(&run->relaxed);
    if (status == LRPOT_OK && strncmp(base, "POSCAR", 6) == 0)
        status = lrpot_poscar_write(out, run->relaxed.structure, NULL);
    else if (status == LRPOT_OK) {
        status = lrpot_writer_open(&writer, out);
        if (status == LRPOT_OK) status = lrpot_writer_append(writer, run->relaxed.structure);
        if (status == LRPOT_OK) {
            status = lrpot_writer_close(writer);
            writer = NULL;
        }
        lrpot_writer_abandon(writer);
    }
    return status == LRPOT_OK ? GO_ON : report_failure(status, out);
}

static void print_eos(const equation_of_state *e, FILE *stream)
{
    fprintf(stream,
            "# equation of state (Birch-Murnaghan, third order) of %lld volumes, rms %.3g "
            "meV\n",
            (long long)e->points, 1e3 * e->residual);
    fprintf(stream, "V0 %.6f A^3, E0 %.8f eV, B0 %.4f GPa, B0' %.4f\n", e->volume, e->energy,
            e->bulk, e->slope);
}

static void print_text(const relax_run *run, FILE *stream)
{
    static const char *const names[6] = { "xx", "yy", "zz", "yz", "xz", "xy" };
    const relaxation *r = &run->relaxed;
    const double *s = r->found.stress, *c = run->constants.constants;
    fprintf(stream, "energy    %16.8f eV        before %16.8f\n", r->found.energy, run->energy);
    fprintf(stream, "force     %16.3e eV/A      largest\n", r->largest_force);
    if (r->found.has_stress) {
        fprintf(stream, "volume    %16.6f A^3       before %16.6f\n",
                lrpot_structure_volume(r->structure), run->volume);
        fprintf(stream, "stress    %.6f %.6f %.6f %.6f %.6f %.6f GPa, xx yy zz yz xz xy\n",
                gpa * s[0], gpa * s[4], gpa * s[8], gpa * s[5], gpa * s[2], gpa * s[1]);
    }
    fprintf(stream, "# %lld steps\n", (long long)r->steps);
    if (run->has_eos && r->converged) print_eos(&run->eos, stream);
    if (!run->elastic) return;
    fprintf(stream, "# elastic constants (GPa), stresses by engineering strains, atoms at rest\n");
    for (int i = 0; i < 6; i++) {
        fprintf(stream, "C %s", names[i]);
        for (int j = 0; j < 6; j++) fprintf(stream, " %11.4f", c[6 * i + j]);
        fprintf(stream, "\n");
    }
    fprintf(stream, "bulk %.4f GPa, shear %.4f GPa (Voigt); least eigenvalue %.4f GPa%s\n",
            run->constants.bulk, run->constants.shear, run->constants.lowest,
            run->constants.lowest > 0.0 ? "" : ": the crystal is unstable against strain");
}

static json_t *result_json(const relax_run *run)
{
    const relaxation *r = &run->relaxed;
    int64_t n = lrpot_structure_count(r->structure);
    json_t *root = json_object();
    json_put_real(root, "energy", r->found.energy);
    json_put_real(root, "energy_before", run->energy);
    json_put_real(root, "largest_force", r->largest_force);
    json_put_count(root, "steps", r->steps);
    json_object_set_new(root, "converged", json_boolean(r->converged));
    json_object_set_new(root, "positions",
                        json_row(lrpot_structure_positions_const(r->structure), 3 * n));
    if (r->found.has_stress) {
        json_put_real(root, "volume", lrpot_structure_volume(r->structure));
        json_object_set_new(root, "cell", json_row(lrpot_structure_cell(r->structure), 9));
        json_object_set_new(root, "stress", json_row(r->found.stress, 9));
    }
    if (run->has_eos && r->converged) {
        const equation_of_state *e = &run->eos;
        json_t *eos = json_object();
        json_put_real(eos, "volume", e->volume);
        json_put_real(eos, "energy", e->energy);
        json_put_real(eos, "bulk_gpa", e->bulk);
        json_put_real(eos, "bulk_slope", e->slope);
        json_put_real(eos, "rms", e->residual);
        json_object_set_new(eos, "volumes", json_row(e->volumes, e->points));
        json_object_set_new(eos, "energies", json_row(e->energies, e->points));
        json_object_set_new(eos, "pressures_gpa", json_row(e->pressures, e->points));
        json_object_set_new(root, "equation_of_state", eos);
    }
    if (run->elastic) {
        json_object_set_new(root, "elastic_gpa", json_row(run->constants.constants, 36));
        json_put_real(root, "bulk_gpa", run->constants.bulk);
        json_put_real(root, "shear_gpa", run->constants.shear);
        json_put_real(root, "least_eigenvalue_gpa", run->constants.lowest);
    }
    return root;
}

static int print_results(const relax_run *run)
{
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (run->common.json) code = output_json(&out, result_json(run));
    else print_text(run, out.stream);
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

static int compute(relax_run *run)
{
    relaxation *r = &run->relaxed;
    int code = relaxation_run(r);
    if (code == GO_ON && run->has_eos && r->converged) {
        code = equation_of_state_run(&run->eos, r);
        if (code == GO_ON) code = equation_of_state_write(&run->eos, r, run->model_path);
    }
    if (code != GO_ON || !run->elastic || !r->converged) return code;
    double largest = 0.0;
    for (int k = 0; k < 9; k++) largest = fmax(largest, gpa * fabs(r->found.stress[k]));
    if (largest > 0.1)
        report_note(
            "%s: a stress of %.3g GPa is left, so that the constants are those of a crystal "
            "under load; --cell full takes it out",
            r->path, largest);
    return elastic_run(&run->constants, r, run->strain);
}

int verb_relax(int count, char **arguments)
{
    relax_run run = { .common = { .threads = 1 },
                      .cell_text = "fixed",
                      .forces = 1e-4,
                      .stress = 1e-3,
                      .strain = 0.005,
                      .eos = { .range = 0.06, .points = 11 },
                      .steps = 1000 };
    const tool_option options[] = {
        { 'c', "cell", OPTION_TEXT, "fixed|full|isotropic",
          "what of the cell moves, default fixed; isotropic: its size", &run.cell_text, 0, 0 },
        { 'P', "pressure", OPTION_REAL, "GPA", "pressure on the cell, default 0", &run.pressure,
          -1e4, 1e4 },
        { 'f', "forces", OPTION_REAL, "EV/A", "largest force at rest, default 0.0001", &run.forces,
          1e-10, 10 },
        { 0, "stress", OPTION_REAL, "GPA", "largest stress beside the pressure, default 0.001",
          &run.stress, 1e-8, 100 },
        { 0, "steps", OPTION_COUNT, "N", "steps at most, default 1000", &run.steps, 0, 1e9 },
        { 'E', "elastic", OPTION_FLAG, NULL, "also the elastic constants", &run.elastic, 0, 0 },
        { 0, "strain", OPTION_REAL, "X", "of the elastic constants, default 0.005", &run.strain,
          1e-5, 0.05 },
        { 0, "eos", OPTION_OUTPUT, "FILE.csv",
          "energies at volumes around, and the equation of Birch and Murnaghan", &run.eos.csv, 0,
          0 },
        { 0, "eos-plot", OPTION_OUTPUT, "FILE.png", "these drawn", &run.eos.plot, 0, 0 },
        { 0, "eos-range", OPTION_REAL, "X",
          "relative change of the volume to both sides, default 0.06", &run.eos.range, 0.001, 0.5 },
        { 0, "eos-points", OPTION_COUNT, "N", "volumes, default 11", &run.eos.points, 5, EOS_MOST },
        { 'n', "frame", OPTION_COUNT, "N", "frame of FILE, counted from 0", &run.frame, 0, 1e15 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "relax",
        "MODEL FILE",
        "Relaxes atoms, and the cell under a pressure, by limited-memory BFGS; elastic constants, "
        "equation of state.",
        "-o OUT gets the relaxed structure with energy, forces and stress: POSCAR by its name, "
        ".cfg, or extended XYZ. A run that does not\n"
        "come to rest within --steps writes what it reached and has exit code 4. The relaxed "
        "structure keeps the symmetry of the one given.",
        options,
        sizeof options / sizeof options[0],
        2,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    run.has_eos = run.eos.csv != NULL || run.eos.plot != NULL;
    run.model_path = arguments[0];
    code = read_cell(&run);
    if (code == GO_ON && !run.has_eos)
        code = options_without(&run.common, "relax", "eos-range,eos-points",
                               "without --eos FILE.csv or --eos-plot FILE.png");
    if (code == GO_ON) code = open_run(&run, arguments);
    if (code == GO_ON) code = compute(&run);
    if (code == GO_ON) code = write_structure(&run);
    if (code == GO_ON) code = print_results(&run);
    if (code == DONE && !run.relaxed.converged)
        code =
            report_error(NOT_CONVERGED,
                         "%s: not at rest after %lld steps: forces up to %.3g eV/A, stress off by "
                         "%.3g GPa; raise --steps, or go on from -o OUT",
                         run.relaxed.path, (long long)run.relaxed.steps, run.relaxed.largest_force,
                         gpa * run.relaxed.largest_stress);
    close_run(&run);
    return code;
}
