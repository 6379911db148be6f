/* Linear operator of the Coulomb sum at fixed positions: from charges to potentials. */
#include "electrostatics/derivatives/ewald_operator.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/derivatives/operator_pairs.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/ewald_neighbours.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/ewald/surface_term.h"
#include "electrostatics/mesh/mesh_atoms.h"
#include "electrostatics/mesh/mesh_influence.h"
#include "electrostatics/simd/coulomb_loops.h"

#include <math.h>
#include <string.h>

lrpot_status lrpot_ewald_operator_create(lrpot_ewald_operator **out, const lrpot_ewald *ewald,
                                         int32_t threads)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(ewald);
    lrpot_ewald_operator *op = lrpot__calloc(1, sizeof *op);
    if (op == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_workspace_create(&op->work, threads);
    if (status != LRPOT_OK) {
        lrpot__free(op);
        return status;
    }
    op->ewald = ewald;
    *out = op;
    return LRPOT_OK;
}

void lrpot_ewald_operator_free(lrpot_ewald_operator *op)
{
    if (op == NULL) return;
    lrpot__operator_pairs_free(&op->pairs);
    lrpot__free(op->influence);
    lrpot__free(op->positions);
    lrpot__free(op->species);
    lrpot_workspace_free(op->work);
    lrpot__free(op);
}

/* Copies the atoms: the caller's arrays are valid only during the update. */
static lrpot_status copy_atoms(lrpot_ewald_operator *op, const lrpot_atoms *atoms)
{
    int64_t n = atoms->n_all, stride = atoms->stride > 0 ? atoms->stride : 3;
    LRPOT__TRY(
        lrpot__grow((void **)&op->positions, &op->positions_capacity, 3 * n, sizeof(double)));
    LRPOT__TRY(lrpot__grow((void **)&op->species, &op->species_capacity, n, sizeof(int32_t)));
    for (int64_t i = 0; i < n; i++) {
        memcpy(op->positions + 3 * i, atoms->positions + i * stride, 3 * sizeof(double));
        op->species[i] = atoms->species != NULL ? atoms->species[i] : 0;
    }
    LRPOT__COPY_INPUT(&op->atoms, atoms);
    op->atoms.positions = op->positions;
    op->atoms.species = op->species;
    op->atoms.ghost_owner = NULL;
    op->atoms.fragments = NULL;
    op->atoms.fragment_potentials = NULL;
    op->atoms.stride = 3;
    if (atoms->cell != NULL) {
        memcpy(op->cell, atoms->cell, sizeof op->cell);
        op->atoms.cell = op->cell;
    }
    return LRPOT_OK;
}

/* Values of the influence function, obtained by multiplying modes that are all 1. */
static lrpot_status make_influence(lrpot_ewald_operator *op)
{
    lrpot__mesh *m = op->job.modes;
    LRPOT__TRY(lrpot__grow((void **)&op->influence, &op->influence_capacity,
                           m->grid.size[0] * m->plane_modes, sizeof(double)));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(op->sum.threads))
#endif
    for (int32_t y = 0; y < m->count_y; y++) {
        for (int32_t x = 0; x < m->grid.size[0]; x++)
            for (int64_t z = 0; z < m->row_modes; z++)
                m->modes[x * m->plane_modes + y * m->row_modes + z][0] = 1.0;
        lrpot__mesh_influence(&op->sum, m, op->job.kernels, op->job.reciprocal, m->first_y + y, -1,
                              lrpot__mesh_buffer(&op->job, y), NULL);
        for (int32_t x = 0; x < m->grid.size[0]; x++)
            for (int64_t z = 0, at = x * m->plane_modes + y * m->row_modes; z < m->row_modes; z++)
                op->influence[at + z] = m->modes[at + z][0];
    }
    return LRPOT_OK;
}

/* Reciprocal part of the interaction of a unit charge with itself, averaged over positions: sum of
 * the influence function over the modes of this process. */
static double own_diagonal(const lrpot_ewald_operator *op)
{
    double sum = 0.0;
    const lrpot__mesh *m = op->job.modes;
    for (int32_t x = 0; x < m->grid.size[0]; x++)
        for (int32_t y = 0; y < m->count_y; y++) {
            const double *row = op->influence + x * m->plane_modes + y * m->row_modes;
            double squares = m->alias[0][4 * x + 1] * m->alias[1][4 * (m->first_y + y) + 1];
            for (int64_t z = 0; z < m->row_modes; z++)
                sum += (z == 0 ? 1.0 : 2.0) * row[z] * squares * m->alias[2][4 * z + 1];
        }
    return sum;
}

