/* The reciprocal part of the sum by the mesh. */
#include "electrostatics/mesh.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* One evaluation. */
typedef struct {
    const lrpot__sum *sum;
    lrpot__mesh *mesh;
    const lrpot__coulomb_kernels *kernels;
    int64_t n;
    double inverse[9], reciprocal[9]; /* of the mesh's cell; reciprocal has rows 2 pi b_d */
    lrpot__mesh_atoms atoms;          /* sorted */
    int32_t *first, *home;            /* [n][3] sorted, [n][3] by atom */
    double *offset, *charge, *where, *values;
    int64_t *order, *bucket; /* [n] atom at each sorted place; [size 0 + 1] first place of each plane */
    double *virials;         /* [size 1][6] */
    double *buffers;         /* [size 1][row_modes + LRPOT__ORDER_PAD] */
} job;

static lrpot_status reserve(job *j, lrpot_workspace *work)
{
    struct {
        int32_t id;
        int64_t count;
        size_t size;
        void *out;
    } blocks[] = {
        { LRPOT__EWALD_MESH_FIRST, 3 * j->n, sizeof(int32_t), &j->first },   { LRPOT__EWALD_MESH_HOME, 3 * j->n, sizeof(int32_t), &j->home },
        { LRPOT__EWALD_MESH_OFFSET, 3 * j->n, sizeof(double), &j->offset },  { LRPOT__EWALD_MESH_CHARGE, j->n, sizeof(double), &j->charge },
        { LRPOT__EWALD_MESH_WHERE, 3 * j->n, sizeof(double), &j->where },    { LRPOT__EWALD_MESH_VALUES, 4 * j->n, sizeof(double), &j->values },
        { LRPOT__EWALD_MESH_ORDER, j->n, sizeof(int64_t), &j->order },
        { LRPOT__EWALD_MESH_BUCKET, (int64_t)j->mesh->grid.size[0] * j->mesh->grid.size[1] + 2, sizeof(int64_t), &j->bucket },
        { LRPOT__EWALD_PARTIAL, 6 * (int64_t)j->mesh->grid.size[1], sizeof(double), &j->virials },
        { LRPOT__EWALD_TABLES, j->mesh->grid.size[1] * (j->mesh->row_modes + LRPOT__ORDER_PAD), sizeof(double), &j->buffers },
    };
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
        LRPOT__TRY(lrpot__workspace_block(work, blocks[b].id, 0, blocks[b].count, blocks[b].size, (void **)blocks[b].out));
    return LRPOT_OK;
}

/* The cell that the mesh divides: the reduced one at the time of the plan. Its rows stay these while the cell changes. */
static void find_cell(job *j)
{
    double basis[9];
    const int64_t *map = j->sum->split.map;
    for (int d = 0; d < 3; d++) {
        double steps[3] = { (double)map[3 * d], (double)map[3 * d + 1], (double)map[3 * d + 2] };
        lrpot__row_times3(steps, j->sum->atoms->cell, basis + 3 * d);
    }
    lrpot__inverse3(basis, j->inverse);
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3; a++) j->reciprocal[3 * d + a] = 2.0 * PI * j->inverse[3 * a + d];
}

static void locate(const job *j, int64_t i)
{
    const lrpot_atoms *atoms = j->sum->atoms;
    double s[3];
    lrpot__row_times3(atoms->positions + i * (atoms->stride > 0 ? atoms->stride : 3), j->inverse, s);
    for (int d = 0; d < 3; d++) {
        int32_t size = j->mesh->grid.size[d], order = j->mesh->grid.order;
        double u = (s[d] - floor(s[d])) * size, whole = floor(u);
        int32_t at = (int32_t)whole - order + 1;
        if (whole >= size) { /* s a hair below an integer */
            at -= size;
            whole = u;
        }
        j->home[3 * i + d] = at < 0 ? at + size : at;
        j->where[3 * i + d] = u - whole - 0.5;
    }
}

/* Sorts the atoms by plane and line of their first point, so that neighbours in the list are neighbours on the mesh. */
static void sort_atoms(job *j)
{
    const int32_t *size = j->mesh->grid.size;
    int64_t buckets = (int64_t)size[0] * size[1];
    memset(j->bucket, 0, (size_t)(buckets + 2) * sizeof *j->bucket);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(j->sum->threads)
#endif
    for (int64_t i = 0; i < j->n; i++) locate(j, i);
    for (int64_t i = 0; i < j->n; i++) j->bucket[(int64_t)j->home[3 * i] * size[1] + j->home[3 * i + 1] + 2]++;
    for (int64_t b = 2; b < buckets + 2; b++) j->bucket[b] += j->bucket[b - 1];
    for (int64_t i = 0; i < j->n; i++) j->order[j->bucket[(int64_t)j->home[3 * i] * size[1] + j->home[3 * i + 1] + 1]++] = i;
    for (int64_t k = 0; k < j->n; k++) {
        int64_t i = j->order[k];
        memcpy(j->first + 3 * k, j->home + 3 * i, 3 * sizeof(int32_t));
        memcpy(j->offset + 3 * k, j->where + 3 * i, 3 * sizeof(double));
        j->charge[k] = j->sum->q[i];
    }
    j->atoms = (lrpot__mesh_atoms) { j->first, j->offset, j->charge };
}

