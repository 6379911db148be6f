/* Memory, window tables and Fourier transforms of the mesh. */
#include "electrostatics/mesh/mesh.h"

#include "core/error.h"
#include "core/fftw_planner.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "electrostatics/mesh/window.h"

#include <string.h>

static const lrpot__tag mesh_tag = { "mesh of the Coulomb sum" };

#define POWERS (LRPOT__ORDER_MAX + LRPOT__EXTRA_POWERS)

static void destroy_plans(lrpot__mesh *mesh)
{
    fftw_plan plans[4] = { mesh->plane_forward, mesh->plane_backward, mesh->column_forward,
                           mesh->column_backward };
    lrpot__fftw_planner_lock();
    for (int p = 0; p < 4; p++)
        if (plans[p] != NULL) fftw_destroy_plan(plans[p]);
    lrpot__fftw_planner_unlock();
}

static void free_mesh(void *object)
{
    lrpot__mesh *mesh = object;
    destroy_plans(mesh);
    if (mesh->ranks != NULL) mesh->free_ranks(mesh->ranks);
    lrpot__free(mesh->grid.values);
    lrpot__free(mesh->modes);
    lrpot__free(mesh->kept);
    lrpot__free(mesh->spline);
    lrpot__free(mesh->slope);
    lrpot__free(mesh->lines);
    for (int d = 0; d < 3; d++) lrpot__free(mesh->alias[d]);
    lrpot__free(mesh);
}

static void fill_aliases(lrpot__mesh *mesh, int d)
{
    int32_t size = mesh->grid.size[d];
    for (int32_t i = 0; i < size; i++) {
        int32_t n = i > size / 2 ? i - size : i;
        double f = (double)n / size, eps, first, second, *a = mesh->alias[d] + 4 * i;
        double u = lrpot__window_transform(&mesh->window, f);
        lrpot__window_aliases(&mesh->window, f, &eps, &first, &second);
        u *= u;
        a[0] = u;
        a[1] = u * (1.0 + eps);
        a[2] = u * size * (f + first);
        a[3] = u * size * size * (f * f + second);
    }
}

/* Table of z in the layout of the kernel; ones beyond the end. */
static void fill_lines(lrpot__mesh *mesh)
{
    int64_t length = mesh->row_modes + LRPOT__ORDER_PAD;
    for (int c = 0; c < 4; c++)
        for (int64_t z = 0; z < length; z++)
            mesh->lines[c * length + z] = z < mesh->row_modes ? mesh->alias[2][4 * z + c] : 1.0;
}

static lrpot_status no_plans(const lrpot__mesh_grid *g)
{
    return lrpot__fail(LRPOT_E_MEMORY, "FFTW has no plan for a mesh of %d x %d x %d points",
                       g->size[0], g->size[1], g->size[2]);
}

/* Plans of the transforms along x. */
static lrpot_status plan_columns(lrpot__mesh *mesh)
{
    int along = mesh->grid.size[0], howmany = (int)mesh->row_modes, stride = (int)mesh->plane_modes;
    lrpot__fftw_planner_lock();
    mesh->column_forward = fftw_plan_many_dft(1, &along, howmany, mesh->modes, NULL, stride, 1,
                                              mesh->modes, NULL, stride, 1, FFTW_FORWARD,
                                              FFTW_ESTIMATE | FFTW_UNALIGNED);
    mesh->column_backward = fftw_plan_many_dft(1, &along, howmany, mesh->modes, NULL, stride, 1,
                                               mesh->modes, NULL, stride, 1, FFTW_BACKWARD,
                                               FFTW_ESTIMATE | FFTW_UNALIGNED);
    lrpot__fftw_planner_unlock();
    return mesh->column_forward != NULL && mesh->column_backward != NULL ? LRPOT_OK
                                                                         : no_plans(&mesh->grid);
}

/* Plans of the transforms of planes. line: number of modes from one line of a plane to the next. */
static lrpot_status plan_planes(lrpot__mesh *mesh, double *values, fftw_complex *out, int64_t line)
{
    const lrpot__mesh_grid *g = &mesh->grid;
    const int32_t *size = g->size;
    int plane[2] = { size[1], size[2] }, real[2] = { size[1], (int)g->row },
        modes[2] = { size[1], (int)line };
    if (mesh->plane_forward != NULL && mesh->plane_backward != NULL) return LRPOT_OK;
    lrpot__fftw_planner_lock();
    /* ESTIMATE: the choice of the transform must not depend on timings, so that every run gives the
     * same bits. */
    mesh->plane_forward = fftw_plan_many_dft_r2c(2, plane, 1, values, real, 1, 0, out, modes, 1, 0,
                                                 FFTW_ESTIMATE | FFTW_UNALIGNED);
    mesh->plane_backward = fftw_plan_many_dft_c2r(2, plane, 1, out, modes, 1, 0, values, real, 1, 0,
                                                  FFTW_ESTIMATE | FFTW_UNALIGNED);
    lrpot__fftw_planner_unlock();
    return mesh->plane_forward != NULL && mesh->plane_backward != NULL ? LRPOT_OK : no_plans(g);
}

