/* lrpot coulomb: the Coulomb sum of given charges, frame by frame. */
#include "coulomb/coulomb_run.h"
#include "coulomb/electrode_report.h"
#include "cli/inputs.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <math.h>
#include <string.h>

typedef struct coulomb_verb {
    common_options common;
    coulomb_settings settings;
    const char *kernel_text, *boundary_text, *around_text, *method_text;
    int32_t no_check;
    lrpot_workspace *work;
    lrpot_writer *writer;
    FILE *table;
    json_t *frames;
    coulomb_result result;
    int64_t n_frames;
} coulomb_verb;

static const char *const BOUNDARIES[] = { "auto", "3d", "slab", "open", "wire", NULL };
static const char *const AROUND[] = { "metal", "vacuum", "layers", NULL };
static const char *const METHODS[] = { "auto", "exact", "mesh", "spline",
                                       NULL }; /* LRPOT_EWALD_AUTO ... _SPLINE */

/* Index of a word in a list; without a word *index is unchanged. */
static int choose(const char *option, const char *text, const char *const *words, int32_t *index)
{
    for (int32_t w = 0; text != NULL && words[w] != NULL; w++) {
        if (strcmp(words[w], text) != 0) continue;
        *index = w;
        return GO_ON;
    }
    if (text == NULL) return GO_ON;
    char known[64] = "";
    for (int32_t w = 0; words[w] != NULL; w++) {
        strncat(known, w > 0 ? ", " : "", sizeof known - strlen(known) - 1);
        strncat(known, words[w], sizeof known - strlen(known) - 1);
    }
    return report_usage("coulomb", "--%s %s: expected one of %s", option, text, known);
}

static const char *boundary_name(int32_t mask)
{
    if (mask == 0) return "open";
    if (mask == LRPOT_PERIODIC_ALL) return "3d";
    return mask == 1 || mask == 2 || mask == 4 ? "wire" : "slab";
}

/* 1 if charges are summed: potential and field are then in V and V/A. */
static int sums_charges(const coulomb_verb *run)
{
    return (lrpot_ewald_kernel_traits(run->settings.kernel) & LRPOT_EWALD_KERNEL_CHARGES) != 0;
}

/* Results of the sum replace the values of the frame. Quantities that depend on other interactions
 * are removed. */
static lrpot_status annotate(const coulomb_result *result, int charges, lrpot_structure *frame)
{
    static const int32_t dropped[] = { LRPOT_QUANTITY_DIPOLE, LRPOT_QUANTITY_BORN_CHARGES,
                                       LRPOT_QUANTITY_ENERGY_ATOM };
    lrpot_status status = lrpot_structure_set(frame, LRPOT_QUANTITY_ENERGY, &result->energy);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(frame, LRPOT_QUANTITY_FORCES, result->forces);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(frame, LRPOT_QUANTITY_STRESS,
                                     result->has_stress ? result->stress : NULL);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(frame, LRPOT_QUANTITY_POTENTIAL,
                                     charges ? result->potential : NULL);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(frame, LRPOT_QUANTITY_FIELD, charges ? result->field : NULL);
    for (size_t k = 0; status == LRPOT_OK && k < sizeof dropped / sizeof dropped[0]; k++)
        status = lrpot_structure_set(frame, dropped[k], NULL);
    return status == LRPOT_OK ? electrodes_forget(frame) : status;
}

static json_t *plan_json(const coulomb_result *result)
{
    const lrpot_ewald_report *plan = &result->plan;
    json_t *object = json_object(), *mesh = json_array();
    json_put_text(object, "method", METHODS[plan->method]);
    json_put_real(object, "splitting", plan->splitting);
    json_put_real(object, "cutoff", plan->real_cutoff);
    json_put_real(object, "reciprocal_cutoff", plan->k_cutoff);
    json_put_count(object, "vectors", plan->n_vectors);
    json_put_count(object, "order", plan->order);
    for (int d = 0; d < 3; d++) json_array_append_new(mesh, json_integer(plan->mesh[d]));
    json_object_set_new(object, "mesh", mesh);
    return object;
}