static lrpot_status make_mesh(lrpot_ewald_operator *op, const lrpot_comm *comm)
{
    LRPOT__TRY(lrpot__mesh_job_prepare(&op->sum, op->work, comm, &op->job));
    LRPOT__TRY(make_influence(op));
    op->reciprocal = own_diagonal(op);
    return op->job.modes != op->job.mesh ? comm->sum(comm->ctx, &op->reciprocal, 1) : LRPOT_OK;
}

static lrpot_status make_reciprocal(lrpot_ewald_operator *op, const lrpot_comm *comm)
{
    op->reciprocal = 0.0;
    if (op->sum.volume == 0.0) return LRPOT_OK;
    if (op->sum.split.method != LRPOT_EWALD_EXACT) return make_mesh(op, comm);
    LRPOT__TRY(lrpot__kspace_build(&op->sum, op->work, &op->vectors));
    for (int64_t v = 0; v < op->vectors.n_vectors; v++) op->reciprocal += op->vectors.weight[v];
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_operator_update(lrpot_ewald_operator *op, const lrpot_atoms *atoms,
                                         const lrpot_nlist *list, const lrpot_comm *comm)
{
    LRPOT__REQUIRE_NOT_NULL(op);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    int parallel = comm != NULL && comm->sum != NULL;
    lrpot__sum *sum = &op->sum;
    op->ready = 0;
    if (parallel && list == NULL && (op->ewald->kernel->traits & LRPOT_EWALD_KERNEL_PAIRS))
        return lrpot__fail(LRPOT_E_ARGUMENT, "a parallel host must lend its neighbour list");
    LRPOT__TRY(lrpot__sum_prepare(op->ewald, op->work, atoms, NULL, sum));
    LRPOT__TRY(copy_atoms(op, atoms));
    sum->atoms = &op->atoms;
    if (parallel)
        LRPOT__TRY(
            comm->sum(comm->ctx, (double *)&sum->totals, sizeof sum->totals / sizeof(double)));
    LRPOT__TRY(lrpot__sum_extent(sum, comm));
    LRPOT__TRY(lrpot__sum_split(sum, op->work, list, parallel, 0));
    if (sum->volume == 0.0 && sum->totals.count != (double)atoms->n_all)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "all pairs of an isolated system need all %.0f atoms, this process "
                           "knows %lld; use LRPOT_EWALD_MESH, which does not need them",
                           sum->totals.count, (long long)atoms->n_all);
    if (sum->volume == 0.0) list = NULL;
    else if (lrpot__sum_has_pairs(sum)
             && (list == NULL || lrpot_nlist_cutoff(list) < sum->split.pair.cutoff))
        LRPOT__TRY(lrpot__ewald_neighbours(sum, op->work, &list));
    lrpot__self_energy_make(sum, &op->self_energy);
    LRPOT__TRY(lrpot__surface_term_make(sum, &op->surface_term));
    LRPOT__TRY(lrpot__operator_pairs_fill(sum, op->work, &op->self_energy, list, &op->pairs));
    LRPOT__TRY(make_reciprocal(op, comm));
    op->ready = 1;
    return LRPOT_OK;
}

static lrpot_status check_ready(const lrpot_ewald_operator *op)
{
    return op->ready ? LRPOT_OK
                     : lrpot__fail(
                         LRPOT_E_STATE,
                         "the operator has no positions: call lrpot_ewald_operator_update() first");
}

/* Transform along x, influence function, and back. */
static void multiply(const lrpot_ewald_operator *op)
{
    lrpot__mesh *m = op->job.modes;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(op->sum.threads))
#endif
    for (int32_t y = 0; y < m->count_y; y++) {
        fftw_complex *modes = m->modes + y * m->row_modes;
        fftw_execute_dft(m->column_forward, modes, modes);
        for (int32_t x = 0; x < m->grid.size[0]; x++) {
            const double *factor = op->influence + x * m->plane_modes + y * m->row_modes;
            fftw_complex *row = modes + x * m->plane_modes;
            for (int64_t z = 0; z < m->row_modes; z++) {
                row[z][0] *= factor[z];
                row[z][1] *= factor[z];
            }
        }
        fftw_execute_dft(m->column_backward, modes, modes);
    }
}

static lrpot_status apply_mesh(lrpot_ewald_operator *op, const lrpot_comm *comm, const double *q,
                               double *potential)
{
    const lrpot__mesh_job *j = &op->job;
    lrpot__mesh_spread(j, q);
    LRPOT__TRY(lrpot__mesh_to_modes(j, comm));
    multiply(op);
    LRPOT__TRY(lrpot__mesh_from_modes(j, comm));
    lrpot__mesh_gather_potential(j);
    for (int64_t k = 0; k < j->n; k++) potential[j->order[k]] += j->values[k];
    return LRPOT_OK;
}

