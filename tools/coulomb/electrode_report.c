#include "coulomb/electrode_report.h"

#include "cli/neighbourhood.h"
#include "cli/output_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FARAD 1.602176634e-19 /* of 1 e/V */

void electrodes_free(electrode_report *report)
{
    free(report->charges);
    *report = (electrode_report){ 0 };
}

static lrpot_status reserve(electrode_report *report, const lrpot_structure *structure, int32_t n)
{
    *report = (electrode_report){ .n = n };
    report->held = lrpot_structure_fragment_potentials(structure, NULL, NULL);
    for (int32_t f = 0; f < n; f++) report->n_held += !isnan(report->held[f]);
    report->charges = malloc(((size_t)n + 2) * (size_t)n * sizeof(double));
    if (report->charges == NULL) return LRPOT_E_MEMORY;
    report->potentials = report->charges + n;
    report->capacitances = report->potentials + n;
    return LRPOT_OK;
}

static lrpot_status fill(electrode_report *report, const lrpot_potential *model,
                         lrpot_workspace *work, const lrpot_structure *structure)
{
    const lrpot_charges *charges = lrpot_potential_charges(model);
    neighbourhood near;
    lrpot_status status = neighbourhood_open(&near, model, structure);
    if (status == LRPOT_OK)
        status = lrpot_charges_fragments(charges, work, &near.atoms, near.list, NULL,
                                         report->charges, report->potentials);
    if (status == LRPOT_OK && report->n_held > 0)
        status = lrpot_charges_capacitance(charges, work, &near.atoms, near.list, NULL,
                                           report->capacitances);
    neighbourhood_close(&near);
    return status;
}

lrpot_status electrodes_measure(electrode_report *report, const lrpot_potential *model,
                                lrpot_workspace *work, const lrpot_structure *structure,
                                double grand)
{
    int32_t n = 0;
    electrodes_free(report);
    if (lrpot_structure_fragment_potentials(structure, &n, NULL) == NULL) return LRPOT_OK;
    lrpot_status status = reserve(report, structure, n);
    if (status == LRPOT_OK) status = fill(report, model, work, structure);
    report->energy = grand;
    for (int32_t f = 0; status == LRPOT_OK && f < n; f++)
        if (!isnan(report->held[f])) report->energy += report->held[f] * report->charges[f];
    return status;
}

/* Of two electrodes that share a level. */
static int has_capacitance(const electrode_report *report, int32_t *first)
{
    int32_t second = 0;
    for (*first = 0; *first < report->n && isnan(report->held[*first]);) (*first)++;
    for (second = *first + 1; second < report->n && isnan(report->held[second]);) second++;
    if (report->n_held != 2) return 0;
    double C = report->capacitances[(int64_t)*first * report->n + *first],
           other = report->capacitances[(int64_t)*first * report->n + second];
    return fabs(C + other) < 1e-6 * fabs(C);
}

void electrodes_print(const electrode_report *report, FILE *stream)
{
    int32_t first = 0;
    if (report->n_held == 0) return;
    fprintf(stream, "# %8s %14s %12s %14s\n", "fragment", "charge/e", "held at/V", "potential/V");
    for (int32_t f = 0; f < report->n; f++) {
        fprintf(stream, "# %8d %14.8f ", f, report->charges[f]);
        if (isnan(report->held[f])) fprintf(stream, "%12s", "-");
        else fprintf(stream, "%12.6f", report->held[f]);
        fprintf(stream, " %14.8f\n", report->potentials[f]);
    }
    if (has_capacitance(report, &first)) {
        double C = report->capacitances[(int64_t)first * report->n + first];
        fprintf(stream, "# capacitance %.8g e/V = %.6g F\n", C, C * FARAD);
    }
    fprintf(stream, "# energy of these charges %.10f eV, the grand potential plus sum V Q\n",
            report->energy);
}

void electrodes_json(const electrode_report *report, json_t *object)
{
    int64_t n = report->n;
    if (report->n_held == 0) return;
    json_object_set_new(object, "fragment_charges", json_row(report->charges, n));
    json_object_set_new(object, "fragment_potentials", json_row(report->potentials, n));
    json_object_set_new(object, "capacitances", json_row(report->capacitances, n * n));
    json_put_real(object, "energy_of_charges", report->energy);
}

/* A list of numbers as text; the caller frees it. */
static char *text_of(const double *values, int32_t n)
{
    size_t size = 32 * (size_t)n + 1, at = 0;
    char *text = calloc(size, 1);
    for (int32_t f = 0; text != NULL && f < n; f++)
        at += (size_t)snprintf(text + at, size - at, f > 0 ? " %.17g" : "%.17g", values[f]);
    return text;
}

lrpot_status electrodes_annotate(const electrode_report *report, lrpot_structure *structure)
{
    static const char *const keys[3] = { "found_charges", "found_potentials", "energy_of_charges" };
    const double *values[3] = { report->charges, report->potentials, &report->energy };
    for (int k = 0; k < 3; k++) {
        int32_t n = report->n_held == 0 ? 0 : k < 2 ? report->n : 1;
        char *text = n > 0 ? text_of(values[k], n) : NULL;
        if (n > 0 && text == NULL) return LRPOT_E_MEMORY;
        lrpot_status status = lrpot_structure_set_info(structure, keys[k], text);
        free(text);
        if (status != LRPOT_OK) return status;
    }
    return LRPOT_OK;
}

lrpot_status electrodes_forget(lrpot_structure *structure)
{
    const electrode_report none = { 0 };
    return electrodes_annotate(&none, structure);
}
