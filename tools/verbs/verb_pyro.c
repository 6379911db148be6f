/* lrpot pyro: pyroelectric coefficient from the fluctuations of dipole and energy. */
#include "cli/output_file.h"
#include "cli/report.h"
#include "trajectories/energy_series.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>

static const double uc_per_m2 = 16021766.34; /* uC/m^2 in one e/A^2 */

typedef struct pyro_run {
    common_options common;
    series_input input;
    const char *energy_text;
    double eps_inf, coefficient[3], error[3];
} pyro_run;

static int compute(pyro_run *run, const char *path)
{
    double *energies = NULL;
    lrpot_series series = series_view(&run->input);
    if (series.kind != LRPOT_SERIES_DIPOLE)
        return report_error(BAD_INPUT, "%s: holds a current; the dipole is needed, --kind dipole",
                            path);
    int code = energies_read(&energies, &run->input, path, run->energy_text);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_pyroelectric(&series, energies, run->coefficient, run->error);
    free(energies);
    if (status != LRPOT_OK) return series_failure(status, path);
    double factor = uc_per_m2 * (run->eps_inf > 0.0 ? sqrt(run->eps_inf) : 1.0);
    for (int a = 0; a < 3; a++) run->coefficient[a] *= factor, run->error[a] *= factor;
    return GO_ON;
}

static int print_results(const pyro_run *run)
{
    output out;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    code = DONE;
    if (run->common.json) {
        json_t *root = json_object();
        json_object_set_new(root, "coefficient", json_row(run->coefficient, 3));
        json_object_set_new(root, "error", json_row(run->error, 3));
        json_put_count(root, "samples", run->input.n - run->input.skipped);
        code = output_json(&out, root);
    } else {
        fprintf(out.stream, "# dP/dT at constant cell (uC/m2/K), error\n");
        for (int a = 0; a < 3; a++)
            fprintf(out.stream, "%c %14.6g %12.3g\n", "xyz"[a], run -> coefficient[a],
                    run -> error[a]);
    }
    int closed = output_close(&out, code == DONE);
    return code == DONE ? closed : code;
}

int verb_pyro(int count, char **arguments)
{
    pyro_run run = { .input = SERIES_DEFAULTS };
    const tool_option options[] = {
        SERIES_OPTIONS(&run.input),
        { 0, "energy", OPTION_TEXT, "COLUMN",
          "of a table: potential energy (eV), name or number from 1; default: E, energy, pe",
          &run.energy_text, 0, 0 },
        { 'e', "eps-inf", OPTION_REAL, "X", "charges are screened: multiplies by the root of X",
          &run.eps_inf, 1.0, 1e6 },
    };
    const tool_command command = {
        "pyro",
        "[FILE]",
        "Pyroelectric coefficient dP/dT at constant cell from the fluctuations of dipole and "
        "energy in a canonical run.",
        SERIES_DETAILS "Energies are the potential (or total) ones of the same cell, in eV: the "
                       "column E of a table, the energy of each frame.",
        options,
        sizeof options / sizeof options[0],
        0,
        1
    };
    const char *path = NULL;
    run.input.needs_temperature = 1;
    int code = series_begin(&run.input, &command, &run.common, count, arguments, &path);
    if (code == GO_ON) code = compute(&run, path);
    if (code == GO_ON) code = print_results(&run);
    series_free(&run.input);
    return code;
}
