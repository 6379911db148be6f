/* Polar tensors coupled to charges: d(sum_j gamma_j q_j r_j)/dr by adjoint passes of the charge
 * model and of the factor (docs/theory/polar_tensors.md). */
#include "tensors/tensor_coupled.h"

#include "basis/evaluate.h"
#include "charges/charge_eval.h"
#include "charges/heads.h"
#include "core/error.h"
#include "core/workspace.h"
#include "potential/potential.h"
#include "tensors/tensor_heads.h"

#include <string.h>

static const lrpot__tag weights_tag = { "weights of the adjoint" };
static const lrpot__tag forces_tag = { "derivatives of the heads" };
static const lrpot__tag born_tag = { "polar tensors" };
static const lrpot__tag features_tag = { "features of the tensors" };
static const lrpot__tag charges_tag = { "charges and their factors" };
static const lrpot__tag slopes_tag = { "derivatives of the factors" };

typedef struct {
    const lrpot_tensor_model *model;
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    int64_t rows;      /* number of atoms that get a tensor */
    double *q, *gamma; /* [n_owned] */
    double *slopes;    /* [n_owned][K] q_j dgamma_j/dB_k(j) */
    double centre[3];  /* mean position of an isolated system */
    int still;         /* 1: the charges do not depend on the positions */
} task;

static const double *position(const lrpot_atoms *atoms, int64_t i)
{
    return atoms->positions + i * (atoms->stride != 0 ? atoms->stride : 3);
}

static lrpot_status find_centre(task *t)
{
    double sums[4] = { 0.0, 0.0, 0.0, (double)t->atoms->n_owned };
    for (int64_t i = 0; i < t->atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) sums[a] += position(t->atoms, i)[a];
    if (t->comm != NULL && t->comm->sum != NULL) LRPOT__TRY(t->comm->sum(t->comm->ctx, sums, 4));
    for (int a = 0; a < 3; a++) t->centre[a] = sums[3] > 0.0 ? sums[a] / sums[3] : 0.0;
    return LRPOT_OK;
}

/* Prepares everything but the charges. */
static lrpot_status prepare(task *t, const lrpot_tensor_model *model, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            const lrpot_comm *comm)
{
    int64_t n = atoms->n_owned;
    *t = (task){ .model = model,
                 .charges = model->potential->charges,
                 .work = work,
                 .atoms = atoms,
                 .list = list,
                 .comm = comm };
    t->rows = lrpot__tensor_rows(atoms, comm);
    if (atoms->periodic_mask != 0 && atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "coupled polar tensors with periodic_mask = %d: only isolated (0) and "
                           "three-dimensionally periodic (7)",
                           atoms->periodic_mask);
    if (atoms->periodic_mask != 0)
        LRPOT__TRY(lrpot__charges_require_local(t->charges, "coupled polar tensors"));
    LRPOT__TRY(lrpot__tensor_ghosts(atoms, comm, "coupled polar tensors"));
    if (atoms->periodic_mask == 0) LRPOT__TRY(find_centre(t));
    LRPOT__TRY(lrpot__workspace_doubles(work, &charges_tag, 2 * n, &t->q));
    t->gamma = t->q + n;
    return lrpot__workspace_doubles(work, &slopes_tag, n * lrpot_basis_count(model->basis),
                                    &t->slopes);
}

static lrpot_status start(task *t, const lrpot_tensor_model *model, lrpot_workspace *work,
                          const lrpot_atoms *atoms, const lrpot_nlist *list, const lrpot_comm *comm)
{
    LRPOT__TRY(prepare(t, model, work, atoms, list, comm));
    return lrpot_charges_eval(t->charges, work, atoms, list, comm, t->q);
}

/* Diagonal: effective charges minus their mean, which leaves Q/N. One process of several does not
 * know the mean; the sum rule is then imposed on all together afterwards. */
