/* Atoms on the mesh: mesh coordinates, spreading of charges, gathering of potentials, and
 * transforms of whole planes. */
#include "electrostatics/mesh/mesh_atoms.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/mesh/mesh.h"
#include "electrostatics/mesh/mesh_ranks.h"
#include "electrostatics/simd/coulomb_loops.h"

#include <string.h>

static const lrpot__tag first_tag = { "first points of the atoms" };
static const lrpot__tag home_tag = { "first points in the order of the input" };
static const lrpot__tag offset_tag = { "offsets of the atoms" };
static const lrpot__tag charge_tag = { "charges in the order of the mesh" };
static const lrpot__tag values_tag = { "potentials and fields of the mesh" };
static const lrpot__tag order_tag = { "order of the atoms" };
static const lrpot__tag bucket_tag = { "first atoms of the lines" };
static const lrpot__tag virials_tag = { "virials of the lines" };
static const lrpot__tag buffers_tag = { "influence of the lines" };

static lrpot_status reserve_atoms(lrpot__mesh_job *j, lrpot_workspace *work)
{
    LRPOT__TRY(lrpot__workspace_int32s(work, &first_tag, 3 * j->n, &j->first));
    LRPOT__TRY(lrpot__workspace_int32s(work, &home_tag, 3 * j->n, &j->home));
    LRPOT__TRY(lrpot__workspace_doubles(work, &offset_tag, 3 * j->n, &j->offset));
    LRPOT__TRY(lrpot__workspace_doubles(work, &charge_tag, j->n, &j->charge));
    LRPOT__TRY(lrpot__workspace_doubles(work, &values_tag, 4 * j->n, &j->values));
    j->where = j->values; /* read by the sort, long before anything is gathered */
    return lrpot__workspace_int64s(work, &order_tag, j->n, &j->order);
}

/* Reserves the blocks whose sizes depend on this process' part of the mesh. */
static lrpot_status reserve_lines(lrpot__mesh_job *j, lrpot_workspace *work)
{
    int64_t lines = (int64_t)j->grid->size[0] * j->grid->size[1], count = j->modes->count_y,
            width = j->mesh->row_modes + LRPOT__ORDER_PAD;
    LRPOT__TRY(lrpot__workspace_int64s(work, &bucket_tag, lines + 2, &j->bucket));
    LRPOT__TRY(lrpot__workspace_doubles(work, &virials_tag, 6 * count, &j->virials));
    return lrpot__workspace_doubles(work, &buffers_tag, count * LRPOT__INFLUENCE_LINES * width,
                                    &j->buffers);
}

/* Finds the cell of the mesh: the reduced cell at the time of the plan. Its rows keep their indices
 * while the cell changes. */
static void find_cell(lrpot__mesh_job *j)
{
    double basis[9];
    const int64_t *map = j->sum->split.map;
    for (int d = 0; d < 3; d++) {
        double steps[3] = { (double)map[3 * d], (double)map[3 * d + 1], (double)map[3 * d + 2] };
        lrpot__row_times3(steps, j->sum->box, basis + 3 * d);
    }
    lrpot__inverse3(basis, j->inverse);
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3; a++)
            j->reciprocal[3 * d + a] = 2.0 * LRPOT__PI * j->inverse[3 * a + d];
}

static void locate_atoms(const lrpot__mesh_job *j)
{
    const lrpot_atoms *atoms = j->sum->atoms;
    int32_t threads = j->sum->threads;
    lrpot__mesh_places places = { .positions = atoms->positions,
                                  .stride = atoms->stride > 0 ? atoms->stride : 3,
                                  .inverse = j->inverse,
                                  .size = j->mesh->grid.size,
                                  .order = j->mesh->grid.order,
                                  .home = j->home,
                                  .where = j->where };
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++)
        j->kernels->locate(&places, j->n * t / threads, j->n * (t + 1) / threads);
}

/* Sorts the atoms by plane and line of their first point, so that neighbours in the list are
 * neighbours on the mesh. */
static void sort_atoms(lrpot__mesh_job *j)
{
    const int32_t *size = j->grid->size;
    int64_t buckets = (int64_t)size[0] * size[1];
    memset(j->bucket, 0, (size_t)(buckets + 2) * sizeof *j->bucket);
    for (int64_t i = 0; i < j->n; i++)
        j->bucket[(int64_t)j->home[3 * i] * size[1] + j->home[3 * i + 1] + 2]++;
    for (int64_t b = 2; b < buckets + 2; b++) j->bucket[b] += j->bucket[b - 1];
    for (int64_t i = 0; i < j->n; i++)
        j->order[j->bucket[(int64_t)j->home[3 * i] * size[1] + j->home[3 * i + 1] + 1]++] = i;
    for (int64_t k = 0; k < j->n; k++) {
        int64_t i = j->order[k];
        memcpy(j->first + 3 * k, j->home + 3 * i, 3 * sizeof(int32_t));
        memcpy(j->offset + 3 * k, j->where + 3 * i, 3 * sizeof(double));
    }
    j->atoms = (lrpot__mesh_atoms){ j->first, j->offset, j->charge };
}