static lrpot_status apply_vectors(lrpot_ewald_operator *op, const lrpot_comm *comm,
                                  double *potential)
{
    lrpot__kspace *k = &op->vectors;
    lrpot__sum_results sums = { .potential = potential };
    LRPOT__TRY(lrpot__kspace_structure(&op->sum, op->work, k));
    memcpy(k->structure, k->own, 2 * (size_t)k->n_vectors * sizeof(double));
    if (comm != NULL && comm->sum != NULL)
        LRPOT__TRY(comm->sum(comm->ctx, k->structure, 2 * k->n_vectors));
    return lrpot__kspace_collect(&op->sum, op->work, k, &sums);
}

/* Pairs, self energy and neutralising background. */
static lrpot_status apply_pairs(lrpot_ewald_operator *op, const lrpot_comm *comm, const double *q,
                                double *potential)
{
    const lrpot__operator_pairs *s = &op->pairs;
    const lrpot__coulomb_kernels *kernels = lrpot__coulomb_kernels_get();
    double totals[2] = { 0.0, 0.0 }; /* q, q s^2 */
    for (int64_t i = 0; i < s->n; i++) {
        double width = lrpot__atom_width(op->ewald, &op->atoms, i);
        if (!isfinite(q[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "charge of atom %lld is %g", (long long)i, q[i]);
        totals[0] += q[i];
        totals[1] += q[i] * width * width;
    }
    lrpot__surface_moments moments;
    if (op->sum.volume > 0.0 && comm != NULL && comm->sum != NULL)
        LRPOT__TRY(comm->sum(comm->ctx, totals, 2));
    LRPOT__TRY(lrpot__surface_term_moments(&op->sum, &op->surface_term, comm, q, &moments));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(op->sum.threads))
#endif
    for (int64_t i = 0; i < s->n; i++)
        potential[i] =
            kernels->product(s->offsets[i + 1] - s->offsets[i], s->columns + s->offsets[i],
                             s->values + s->offsets[i], q)
            + lrpot__background_potential(&op->sum, &op->self_energy, i, totals[0], totals[1])
            + lrpot__surface_term_potential(&op->sum, &op->surface_term, &moments, i);
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_operator_apply(lrpot_ewald_operator *op, const lrpot_comm *comm,
                                        const double *q, double *potential, double *energy)
{
    LRPOT__REQUIRE_NOT_NULL(op);
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    LRPOT__TRY(check_ready(op));
    LRPOT__TRY(apply_pairs(op, comm, q, potential));
    op->sum.q = q;
    if (op->sum.volume > 0.0)
        LRPOT__TRY(op->sum.split.method == LRPOT_EWALD_EXACT ? apply_vectors(op, comm, potential)
                                                             : apply_mesh(op, comm, q, potential));
    if (energy != NULL) *energy = 0.0;
    for (int64_t i = 0; energy != NULL && i < op->pairs.n; i++)
        *energy += 0.5 * q[i] * potential[i];
    LRPOT__TRY(lrpot__finite("potential", op->pairs.n, 1, potential));
    return lrpot__finite_total("energy", 1, energy);
}

lrpot_status lrpot_ewald_operator_diagonal(const lrpot_ewald_operator *op, double *diagonal)
{
    LRPOT__REQUIRE_NOT_NULL(op);
    LRPOT__REQUIRE_NOT_NULL(diagonal);
    LRPOT__TRY(check_ready(op));
    const lrpot__operator_pairs *s = &op->pairs;
    for (int64_t i = 0; i < s->n; i++) {
        double width = lrpot__atom_width(op->ewald, &op->atoms, i);
        diagonal[i] =
            op->reciprocal
            + lrpot__background_potential(&op->sum, &op->self_energy, i, 1.0, width * width)
            + lrpot__surface_term_pair(&op->surface_term, op->positions + 3 * i,
                                       op->positions + 3 * i);
        for (int64_t k = s->offsets[i]; k < s->offsets[i + 1]; k++)
            diagonal[i] += s->columns[k] == i ? s->values[k] : 0.0;
    }
    return LRPOT_OK;
}

lrpot_status lrpot_ewald_operator_short_range(const lrpot_ewald_operator *op, int64_t *n,
                                              const int64_t **offsets, const int32_t **columns,
                                              const double **values)
{
    LRPOT__REQUIRE_NOT_NULL(op);
    LRPOT__REQUIRE_NOT_NULL(n);
    LRPOT__REQUIRE_NOT_NULL(offsets);
    LRPOT__REQUIRE_NOT_NULL(columns);
    LRPOT__REQUIRE_NOT_NULL(values);
    LRPOT__TRY(check_ready(op));
    *n = op->pairs.n;
    *offsets = op->pairs.offsets;
    *columns = op->pairs.columns;
    *values = op->pairs.values;
    return LRPOT_OK;
}
