/* A uniform field on learned tensors, and the current of moving atoms. */
#include "tensors/tensors.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

static lrpot_status check_comm(const lrpot_comm *comm)
{
    if (comm == NULL || comm->struct_size >= offsetof(lrpot_comm, exchange)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SIZE, "lrpot_comm of %zu bytes, expected %zu", comm->struct_size, sizeof *comm);
}

/* Tensors with the sum rule imposed over the atoms of all processes. */
static lrpot_status projected(const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot_comm *comm, double **Z)
{
    double sums[10] = { 0.0 };
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__TRY(check_comm(comm));
    LRPOT__TRY(lrpot__tensor_block(work, LRPOT__TENSORS_BORN, 9 * atoms->n_owned, Z));
    LRPOT__TRY(lrpot_tensor_model_born_charges(model, work, atoms, list, *Z, NULL));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int k = 0; k < 9; k++) sums[k] += (*Z)[9 * i + k];
    sums[9] = (double)atoms->n_owned;
    if (comm != NULL && comm->sum != NULL) LRPOT__TRY(comm->sum(comm->ctx, sums, 10));
    for (int k = 0; k < 9; k += 4) sums[k] -= atoms->total_charge;
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int k = 0; k < 9; k++) (*Z)[9 * i + k] -= sums[k] / sums[9];
    return LRPOT_OK;
}

lrpot_status lrpot_tensor_model_field_forces(const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
                                             const lrpot_nlist *list, const lrpot_comm *comm, const double *field, lrpot_outputs *out)
{
    double *Z = NULL;
    LRPOT__REQUIRE_NOT_NULL(field);
    LRPOT__REQUIRE_NOT_NULL(out);
    if (out->struct_size < offsetof(lrpot_outputs, virial))
        return lrpot__fail(LRPOT_E_SIZE, "out->struct_size is %zu (use LRPOT_OUTPUTS_INIT)", out->struct_size);
    for (int a = 0; a < 3; a++)
        if (!isfinite(field[a])) return lrpot__fail(LRPOT_E_NOT_FINITE, "component %d of the field is %g", a, field[a]);
    LRPOT__TRY(projected(model, work, atoms, list, comm, &Z));
    if (out->forces == NULL) return LRPOT_OK;
    if (!(out->flags & LRPOT_ADD)) memset(out->forces, 0, (size_t)atoms->n_all * 3 * sizeof *out->forces);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int b = 0; b < 3; b++)
            for (int a = 0; a < 3; a++) out->forces[3 * i + b] += field[a] * Z[9 * i + 3 * a + b];
    return LRPOT_OK;
}

lrpot_status lrpot_tensor_model_current(const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
                                        const lrpot_nlist *list, const lrpot_comm *comm, const double *velocities, double *current)
{
    double *Z = NULL, sum[3] = { 0.0, 0.0, 0.0 };
    LRPOT__REQUIRE_NOT_NULL(velocities);
    LRPOT__REQUIRE_NOT_NULL(current);
    LRPOT__TRY(projected(model, work, atoms, list, comm, &Z));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) sum[a] += Z[9 * i + 3 * a + b] * velocities[3 * i + b];
    memcpy(current, sum, sizeof sum);
    return LRPOT_OK;
}