/* Forces in eV/A, potential in V, energy in eV per atom, pressure in eV/A^3. */
static void put_errors(json_t *object, const coulomb_result *result)
{
    const lrpot_ewald_report *plan = &result->plan;
    const lrpot_ewald_error_report *measured = &result->measured;
    int crystal = result->periodic_mask == LRPOT_PERIODIC_ALL;
    json_put_real(object, "predicted_error", plan->predicted_error);
    json_put_real(object, "predicted_potential_error", plan->predicted_potential);
    json_put_real(object, "predicted_energy_error", plan->predicted_energy);
    if (crystal) json_put_real(object, "predicted_pressure_error", plan->predicted_pressure);
    if (measured->n_sample == 0) return;
    json_put_real(object, "measured_error", measured->forces);
    json_put_real(object, "measured_potential_error", measured->potential);
    json_put_real(object, "measured_energy_error", measured->energy);
    if (crystal) json_put_real(object, "measured_pressure_error", measured->pressure);
    json_put_count(object, "measured_atoms", measured->n_sample);
}

static json_t *frame_json(const coulomb_verb *run, const char *path)
{
    const coulomb_result *result = &run->result;
    json_t *object = json_object();
    json_put_text(object, "file", path);
    json_put_count(object, "frame", run->n_frames);
    json_put_count(object, "atoms", result->n);
    json_put_real(object, "total_charge", result->total_charge);
    json_put_text(object, "kernel", result->kernel);
    json_put_text(object, "charge_unit", lrpot_ewald_kernel_unit(run->settings.kernel));
    json_put_text(object, "boundary", boundary_name(result->periodic_mask));
    if (result->periodic_mask == LRPOT_PERIODIC_ALL)
        json_put_text(object, "around", AROUND[run->settings.around]);
    json_object_set_new(object, "parameters", plan_json(result));
    json_put_real(object, "accuracy", run->settings.accuracy);
    put_errors(object, result);
    json_put_real(object, "energy", result->energy);
    if (result->has_stress) json_object_set_new(object, "stress", json_row(result->stress, 9));
    json_object_set_new(object, "forces", json_row(result->forces, 3 * result->n));
    json_object_set_new(object, "potential", json_row(result->potential, result->n));
    json_object_set_new(object, "field", json_row(result->field, 3 * result->n));
    return object;
}

static double root_mean_square(const double *forces, int64_t n)
{
    double sum = 0.0;
    for (int64_t k = 0; k < 3 * n; k++) sum += forces[k] * forces[k];
    return sqrt(sum / (double)n);
}

/* Prints the bound by formula, and the measured error. */
static void put_bound(FILE *table, double bound, double measured, int known)
{
    fprintf(table, " %9.2e", bound);
    if (known) fprintf(table, " %9.2e", measured);
    else fprintf(table, " %9s", "-");
}

static void frame_line(const coulomb_verb *run)
{
    const coulomb_result *result = &run->result;
    const lrpot_ewald_report *plan = &result->plan;
    fprintf(run->table, "%6lld %7lld %10.3e %24.16e %12.5e", (long long)run->n_frames,
            (long long)result->n, result->total_charge, result->energy,
            root_mean_square(result->forces, result->n));
    if (result->has_stress)
        fprintf(run->table, " %13.6e",
                (result->stress[0] + result->stress[4] + result->stress[8]) / 3.0);
    else fprintf(run->table, " %13s", "-");
    fprintf(run->table, " %9.2e", result->plan.predicted_error);
    const lrpot_ewald_error_report *measured = &result->measured;
    if (measured->n_sample > 0) fprintf(run->table, " %9.2e", measured->forces);
    else fprintf(run->table, " %9s", "-");
    put_bound(run->table, plan->predicted_energy, measured->energy, measured->n_sample > 0);
    if (result->periodic_mask == LRPOT_PERIODIC_ALL)
        put_bound(run->table, plan->predicted_pressure, measured->pressure, measured->n_sample > 0);
    else fprintf(run->table, " %9s %9s", "-", "-");
    fprintf(run->table, "  %-6s %-4s", result->kernel, boundary_name(result->periodic_mask));
    if (result->periodic_mask == 0 && plan->method == LRPOT_EWALD_EXACT)
        fprintf(run->table, " every pair\n");
    else if (plan->method == LRPOT_EWALD_EXACT)
        fprintf(run->table, " exact alpha %.4f cutoff %.3f vectors %lld\n", plan->splitting,
                plan->real_cutoff, (long long)plan->n_vectors);
    else
        fprintf(run->table, " %s alpha %.4f cutoff %.3f order %d points %dx%dx%d\n",
                METHODS[plan->method], plan->splitting, plan->real_cutoff, (int)plan->order,
                (int)plan->mesh[0], (int)plan->mesh[1], (int)plan->mesh[2]);
}

