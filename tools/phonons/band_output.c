#include "phonons/band_output.h"

#include "cli/figure_title.h"
#include "cli/options.h"
#include "cli/report.h"
#include "phonons/band_work.h"
#include "phonons/density_output.h"
#include "phonons/layer.h"
#include "phonons/mode_slopes.h"
#include "phonons/thermal_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wants_slopes(const band_request *r)
{
    return r->grueneisen != NULL || r->grueneisen_plot != NULL;
}

static int wants_path(const band_request *r)
{
    return r->csv != NULL || r->plot != NULL || r->velocities != NULL || wants_slopes(r);
}

static int wants_mesh(const band_request *r)
{
    return density_is_wanted(r) || r->thermal != NULL;
}

int bands_check(const band_request *r)
{
    const double *t = r->temperatures;
    if (!(t[0] >= 0.0 && t[1] >= t[0] && t[2] > 0.0 && (t[1] - t[0]) / t[2] < 1e6))
        return report_usage("phonon", "--temperatures %g,%g,%g: expected first, last and step in K",
                            t[0], t[1], t[2]);
    if (r->path != NULL && !wants_path(r))
        return report_usage("phonon",
                            "--path needs --bands, --velocities or --grueneisen FILE.csv, "
                            "or --plot FILE.png");
    return density_check(r);
}

/* Points along each reciprocal vector: one along the normal of a layer. */
static void mesh_of(const band_work *w, int32_t mesh[3])
{
    const layer_shape layer = layer_shape_of(w->structure);
    for (int32_t d = 0; d < 3; d++)
        mesh[d] = layer.is_layer && d == layer.across ? 1 : (int32_t)w->request->mesh;
}

static void record_mesh(band_work *w, int32_t member, int64_t k, const double *frequencies)
{
    char place[STABILITY_PLACE];
    double q[3];
    zone_reduced(lrpot_structure_cell(w->structure), w->mesh.waves + 3 * k, q);
    snprintf(place, sizeof place, "%.4g %.4g %.4g", q[0], q[1], q[2]);
    stability_see(&w->found[member].mesh, w->mesh.modes, frequencies, place);
}

static int mesh_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons)
{
    int32_t mesh[3];
    mesh_of(w, mesh);
    mesh_table *t = &w->mesh;
    double *frequencies = t->frequencies + member * t->n * t->modes;
    lrpot_status status = lrpot_phonons_mesh_waves(phonons, mesh, t->weights, t->waves);
    double *vectors =
        t->shares != NULL ? malloc((size_t)(2 * t->modes * t->modes) * sizeof *vectors) : NULL;
    if (t->shares != NULL && vectors == NULL) return report_no_memory();
    for (int64_t k = 0; k < t->n && status == LRPOT_OK; k++) {
        double *now = frequencies + k * t->modes;
        status = lrpot_phonons_modes(phonons, w->work, t->waves + 3 * k, NULL, now, vectors);
        if (status != LRPOT_OK) break;
        record_mesh(w, member, k, now);
        if (vectors != NULL) density_add_shares(w, member, k, vectors);
    }
    free(vectors);
    return status == LRPOT_OK ? GO_ON : report_failure(status, w->path);
}

/* At Gamma as an end of a line the limit along the line counts. */
static int path_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons)
{
    const path_table *t = &w->points;
    path_values *v = &w->frequencies;
    for (int64_t row = 0; row < t->n; row++) {
        char place[STABILITY_PLACE];
        double *now = v->now + v->width * row;
        lrpot_status status = lrpot_phonons_modes(phonons, w->work, t->wave + 3 * row,
                                                  t->direction + 3 * row, now, NULL);
        if (status != LRPOT_OK) return report_failure(status, w->path);
        path_table_place(t, &w->zone, row, place, sizeof place);
        stability_see(&w->found[member].path, v->width, now, place);
    }
    spread_add(&v->values, v->now);
    return GO_ON;
}

static void note_leak(const band_work *w, const lrpot_phonons *phonons)
{
    double leak = lrpot_phonons_leak(phonons);
    if (leak > 1e-6)
        report_note("%s: long waves carry charge, up to %.2g e per A and cell: bands of this model "
                    "have no limit at Gamma",
                    w->path, leak);
}

lrpot_status band_phonons(lrpot_phonons **out, const band_work *w, int32_t member,
                          const lrpot_structure *structure)
{
    const band_request *r = w->request;
    lrpot_phonons *phonons = NULL;
    lrpot_status status =
        lrpot_phonons_create(&phonons, w->models->models[member], w->work, structure, r->step);
    if (status == LRPOT_OK && r->surroundings > 0.0)
        status = lrpot_phonons_set_sheet(phonons, r->radius, r->surroundings);
    if (status == LRPOT_OK && r->eps_inf != NULL)
        status = lrpot_phonons_set_screening(phonons, r->eps_inf);
    if (status == LRPOT_OK) *out = phonons;
    else lrpot_phonons_free(phonons);
    return status;
}