lrpot_status lrpot__mesh_job_prepare(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot_comm *comm, lrpot__mesh_job *j)
{
    int shared = lrpot__mesh_is_distributed(comm);
    *j = (lrpot__mesh_job){ .sum = sum,
                            .kernels = lrpot__coulomb_kernels_get(),
                            .n = sum->atoms->n_owned };
    LRPOT__TRY(lrpot__mesh_get(&sum->split, work, &j->mesh));
    LRPOT__TRY(reserve_atoms(j, work));
    find_cell(j);
    locate_atoms(j);
    j->modes = j->mesh;
    j->grid = &j->mesh->grid;
    LRPOT__TRY(shared ? lrpot__mesh_distribute(j, comm) : lrpot__mesh_allocate(j->mesh));
    LRPOT__TRY(reserve_lines(j, work));
    sort_atoms(j);
    return LRPOT_OK;
}

/* Each thread fills its own planes, from the atoms whose support meets them, in the order of the
 * atoms: any number of threads gives the same bits. */
static void spread_planes(const lrpot__mesh_job *j, lrpot__mesh_spreader add, const void *ctx)
{
    const lrpot__mesh_grid *g = j->grid;
    int32_t size = g->size[0], threads = j->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++) {
        int32_t low = (int32_t)((int64_t)size * t / threads),
                high = (int32_t)((int64_t)size * (t + 1) / threads);
        int32_t from = low - g->order + 1;
        if (low == high) continue;
        memset(g->values + (int64_t)low * g->size[1] * g->row, 0,
               (size_t)((high - low) * g->size[1] * g->row) * sizeof(double));
        if (high - from >= size) {
            add(j, ctx, 0, j->n, low, high);
            continue;
        }
        int64_t begin = j->bucket[(int64_t)(from < 0 ? 0 : from) * g->size[1]],
                end = j->bucket[(int64_t)high * g->size[1]];
        add(j, ctx, begin, end, low, high);
        if (from < 0) /* supports that continue beyond the periodic end */
            add(j, ctx, j->bucket[(int64_t)(from + size) * g->size[1]], j->n, low, high);
    }
}

/* Adds the points beyond the end of each line of a plane to its beginning; and the reverse copy. */
static void fold_plane(const lrpot__mesh_grid *g, int32_t x)
{
    for (int32_t y = 0; y < g->size[1]; y++) {
        double *line = g->values + ((int64_t)x * g->size[1] + y) * g->row;
        for (int32_t z = 0; z < g->order - 1; z++) line[z % g->size[2]] += line[g->size[2] + z];
    }
}

void lrpot__mesh_spread_with(const lrpot__mesh_job *j, lrpot__mesh_spreader add, const void *ctx)
{
    spread_planes(j, add, ctx);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t x = 0; x < j->grid->size[0]; x++) fold_plane(j->grid, x);
}

static void add_charges(const lrpot__mesh_job *j, const void *ctx, int64_t first, int64_t last,
                        int32_t low, int32_t high)
{
    (void)ctx;
    j->kernels->spread[j->grid->order](j->grid, &j->atoms, first, last, low, high);
}

void lrpot__mesh_spread(const lrpot__mesh_job *j, const double *q)
{
    for (int64_t k = 0; k < j->n; k++) j->charge[k] = q[j->order[k]];
    lrpot__mesh_spread_with(j, add_charges, NULL);
}

lrpot_status lrpot__mesh_to_modes(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh *m = j->mesh;
    const lrpot__mesh_grid *g = &m->grid;
    if (lrpot__mesh_is_distributed(comm)) return lrpot__mesh_ranks_to_modes(j, comm);
    if (comm != NULL && comm->sum != NULL)
        LRPOT__TRY(comm->sum(comm->ctx, g->values, (int64_t)g->size[0] * g->size[1] * g->row));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t x = 0; x < g->size[0]; x++)
        fftw_execute_dft_r2c(m->plane_forward, g->values + (int64_t)x * g->size[1] * g->row,
                             m->modes + x * m->plane_modes);
    return LRPOT_OK;
}

lrpot_status lrpot__mesh_from_modes(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh *m = j->mesh;
    const lrpot__mesh_grid *g = &m->grid;
    if (lrpot__mesh_is_distributed(comm)) return lrpot__mesh_ranks_from_modes(j, comm);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t x = 0; x < g->size[0]; x++) {
        fftw_execute_dft_c2r(m->plane_backward, m->modes + x * m->plane_modes,
                             g->values + (int64_t)x * g->size[1] * g->row);
        lrpot__mesh_extend_lines(g, x);
    }
    return LRPOT_OK;
}

void lrpot__mesh_gather(const lrpot__mesh_job *j)
{
    int32_t threads = j->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++)
        j->kernels->gather[j->grid->order](j->grid, &j->atoms, j->n * t / threads,
                                           j->n * (t + 1) / threads, j->values);
}

void lrpot__mesh_gather_potential(const lrpot__mesh_job *j)
{
    int32_t threads = j->sum->threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++)
        j->kernels->sample[j->grid->order](j->grid, &j->atoms, j->n * t / threads,
                                           j->n * (t + 1) / threads, j->values);
}
