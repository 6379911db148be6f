/* Evaluation of polar tensors and dipoles of a structure. */
#include "tensors/tensor_compute.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/structure_input.h"
#include "structure/atoms_check.h"
#include "structure/electrodes.h"
#include "tensors/tensor_coupled.h"
#include "tensors/tensor_heads.h"

#include <string.h>

static const lrpot__tag weights_tag = { "weights of the adjoint" };
static const lrpot__tag forces_tag = { "derivatives of the heads" };

/* Matrix of the components of a part; the symmetric part without its trace. */
static void matrix_of(int32_t part, const double *c, double m[9])
{
    static const int place[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    memset(m, 0, 9 * sizeof *m);
    if (part == LRPOT__PART_SCALAR) m[0] = m[4] = m[8] = c[0];
    if (part == LRPOT__PART_ANTISYMMETRIC) {
        m[5] = c[0], m[7] = -c[0];
        m[6] = c[1], m[2] = -c[1];
        m[1] = c[2], m[3] = -c[2];
    }
    if (part == LRPOT__PART_SYMMETRIC) {
        double third = (c[0] + c[1] + c[2]) / 3.0;
        for (int k = 0; k < 9; k++) m[k] = c[place[k]] - (k % 4 == 0 ? third : 0.0);
    }
}

lrpot_status lrpot__tensor_check(const lrpot_tensor_model *model, const lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__TRY(lrpot__atoms_check(atoms, model->options.n_species));
    LRPOT__TRY(lrpot__refuse_electrodes(atoms, "a model of tensors"));
    if (model->options.kind == LRPOT_TENSORS_DIPOLE && atoms->periodic_mask != 0)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "a dipole model with periodic_mask = %d: only isolated systems (0) have a dipole",
            atoms->periodic_mask);
    if (model->options.kind == LRPOT_TENSORS_DIPOLE && atoms->total_charge != 0.0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a dipole model with a total charge of %g e: only neutral systems have "
                           "a dipole of their own",
                           atoms->total_charge);
    return LRPOT_OK;
}

static lrpot_status born_of_heads(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list, double *Z)
{
    double *values = NULL;
    int64_t n = 0;
    LRPOT__TRY(lrpot__tensor_heads(model, work, atoms, list, &values, &n));
    const lrpot__tensor_part *trace = &model->parts[0];
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        const double *constants = model->coefficients + trace->offset
                                  + atoms->species[i] * (trace->functions + 1);
        double *z = Z + 9 * i, m[9];
        int64_t at = n * i;
        for (int k = 0; k < 9; k++) z[k] = k % 4 == 0 ? constants[trace->functions] : 0.0;
        for (int32_t p = 0; p < model->n_parts; p++) {
            matrix_of(model->parts[p].part, values + at, m);
            for (int k = 0; k < 9; k++) z[k] += m[k];
            at += lrpot__part_components[model->parts[p].part];
        }
    }
    return LRPOT_OK;
}

/* Born charges as derivative of the dipole: one adjoint pass for each of its components. */
static lrpot_status born_of_dipole(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, double *Z)
{
    const lrpot__tensor_part *part = &model->parts[0];
    int64_t width = lrpot_basis_count(model->basis), n = atoms->n_owned,
            rows = lrpot__tensor_rows(atoms, comm);
    double *weights = NULL, *forces = NULL;
    LRPOT__TRY(lrpot__tensor_ghosts(atoms, comm, "Born charges of a dipole model"));
    LRPOT__TRY(lrpot__workspace_doubles(work, &weights_tag, width * n, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(work, &forces_tag, 3 * atoms->n_all, &forces));
    for (int a = 0; a < 3; a++) {
        memset(weights, 0, (size_t)(width * n) * sizeof *weights);
        memset(forces, 0, (size_t)(3 * atoms->n_all) * sizeof *forces);
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = 0; k < part->functions; k++)
                weights[i * width + 3 * k + a] =
                    model->heads[part->offset + atoms->species[i] * part->functions + k];
        lrpot__request request = { .atom_coefficients = weights, .forces = forces };
        LRPOT__TRY(lrpot__basis_run(model->basis, work, atoms, list, &request));
        for (int64_t i = 0; i < rows; i++)
            for (int b = 0; b < 3; b++) Z[9 * i + 3 * a + b] = -forces[3 * i + b];
    }
    return LRPOT_OK;
}