/* Each thread fills its own planes, from the atoms whose support meets them, in the order of the atoms: any number of threads
 * gives the same bits. */
static void spread_charges(const job *j)
{
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t size = g->size[0], threads = j->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(threads)
#endif
    for (int32_t t = 0; t < threads; t++) {
        int32_t low = (int32_t)((int64_t)size * t / threads), high = (int32_t)((int64_t)size * (t + 1) / threads);
        int32_t from = low - g->order + 1;
        if (low == high) continue;
        memset(g->values + (int64_t)low * g->size[1] * g->row, 0, (size_t)((high - low) * g->size[1] * g->row) * sizeof(double));
        if (high - from >= size) {
            j->kernels->spread[g->order](g, &j->atoms, 0, j->n, low, high);
            continue;
        }
        int64_t begin = j->bucket[(int64_t)(from < 0 ? 0 : from) * g->size[1]], end = j->bucket[(int64_t)high * g->size[1]];
        j->kernels->spread[g->order](g, &j->atoms, begin, end, low, high);
        if (from < 0) /* supports that come around the end */
            j->kernels->spread[g->order](g, &j->atoms, j->bucket[(int64_t)(from + size) * g->size[1]], j->n, low, high);
    }
}

/* Adds what lies beyond the end of each line of a plane to its beginning, and back. */
static void fold_plane(const lrpot__mesh_grid *g, int32_t x)
{
    for (int32_t y = 0; y < g->size[1]; y++) {
        double *line = g->values + ((int64_t)x * g->size[1] + y) * g->row;
        for (int32_t z = 0; z < g->order - 1; z++) line[z % g->size[2]] += line[g->size[2] + z];
    }
}

static void unfold_plane(const lrpot__mesh_grid *g, int32_t x)
{
    for (int32_t y = 0; y < g->size[1]; y++) {
        double *line = g->values + ((int64_t)x * g->size[1] + y) * g->row;
        for (int32_t z = 0; z < g->order - 1; z++) line[g->size[2] + z] = line[z % g->size[2]];
        for (int64_t z = g->size[2] + g->order - 1; z < g->row; z++) line[z] = 0.0; /* read with the weight 0 */
    }
}

static void to_modes(const job *j)
{
    lrpot__mesh *m = j->mesh;
    const lrpot__mesh_grid *g = &m->grid;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(j->sum->threads)
#endif
    for (int32_t x = 0; x < g->size[0]; x++)
        fftw_execute_dft_r2c(m->plane_forward, g->values + (int64_t)x * g->size[1] * g->row, m->modes + x * m->plane_modes);
}

/* Transform along x, influence function, and back along x while the modes are in the cache. */
static void multiply(const job *j, int forward, int component, int with_virial)
{
    lrpot__mesh *m = j->mesh;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(j->sum->threads)
#endif
    for (int32_t y = 0; y < m->grid.size[1]; y++) {
        fftw_complex *modes = m->modes + y * m->row_modes;
        if (forward) fftw_execute_dft(m->column_forward, modes, modes);
        if (forward && m->kept != NULL && component < 0)
            for (int32_t x = 0; x < m->grid.size[0]; x++) {
                int64_t at = x * m->plane_modes + y * m->row_modes;
                memcpy(m->kept + at, m->modes + at, (size_t)m->row_modes * sizeof *m->modes);
            }
        lrpot__mesh_influence(j->sum, m, j->kernels, j->reciprocal, y, component, j->buffers + y * (m->row_modes + LRPOT__ORDER_PAD),
                              with_virial ? j->virials + 6 * y : NULL);
        fftw_execute_dft(m->column_backward, modes, modes);
    }
}

static void from_modes(const job *j)
{
    lrpot__mesh *m = j->mesh;
    const lrpot__mesh_grid *g = &m->grid;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(j->sum->threads)
#endif
    for (int32_t x = 0; x < g->size[0]; x++) {
        fftw_execute_dft_c2r(m->plane_backward, m->modes + x * m->plane_modes, g->values + (int64_t)x * g->size[1] * g->row);
        unfold_plane(g, x);
    }
}

