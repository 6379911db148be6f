/* Multipoles on the mesh. Moments are spread by derivatives of the window up to the second, and
 * potentials gathered by those up to the third, so that forces are exact derivatives of the energy.
 * Moments and derivatives are in units of mesh steps. */
#include "electrostatics/multipoles/multipole_mesh.h"

#include "core/error.h"
#include "core/threads.h"
#include "electrostatics/mesh/mesh_atoms.h"
#include "electrostatics/mesh/mesh_sum.h"

#include <string.h>

enum { ORDERS = 4, LANES = 4 };
_Static_assert(LRPOT__ORDER_PAD % LANES == 0 && LRPOT__ORDER_PAD >= LRPOT__ORDER_MAX,
               "a line of weights is whole vectors");

typedef struct {
    lrpot__multipoles *p;
    double step[9]; /* d(mesh coordinate d)/dr_a at 3 a + d */
} context;

/* Derivatives of the window along each axis. */
typedef struct {
    double of[3][ORDERS][LRPOT__ORDER_PAD];
} weights;

/* Horner's scheme evaluates the derivatives too. */
static void weigh(const lrpot__mesh *mesh, const double *offset, int orders, weights *w)
{
    int width = (mesh->grid.order + LANES - 1) / LANES * LANES,
        powers = mesh->grid.order + LRPOT__EXTRA_POWERS;
    for (int d = 0; d < 3; d++) {
        double(*of)[LRPOT__ORDER_PAD] = w->of[d], t = offset[d];
        memset(of, 0, (size_t)(orders > 3 ? orders : 3) * sizeof *of); /* three are read */
        for (int c = 0; c < powers; c++) {
            const double *row = mesh->spline + c * LRPOT__ORDER_PAD;
            for (int n = orders - 1; n > 0; n--)
                for (int k = 0; k < width; k++) of[n][k] = of[n][k] * t + of[n - 1][k];
            for (int k = 0; k < width; k++) of[0][k] = of[0][k] * t + row[k];
        }
        for (int k = 0; k < width; k++) {
            of[2][k] *= 2.0;
            if (orders > 3) of[3][k] *= 6.0;
        }
    }
}

/* Moments in mesh steps; second moments halved on the diagonal, as they count in q + mu.grad + 1/2
 * M:grad grad. */
static lrpot__multipole_moments to_steps(const lrpot__multipole_moments *m, const double *step)
{
    lrpot__multipole_moments out = { .q = m->q };
    double half[3][3];
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3; a++) {
            out.mu[d] += step[3 * a + d] * m->mu[a];
            half[a][d] = 0.0;
            for (int b = 0; b < 3; b++)
                half[a][d] += m->m[lrpot__voigt_index[a][b]] * step[3 * b + d];
        }
    for (int d = 0; d < 3; d++)
        for (int e = d; e < 3; e++)
            for (int a = 0; a < 3; a++)
                out.m[lrpot__voigt_index[d][e]] += (d == e ? 0.5 : 1.0) * step[3 * a + d]
                                                   * half[a][e];
    return out;
}

static int32_t wrapped(int32_t at, int32_t size)
{
    return at < size ? at : at - size;
}

static void add_atom(const lrpot__mesh_grid *g, const weights *w, const lrpot__multipole_moments *m,
                     const int32_t *first, int32_t low, int32_t high)
{
    int width = (g->order + LANES - 1) / LANES * LANES;
    const double *z0 = w->of[2][0], *z1 = w->of[2][1], *z2 = w->of[2][2];
    for (int i = 0; i < g->order; i++) {
        int32_t x = wrapped(first[0] + i, g->size[0]);
        double x0 = w->of[0][0][i], x1 = w->of[0][1][i], x2 = w->of[0][2][i];
        if (x < low || x >= high) continue;
        for (int j = 0; j < g->order; j++) {
            double y0 = w->of[1][0][j], y1 = w->of[1][1][j], y2 = w->of[1][2][j];
            double c0 = (m->q * x0 + m->mu[0] * x1 + m->m[0] * x2) * y0
                        + (m->mu[1] * x0 + m->m[5] * x1) * y1 + m->m[1] * x0 * y2;
            double c1 = (m->mu[2] * x0 + m->m[4] * x1) * y0 + m->m[3] * x0 * y1,
                   c2 = m->m[2] * x0 * y0;
            double *restrict line =
                g->values + ((int64_t)x * g->size[1] + wrapped(first[1] + j, g->size[1])) * g->row
                + first[2];
            for (int k = 0; k < width; k++) line[k] += c0 * z0[k] + c1 * z1[k] + c2 * z2[k];
        }
    }
}

