/* lrpot raman: activities of modes, and spectra of trajectories. */
#include "cli/curves.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "raman/polarizability_series.h"
#include "raman/raman_activity.h"
#include "trajectories/series_input.h"
#include "trajectories/spectrum_options.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct raman_run {
    common_options common;
    polarizability_source source;
    polarizability_series series;
    spectrum_options spectrum;
    raman_activity modes;
    const char *tensors_path, *plot_path, *spectrum_path;
    double laser, broadening, displacement; /* nm, cm-1, A */
    int64_t frame, n, segments;
    /* [n]: cm-1, THz, A^4/u per cm-1 (activity, its error, a^2, gamma^2), A^2/sr per cm-1 */
    double *wavenumbers, *thz, *activity, *error, *isotropic, *anisotropic, *ratio, *section;
} raman_run;

enum { ARRAYS = 8, N_COLUMNS = 8 };

static double laser_wavenumber(const raman_run *run)
{
    return run->laser > 0.0 ? 1e7 / run->laser : 0.0;
}

static int reserve(raman_run *run, int64_t n)
{
    run->n = n;
    run->wavenumbers = calloc((size_t)(ARRAYS * n), sizeof(double));
    if (run->wavenumbers == NULL) return report_no_memory();
    double **arrays[ARRAYS] = {
        &run->wavenumbers, &run->thz,         &run->activity, &run->error,
        &run->isotropic,   &run->anisotropic, &run->ratio,    &run->section
    };
    for (int k = 1; k < ARRAYS; k++) *arrays[k] = run->wavenumbers + k * n;
    return GO_ON;
}

static void derive(raman_run *run)
{
    for (int64_t k = 0; k < run->n; k++) {
        run->ratio[k] = lrpot_raman_depolarization(run->isotropic[k], run->anisotropic[k]);
        run->section[k] = run->activity[k]
                          * lrpot_raman_cross_section(run->wavenumbers[k], laser_wavenumber(run),
                                                      run->series.temperature);
    }
}

/* The last column is there with a laser only. */
static int32_t fill_columns(const raman_run *run, curve_column *columns)
{
    const curve_column all[N_COLUMNS] = {
        { "wavenumber/cm-1", run->wavenumbers, 1 },
        { "activity/(A4/u/cm-1)", run->activity, 1 },
        { "error/(A4/u/cm-1)", run->error, 1 },
        { "isotropic/(A4/u/cm-1)", run->isotropic, 1 },
        { "anisotropic/(A4/u/cm-1)", run->anisotropic, 1 },
        { "depolarization", run->ratio, 1 },
        { "frequency/THz", run->thz, 1 },
        { "cross_section/(A2/sr/cm-1)", run->section, 1 },
    };
    memcpy(columns, all, sizeof all);
    return run->laser > 0.0 ? N_COLUMNS : N_COLUMNS - 1;
}