static void gather_values(const job *j)
{
    int32_t threads = j->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(threads)
#endif
    for (int32_t t = 0; t < threads; t++)
        j->kernels->gather[j->mesh->grid.order](&j->mesh->grid, &j->atoms, j->n * t / threads, j->n * (t + 1) / threads, j->values);
}

static void fold(const job *j)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(j->sum->threads)
#endif
    for (int32_t x = 0; x < j->mesh->grid.size[0]; x++) fold_plane(&j->mesh->grid, x);
}

/* Potential and field of the atoms. Splines make no sum of forces that is exactly zero, so what is left is taken off in
 * proportion to q^2, as the self-forces on the mesh that cause it. */
static lrpot_status collect(const job *j, const lrpot_comm *comm, double square, lrpot__sums *out)
{
    double net[3] = { 0.0, 0.0, 0.0 }, scale[9];
    const int32_t *size = j->mesh->grid.size;
    for (int a = 0; a < 3; a++)
        for (int d = 0; d < 3; d++) scale[3 * d + a] = -size[d] * j->inverse[3 * a + d];
    for (int64_t k = 0; k < j->n; k++) {
        double *v = j->values + 4 * k, field[3];
        lrpot__row_times3(v + 1, scale, field);
        for (int a = 0; a < 3; a++) {
            v[1 + a] = field[a];
            net[a] += j->charge[k] * field[a];
        }
    }
    if (comm != NULL && comm->sum != NULL) LRPOT__TRY(comm->sum(comm->ctx, net, 3));
    for (int64_t k = 0; k < j->n; k++) {
        int64_t i = j->order[k];
        const double *v = j->values + 4 * k;
        out->potential[i] += v[0];
        for (int a = 0; a < 3; a++) out->field[3 * i + a] += v[1 + a] - (square > 0.0 ? j->charge[k] / square * net[a] : 0.0);
    }
    return LRPOT_OK;
}

/* Each atom's share of the strain derivative: the potential of modes weighted by it, one component at a time. */
static void collect_virials(const job *j, lrpot__sums *out)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    lrpot__mesh *m = j->mesh;
    size_t bytes = (size_t)(m->grid.size[0] * m->plane_modes) * sizeof *m->modes;
    for (int c = 0; c < 6; c++) {
        memcpy(m->modes, m->kept, bytes);
        multiply(j, 0, c, 0);
        from_modes(j);
        gather_values(j);
        for (int64_t k = 0; k < j->n; k++) {
            double value = 0.5 * j->charge[k] * j->values[4 * k], *v = out->virial_atom + 9 * j->order[k];
            v[3 * first[c] + second[c]] += value;
            if (first[c] != second[c]) v[3 * second[c] + first[c]] += value;
        }
    }
}

static void add_virial(const job *j, double share, lrpot__sums *out)
{
    static const int index[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    double total[6] = { 0.0 };
    for (int32_t y = 0; y < j->mesh->grid.size[1]; y++)
        for (int c = 0; c < 6; c++) total[c] += j->virials[6 * y + c];
    for (int x = 0; x < 9; x++) out->virial[x] += share * total[index[x]];
}

static lrpot_status keep_modes(lrpot__mesh *m)
{
    if (m->kept != NULL) return LRPOT_OK;
    m->kept = lrpot__calloc(m->grid.size[0] * m->plane_modes, sizeof *m->modes);
    return m->kept != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot__mesh_sum(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_comm *comm, lrpot__sums *out)
{
    job j = { .sum = sum, .kernels = lrpot__coulomb_kernels_get(), .n = sum->atoms->n_owned };
    LRPOT__TRY(lrpot__mesh_get(&sum->split, work, &j.mesh));
    if (out->virial_atom != NULL) LRPOT__TRY(keep_modes(j.mesh));
    LRPOT__TRY(reserve(&j, work));
    const lrpot__mesh_grid *g = &j.mesh->grid;
    memset(j.virials, 0, 6 * (size_t)g->size[1] * sizeof(double));
    find_cell(&j);
    sort_atoms(&j);
    spread_charges(&j);
    fold(&j);
    if (comm != NULL && comm->sum != NULL) LRPOT__TRY(comm->sum(comm->ctx, g->values, (int64_t)g->size[0] * g->size[1] * g->row));
    to_modes(&j);
    multiply(&j, 1, -1, 1);
    from_modes(&j);
    gather_values(&j);
    LRPOT__TRY(collect(&j, comm, sum->totals.square, out));
    add_virial(&j, sum->totals.count > 0.0 ? (double)j.n / sum->totals.count : 0.0, out);
    if (out->virial_atom != NULL) collect_virials(&j, out);
    return LRPOT_OK;
}
