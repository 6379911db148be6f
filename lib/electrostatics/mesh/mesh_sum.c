/* The reciprocal part of the sum by the mesh. */
#include "electrostatics/mesh/mesh_sum.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/strain.h"
#include "core/threads.h"
#include "electrostatics/mesh/mesh_atoms.h"
#include "electrostatics/mesh/mesh_influence.h"

#include <string.h>

/* Transform along x, influence function, and back along x while the modes are in the cache. */
static void multiply(const lrpot__mesh_job *j, int forward, int component, int with_virial)
{
    lrpot__mesh *m = j->modes;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(j->sum->threads))
#endif
    for (int32_t y = 0; y < m->count_y; y++) {
        fftw_complex *modes = m->modes + y * m->row_modes;
        if (forward) fftw_execute_dft(m->column_forward, modes, modes);
        if (forward && m->kept != NULL && component < 0)
            for (int32_t x = 0; x < m->grid.size[0]; x++) {
                int64_t at = x * m->plane_modes + y * m->row_modes;
                memcpy(m->kept + at, m->modes + at, (size_t)m->row_modes * sizeof *m->modes);
            }
        lrpot__mesh_influence(j->sum, m, j->kernels, j->reciprocal, m->first_y + y, component,
                              lrpot__mesh_buffer(j, y), with_virial ? j->virials + 6 * y : NULL);
        fftw_execute_dft(m->column_backward, modes, modes);
    }
}

/* Factors from the derivatives along the rows of the mesh to the field. */
static void scale_of(const lrpot__mesh_job *j, double scale[9])
{
    for (int a = 0; a < 3; a++)
        for (int d = 0; d < 3; d++)
            scale[3 * d + a] = -j->mesh->grid.size[d] * j->inverse[3 * a + d];
}

/* Potential and field of the atoms. The sum of the forces is not exactly zero with B-splines. The
 * rest is subtracted in proportion to q^2, like the self-forces on the mesh that cause it. */
static lrpot_status collect(const lrpot__mesh_job *j, const lrpot_comm *comm, double square,
                            lrpot__sum_results *out)
{
    double net[3] = { 0.0, 0.0, 0.0 }, scale[9];
    scale_of(j, scale);
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
        for (int a = 0; a < 3; a++)
            out->field[3 * i + a] += v[1 + a]
                                     - (square > 0.0 ? j->charge[k] / square * net[a] : 0.0);
    }
    return LRPOT_OK;
}

/* Virials of the atoms: each atom's share of the strain derivative is the potential of modes
 * weighted by it, one component at a time. */
static lrpot_status collect_virials(const lrpot__mesh_job *j, const lrpot_comm *comm,
                                    lrpot__sum_results *out)
{
    lrpot__mesh *m = j->modes;
    size_t bytes = (size_t)(m->grid.size[0] * m->plane_modes) * sizeof *m->modes;
    for (int c = 0; c < 6; c++) {
        memcpy(m->modes, m->kept, bytes);
        multiply(j, 0, c, 0);
        LRPOT__TRY(lrpot__mesh_from_modes(j, comm));
        lrpot__mesh_gather(j);
        for (int64_t k = 0; k < j->n; k++) {
            double value = 0.5 * j->charge[k] * j->values[4 * k],
                   *v = out->virial_atom + 9 * j->order[k];
            v[3 * lrpot__strain_row[c] + lrpot__strain_column[c]] += value;
            if (lrpot__strain_row[c] != lrpot__strain_column[c])
                v[3 * lrpot__strain_column[c] + lrpot__strain_row[c]] += value;
        }
    }
    return LRPOT_OK;
}

/* First moments of the interaction: the field of modes weighted by the slope of the kernel. */
static lrpot_status collect_moments(const lrpot__mesh_job *j, const lrpot_comm *comm,
                                    double *moments)
{
    lrpot__mesh *m = j->modes;
    double scale[9];
    memcpy(m->modes, m->kept, (size_t)(m->grid.size[0] * m->plane_modes) * sizeof *m->modes);
    multiply(j, 0, LRPOT__MESH_MOMENTS, 0);
    LRPOT__TRY(lrpot__mesh_from_modes(j, comm));
    lrpot__mesh_gather(j);
    scale_of(j, scale);
    for (int64_t k = 0; k < j->n; k++) {
        double field[3];
        lrpot__row_times3(j->values + 4 * k + 1, scale, field);
        for (int a = 0; a < 3; a++) moments[3 * j->order[k] + a] -= 0.5 * field[a];
    }
    return LRPOT_OK;
}

/* Adds the virial. A process that has all modes has the virial of the system; one with its own
 * lines has their part. */
static void add_virial(const lrpot__mesh_job *j, double *virial)
{
    static const int index[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    double total[6] = { 0.0 }, count = j->sum->totals.count;
    double share = j->modes != j->mesh ? 1.0 : count > 0.0 ? (double)j->n / count : 0.0;
    for (int32_t y = 0; y < j->modes->count_y; y++)
        for (int c = 0; c < 6; c++) total[c] += j->virials[6 * y + c];
    for (int x = 0; x < 9; x++) virial[x] += share * total[index[x]];
}

static lrpot_status keep_modes(lrpot__mesh *m)
{
    if (m->kept != NULL) return LRPOT_OK;
    m->kept = lrpot__calloc(m->grid.size[0] * m->plane_modes, sizeof *m->modes);
    return m->kept != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot__mesh_convolve(const lrpot__mesh_job *j, const lrpot_comm *comm, double *virial)
{
    memset(j->virials, 0, 6 * (size_t)j->modes->count_y * sizeof(double));
    LRPOT__TRY(lrpot__mesh_to_modes(j, comm));
    multiply(j, 1, -1, 1);
    LRPOT__TRY(lrpot__mesh_from_modes(j, comm));
    add_virial(j, virial);
    return LRPOT_OK;
}

lrpot_status lrpot__mesh_sum(const lrpot__mesh_job *j, const lrpot_comm *comm, double *moments,
                             lrpot__sum_results *out)
{
    const lrpot__sum *sum = j->sum;
    if (out->virial_atom != NULL || moments != NULL) LRPOT__TRY(keep_modes(j->modes));
    lrpot__mesh_spread(j, sum->q);
    LRPOT__TRY(lrpot__mesh_convolve(j, comm, out->virial));
    lrpot__mesh_gather(j);
    LRPOT__TRY(collect(j, comm, sum->totals.square, out));
    if (moments != NULL) LRPOT__TRY(collect_moments(j, comm, moments));
    return out->virial_atom != NULL ? collect_virials(j, comm, out) : LRPOT_OK;
}