static int draw(const raman_run *run)
{
    if (run->plot_path == NULL) return GO_ON;
    plot p = { .title = "Raman activity",
               .x_label = "wavenumber (1/cm)",
               .y_label = "activity (Å⁴/u per 1/cm)",
               .lines = { { "45 a² + 7 γ²", run->wavenumbers, run->activity,
                            run->segments > 1 ? run->error : NULL, run->n, 0, PLOT_LINE } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN };
    return plot_write(&p, run->plot_path);
}

/* ---- Trajectories ---- */

static int compute_spectrum(raman_run *run, const char *path)
{
    lrpot_series series = polarizability_series_view(&run->series);
    int64_t n = 0;
    spectrum_set_segment(&run->spectrum, run->series.step);
    lrpot_status status = lrpot_spectrum_size(&series, &run->spectrum.options, &n, &run->segments);
    if (status != LRPOT_OK) return series_failure(status, path);
    int code = reserve(run, n);
    if (code != GO_ON) return code;
    status = lrpot_spectrum_raman(&series, &run->spectrum.options, n, run->wavenumbers, run->thz,
                                  run->isotropic, run->anisotropic, run->activity, run->error);
    if (status != LRPOT_OK) return series_failure(status, path);
    code = spectrum_check_sampling(&run->spectrum, n, run->wavenumbers, run->activity,
                                   run->series.step, path);
    if (code != GO_ON) return code;
    derive(run);
    run->n = spectrum_shown(&run->spectrum, n, run->wavenumbers);
    report_note("%s: %lld segments, %.4g cm-1 between frequencies", path, (long long)run->segments,
                run->wavenumbers[1]);
    return GO_ON;
}

static int print_spectrum(const raman_run *run)
{
    curve_column columns[N_COLUMNS];
    int32_t count = fill_columns(run, columns);
    return spectrum_print(&run->spectrum, &run->common, run->segments, run->n, count, columns);
}

static int run_trajectory(raman_run *run, const char *path)
{
    int code = options_without(&run->common, "raman", "frame,displacement,broadening,spectrum",
                               "on a trajectory, only on the modes of MODEL FILE");
    if (code != GO_ON) return code;
    if (run->series.temperature == 0.0)
        return report_usage("raman", "--temperature K of the trajectory is needed");
    code = spectrum_read_words(&run->spectrum, "raman");
    if (code == GO_ON)
        code = polarizability_open(&run->source, run->tensors_path, (int32_t)run->common.threads);
    if (code == GO_ON) code = polarizability_series_read(&run->series, &run->source, path);
    if (code == GO_ON) code = compute_spectrum(run, path);
    if (code == GO_ON) code = draw(run);
    return code == GO_ON ? print_spectrum(run) : code;
}

/* ---- Modes ---- */

/* Every cm-1 up to five widths beyond the highest mode, or to --highest. */
static int compute_broadened(raman_run *run)
{
    double top = run->spectrum.highest;
    if (run->spectrum_path == NULL && run->plot_path == NULL) return GO_ON;
    if (top == 0.0)
        top = run->modes.frequencies[3 * run->modes.n - 1] * LRPOT_CM_PER_THZ
              + 5.0 * run->broadening;
    int code = reserve(run, (int64_t)fmax(ceil(top), 1.0) + 1);
    if (code != GO_ON) return code;
    for (int64_t k = 0; k < run->n; k++) {
        run->wavenumbers[k] = (double)k;
        run->thz[k] = (double)k / LRPOT_CM_PER_THZ;
        run->error[k] = NAN;
    }
    raman_activity_spectrum(&run->modes, run->broadening, run->n, run->wavenumbers, run->activity,
                            run->isotropic, run->anisotropic);
    derive(run);
    curve_column columns[N_COLUMNS];
    int32_t count = fill_columns(run, columns);
    return run->spectrum_path != NULL ? curves_csv(run->spectrum_path, run->n, count, columns)
                                      : GO_ON;
}

static int print_modes(const raman_run *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    code = DONE;
    if (run->common.json)
        code = output_json(
            &out, raman_activity_json(&run->modes, laser_wavenumber(run), run->series.temperature));
    else
        raman_activity_print(&run->modes, laser_wavenumber(run), run->series.temperature,
                             out.stream);
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

static int compute_modes(raman_run *run, const lrpot_potential *model, const char *path)
{
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    int code = inputs_frame(&structure, path, run->frame, model, NULL);
    lrpot_status status = LRPOT_OK;
    if (code == GO_ON) status = lrpot_workspace_create(&work, (int32_t)run->common.threads);
    if (status != LRPOT_OK) code = report_failure(status, NULL);
    if (code == GO_ON)
        code = raman_activity_run(&run->modes, model, work, &run->source, structure,
                                  run->displacement, path);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    return code;
}

static int check_modes(const raman_run *run)
{
    int code = options_without(&run->common, "raman",
                               "step,skip,columns,scale,resolution,window,width,overlap,quantum",
                               "on the modes of MODEL FILE, only on a trajectory or a table");
    if (code == GO_ON && run->spectrum_path == NULL && run->plot_path == NULL)
        code = options_without(&run->common, "raman", "broadening,highest",
                               "without --spectrum or --plot");
    if (code == GO_ON && run->laser == 0.0)
        code = options_without(&run->common, "raman", "temperature",
                               "on activities of modes without --laser");
    if (code == GO_ON && run->laser > 0.0 && run->series.temperature == 0.0)
        code = report_usage("raman", "--laser needs --temperature K");
    return code;
}

static int run_modes(raman_run *run, const char *model_path, const char *path)
{
    static const text_list no_species = { 0 };
    lrpot_potential *model = NULL;
    int code = check_modes(run);
    if (code == GO_ON) code = inputs_model(&model, model_path, &no_species);
    if (code == GO_ON)
        code = polarizability_open(&run->source,
                                   run->tensors_path != NULL ? run->tensors_path : model_path,
                                   (int32_t)run->common.threads);
    if (code == GO_ON) code = compute_modes(run, model, path);
    if (code == GO_ON) code = compute_broadened(run);
    if (code == GO_ON) code = draw(run);
    lrpot_potential_free(model);
    return code == GO_ON ? print_modes(run) : code;
}

int verb_raman(int count, char **arguments)
{
    raman_run run = { .common = { .threads = 1 },
                      .spectrum = SPECTRUM_DEFAULTS,
                      .broadening = 5.0 };
    const tool_option options[] = {
        { 'p', "tensors", OPTION_INPUT, "TENSORS",
          "polarizabilities of lrpot fit --tensors polarizability, or a model whose charges "
          "respond to a field",
          &run.tensors_path, 0, 0 },
        { 'T', "temperature", OPTION_REAL, "K", "of a trajectory, and of cross sections",
          &run.series.temperature, 1e-3, 1e7 },
        { 'l', "laser", OPTION_REAL, "NM", "wavelength: adds Stokes cross sections", &run.laser,
          1.0, 1e6 },
        { 0, "plot", OPTION_OUTPUT, "FILE.png", "the spectrum drawn", &run.plot_path, 0, 0 },
        { 'n', "frame", OPTION_COUNT, "N", "modes: frame of FILE, counted from 0", &run.frame, 0,
          1e15 },
        { 0, "displacement", OPTION_REAL, "A",
          "modes: of the differences of a model's polarizability, default 0.002", &run.displacement,
          1e-6, 0.5 },
        { 0, "spectrum", OPTION_OUTPUT, "FILE.csv", "modes: the spectrum, each mode broadened",
          &run.spectrum_path, 0, 0 },
        { 'b', "broadening", OPTION_REAL, "CM1",
          "modes: standard deviation of a mode in the spectrum, default 5", &run.broadening, 1e-3,
          1e5 },
        { 0, "step", OPTION_REAL, "FS",
          "time between samples; default: from the column t or the frames' time", &run.series.step,
          1e-9, 1e12 },
        { 0, "skip", OPTION_REAL, "FS", "time left out at the start", &run.series.skip, 0, 1e15 },
        { 0, "columns", OPTION_TEXT, "A,B,...",
          "of a table, names or numbers from 1: time, xx, yy, zz, yz, xz, xy (and zy, zx, yx)",
          &run.series.columns_text, 0, 0 },
        { 0, "scale", OPTION_REAL, "X",
          "multiplies a table's polarizabilities to A^3; 0.148185 for bohr^3", &run.series.scale,
          -1e12, 1e12 },
        SPECTRUM_OPTIONS(&run.spectrum),
    };
    const tool_command command = {
        "raman",
        "[MODEL] FILE",
        "Raman activities of the modes of a crystal or a molecule, or the spectrum of a "
        "trajectory.",
        "MODEL FILE: the modes of the structure in FILE at Gamma (transverse ones, or those of an "
        "isolated molecule without its rotations), and\n"
        "their activities by the derivative of the polarizability: that of --tensors, else of the "
        "model's own charges.\n"
        "FILE alone: polarizabilities along time, in A^3: a trajectory (.xyz, .cfg) with the key "
        "polarizability or with --tensors, or a table\n"
        "with the columns t alpha_xx alpha_yy alpha_zz alpha_yz alpha_xz alpha_xy. The integral of "
        "the activity over a band is that of its\n"
        "modes. Far from resonance (Placzek); randomly oriented scatterers.",
        options,
        sizeof options / sizeof options[0],
        1,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    run.series.common = &run.common;
    if (options_given(&run.common, "scale") && run.series.scale == 0)
        return report_usage("raman", "--scale 0 leaves nothing");
    code = n == 1 ? run_trajectory(&run, arguments[0])
                  : run_modes(&run, arguments[0], arguments[1]);
    polarizability_series_free(&run.series);
    polarizability_close(&run.source);
    raman_activity_free(&run.modes);
    free(run.wavenumbers);
    return code;
}
