#include "relaxation/equation_of_state.h"

#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/plot.h"
#include "cli/report.h"

#include <math.h>
#include <string.h>

static const double gpa = 160.21766208; /* in one eV/A^3 */

enum { TERMS = 4 };

/* Pressure of the crystal as it is, eV/A^3. */
static lrpot_status pressure_of(relaxation *part)
{
    lrpot_status status = evaluation_run(&part->found, part->model, part->work, part->structure);
    const double *s = part->found.stress;
    part->pressure = -(s[0] + s[4] + s[8]) / 3.0;
    return status;
}

static int compute_point(equation_of_state *e, const relaxation *r, int64_t k)
{
    double part_of = (double)(2 * k) / (double)(e->points - 1) - 1.0;
    relaxation part = *r;
    part.start = NULL;
    part.found = (evaluation){ 0 };
    part.structure = NULL;
    if (part.cell == CELL_ISOTROPIC) part.cell = CELL_FIXED;
    lrpot_status status = lrpot_structure_clone(&part.structure, r->structure);
    if (status == LRPOT_OK)
        status = relaxation_scale(part.structure, cbrt(1.0 + part_of * e->range));
    if (status == LRPOT_OK) status = pressure_of(&part);
    int code = status == LRPOT_OK ? relaxation_run(&part) : report_failure(status, r->path);
    if (code == GO_ON && !part.converged)
        code = report_error(NOT_CONVERGED,
                            "%s: no equation of state: at %.4g times the volume the crystal did "
                            "not come to rest in %lld steps (forces up to %.3g eV/A); raise "
                            "--steps, or lower --eos-range",
                            r->path, 1.0 + part_of * e->range, (long long)part.steps,
                            part.largest_force);
    if (code == GO_ON) {
        const double *s = part.found.stress;
        e->volumes[k] = lrpot_structure_volume(part.structure);
        e->energies[k] = part.found.energy;
        e->pressures[k] = -gpa * (s[0] + s[4] + s[8]) / 3.0;
    }
    lrpot_structure_free(part.structure);
    relaxation_free(&part);
    return code;
}

/* Least squares for the powers of t: elimination with pivots. */
static void fit_powers(int64_t n, const double *t, const double *y, double *c)
{
    double m[TERMS][TERMS + 1] = { { 0.0 } };
    for (int64_t k = 0; k < n; k++) {
        double power[TERMS] = { 1.0, t[k], t[k] * t[k], t[k] * t[k] * t[k] };
        for (int i = 0; i < TERMS; i++) {
            for (int j = 0; j < TERMS; j++) m[i][j] += power[i] * power[j];
            m[i][TERMS] += power[i] * y[k];
        }
    }
    for (int i = 0; i < TERMS; i++) {
        int best = i;
        for (int r = i + 1; r < TERMS; r++)
            if (fabs(m[r][i]) > fabs(m[best][i])) best = r;
        for (int j = 0; j <= TERMS; j++) {
            double kept = m[i][j];
            m[i][j] = m[best][j];
            m[best][j] = kept;
        }
        for (int r = 0; r < TERMS; r++) {
            double factor = r != i ? m[r][i] / m[i][i] : 0.0;
            for (int j = i; j <= TERMS; j++) m[r][j] -= factor * m[i][j];
        }
    }
    for (int i = 0; i < TERMS; i++) c[i] = m[i][TERMS] / m[i][i];
}

static double value_of(const double *c, double t)
{
    return c[0] + t * (c[1] + t * (c[2] + t * c[3]));
}

/* The third-order equation is a cubic in x = (V/V_r)^(-2/3) (Birch 1947): with its minimum at x_0
 * and u = x/x_0 - 1 it is E_0 + 2 K u^2 + K (B' - 4) u^3, K = 9 V_0 B/16. */