/* Mean over the owned atoms of Z minus Q/N on the diagonal. */
static void excess_of(const lrpot_atoms *atoms, const double *Z, double excess[9])
{
    int64_t n = atoms->n_owned;
    memset(excess, 0, 9 * sizeof *excess);
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k++) excess[k] += Z[9 * i + k];
    for (int k = 0; k < 9 && n > 0; k++)
        excess[k] = (excess[k] - (k % 4 == 0 ? atoms->total_charge : 0.0)) / (double)n;
}

lrpot_status lrpot__tensor_born(const lrpot_tensor_model *model, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *Z)
{
    if (model->options.kind == LRPOT_TENSORS_POLARIZABILITY)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a model of polarizabilities has no polar tensors; fit one of another "
                           "kind");
    if (model->potential != NULL) return lrpot__tensor_coupled(model, work, atoms, list, comm, Z);
    if (model->options.kind == LRPOT_TENSORS_DIPOLE)
        return born_of_dipole(model, work, atoms, list, comm, Z);
    for (int64_t k = 9 * atoms->n_owned; k < 9 * lrpot__tensor_rows(atoms, comm); k++) Z[k] = 0.0;
    return born_of_heads(model, work, atoms, list, Z);
}

lrpot_status lrpot_tensor_model_born_charges(const lrpot_tensor_model *model, lrpot_workspace *work,
                                             const lrpot_atoms *atoms, const lrpot_nlist *list,
                                             double *Z, double *residual)
{
    LRPOT__REQUIRE_NOT_NULL(Z);
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    LRPOT__TRY(lrpot__tensor_born(model, work, atoms, list, NULL, Z));
    if (residual != NULL) excess_of(atoms, Z, residual);
    return lrpot__finite("polar tensor", atoms->n_owned, 9, Z);
}

lrpot_status lrpot_tensor_model_born_shares(const lrpot_tensor_model *model, lrpot_workspace *work,
                                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                                            const lrpot_comm *comm, double *Z)
{
    LRPOT__REQUIRE_NOT_NULL(Z);
    LRPOT__REQUIRE_NOT_NULL(comm);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    lrpot_atoms shared;
    LRPOT__COPY_INPUT(&shared, atoms);
    shared.ghost_owner = NULL; /* ghosts keep their share */
    if (lrpot__tensor_rows(&shared, comm) != atoms->n_all)
        return lrpot__fail(LRPOT_E_ARGUMENT, "shares of Born charges need comm->forward");
    LRPOT__TRY(lrpot__tensor_born(model, work, &shared, list, comm, Z));
    return lrpot__finite("polar tensor", atoms->n_all, 9, Z);
}

lrpot_status lrpot__tensor_input(const lrpot_tensor_model *model, lrpot_workspace *work,
                                 const lrpot_structure *structure, lrpot_atoms *atoms,
                                 const lrpot_nlist **list)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    return lrpot__structure_input(work, structure, model->options.n_species, model->options.symbols,
                                  lrpot_tensor_model_cutoff(model), atoms, list);
}

lrpot_status lrpot_tensor_model_born_charges_structure(const lrpot_tensor_model *model,
                                                       lrpot_workspace *work,
                                                       const lrpot_structure *structure, double *Z,
                                                       double *residual)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__tensor_input(model, work, structure, &atoms, &list));
    return lrpot_tensor_model_born_charges(model, work, &atoms, list, Z, residual);
}

lrpot_status lrpot_tensor_model_dipole(const lrpot_tensor_model *model, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list,
                                       double *dipole)
{
    double *values = NULL;
    int64_t n = 0;
    LRPOT__REQUIRE_NOT_NULL(dipole);
    LRPOT__TRY(lrpot__tensor_check(model, work, atoms, list));
    if (model->options.kind != LRPOT_TENSORS_DIPOLE)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "a model of polar tensors has no dipoles; fit one of kind LRPOT_TENSORS_DIPOLE");
    LRPOT__TRY(lrpot__tensor_heads(model, work, atoms, list, &values, &n));
    memset(dipole, 0, 3 * sizeof *dipole);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) dipole[a] += values[n * i + a];
    return lrpot__finite_total("dipole", 3, dipole);
}

lrpot_status lrpot_tensor_model_dipole_structure(const lrpot_tensor_model *model,
                                                 lrpot_workspace *work,
                                                 const lrpot_structure *structure, double *dipole)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__tensor_input(model, work, structure, &atoms, &list));
    return lrpot_tensor_model_dipole(model, work, &atoms, list, dipole);
}
