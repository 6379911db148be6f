/* Exchange of mesh data between processes: charges to the owners of planes, planes to the owners of
 * lines, and both ways back. */
#include "electrostatics/mesh/mesh_ranks.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "electrostatics/mesh/mesh.h"

#include <string.h>

int lrpot__mesh_is_distributed(const lrpot_comm *comm)
{
    return comm != NULL && comm->exchange != NULL && comm->size > 1;
}

void lrpot__mesh_ranks_free(lrpot__mesh_ranks *ranks)
{
    if (ranks == NULL) return;
    lrpot__mesh_columns_free(&ranks->columns);
    lrpot__free(ranks->own_values);
    lrpot__free(ranks->used);
    lrpot__free(ranks->planes);
    lrpot__free(ranks->lines);
    lrpot__free(ranks->blocks);
    lrpot__free(ranks->announced);
    lrpot__free(ranks->send_counts);
    lrpot__free(ranks->receive_counts);
    lrpot__free(ranks->slab);
    lrpot__free(ranks->send);
    lrpot__free(ranks->receive);
    lrpot__free(ranks);
}

static lrpot_status divide(int32_t count, int32_t size, int32_t **out)
{
    int32_t *starts = lrpot__calloc(size + 1, sizeof *starts);
    if (starts == NULL) return LRPOT_E_MEMORY;
    for (int32_t r = 0; r <= size; r++) starts[r] = (int32_t)((int64_t)count * r / size);
    *out = starts;
    return LRPOT_OK;
}

static lrpot_status allocate(lrpot__mesh *mesh, lrpot__mesh_ranks *ranks)
{
    const lrpot__mesh_grid *g = &mesh->grid;
    int32_t size = ranks->size, longest = g->size[0];
    LRPOT__TRY(divide(g->size[0], size, &ranks->planes));
    LRPOT__TRY(divide(g->size[1], size, &ranks->lines));
    int64_t planes = ranks->planes[ranks->rank + 1] - ranks->planes[ranks->rank];
    for (int d = 1; d < 3; d++) longest = g->size[d] > longest ? g->size[d] : longest;
    ranks->used = lrpot__calloc(longest, sizeof *ranks->used);
    ranks->blocks = lrpot__calloc(size, sizeof *ranks->blocks);
    ranks->announced = lrpot__calloc(6 * (int64_t)size, sizeof *ranks->announced);
    ranks->send_counts = lrpot__calloc(size, sizeof *ranks->send_counts);
    ranks->receive_counts = lrpot__calloc(size, sizeof *ranks->receive_counts);
    ranks->slab =
        lrpot__calloc(planes * g->size[1] * g->row + LRPOT__ORDER_PAD, sizeof *ranks->slab);
    if (ranks->used == NULL || ranks->blocks == NULL || ranks->announced == NULL
        || ranks->send_counts == NULL || ranks->receive_counts == NULL || ranks->slab == NULL)
        return LRPOT_E_MEMORY;
    LRPOT__TRY(lrpot__mesh_columns_make(mesh, ranks->lines[ranks->rank],
                                        ranks->lines[ranks->rank + 1], &ranks->columns));
    return planes > 0 ? lrpot__mesh_plan_in_place(&ranks->columns, ranks->slab) : LRPOT_OK;
}

static lrpot_status make(lrpot__mesh *mesh, const lrpot_comm *comm)
{
    if (comm->rank < 0 || comm->rank >= comm->size)
        return lrpot__fail(LRPOT_E_ARGUMENT, "comm->rank is %d, expected 0 to %d", comm->rank,
                           comm->size - 1);
    lrpot__mesh_ranks *ranks = lrpot__calloc(1, sizeof *ranks);
    if (ranks == NULL) return LRPOT_E_MEMORY;
    ranks->rank = comm->rank;
    ranks->size = comm->size;
    lrpot_status status = allocate(mesh, ranks);
    if (status != LRPOT_OK) {
        lrpot__mesh_ranks_free(ranks);
        return status;
    }
    mesh->ranks = ranks;
    mesh->free_ranks = lrpot__mesh_ranks_free;
    return LRPOT_OK;
}

/* Shortest interval, on a circle of `size` points, that holds the supports of all atoms along an
 * axis: the complement of the longest gap. */
static void support_interval(const lrpot__mesh_job *j, int axis, int32_t *from, int32_t *count)
{
    int32_t size = j->mesh->grid.size[axis], order = j->mesh->grid.order, longest = 0, end = 0;
    unsigned char *used = j->mesh->ranks->used;
    memset(used, 0, (size_t)size);
    for (int64_t i = 0; i < j->n; i++) used[j->home[3 * i + axis]] = 1;
    for (int32_t at = 0, gap = 0; at < 2 * size; at++) {
        gap = used[at % size] ? 0 : gap + 1;
        if (gap > longest) {
            longest = gap;
            end = at % size;
        }
    }
    *from = (end + 1) % size;
    *count = longest >= size ? 0 : size - longest + order - 1;
    if (*count >= size) {
        *from = 0;
        *count = size;
    }
}