static void diagonal(const task *t, double *Z)
{
    int64_t n = t->atoms->n_owned;
    double mean = t->still ? 0.0 : -t->atoms->total_charge,
           share = t->comm != NULL ? 0.0 : 1.0 / (double)n;
    memset(Z, 0, (size_t)(9 * t->rows) * sizeof *Z);
    for (int64_t i = 0; i < n; i++) mean += t->gamma[i] * t->q[i];
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k += 4) Z[9 * i + k] = t->gamma[i] * t->q[i] - share * mean;
}

/* Z_i -= sum_j r_ji (x) d(gamma_j q_j)/dr_i over all images, as virials assigned to the neighbours.
 * Redistribution of charge over the whole system does not contribute in the limit of long waves
 * (docs/theory/born_charges.md). */
static lrpot_status periodic(const task *t, double *Z)
{
    int64_t n_all = t->atoms->n_all;
    double *virial = NULL, *weights = NULL;
    const double *slopes = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 9 * n_all, &virial));
    memset(virial, 0, (size_t)(9 * n_all) * sizeof *virial);
    LRPOT__TRY(lrpot__charges_slopes(t->charges, t->work, t->atoms, &slopes));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, 2 * t->atoms->n_owned, &weights));
    for (int64_t i = 0; slopes != NULL && i < t->atoms->n_owned; i++)
        weights[i] = t->gamma[i] * slopes[i];
    lrpot__request charges = lrpot__head_request(t->charges, 0);
    charges.weights = slopes != NULL ? weights : t->gamma;
    charges.virial_atom = virial;
    if (t->charges->basis != NULL && !t->still)
        LRPOT__TRY(lrpot__basis_run(t->charges->basis, t->work, t->atoms, t->list, &charges));
    lrpot__request factor = { .atom_coefficients = t->slopes, .virial_atom = virial };
    LRPOT__TRY(lrpot__basis_run(t->model->basis, t->work, t->atoms, t->list, &factor));
    for (int64_t k = 0; k < 9 * t->rows; k++) Z[k] += virial[k];
    return LRPOT_OK;
}

/* Z_i += sum_j r_j (x) d(gamma_j q_j)/dr_i, one pass for each direction of the dipole. */
static lrpot_status isolated(const task *t, double *Z)
{
    int64_t n = t->atoms->n_owned, n_all = t->atoms->n_all;
    double *weights = NULL, *forces = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &weights_tag, 2 * n, &weights));
    LRPOT__TRY(lrpot__workspace_doubles(t->work, &forces_tag, 3 * n_all, &forces));
    for (int a = 0; a < 3; a++) {
        double *arms = weights + n;
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.forces = forces;
        memset(forces, 0, (size_t)(3 * n_all) * sizeof *forces);
        for (int64_t j = 0; j < n; j++) {
            arms[j] = position(t->atoms, j)[a] - t->centre[a];
            weights[j] = arms[j] * t->gamma[j];
        }
        if (!t->still)
            LRPOT__TRY(
                lrpot_charges_pull(t->charges, t->work, t->atoms, t->list, t->comm, weights, &out));
        lrpot__request factor = { .atom_coefficients = t->slopes,
                                  .weights = arms,
                                  .forces = forces };
        LRPOT__TRY(lrpot__basis_run(t->model->basis, t->work, t->atoms, t->list, &factor));
        for (int64_t i = 0; i < t->rows; i++)
            for (int b = 0; b < 3; b++) Z[9 * i + 3 * a + b] -= forces[3 * i + b];
    }
    return LRPOT_OK;
}

static lrpot_status tensors_of(const task *t, double *Z)
{
    diagonal(t, Z);
    return t->atoms->periodic_mask != 0 ? periodic(t, Z) : isolated(t, Z);
}

static lrpot_status global_tensors(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list, double factor,
                                   double *Z)
{
    LRPOT__TRY(lrpot_response_born_charges(model->potential, work, atoms, list, LRPOT_BORN_UNFOLDED,
                                           Z, NULL));
    for (int64_t k = 0; k < 9 * atoms->n_owned; k++) Z[k] *= factor;
    return LRPOT_OK;
}