static int fit(equation_of_state *e, const char *path)
{
    double t[EOS_MOST], y[EOS_MOST], c[TERMS], middle = e->volumes[e->points / 2], square = 0.0,
                                               width = pow(1.0 - e->range, -2.0 / 3.0) - 1.0,
                                               origin = e->energies[e->points / 2];
    for (int64_t k = 0; k < e->points; k++) {
        t[k] = (pow(e->volumes[k] / middle, -2.0 / 3.0) - 1.0) / width;
        y[k] = e->energies[k] - origin;
    }
    fit_powers(e->points, t, y, c);
    double root = c[2] * c[2] - 3.0 * c[1] * c[3];
    /* of the two extrema the minimum, in a form that holds for c[3] -> 0 */
    double at = root >= 0.0 ? -c[1] / (c[2] + sqrt(root)) : NAN;
    double x0 = 1.0 + width * at, curvature = c[2] + 3.0 * c[3] * at;
    if (!(curvature > 0.0) || !(fabs(at) < 1.5))
        return report_error(NOT_CONVERGED,
                            "%s: no equation of state: the energy has no minimum between %.4f and "
                            "%.4f A^3; start from a relaxed cell (--cell full), or change "
                            "--eos-range",
                            path, fmin(e->volumes[0], e->volumes[e->points - 1]),
                            fmax(e->volumes[0], e->volumes[e->points - 1]));
    double K = 0.5 * curvature * x0 * x0 / (width * width),
           third = c[3] * x0 * x0 * x0 / (width * width * width);
    e->volume = middle * pow(x0, -1.5);
    e->energy = origin + value_of(c, at);
    e->bulk = gpa * 16.0 * K / (9.0 * e->volume);
    e->slope = 4.0 + third / K;
    for (int64_t k = 0; k < e->points; k++) {
        e->fitted[k] = origin + value_of(c, t[k]);
        square += (e->fitted[k] - e->energies[k]) * (e->fitted[k] - e->energies[k]);
    }
    e->residual = sqrt(square / (double)e->points);
    return GO_ON;
}

int equation_of_state_run(equation_of_state *e, const relaxation *r)
{
    int code = GO_ON;
    for (int64_t k = 0; k < e->points && code == GO_ON; k++) code = compute_point(e, r, k);
    return code == GO_ON ? fit(e, r->path) : code;
}

enum { SMOOTH = 101 };

/* The equation at volumes from the first to the last. */
static void draw_curve(const equation_of_state *e, double *x, double *y)
{
    double K = 9.0 * e->volume * e->bulk / gpa / 16.0, first = e->volumes[0],
           last = e->volumes[e->points - 1];
    for (int k = 0; k < SMOOTH; k++) {
        x[k] = first + k * (last - first) / (SMOOTH - 1);
        double u = pow(x[k] / e->volume, -2.0 / 3.0) - 1.0;
        y[k] = e->energy + K * u * u * (2.0 + (e->slope - 4.0) * u);
    }
}

int equation_of_state_write(const equation_of_state *e, const relaxation *r, const char *model)
{
    const curve_column columns[4] = { { "volume/A^3", e->volumes, 1 },
                                      { "energy/eV", e->energies, 1 },
                                      { "pressure/GPa", e->pressures, 1 },
                                      { "fit/eV", e->fitted, 1 } };
    char title[FIGURE_TITLE];
    double x[SMOOTH], y[SMOOTH];
    draw_curve(e, x, y);
    int code = e->csv != NULL ? curves_csv(e->csv, e->points, 4, columns) : GO_ON;
    figure_title(title, "equation of state", r->structure, 1, model);
    plot p = { .title = title,
               .x_label = "volume of the cell (A^3)",
               .y_label = "energy of the cell (eV)",
               .lines = { { "Birch-Murnaghan", x, y, NULL, SMOOTH, 0, PLOT_LINE },
                          { "model", e->volumes, e->energies, NULL, e->points, 0, PLOT_POINTS } },
               .n_lines = 2,
               .level = NAN,
               .x_most = NAN };
    return code == GO_ON && e->plot != NULL ? plot_write(&p, e->plot) : code;
}
