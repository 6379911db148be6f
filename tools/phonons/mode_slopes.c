#include "phonons/mode_slopes.h"

#include "cli/options.h"
#include "cli/report.h"
#include "phonons/layer.h"
#include "relaxation/relaxation.h"

#include <math.h>

/* eV/A: atoms at rest in a cell of another volume */
static const double rest = 1e-5;

static int velocities_of(band_work *w, const lrpot_phonons *phonons)
{
    const path_table *t = &w->points;
    path_values *v = &w->velocities;
    if (v->width == 0 || t->n == 0) return GO_ON;
    for (int64_t row = 0; row < t->n; row++) {
        lrpot_status status = lrpot_phonons_velocities(phonons, w->work, t->wave + 3 * row,
                                                       t->direction + 3 * row, NULL,
                                                       v->now + v->width * row);
        if (status != LRPOT_OK) return report_failure(status, w->path);
    }
    spread_add(&v->values, v->now);
    return GO_ON;
}

/* Phonons of the crystal with its volume, of a layer its area, times `volume`, atoms at rest. The
 * caller frees *out. */
static int phonons_at(lrpot_phonons **out, const band_work *w, int32_t member, double volume)
{
    relaxation r = { .model = w->models->models[member],
                     .work = w->work,
                     .cell = CELL_FIXED,
                     .forces_most = rest,
                     .steps_most = 1000,
                     .path = w->path };
    lrpot_status status = lrpot_structure_clone(&r.structure, w->structure);
    if (status == LRPOT_OK)
        status = relaxation_scale(
            r.structure, layer_shape_of(w->structure).is_layer ? sqrt(volume) : cbrt(volume));
    int code = status == LRPOT_OK ? relaxation_run(&r) : report_failure(status, w->path);
    if (code == GO_ON && !r.converged)
        code = report_error(NOT_CONVERGED,
                            "%s: no Grueneisen parameters: at %.4g times the volume atoms did not "
                            "come to rest (forces up to %.3g eV/A)",
                            w->path, volume, r.largest_force);
    if (code == GO_ON) {
        status = band_phonons(out, w, member, r.structure);
        if (status != LRPOT_OK) code = report_failure(status, w->path);
    }
    lrpot_structure_free(r.structure);
    relaxation_free(&r);
    return code;
}

static int parameters_of(band_work *w, int32_t member, const lrpot_phonons *phonons,
                         const lrpot_phonons *smaller, const lrpot_phonons *larger)
{
    const path_table *t = &w->points;
    path_values *v = &w->parameters;
    mesh_table *mesh = &w->mesh;
    lrpot_status status = LRPOT_OK;
    for (int64_t row = 0; row < t->n && status == LRPOT_OK; row++)
        status = lrpot_phonons_grueneisen(phonons, smaller, larger, w->work, t->wave + 3 * row,
                                          t->direction + 3 * row, NULL, v->now + v->width * row);
    for (int64_t k = 0; k < mesh->n && mesh->parameters != NULL && status == LRPOT_OK; k++)
        status = lrpot_phonons_grueneisen(phonons, smaller, larger, w->work, mesh->waves + 3 * k,
                                          NULL, NULL,
                                          mesh->parameters + (member * mesh->n + k) * mesh->modes);
    if (status != LRPOT_OK) return report_failure(status, w->path);
    if (t->n > 0) spread_add(&v->values, v->now);
    return GO_ON;
}

int mode_slopes_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons)
{
    lrpot_phonons *smaller = NULL, *larger = NULL;
    double half = 0.5 * w->request->volumes;
    int code = velocities_of(w, phonons);
    if (code != GO_ON || w->parameters.width == 0) return code;
    code = phonons_at(&smaller, w, member, 1.0 - half);
    if (code == GO_ON) code = phonons_at(&larger, w, member, 1.0 + half);
    if (code == GO_ON) code = parameters_of(w, member, phonons, smaller, larger);
    lrpot_phonons_free(smaller);
    lrpot_phonons_free(larger);
    return code;
}
