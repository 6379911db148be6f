/* The particle mesh: charges are spread over a regular mesh by a window, transformed, multiplied by
 * the influence function, transformed back and gathered (Essmann et al., J. Chem. Phys. 103, 8577
 * (1995); with prolates arXiv 2505.09727). */
#ifndef LRPOT__MESH_H
#define LRPOT__MESH_H

#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/ewald/ewald.h"

#include <fftw3.h>

/* Mesh kept in the workspace. It depends on size and window only, so the cell may change without
 * new plans. */
typedef struct lrpot__mesh {
    lrpot__mesh_grid grid; /* of the whole; values NULL until a process holds it */
    lrpot__window window;
    int64_t row_modes; /* size[2]/2 + 1 */
    /* number of modes from one x to the next: size[1] row_modes plus padding, so that columns do
     * not share cache sets */
    int64_t plane_modes;
    fftw_complex *modes; /* [size 0][plane_modes], in it [size 1][row_modes]; as the values */
    fftw_complex *kept;  /* copy for virials of atoms, or NULL */
    double *spline, *slope;
    double *alias[3]; /* [size d][4]: U^2, and sums over aliases of U^2, n U^2, n^2 U^2 */
    /* [4][row_modes + LRPOT__ORDER_PAD]: the same of z, one after the other */
    double *lines;
    fftw_plan plane_forward, plane_backward;   /* of one x */
    fftw_plan column_forward, column_backward; /* along x, all modes of one y */
    int32_t first_y, count_y;                  /* lines that modes holds */
    struct lrpot__mesh_ranks *ranks;           /* how processes share the mesh, or NULL */
    void (*free_ranks)(struct lrpot__mesh_ranks *ranks);
} lrpot__mesh;

/* Tables of the mesh of a splitting: found in the workspace or made. */
lrpot_status lrpot__mesh_get(const lrpot__splitting *split, lrpot_workspace *work,
                             lrpot__mesh **out);
/* lrpot__mesh_allocate: memory and plans of the whole mesh, for a process that has it alone. The
 * other function: plans alone, for planes whose modes replace the values, line by line. */
lrpot_status lrpot__mesh_allocate(lrpot__mesh *mesh);
lrpot_status lrpot__mesh_plan_in_place(lrpot__mesh *mesh, double *values);

/* Makes own memory and plans for lines low .. high-1 of a mesh whose tables are shared; and frees
 * them. */
lrpot_status lrpot__mesh_columns_make(const lrpot__mesh *mesh, int32_t low, int32_t high,
                                      lrpot__mesh *out);
void lrpot__mesh_columns_free(lrpot__mesh *columns);

/* Atoms placed on the mesh, and the memory of one evaluation: blocks of the workspace. */
typedef struct lrpot__mesh_job {
    const lrpot__sum *sum;
    lrpot__mesh *mesh;
    lrpot__mesh *modes; /* the mesh, or this process' lines of it */
    /* grid of the mesh, or the part of it that this process' atoms touch */
    const lrpot__mesh_grid *grid;
    const lrpot__coulomb_kernels *kernels;
    int64_t n;
    double inverse[9], reciprocal[9]; /* of the mesh's cell; reciprocal has rows 2 pi b_d */
    lrpot__mesh_atoms atoms;          /* sorted */
    int32_t *first, *home;            /* [n][3] sorted, [n][3] by atom; on `grid` */
    double *offset, *charge, *where, *values;
    /* [n] atom of each sorted index; [size 0 + 1] first index of each plane */
    int64_t *order, *bucket;
    double *virials; /* [size 1][6] */
    double *buffers; /* [size 1][LRPOT__INFLUENCE_LINES][row_modes + LRPOT__ORDER_PAD] */
} lrpot__mesh_job;

/* Lines of row_modes + LRPOT__ORDER_PAD that the influence function of one y works on. */
#define LRPOT__INFLUENCE_LINES 4
static inline double *lrpot__mesh_buffer(const lrpot__mesh_job *job, int32_t y)
{
    return job->buffers
           + (int64_t)y * LRPOT__INFLUENCE_LINES * (job->mesh->row_modes + LRPOT__ORDER_PAD);
}

/* Spreads by a callback: `add` adds the sorted atoms first .. last-1 to the planes low ..
 * high-1. */
typedef void (*lrpot__mesh_spreader)(const lrpot__mesh_job *job, const void *ctx, int64_t first,
                                     int64_t last, int32_t low, int32_t high);
/* Continues the lines of a plane beyond their ends, as gathering reads them. */
void lrpot__mesh_extend_lines(const lrpot__mesh_grid *grid, int32_t x);

#endif