static lrpot_status exchange_blocks(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    lrpot__mesh_block own;
    for (int d = 0; d < 3; d++) support_interval(j, d, &own.from[d], &own.count[d]);
    memset(ranks->announced, 0, 6 * (size_t)ranks->size * sizeof *ranks->announced);
    for (int d = 0; d < 3; d++) {
        ranks->announced[6 * ranks->rank + d] = own.from[d];
        ranks->announced[6 * ranks->rank + 3 + d] = own.count[d];
    }
    LRPOT__TRY(comm->sum(comm->ctx, ranks->announced, 6 * (int64_t)ranks->size));
    for (int32_t r = 0; r < ranks->size; r++)
        for (int d = 0; d < 3; d++) {
            ranks->blocks[r].from[d] = (int32_t)ranks->announced[6 * r + d];
            ranks->blocks[r].count[d] = (int32_t)ranks->announced[6 * r + 3 + d];
        }
    return LRPOT_OK;
}

/* Makes the own block a mesh of its own. Its supports wrap around only where the block has the
 * whole length. Moves the atoms to it. */
static lrpot_status open_block(const lrpot__mesh_job *j)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_block *block = &ranks->blocks[ranks->rank];
    const int32_t *size = j->mesh->grid.size;
    int64_t row = ((int64_t)block->count[2] + LRPOT__ORDER_PAD + 7) / 8 * 8,
            count = block->count[0] * block->count[1] * row + LRPOT__ORDER_PAD;
    LRPOT__TRY(lrpot__grow_discarding((void **)&ranks->own_values, &ranks->own_capacity, count,
                                      sizeof *ranks->own_values));
    ranks->own = j->mesh->grid;
    ranks->own.values = ranks->own_values;
    ranks->own.row = row;
    memcpy(ranks->own.size, block->count, sizeof ranks->own.size);
    for (int64_t i = 0; i < j->n; i++)
        for (int d = 0; d < 3; d++) {
            int32_t at = j->home[3 * i + d] - block->from[d];
            j->home[3 * i + d] = at < 0 ? at + size[d] : at;
        }
    return LRPOT_OK;
}

lrpot_status lrpot__mesh_distribute(lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh *mesh = j->mesh;
    if (comm->sum == NULL)
        return lrpot__fail(LRPOT_E_NULL, "a host that gives comm->exchange must give comm->sum");
    if (mesh->ranks != NULL
        && (mesh->ranks->size != comm->size || mesh->ranks->rank != comm->rank)) {
        lrpot__mesh_ranks_free(mesh->ranks);
        mesh->ranks = NULL;
    }
    if (mesh->ranks == NULL) LRPOT__TRY(make(mesh, comm));
    j->modes = &mesh->ranks->columns;
    j->grid = &mesh->ranks->own;
    LRPOT__TRY(exchange_blocks(j, comm));
    return open_block(j);
}

/* One piece of a block's line that does not wrap around. */
typedef struct {
    int32_t from, count;
} piece;

static int cut_line(const lrpot__mesh_block *block, int32_t size, piece pieces[2])
{
    int32_t beyond = block->from[2] + block->count[2] - size;
    pieces[0] = (piece){ block->from[2], beyond > 0 ? block->count[2] - beyond : block->count[2] };
    pieces[1] = (piece){ 0, beyond };
    return beyond > 0 ? 2 : 1;
}

static int32_t planes_within(const lrpot__mesh_block *block, int32_t size, int32_t low,
                             int32_t high)
{
    int32_t count = 0;
    for (int32_t k = 0; k < block->count[0]; k++) {
        int32_t x = (block->from[0] + k) % size;
        count += x >= low && x < high;
    }
    return count;
}

/* Operation on the part of a line that both a block and a plane hold. */
typedef enum { TAKE, ADD } action;

/* Visits the lines of a block that lie in planes low .. high-1 of the slab, whose first plane is
 * low. They are contiguous in `lines`, or in the layout of the own block if `own` is given. Returns
 * the position behind the last. */
