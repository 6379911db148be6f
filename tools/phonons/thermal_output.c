#include "phonons/thermal_output.h"

#include "cli/curves.h"
#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 5 }; /* quantities */

static const char *const names[MOST][2] = { { "free_energy", "/eV" },
                                            { "energy", "/eV" },
                                            { "entropy", "/(eV/K)" },
                                            { "heat_capacity", "/(eV/K)" },
                                            { "grueneisen", "" } };

static double temperature_at(const band_request *r, int64_t k)
{
    return r->temperatures[0] + (double)k * r->temperatures[2];
}

static int64_t temperature_count(const band_request *r)
{
    const double *t = r->temperatures;
    return (int64_t)floor((t[1] - t[0]) / t[2] + 1e-9) + 1;
}

/* Mean of the modes' parameters, weighted by their heat capacities; NaN where these vanish. */
static double mean_parameter(const mesh_table *t, int32_t member, double temperature)
{
    double sum = 0.0, heat = 0.0;
    for (int64_t k = 0; k < t->n * t->modes; k++) {
        int64_t at = member * t->n * t->modes + k;
        double values[4], weight = t->weights[k / t->modes];
        if (!isfinite(t->parameters[at])) continue;
        if (lrpot_phonons_thermal(1, 1, &weight, t->frequencies + at, temperature, values)
            != LRPOT_OK)
            return NAN;
        sum += values[3] * t->parameters[at];
        heat += values[3];
    }
    return heat > 0.0 ? sum / heat : NAN;
}

/* Values of one model at all temperatures: [quantities][n]. */
static int values_of_member(const band_work *w, int32_t member, int64_t n, double *values)
{
    const mesh_table *t = &w->mesh;
    for (int64_t k = 0; k < n; k++) {
        double now[4], at = temperature_at(w->request, k);
        lrpot_status status = lrpot_phonons_thermal(
            t->n, t->modes, t->weights, t->frequencies + member * t->n * t->modes, at, now);
        if (status == LRPOT_E_ASSUMPTION)
            return report_error(NOT_CONVERGED, "%s: no thermal properties: %s", w->path,
                                lrpot_last_error());
        if (status != LRPOT_OK) return report_failure(status, w->path);
        for (int q = 0; q < 4; q++) values[q * n + k] = now[q];
        if (t->parameters != NULL) values[4 * n + k] = mean_parameter(t, member, at);
    }
    return GO_ON;
}

static int write_csv(const band_work *w, int64_t n, int quantities, const spread *values)
{
    curve_column columns[1 + 2 * MOST];
    char titles[1 + 2 * MOST][48];
    int several = values->members > 1, count = 1 + quantities * (1 + several);
    double *at = malloc((size_t)n * sizeof *at);
    if (at == NULL) return report_no_memory();
    for (int64_t k = 0; k < n; k++) at[k] = temperature_at(w->request, k);
    columns[0] = (curve_column){ "T/K", at, 1 };
    for (int c = 1; c < count; c++) {
        int q = (c - 1) % quantities;
        const double *from = c > quantities ? values->deviation : values->mean;
        snprintf(titles[c], sizeof titles[c], "%s%s%s", names[q][0],
                 c > quantities ? "_spread" : "", names[q][1]);
        columns[c] = (curve_column){ titles[c], from + q * n, 1 };
    }
    int code = curves_csv(w->request->thermal, n, count, columns);
    free(at);
    return code;
}

int thermal_out(const band_work *w)
{
    int64_t n = w->request->thermal != NULL ? temperature_count(w->request) : 0;
    int quantities = w->mesh.parameters != NULL ? 5 : 4;
    spread values = { 0 };
    if (n == 0) return GO_ON;
    double *now = malloc((size_t)(quantities * n) * sizeof *now);
    int code = now != NULL && spread_begin(&values, quantities * n) ? GO_ON : report_no_memory();
    for (int32_t m = 0; m < w->models->n && code == GO_ON; m++) {
        code = values_of_member(w, m, n, now);
        if (code == GO_ON) spread_add(&values, now);
    }
    if (code == GO_ON) {
        spread_end(&values);
        code = write_csv(w, n, quantities, &values);
    }
    spread_free(&values);
    free(now);
    return code;
}