static int one_frame(coulomb_verb *run, const char *path, lrpot_structure *frame)
{
    char place[512];
    snprintf(place, sizeof place, "%s: frame %lld", path, (long long)run->n_frames);
    int code = coulomb_run(&run->result, &run->settings, run->work, frame, place);
    if (code != GO_ON) return code;
    if (run->frames != NULL) json_array_append_new(run->frames, frame_json(run, path));
    else if (run->table != NULL) frame_line(run);
    if (run->writer != NULL) {
        lrpot_status status = annotate(&run->result, sums_charges(run), frame);
        if (status == LRPOT_OK) status = lrpot_writer_append(run->writer, frame);
        if (status != LRPOT_OK) return report_failure(status, place);
    }
    run->n_frames++;
    return GO_ON;
}

static int all_frames(coulomb_verb *run, const char *path)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL;
    int code = inputs_reader(&reader, path, NULL, NULL);
    if (code != GO_ON) return code;
    code = inputs_next(reader, path, &frame);
    while (code == GO_ON && frame != NULL) {
        code = one_frame(run, path, frame);
        lrpot_structure_free(frame);
        frame = NULL;
        if (code == GO_ON) code = inputs_next(reader, path, &frame);
    }
    const char *key = NULL;
    int64_t found = lrpot_reader_found(reader, LRPOT_QUANTITY_CHARGES, &key);
    if (code == GO_ON)
        report_detail("%s: charges from the column %s in %lld frames", path, key, (long long)found);
    lrpot_reader_close(reader);
    return code;
}

static int read_kernel(coulomb_verb *run)
{
    char known[COULOMB_KERNELS_TEXT];
    coulomb_settings *settings = &run->settings;
    const char *name = run->kernel_text != NULL ? run->kernel_text : "auto";
    if (!coulomb_choose_kernel(settings, name))
        return report_usage("coulomb", "--kernel %s: expected one of auto, %s", name,
                            coulomb_kernel_names(known));
    int32_t traits = lrpot_ewald_kernel_traits(settings->kernel);
    int smeared = (traits & LRPOT_EWALD_KERNEL_SIGMA)
                  || ((traits & LRPOT_EWALD_KERNEL_WIDTHS) && settings->widths != WIDTHS_NONE);
    if (smeared || (settings->sigma == 0.0 && !settings->self)) return GO_ON;
    return report_usage("coulomb", "--kernel %s has no %s", name,
                        settings->sigma > 0.0 ? "--sigma" : "--self");
}

static int read_words(coulomb_verb *run)
{
    coulomb_settings *settings = &run->settings;
    int code = read_kernel(run);
    if (code == GO_ON)
        code = choose("boundary", run->boundary_text, BOUNDARIES, &settings->boundary);
    if (code == GO_ON) code = choose("around", run->around_text, AROUND, &settings->around);
    if (code == GO_ON) code = choose("method", run->method_text, METHODS, &settings->method);
    settings->measure = !run->no_check;
    return code;
}

static int open_run(coulomb_verb *run)
{
    int code = read_words(run);
    if (code != GO_ON) return code;
    int occupied = run->common.output != NULL && strcmp(run->common.output, "-") == 0;
    if (occupied && run->common.json)
        return report_usage("coulomb", "-o - and --json both want standard output");
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    if (status == LRPOT_OK && run->common.output != NULL)
        status = lrpot_writer_open(&run->writer, run->common.output);
    if (status != LRPOT_OK) return report_failure(status, run->common.output);
    run->table = occupied ? (report_level() > 0 ? stderr : NULL) : stdout;
    if (run->common.json) run->frames = json_array();
    else if (run->table != NULL)
        fprintf(run->table, "# %4s %7s %10s %24s %12s %13s %9s %9s %9s %9s %9s %9s  %s\n", "frame",
                "atoms", sums_charges(run) ? "charge/e" : "amplitude", "energy/eV", "rms|F| eV/A",
                "mean stress", "predicted", "measured", "dE/n bound", "measured", "dP bound",
                "measured", "sum");
    return GO_ON;
}