lrpot_status lrpot__mesh_plan_in_place(lrpot__mesh *mesh, double *values)
{
    return plan_planes(mesh, values, (fftw_complex *)values, mesh->grid.row / 2);
}

lrpot_status lrpot__mesh_allocate(lrpot__mesh *mesh)
{
    lrpot__mesh_grid *g = &mesh->grid;
    if (mesh->column_backward != NULL) return LRPOT_OK;
    if (g->values == NULL)
        g->values = lrpot__calloc((int64_t)g->size[0] * g->size[1] * g->row + LRPOT__ORDER_PAD,
                                  sizeof(double));
    if (mesh->modes == NULL)
        mesh->modes = lrpot__calloc(g->size[0] * mesh->plane_modes, sizeof *mesh->modes);
    if (g->values == NULL || mesh->modes == NULL) return LRPOT_E_MEMORY;
    LRPOT__TRY(plan_planes(mesh, g->values, mesh->modes, mesh->row_modes));
    return plan_columns(mesh);
}

static lrpot_status fill_mesh(lrpot__mesh *mesh)
{
    lrpot__mesh_grid *g = &mesh->grid;
    mesh->row_modes = g->size[2] / 2 + 1;
    g->row = (g->size[2] + LRPOT__ORDER_PAD + 7) / 8 * 8;
    mesh->plane_modes = g->size[1] * mesh->row_modes;
    while (mesh->plane_modes % 8 != 4) mesh->plane_modes++; /* an odd number of cache lines */
    mesh->spline = lrpot__calloc(POWERS * LRPOT__ORDER_PAD, sizeof(double));
    mesh->slope = lrpot__calloc(POWERS * LRPOT__ORDER_PAD, sizeof(double));
    mesh->lines = lrpot__calloc(4 * (mesh->row_modes + LRPOT__ORDER_PAD), sizeof(double));
    for (int d = 0; d < 3; d++) {
        mesh->alias[d] = lrpot__calloc(4 * (int64_t)g->size[d], sizeof(double));
        if (mesh->alias[d] == NULL) return LRPOT_E_MEMORY;
    }
    if (mesh->spline == NULL || mesh->slope == NULL || mesh->lines == NULL) return LRPOT_E_MEMORY;
    lrpot__window_polynomials(&mesh->window, mesh->spline, mesh->slope);
    for (int d = 0; d < 3; d++) fill_aliases(mesh, d);
    fill_lines(mesh);
    mesh->count_y = g->size[1];
    g->spline = mesh->spline;
    g->slope = mesh->slope;
    return LRPOT_OK;
}

lrpot_status lrpot__mesh_get(const lrpot__splitting *split, lrpot_workspace *work,
                             lrpot__mesh **out)
{
    lrpot__mesh *mesh = lrpot__workspace_kept(work, &mesh_tag);
    if (mesh == NULL || mesh->grid.order != split->order || mesh->window.shape != split->shape
        || memcmp(mesh->grid.size, split->size, sizeof split->size) != 0) {
        /* frees the old mesh first: two at a time may be too large */
        lrpot__workspace_drop(work, &mesh_tag);
        mesh = lrpot__calloc(1, sizeof *mesh);
        if (mesh == NULL) return LRPOT_E_MEMORY;
        mesh->grid.order = split->order;
        memcpy(mesh->grid.size, split->size, sizeof split->size);
        lrpot_status status = lrpot__window_make(split->order, split->shape, &mesh->window);
        if (status == LRPOT_OK) status = fill_mesh(mesh);
        if (status != LRPOT_OK) {
            free_mesh(mesh);
            return status;
        }
        LRPOT__TRY(lrpot__workspace_keep(work, &mesh_tag, mesh, free_mesh));
    }
    *out = mesh;
    return LRPOT_OK;
}

void lrpot__mesh_columns_free(lrpot__mesh *columns)
{
    destroy_plans(columns);
    lrpot__free(columns->modes);
    lrpot__free(columns->kept);
    *columns = (lrpot__mesh){ .modes = NULL };
}

lrpot_status lrpot__mesh_columns_make(const lrpot__mesh *mesh, int32_t low, int32_t high,
                                      lrpot__mesh *out)
{
    *out = *mesh;
    out->first_y = low;
    out->count_y = high - low;
    out->plane_modes = out->count_y * mesh->row_modes;
    out->plane_forward = out->plane_backward = out->column_forward = out->column_backward = NULL;
    out->kept = NULL;
    out->ranks = NULL;
    out->modes = lrpot__calloc(mesh->grid.size[0] * out->plane_modes, sizeof *out->modes);
    if (out->modes == NULL) return LRPOT_E_MEMORY;
    /* there may be more processes than lines */
    return out->count_y > 0 ? plan_columns(out) : LRPOT_OK;
}

void lrpot__mesh_extend_lines(const lrpot__mesh_grid *g, int32_t x)
{
    for (int32_t y = 0; y < g->size[1]; y++) {
        double *line = g->values + ((int64_t)x * g->size[1] + y) * g->row;
        for (int32_t z = 0; z < g->order - 1; z++) line[g->size[2] + z] = line[z % g->size[2]];
        for (int64_t z = g->size[2] + g->order - 1; z < g->row; z++)
            line[z] = 0.0; /* these points are read with weight 0 */
    }
}