static double *walk_slab(const lrpot__mesh_grid *g, const lrpot__mesh_block *block, int32_t low,
                         int32_t high, double *slab, double *lines, const lrpot__mesh_grid *own,
                         action what)
{
    piece pieces[2];
    int n_pieces = cut_line(block, g->size[2], pieces);
    for (int32_t kx = 0; kx < block->count[0]; kx++) {
        int32_t x = (block->from[0] + kx) % g->size[0];
        if (x < low || x >= high) continue;
        for (int32_t ky = 0; ky < block->count[1]; ky++) {
            double *from = slab
                           + ((int64_t)(x - low) * g->size[1] + (block->from[1] + ky) % g->size[1])
                                 * g->row;
            double *line = own != NULL ? own->values + ((int64_t)kx * own->size[1] + ky) * own->row
                                       : lines;
            for (int p = 0; p < n_pieces; p++) {
                double *part = from + pieces[p].from;
                if (what == TAKE) memcpy(line, part, (size_t)pieces[p].count * sizeof *line);
                else
                    for (int32_t z = 0; z < pieces[p].count; z++) part[z] += line[z];
                line += pieces[p].count;
            }
            if (own == NULL) lines = line;
        }
    }
    return lines;
}

/* Copies own lines in planes low .. high-1 to a message, or back. */
static double *walk_own(const lrpot__mesh_ranks *ranks, int32_t size, int32_t low, int32_t high,
                        double *message, int back)
{
    const lrpot__mesh_block *block = &ranks->blocks[ranks->rank];
    size_t count = (size_t)block->count[2];
    for (int32_t kx = 0; kx < block->count[0]; kx++) {
        int32_t x = (block->from[0] + kx) % size;
        if (x < low || x >= high) continue;
        for (int32_t ky = 0; ky < block->count[1]; ky++) {
            double *line = ranks->own.values
                           + ((int64_t)kx * block->count[1] + ky) * ranks->own.row;
            memcpy(back ? line : message, back ? message : line, count * sizeof *line);
            message += count;
        }
    }
    return message;
}

static lrpot_status reserve_messages(lrpot__mesh_ranks *ranks)
{
    int64_t send = 0, receive = 0;
    for (int32_t r = 0; r < ranks->size; r++) {
        send += ranks->send_counts[r];
        receive += ranks->receive_counts[r];
    }
    LRPOT__TRY(lrpot__grow_discarding((void **)&ranks->send, &ranks->send_capacity, send,
                                      sizeof *ranks->send));
    return lrpot__grow_discarding((void **)&ranks->receive, &ranks->receive_capacity, receive,
                                  sizeof *ranks->receive);
}

/* counts[r]: number of doubles of the own block in the planes of r, and of r's block in the own
 * planes. A process sends nothing to itself. */
static void count_blocks(const lrpot__mesh_job *j, int64_t *mine_in_theirs, int64_t *theirs_in_mine)
{
    const lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_block *own = &ranks->blocks[ranks->rank];
    int32_t size = j->mesh->grid.size[0];
    for (int32_t r = 0; r < ranks->size; r++) {
        const lrpot__mesh_block *b = &ranks->blocks[r];
        mine_in_theirs[r] =
            (int64_t)planes_within(own, size, ranks->planes[r], ranks->planes[r + 1])
            * own->count[1] * own->count[2];
        theirs_in_mine[r] = (int64_t)planes_within(b, size, ranks->planes[ranks->rank],
                                                   ranks->planes[ranks->rank + 1])
                            * b->count[1] * b->count[2];
    }
    mine_in_theirs[ranks->rank] = theirs_in_mine[ranks->rank] = 0;
}

static lrpot_status exchange(const lrpot__mesh_ranks *ranks, const lrpot_comm *comm,
                             const double *send, double *receive)
{
    return comm->exchange(comm->ctx, send, ranks->send_counts, receive, ranks->receive_counts);
}

static lrpot_status gather_slab(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t low = ranks->planes[ranks->rank], high = ranks->planes[ranks->rank + 1];
    count_blocks(j, ranks->send_counts, ranks->receive_counts);
    LRPOT__TRY(reserve_messages(ranks));
    double *message = ranks->send;
    for (int32_t r = 0; r < ranks->size; r++)
        if (r != ranks->rank)
            message =
                walk_own(ranks, g->size[0], ranks->planes[r], ranks->planes[r + 1], message, 0);
    LRPOT__TRY(exchange(ranks, comm, ranks->send, ranks->receive));
    memset(ranks->slab, 0, (size_t)((high - low) * g->size[1] * g->row) * sizeof *ranks->slab);
    message = ranks->receive;
    for (int32_t r = 0; r < ranks->size; r++)
        message = walk_slab(g, &ranks->blocks[r], low, high, ranks->slab, message,
                            r == ranks->rank ? &ranks->own : NULL, ADD);
    return LRPOT_OK;
}

static lrpot_status scatter_slab(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t low = ranks->planes[ranks->rank], high = ranks->planes[ranks->rank + 1];
    count_blocks(j, ranks->receive_counts, ranks->send_counts);
    LRPOT__TRY(reserve_messages(ranks));
    double *message = ranks->send;
    for (int32_t r = 0; r < ranks->size; r++)
        message = walk_slab(g, &ranks->blocks[r], low, high, ranks->slab, message,
                            r == ranks->rank ? &ranks->own : NULL, TAKE);
    LRPOT__TRY(exchange(ranks, comm, ranks->send, ranks->receive));
    message = ranks->receive;
    for (int32_t r = 0; r < ranks->size; r++)
        if (r != ranks->rank)
            message =
                walk_own(ranks, g->size[0], ranks->planes[r], ranks->planes[r + 1], message, 1);
    return LRPOT_OK;
}