/* Computes gamma, and its derivatives times the charges of the task. */
static lrpot_status factors_of(task *t)
{
    const lrpot_tensor_model *model = t->model;
    const lrpot__tensor_part *part = &model->parts[0];
    double *values = NULL;
    int64_t heads = 0;
    LRPOT__TRY(lrpot__tensor_heads(model, t->work, t->atoms, t->list, &values, &heads));
    for (int64_t i = 0; i < t->atoms->n_owned; i++) {
        const double *c = model->coefficients + part->offset
                          + t->atoms->species[i] * (part->functions + 1);
        t->gamma[i] = values[i] + c[part->functions];
        for (int64_t k = 0; k < part->functions; k++)
            t->slopes[i * part->functions + k] = t->q[i] * c[k];
    }
    return LRPOT_OK;
}

static lrpot_status local_tensors(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, double *Z)
{
    task t;
    LRPOT__TRY(start(&t, model, work, atoms, list, comm));
    LRPOT__TRY(factors_of(&t));
    return tensors_of(&t, Z);
}

lrpot_status lrpot__tensor_coupled(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, double *Z)
{
    if (model->options.kind == LRPOT_TENSORS_GLOBAL)
        return global_tensors(model, work, atoms, list, model->coefficients[0], Z);
    return local_tensors(model, work, atoms, list, comm, Z);
}

/* Column of one coefficient, which is 1 while all others are 0. */
static lrpot_status column_of(task *t, const double *features, int64_t column, double *Z)
{
    int64_t n = t->atoms->n_owned, functions = t->model->parts[0].functions,
            z = column / (functions + 1), k = column % (functions + 1);
    if (functions > 0) memset(t->slopes, 0, (size_t)(n * functions) * sizeof *t->slopes);
    for (int64_t i = 0; i < n; i++) {
        int own = t->atoms->species[i] == z;
        t->gamma[i] = !own ? 0.0 : k == functions ? 1.0 : features[i * functions + k];
        if (own && k < functions) t->slopes[i * functions + k] = t->q[i];
    }
    return tensors_of(t, Z);
}

lrpot_status lrpot__tensor_coupled_rows(const lrpot_tensor_model *model, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        double *rows)
{
    if (model->options.kind == LRPOT_TENSORS_GLOBAL)
        return global_tensors(model, work, atoms, list, 1.0, rows);
    task t;
    double *features = NULL, *Z = NULL;
    int64_t size = 9 * atoms->n_owned, width = model->n_coefficients;
    LRPOT__TRY(start(&t, model, work, atoms, list, NULL));
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &features_tag, atoms->n_owned * lrpot_basis_count(model->basis), &features));
    LRPOT__TRY(lrpot__workspace_doubles(work, &born_tag, size, &Z));
    LRPOT__TRY(lrpot_basis_eval(model->basis, work, atoms, list, features));
    for (int64_t column = 0; column < width; column++) {
        LRPOT__TRY(column_of(&t, features, column, Z));
        for (int64_t k = 0; k < size; k++) rows[k * width + column] = Z[k];
    }
    /* the part of the total charge on the diagonal does not depend on the coefficients */
    for (int64_t k = 0; k < size; k++)
        for (int64_t column = 0; column < width && k % 9 % 4 == 0; column++)
            rows[k * width + column] -= atoms->total_charge / (double)atoms->n_owned;
    return LRPOT_OK;
}

lrpot_status lrpot__tensor_factor(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list, double *gamma,
                                  double *unit_born)
{
    task t;
    double *Z = NULL;
    int64_t n = atoms->n_owned;
    LRPOT__TRY(prepare(&t, model, work, atoms, list, NULL));
    LRPOT__TRY(lrpot__workspace_doubles(work, &born_tag, 9 * n, &Z));
    t.still = 1;
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < n; i++) t.q[i] = i == j;
        LRPOT__TRY(factors_of(&t));
        LRPOT__TRY(tensors_of(&t, Z));
        for (int64_t k = 0; k < 9 * n; k++) unit_born[k * n + j] = Z[k];
    }
    memcpy(gamma, t.gamma, (size_t)n * sizeof *gamma);
    return LRPOT_OK;
}