static int phonons_of_member(void *ctx, int32_t member)
{
    band_work *w = ctx;
    lrpot_phonons *phonons = NULL;
    lrpot_status status = band_phonons(&phonons, w, member, w->structure);
    if (status != LRPOT_OK) return report_failure(status, w->path);
    note_leak(w, phonons);
    int code = w->points.n > 0 ? path_of_member(w, member, phonons) : GO_ON;
    if (code == GO_ON && wants_mesh(w->request)) code = mesh_of_member(w, member, phonons);
    if (code == GO_ON) code = mode_slopes_of_member(w, member, phonons);
    lrpot_phonons_free(phonons);
    return code;
}

static int bands_out(band_work *w)
{
    static const char *const whole[1] = { "" }, *const axes[3] = { "_x", "_y", "_z" };
    const band_request *r = w->request;
    const path_table *t = &w->points;
    char title[FIGURE_TITLE];
    int code = GO_ON;
    if (t->n == 0) return GO_ON;
    spread_end(&w->frequencies.values);
    spread_end(&w->velocities.values);
    spread_end(&w->parameters.values);
    if (r->csv != NULL) code = path_values_csv(&w->frequencies, t, r->csv, 1, whole, "THz");
    if (code == GO_ON && r->velocities != NULL)
        code = path_values_csv(&w->velocities, t, r->velocities, 3, axes, "(km/s)");
    if (code == GO_ON && r->grueneisen != NULL)
        code = path_values_csv(&w->parameters, t, r->grueneisen, 1, whole, "");
    figure_title(title, "phonons", w->structure, w->models->n, w->models->paths[0]);
    if (code == GO_ON && r->plot != NULL)
        code = path_values_draw(&w->frequencies, t, r->plot, title, "frequency (THz)", PLOT_LINE);
    figure_title(title, "Grueneisen parameters", w->structure, w->models->n, w->models->paths[0]);
    if (code == GO_ON && r->grueneisen_plot != NULL)
        code = path_values_draw(&w->parameters, t, r->grueneisen_plot, title,
                                "-d ln(frequency) / d ln(volume)", PLOT_POINTS);
    return code;
}

static int prepare_path(band_work *w)
{
    const band_request *r = w->request;
    int64_t modes = w->mesh.modes;
    int code = zone_read(&w->zone, r->path, w->structure);
    for (int32_t m = 0; m < w->models->n; m++)
        w->found[m].no_path = code == GO_ON && w->zone.count == 0;
    if (code == GO_ON && w->zone.count > 0)
        code = path_table_make(&w->points, &w->zone, r->points, lrpot_structure_cell(w->structure));
    if (code == GO_ON) code = path_values_make(&w->frequencies, &w->points, modes);
    if (code == GO_ON && r->velocities != NULL)
        code = path_values_make(&w->velocities, &w->points, 3 * modes);
    if (code == GO_ON && wants_slopes(r))
        code = path_values_make(&w->parameters, &w->points, modes);
    return code;
}

/* Thermal properties have a mean Grueneisen parameter where these are asked for. */
static int prepare_mesh(band_work *w)
{
    const band_request *r = w->request;
    int32_t mesh[3];
    mesh_of(w, mesh);
    mesh_table *t = &w->mesh;
    t->n = lrpot_phonons_mesh_count(mesh);
    size_t all = (size_t)(w->models->n * t->n * t->modes);
    t->weights = malloc((size_t)t->n * sizeof *t->weights);
    t->waves = malloc((size_t)(3 * t->n) * sizeof *t->waves);
    t->frequencies = malloc(all * sizeof *t->frequencies);
    int whole = t->weights != NULL && t->waves != NULL && t->frequencies != NULL;
    if (r->thermal != NULL && wants_slopes(r)) {
        t->parameters = malloc(all * sizeof *t->parameters);
        whole = whole && t->parameters != NULL;
    }
    return whole ? density_prepare(w) : report_no_memory();
}

/* The cell is that of the structure, so all members share path and mesh. */
static int prepare(band_work *w)
{
    const band_request *r = w->request;
    w->mesh.modes = 3 * lrpot_structure_count(w->structure);
    int code = wants_path(r) ? prepare_path(w) : GO_ON;
    return code == GO_ON && wants_mesh(r) ? prepare_mesh(w) : code;
}

static void release(band_work *w)
{
    path_table_free(&w->points);
    path_values_free(&w->frequencies);
    path_values_free(&w->velocities);
    path_values_free(&w->parameters);
    free(w->mesh.weights);
    free(w->mesh.waves);
    free(w->mesh.frequencies);
    free(w->mesh.shares);
    free(w->mesh.parameters);
    free(w->part);
    free(w->part_names);
}

int bands_run(const band_request *r, const ensemble *models, lrpot_workspace *work,
              const lrpot_structure *structure, const char *path, band_findings *found)
{
    band_work w = { .request = r,
                    .models = models,
                    .work = work,
                    .structure = structure,
                    .path = path,
                    .found = found };
    if (!wants_path(r) && !wants_mesh(r)) return GO_ON;
    int code = prepare(&w);
    if (code == GO_ON) code = ensemble_each(models, phonons_of_member, &w);
    if (code == GO_ON) code = bands_out(&w);
    if (code == GO_ON) code = density_out(&w);
    if (code == GO_ON) code = thermal_out(&w);
    release(&w);
    return code;
}