/* counts[r]: number of doubles of own planes in the lines of r, and of r's planes in the own
 * lines. */
static void count_modes(const lrpot__mesh_job *j, int64_t *mine_in_theirs, int64_t *theirs_in_mine)
{
    const lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const int32_t *planes = ranks->planes, *lines = ranks->lines;
    int32_t own = ranks->rank;
    for (int32_t r = 0; r < ranks->size; r++) {
        mine_in_theirs[r] = 2 * (int64_t)(planes[own + 1] - planes[own]) * (lines[r + 1] - lines[r])
                            * j->mesh->row_modes;
        theirs_in_mine[r] = 2 * (int64_t)(planes[r + 1] - planes[r]) * (lines[own + 1] - lines[own])
                            * j->mesh->row_modes;
    }
    mine_in_theirs[own] = theirs_in_mine[own] = 0;
}

/* Copies own planes to messages for each owner of lines, one after the other, and to the own lines;
 * or back. */
static void pack_planes(const lrpot__mesh_job *j, double *message, int back)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t low = ranks->planes[ranks->rank], planes = ranks->planes[ranks->rank + 1] - low;
    size_t count = 2 * (size_t)j->mesh->row_modes;
    for (int32_t r = 0; r < ranks->size; r++) {
        for (int32_t x = 0; x < planes; x++) {
            double *to = r == ranks->rank ? (double *)(ranks->columns.modes
                                                       + (low + x) * ranks->columns.plane_modes)
                                          : message;
            for (int32_t y = ranks->lines[r]; y < ranks->lines[r + 1]; y++, to += count) {
                double *modes = ranks->slab + ((int64_t)x * g->size[1] + y) * g->row;
                memcpy(back ? modes : to, back ? to : modes, count * sizeof *message);
            }
            if (r != ranks->rank) message = to;
        }
    }
}

/* Copies own lines in the planes of others to messages, or back. */
static void pack_lines(lrpot__mesh_ranks *ranks, double *message, int back)
{
    for (int32_t r = 0; r < ranks->size; r++) {
        double *modes =
            (double *)(ranks->columns.modes + ranks->planes[r] * ranks->columns.plane_modes);
        size_t count =
            2 * (size_t)((ranks->planes[r + 1] - ranks->planes[r]) * ranks->columns.plane_modes);
        if (r == ranks->rank) continue;
        memcpy(back ? modes : message, back ? message : modes, count * sizeof *message);
        message += count;
    }
}

lrpot_status lrpot__mesh_ranks_to_modes(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t planes = ranks->planes[ranks->rank + 1] - ranks->planes[ranks->rank];
    LRPOT__TRY(gather_slab(j, comm));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t x = 0; x < planes; x++) {
        double *plane = ranks->slab + (int64_t)x * g->size[1] * g->row;
        fftw_execute_dft_r2c(ranks->columns.plane_forward, plane, (fftw_complex *)plane);
    }
    count_modes(j, ranks->send_counts, ranks->receive_counts);
    LRPOT__TRY(reserve_messages(ranks));
    pack_planes(j, ranks->send, 0);
    LRPOT__TRY(exchange(ranks, comm, ranks->send, ranks->receive));
    pack_lines(ranks, ranks->receive, 1);
    return LRPOT_OK;
}

lrpot_status lrpot__mesh_ranks_from_modes(const lrpot__mesh_job *j, const lrpot_comm *comm)
{
    lrpot__mesh_ranks *ranks = j->mesh->ranks;
    const lrpot__mesh_grid *g = &j->mesh->grid;
    int32_t planes = ranks->planes[ranks->rank + 1] - ranks->planes[ranks->rank];
    count_modes(j, ranks->receive_counts, ranks->send_counts);
    LRPOT__TRY(reserve_messages(ranks));
    pack_lines(ranks, ranks->send, 0);
    LRPOT__TRY(exchange(ranks, comm, ranks->send, ranks->receive));
    pack_planes(j, ranks->receive, 1);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t x = 0; x < planes; x++) {
        double *plane = ranks->slab + (int64_t)x * g->size[1] * g->row;
        fftw_execute_dft_c2r(ranks->columns.plane_backward, (fftw_complex *)plane, plane);
    }
    LRPOT__TRY(scatter_slab(j, comm));
    for (int32_t x = 0; x < ranks->own.size[0]; x++) lrpot__mesh_extend_lines(&ranks->own, x);
    return LRPOT_OK;
}
