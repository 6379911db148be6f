/* Forces of a uniform field on learned tensors, and the current of moving atoms. */
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "tensors/tensor_compute.h"
#include "tensors/tensor_heads.h"

#include <math.h>
#include <string.h>

static const lrpot__tag forces_tag = { "derivatives of the heads" };
static const lrpot__tag born_tag = { "polar tensors" };
static const lrpot__tag velocities_tag = { "velocities" };

/* Checks of the call, common to both functions. */
static lrpot_status check(const lrpot_tensor_model *model, const lrpot_workspace *work,
                          const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm)
{
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    return LRPOT_OK;
}

static lrpot_status over_all(const lrpot_comm *comm, double *sums, int64_t n)
{
    return comm != NULL && comm->sum != NULL ? comm->sum(comm->ctx, sums, n) : LRPOT_OK;
}

/* Tensors with the sum rule imposed over the atoms of all processes; those of ghosts are parts. */
static lrpot_status projected(const lrpot_tensor_model *model, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot_comm *comm, double **Z)
{
    double sums[10] = { 0.0 };
    int64_t rows = lrpot__tensor_rows(atoms, comm);
    LRPOT__TRY(lrpot__workspace_doubles(work, &born_tag, 9 * rows, Z));
    LRPOT__TRY(lrpot__tensor_born(model, work, atoms, list, comm, *Z));
    for (int64_t i = 0; i < rows; i++)
        for (int k = 0; k < 9; k++) sums[k] += (*Z)[9 * i + k];
    sums[9] = (double)atoms->n_owned;
    LRPOT__TRY(over_all(comm, sums, 10));
    for (int k = 0; k < 9; k += 4) sums[k] -= atoms->total_charge;
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int k = 0; k < 9; k++) (*Z)[9 * i + k] -= sums[k] / sums[9];
    return LRPOT_OK;
}

/* One factor for all: the potential's own response to the field, which needs no tensors, minus the
 * part that would move the system as a whole. */
static lrpot_status global_forces(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, const double *field, double *forces)
{
    double *pull = NULL, sums[4] = { 0.0, 0.0, 0.0, (double)atoms->n_owned },
           factor = model->coefficients[0];
    lrpot_outputs response = LRPOT_OUTPUTS_INIT;
    lrpot_field uniform = LRPOT_FIELD_INIT;
    memcpy(uniform.value, field, sizeof uniform.value);
    for (int a = 0; a < 3; a++) uniform.eps_inf[4 * a] = 1.0; /* the factor is the screening */
    LRPOT__TRY(lrpot__workspace_doubles(work, &forces_tag, 3 * atoms->n_all, &pull));
    response.forces = pull;
    LRPOT__TRY(lrpot_response_field_forces(model->potential, work, atoms, list, comm, &uniform,
                                           &response));
    for (int64_t k = 0; k < 3 * atoms->n_all; k++) {
        forces[k] += factor * pull[k];
        sums[k % 3] += factor * pull[k];
    }
    LRPOT__TRY(over_all(comm, sums, 4));
    for (int64_t k = 0; k < 3 * atoms->n_owned; k++)
        forces[k] -= (sums[k % 3] - atoms->total_charge * field[k % 3]) / sums[3];
    return LRPOT_OK;
}

static lrpot_status tensor_forces(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, const double *field, double *forces)
{
    double *Z = NULL;
    LRPOT__TRY(projected(model, work, atoms, list, comm, &Z));
    for (int64_t i = 0; i < lrpot__tensor_rows(atoms, comm); i++)
        for (int b = 0; b < 3; b++)
            for (int a = 0; a < 3; a++) forces[3 * i + b] += field[a] * Z[9 * i + 3 * a + b];
    return LRPOT_OK;
}

lrpot_status lrpot_tensor_model_field_forces(const lrpot_tensor_model *model, lrpot_workspace *work,
                                             const lrpot_atoms *atoms, const lrpot_nlist *list,
                                             const lrpot_comm *comm, const double *field,
                                             lrpot_outputs *out)
{
    LRPOT__REQUIRE_NOT_NULL(field);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    for (int a = 0; a < 3; a++)
        if (!isfinite(field[a]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "component %d of the field is %g", a, field[a]);
    LRPOT__TRY(check(model, work, atoms, list, comm));
    if (out->forces == NULL) return LRPOT_OK;
    if (!(out->flags & LRPOT_ADD))
        memset(out->forces, 0, (size_t)atoms->n_all * 3 * sizeof *out->forces);
    LRPOT__TRY(model->options.kind == LRPOT_TENSORS_GLOBAL
                   ? global_forces(model, work, atoms, list, comm, field, out->forces)
                   : tensor_forces(model, work, atoms, list, comm, field, out->forces));
    return lrpot__finite("force", atoms->n_all, 3, out->forces);
}

/* J(v) of tensors that obey the sum rule is J of those that do not, for velocities minus their mean
 * v, plus Q v. */
static lrpot_status global_current(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, const double *velocities,
                                   double *current)
{
    double *relative = NULL, mean[4] = { 0.0, 0.0, 0.0, (double)atoms->n_owned }, sum[3];
    LRPOT__TRY(lrpot__workspace_doubles(work, &velocities_tag, 3 * atoms->n_owned, &relative));
    for (int64_t k = 0; k < 3 * atoms->n_owned; k++) mean[k % 3] += velocities[k];
    LRPOT__TRY(over_all(comm, mean, 4));
    for (int64_t k = 0; k < 3 * atoms->n_owned; k++)
        relative[k] = velocities[k] - mean[k % 3] / mean[3];
    LRPOT__TRY(
        lrpot_response_current(model->potential, work, atoms, list, comm, relative, NULL, sum));
    for (int a = 0; a < 3; a++)
        current[a] = model->coefficients[0] * sum[a]
                     + atoms->total_charge * mean[a] / mean[3] * ((double)atoms->n_owned / mean[3]);
    return LRPOT_OK;
}

/* Velocities of all atoms that have tensors. */
static lrpot_status velocities_of_rows(lrpot_workspace *work, const lrpot_atoms *atoms,
                                       const lrpot_comm *comm, const double **velocities)
{
    double *all = NULL;
    if (lrpot__tensor_rows(atoms, comm) == atoms->n_owned) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(work, &velocities_tag, 3 * atoms->n_all, &all));
    if (atoms->n_owned > 0) memcpy(all, *velocities, (size_t)(3 * atoms->n_owned) * sizeof *all);
    *velocities = all;
    return comm->forward(comm->ctx, all, 3);
}

lrpot_status lrpot_tensor_model_current(const lrpot_tensor_model *model, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, const double *velocities,
                                        double *current)
{
    double *Z = NULL, sum[3] = { 0.0, 0.0, 0.0 };
    LRPOT__REQUIRE_NOT_NULL(velocities);
    LRPOT__REQUIRE_NOT_NULL(current);
    LRPOT__TRY(check(model, work, atoms, list, comm));
    if (model->options.kind == LRPOT_TENSORS_GLOBAL)
        return global_current(model, work, atoms, list, comm, velocities, current);
    LRPOT__TRY(projected(model, work, atoms, list, comm, &Z));
    LRPOT__TRY(velocities_of_rows(work, atoms, comm, &velocities));
    for (int64_t i = 0; i < lrpot__tensor_rows(atoms, comm); i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) sum[a] += Z[9 * i + 3 * a + b] * velocities[3 * i + b];
    LRPOT__TRY(lrpot__finite_total("current", 3, sum));
    memcpy(current, sum, sizeof sum);
    return LRPOT_OK;
}