static int finish(coulomb_verb *run)
{
    if (run->writer != NULL) {
        lrpot_status status = lrpot_writer_close(run->writer);
        run->writer = NULL;
        if (status != LRPOT_OK) return report_failure(status, run->common.output);
    }
    int code = DONE;
    output out = { stdout, NULL, NULL };
    if (run->frames != NULL) {
        json_t *root = json_object();
        json_object_set_new(root, "frames", run->frames);
        run->frames = NULL;
        code = output_json(&out, root);
    }
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

static void close_run(coulomb_verb *run)
{
    lrpot_writer_abandon(run->writer);
    lrpot_workspace_free(run->work);
    coulomb_free(&run->result);
    json_decref(run->frames);
}

int verb_coulomb(int count, char **arguments)
{
    char names[COULOMB_KERNELS_TEXT], kernels[2 * COULOMB_KERNELS_TEXT];
    coulomb_verb run = { .common = { .threads = 1 }, .settings = { .accuracy = 1e-6 } };
    snprintf(kernels, sizeof kernels, "%s; auto: gauss where there are widths, else point",
             coulomb_kernel_names(names));
    const tool_option options[] = {
        { 'a', "accuracy", OPTION_REAL, "X",
          "error of the forces in eV/A, root mean square; default 1e-6", &run.settings.accuracy,
          1e-14, 10 },
        { 0, "energy-accuracy", OPTION_REAL, "X",
          "bound of the error of the energy in eV per atom; default: what comes with the forces",
          &run.settings.energy_accuracy, 1e-14, 10 },
        { 0, "pressure-accuracy", OPTION_REAL, "X",
          "bound of that of a crystal's pressure in eV/A^3 (1 bar is 6.24e-7); default: the same",
          &run.settings.pressure_accuracy, 1e-16, 1 },
        { 0, "potential-accuracy", OPTION_REAL, "X",
          "bound of that of the potential in V, root mean square; default: the same",
          &run.settings.potential_accuracy, 1e-14, 10 },
        { 'k', "kernel", OPTION_TEXT, "K", kernels, &run.kernel_text, 0, 0 },
        { 's', "sigma", OPTION_REAL, "S", "width of all charges in A instead of the column sigma",
          &run.settings.sigma, 1e-3, 1e3 },
        { 0, "self", OPTION_FLAG, NULL, "count the self-energy of each Gaussian",
          &run.settings.self, 0, 0 },
        { 'b', "boundary", OPTION_TEXT, "B",
          "3d, slab, wire, open; auto: as the pbc of the frame says", &run.boundary_text, 0, 0 },
        { 0, "around", OPTION_TEXT, "M",
          "metal (default) or vacuum around a crystal; layers: slab correction along c*",
          &run.around_text, 0, 0 },
        { 'm', "method", OPTION_TEXT, "M",
          "exact, mesh, spline; auto: what is expected to take less time", &run.method_text, 0, 0 },
        { 0, "tune", OPTION_REAL, "T",
          "seconds for timing settings before each sum; default 0: by formula",
          &run.settings.tuning, 0, 1e4 },
        { 0, "no-check", OPTION_FLAG, NULL,
          "leave out the measured error, which takes a second sum", &run.no_check, 0, 0 },
    };
    const tool_command command = {
        "coulomb",
        "FILE",
        "Sums the Coulomb interaction of given charges: energy, forces, potential, field, stress, "
        "with their errors.",
        "Charges are the column charges of FILE, widths its column sigma (standard deviation of a "
        "Gaussian, 0 a point). latent is\n"
        "exp(-S^2 k^2/2)/k^2. dispersion is -1/r^6 with amplitudes sqrt(C6) in eV^(1/2) A^3 as "
        "charges; potential and field, not in volts,\n"
        "are then left out of OUT.xyz. Three periodic directions: a net charge is neutralised by a "
        "uniform "
        "background.\n"
        "-o OUT.xyz gets energy (eV), forces (eV/A), stress (eV/A^3), potential (V) and field "
        "(V/A) at full precision; -o - is standard\n"
        "output. predicted is the error of the forces by formula, measured the one against a sum "
        "over every pair and vector, at up to\n"
        "1000 atoms. Errors of energy (eV per atom) and pressure (eV/A^3) are bounded by what they "
        "can be in a crystal; measured tells\n"
        "what they are.",
        options,
        sizeof options / sizeof options[0],
        1,
        1
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = open_run(&run);
    if (code == GO_ON) code = all_frames(&run, arguments[0]);
    if (code == GO_ON) code = finish(&run);
    close_run(&run);
    return code;
}