static void add_multipoles(const lrpot__mesh_job *j, const void *ctx, int64_t first, int64_t last,
                           int32_t low, int32_t high)
{
    const context *c = ctx;
    for (int64_t k = first; k < last; k++) {
        lrpot__multipole_moments m = to_steps(&c->p->moments[j->order[k]], c->step);
        weights w;
        weigh(j->mesh, j->offset + 3 * k, c->p->rank + 1, &w);
        add_atom(j->grid, &w, &m, j->first + 3 * k, low, high);
    }
}

/* v[a][b][c]: derivative of the potential a times along x, b along y, c along z of the mesh; a + b
 * + c < orders. */
static void gather(const lrpot__mesh_grid *g, const weights *w, const int32_t *first, int orders,
                   double v[ORDERS][ORDERS][ORDERS])
{
    int width = (g->order + LANES - 1) / LANES * LANES;
    memset(v, 0, ORDERS * sizeof *v);
    for (int i = 0; i < g->order; i++) {
        /* summed over y, for every z. Sums within a line come last: they cannot be vectorised */
        double y[ORDERS][LRPOT__ORDER_PAD] = { { 0.0 } };
        const double *plane =
            g->values + (int64_t)wrapped(first[0] + i, g->size[0]) * g->size[1] * g->row + first[2];
        for (int j = 0; j < g->order; j++) {
            const double *line = plane + wrapped(first[1] + j, g->size[1]) * g->row;
            for (int b = 0; b < orders; b++)
                for (int k = 0; k < width; k++) y[b][k] += w->of[1][b][j] * line[k];
        }
        double t[ORDERS][ORDERS] = { { 0.0 } };
        for (int b = 0; b < orders; b++)
            for (int c = 0; b + c < orders; c++)
                for (int k = 0; k < width; k++) t[b][c] += y[b][k] * w->of[2][c][k];
        for (int a = 0; a < orders; a++)
            for (int b = 0; a + b < orders; b++)
                for (int c = 0; a + b + c < orders; c++) v[a][b][c] += w->of[0][a][i] * t[b][c];
    }
}

/* The derivative along the axes d, e, f; 3: none. */
static double derivative(double v[ORDERS][ORDERS][ORDERS], int d, int e, int f)
{
    int times[4] = { 0, 0, 0, 0 };
    times[d]++, times[e]++, times[f]++;
    return v[times[0]][times[1]][times[2]];
}

static void add_site_field(const double *step, const lrpot__multipole_moments *m,
                           double v[ORDERS][ORDERS][ORDERS], lrpot__site_field *site_field)
{
    double second[3][3];
    site_field->potential += v[0][0][0];
    for (int d = 0; d < 3; d++) {
        double pull = m->q * derivative(v, d, 3, 3);
        for (int e = 0; e < 3; e++) {
            pull += m->mu[e] * derivative(v, d, e, 3);
            for (int f = e; f < 3; f++)
                pull += m->m[lrpot__voigt_index[e][f]] * derivative(v, d, e, f);
        }
        for (int a = 0; a < 3; a++) {
            site_field->gradient[a] += step[3 * a + d] * derivative(v, d, 3, 3);
            site_field->force[a] -= step[3 * a + d] * pull;
            second[d][a] = 0.0;
            for (int e = 0; e < 3; e++) second[d][a] += step[3 * a + e] * derivative(v, d, e, 3);
        }
    }
    for (int a = 0; a < 3; a++)
        for (int b = a; b < 3; b++)
            for (int d = 0; d < 3; d++)
                site_field->second[lrpot__voigt_index[a][b]] += step[3 * a + d] * second[d][b];
}

static void gather_atoms(const lrpot__mesh_job *j, const context *c)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int64_t k = 0; k < j->n; k++) {
        double v[ORDERS][ORDERS][ORDERS];
        weights w;
        lrpot__multipole_moments m = to_steps(&c->p->moments[j->order[k]], c->step);
        weigh(j->mesh, j->offset + 3 * k, c->p->orders, &w);
        gather(j->grid, &w, j->first + 3 * k, c->p->orders, v);
        add_site_field(c->step, &m, v, &c->p->site_fields[j->order[k]]);
    }
}

lrpot_status lrpot__multipoles_mesh(lrpot__multipoles *p, lrpot_workspace *work)
{
    lrpot__mesh_job job;
    context c = { .p = p };
    LRPOT__TRY(lrpot__mesh_job_prepare(p->sum, work, p->comm, &job));
    for (int x = 0; x < 9; x++) c.step[x] = job.inverse[x] * job.mesh->grid.size[x % 3];
    lrpot__mesh_spread_with(&job, add_multipoles, &c);
    LRPOT__TRY(lrpot__mesh_convolve(&job, p->comm, p->virial));
    gather_atoms(&job, &c);
    return LRPOT_OK;
}
