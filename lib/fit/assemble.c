#include "fit/assemble.h"

#include "charges/charges.h"
#include "core/error.h"
#include "core/memory.h"
#include "potential/potential.h"

#include <cblas.h>
#include <string.h>

/* Components of the symmetric strain: xx yy zz yz xz xy. */
static const int FIRST[6] = { 0, 1, 2, 1, 0, 0 }, SECOND[6] = { 0, 1, 2, 2, 2, 1 };

lrpot__layout lrpot__layout_of(const lrpot_potential *potential)
{
    lrpot__layout layout = { lrpot_potential_param_count(potential), -1, -1, -1, -1, -1, -1, -1 };
    const struct {
        const char *name;
        int64_t *offset;
    } blocks[] = {
        { "energy.radial", &layout.energy_radial },   { "energy.linear", &layout.energy_linear },
        { "energy.species", &layout.energy_species }, { "charges.radial", &layout.charge_radial },
        { "charges.linear", &layout.charge_linear },  { "charges.species", &layout.charge_species },
        { "charges.share", &layout.charge_share },
    };
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++)
            if (strcmp(name, blocks[k].name) == 0 && count > 0) *blocks[k].offset = offset;
    return layout;
}

void lrpot__assembly_free(lrpot__assembly *assembly)
{
    if (assembly == NULL) return;
    lrpot__local_free(assembly->energy);
    lrpot__local_free(assembly->charge);
    void *blocks[] = { assembly->prediction, assembly->row_weights, assembly->jacobian, assembly->q, assembly->phi, assembly->w, assembly->field,
                       assembly->bare, assembly->dc_dr, assembly->c_strain, assembly->dc, assembly->dq, assembly->dphi, assembly->strained };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__free(assembly);
}

lrpot_status lrpot__assembly_create(lrpot__assembly **out, const lrpot_potential *potential, int32_t redistribute)
{
    lrpot__assembly *assembly = lrpot__calloc(1, sizeof *assembly);
    if (assembly == NULL) return LRPOT_E_MEMORY;
    assembly->potential = potential;
    assembly->redistribute = redistribute;
    assembly->layout = lrpot__layout_of(potential);
    lrpot_status status = lrpot__local_create(&assembly->energy, potential->basis);
    if (status == LRPOT_OK && potential->charges != NULL && potential->charges->basis != NULL)
        status = lrpot__local_create(&assembly->charge, potential->charges->basis);
    if (status != LRPOT_OK) {
        lrpot__assembly_free(assembly);
        return status;
    }
    *out = assembly;
    return LRPOT_OK;
}

static int64_t charge_params(const lrpot__assembly *assembly)
{
    return assembly->potential->charges == NULL ? 0 : lrpot_charges_param_count(assembly->potential->charges);
}

static lrpot_status reserve(lrpot__assembly *assembly, int64_t n)
{
    if (n <= assembly->capacity) return LRPOT_OK;
    int64_t rows = 14 + 3 * n, pc = charge_params(assembly);
    void **blocks[] = { (void **)&assembly->prediction, (void **)&assembly->row_weights, (void **)&assembly->jacobian, (void **)&assembly->q,
                        (void **)&assembly->phi, (void **)&assembly->w, (void **)&assembly->field, (void **)&assembly->bare,
                        (void **)&assembly->dc_dr, (void **)&assembly->c_strain, (void **)&assembly->dc, (void **)&assembly->dq,
                        (void **)&assembly->dphi, (void **)&assembly->strained };
    int64_t sizes[] = { rows, rows, rows * assembly->layout.count, n, n, n, 3 * n, n, 3 * n * n, 6 * n, n * pc, n * pc, n * pc, 6 * n };
    assembly->capacity = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        if (pc == 0 && b >= 3) break;
        lrpot__free(*blocks[b]);
        *blocks[b] = lrpot__calloc(sizes[b], sizeof(double));
        if (*blocks[b] == NULL) return LRPOT_E_MEMORY;
    }
    assembly->capacity = n;
    return LRPOT_OK;
}

static lrpot__neighbours neighbours_of(const lrpot__frame *frame, int64_t i)
{
    lrpot__neighbours neighbours = { frame->offsets[i + 1] - frame->offsets[i], frame->j + frame->offsets[i],
                                     frame->vectors + 3 * frame->offsets[i] };
    return neighbours;
}

/* Adds weight times the derivative g_j of one atom's value to a row of predictions: forces and stress. */
static void scatter_gradient(const lrpot__local *local, const lrpot__frame *frame, int64_t centre, double weight, const double *g, double *row)
{
    double *forces = row + 1, *stress = row + 1 + 3 * frame->n, centre_force[3] = { 0.0, 0.0, 0.0 };
    for (int64_t k = 0; k < local->count; k++)
        for (int a = 0; a < 3; a++) {
            double x = weight * g[3 * k + a];
            forces[3 * local->j[k] + a] -= x;
            centre_force[a] += x;
        }
    for (int a = 0; a < 3; a++) forces[3 * centre + a] += centre_force[a];
    if (frame->volume == 0.0) return;
    for (int c = 0; c < 6; c++) {
        double sum = 0.0;
        for (int64_t k = 0; k < local->count; k++) sum += local->vectors[3 * k + FIRST[c]] * g[3 * k + SECOND[c]];
        stress[c] += weight * sum / frame->volume;
    }
}

/* Rows of the parameters of one atom's head: its radial coefficients and the linear ones. */
static void scatter_mixed(const lrpot__assembly *assembly, const lrpot__local *local, const lrpot__frame *frame, int64_t centre,
                          double weight, int64_t radial, int64_t linear, int with_energy)
{
    int64_t rows = lrpot__frame_rows(frame), z = frame->species[centre];
    for (int64_t p = 0; p < local->n_lanes; p++) {
        int64_t column = p < local->n_radial ? radial + z * local->n_radial + p : linear + p - local->n_radial;
        double *row = assembly->jacobian + column * rows;
        if (with_energy) row[0] += weight * local->value_gradient[p];
        scatter_gradient(local, frame, centre, weight, local->mixed + p * 3 * local->count, row);
    }
}

static lrpot_status local_energy(lrpot__assembly *assembly, const lrpot__frame *frame, int with_jacobian)
{
    const lrpot_potential *potential = assembly->potential;
    const lrpot__layout *layout = &assembly->layout;
    for (int64_t i = 0; i < frame->n; i++) {
        LRPOT__TRY(lrpot__local_atom(assembly->energy, potential->linear, frame->species, i, neighbours_of(frame, i), with_jacobian,
                                     with_jacobian));
        assembly->prediction[0] += assembly->energy->value + potential->shifts[frame->species[i]];
        scatter_gradient(assembly->energy, frame, i, 1.0, assembly->energy->gradient, assembly->prediction);
        if (!with_jacobian) continue;
        scatter_mixed(assembly, assembly->energy, frame, i, 1.0, layout->energy_radial, layout->energy_linear, 1);
        assembly->jacobian[(layout->energy_species + frame->species[i]) * lrpot__frame_rows(frame)] += 1.0;
    }
    return LRPOT_OK;
}

/* Bare charges, their derivatives by positions, strain and parameters. */
static lrpot_status bare_charges(lrpot__assembly *assembly, const lrpot__frame *frame, int with_jacobian)
{
    const lrpot_charges *charges = assembly->potential->charges;
    int64_t n = frame->n, pc = charge_params(assembly), base = assembly->layout.charge_radial >= 0 ? assembly->layout.charge_radial
                                                                                                  : assembly->layout.charge_species;
    memset(assembly->dc_dr, 0, (size_t)(3 * n * n) * sizeof(double));
    memset(assembly->c_strain, 0, (size_t)(6 * n) * sizeof(double));
    memset(assembly->dc, 0, (size_t)(n * pc) * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        int64_t z = frame->species[i];
        assembly->bare[i] = charges->base[z];
        assembly->dc[i * pc + assembly->layout.charge_species - base + z] = 1.0;
        lrpot__local *local = assembly->charge;
        if (local == NULL) continue;
        LRPOT__TRY(lrpot__local_atom(local, charges->linear, frame->species, i, neighbours_of(frame, i), with_jacobian, 0));
        assembly->bare[i] += local->value;
        double *row = assembly->dc_dr + 3 * n * i;
        for (int64_t k = 0; k < local->count; k++) {
            for (int a = 0; a < 3; a++) {
                row[3 * local->j[k] + a] += local->gradient[3 * k + a];
                row[3 * i + a] -= local->gradient[3 * k + a];
            }
            for (int c = 0; c < 6; c++)
                assembly->c_strain[6 * i + c] += local->vectors[3 * k + FIRST[c]] * local->gradient[3 * k + SECOND[c]];
        }
        if (!with_jacobian) continue;
        memcpy(assembly->dc + i * pc + z * local->n_radial, local->value_gradient, (size_t)local->n_radial * sizeof(double));
        memcpy(assembly->dc + i * pc + assembly->layout.charge_linear - base, local->value_gradient + local->n_radial,
               (size_t)(local->n_lanes - local->n_radial) * sizeof(double));
    }
    return LRPOT_OK;
}

typedef struct {
    double shares; /* sum of s */
    double missing; /* Q - sum c */
    double mean;   /* s.phi / sum s */
} redistribution;

static lrpot_status charges_and_potentials(const lrpot__assembly *assembly, const lrpot__frame *frame, redistribution *r)
{
    const double *share = assembly->potential->charges->share;
    int n = (int)frame->n;
    r->shares = 0.0;
    r->missing = frame->total_charge;
    r->mean = 0.0;
    for (int i = 0; i < n; i++) {
        r->shares += share[frame->species[i]];
        r->missing -= assembly->bare[i];
    }
    if (assembly->redistribute && r->shares == 0.0)
        return lrpot__fail(LRPOT_E_SINGULAR, "the shares s of all %d atoms of a frame sum to zero", n);
    for (int i = 0; i < n; i++)
        assembly->q[i] = assembly->bare[i] + (assembly->redistribute ? share[frame->species[i]] * r->missing / r->shares : 0.0);
    cblas_dsymv(CblasRowMajor, CblasUpper, n, 1.0, frame->matrix, n, assembly->q, 1, 0.0, assembly->phi, 1);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, 3 * n, n, 1.0, frame->gradient, n, assembly->q, 1, 0.0, assembly->field, 1);
    if (assembly->redistribute)
        for (int i = 0; i < n; i++) r->mean += share[frame->species[i]] * assembly->phi[i] / r->shares;
    for (int i = 0; i < n; i++) assembly->w[i] = assembly->phi[i] - r->mean;
    return LRPOT_OK;
}

static void coulomb_prediction(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int n = (int)frame->n;
    double *prediction = assembly->prediction, *forces = prediction + 1, *stress = prediction + 1 + 3 * frame->n;
    prediction[0] += 0.5 * cblas_ddot(n, assembly->q, 1, assembly->phi, 1);
    for (int i = 0; i < n; i++)
        for (int a = 0; a < 3; a++) forces[3 * i + a] += assembly->q[i] * assembly->field[3 * i + a];
    cblas_dgemv(CblasRowMajor, CblasTrans, n, 3 * n, -1.0, assembly->dc_dr, 3 * n, assembly->w, 1, 1.0, forces, 1);
    if (frame->strain == NULL) return;
    for (int c = 0; c < 6; c++) {
        double *strained = assembly->strained + (int64_t)c * n;
        cblas_dgemv(CblasRowMajor, CblasNoTrans, n, n, 1.0, frame->strain + (int64_t)c * n * n, n, assembly->q, 1, 0.0, strained, 1);
        stress[c] += 0.5 * cblas_ddot(n, assembly->q, 1, strained, 1) / frame->volume;
        stress[c] += cblas_ddot(n, assembly->w, 1, assembly->c_strain + c, 6) / frame->volume;
    }
}

/* The bare charges' sum should not change with strain: then the Born charges obey the acoustic sum rule. Where nothing
 * redistributes, it should also be the total charge. */
static void sum_rules(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    double *rows = assembly->prediction + 7 + 3 * frame->n, n = (double)frame->n;
    if (!assembly->redistribute) rows[0] = -frame->total_charge / n;
    for (int64_t i = 0; i < frame->n; i++) {
        if (!assembly->redistribute) rows[0] += assembly->bare[i] / n;
        for (int c = 0; c < 6; c++) rows[1 + c] += assembly->c_strain[6 * i + c] / n;
    }
}

/* Derivatives of the strain components by the parameters of one atom's head. */
static void sum_rule_rows(const lrpot__assembly *assembly, const lrpot__frame *frame, int64_t centre)
{
    const lrpot__local *local = assembly->charge;
    int64_t rows = lrpot__frame_rows(frame), z = frame->species[centre];
    for (int64_t p = 0; p < local->n_lanes; p++) {
        int64_t column = p < local->n_radial ? assembly->layout.charge_radial + z * local->n_radial + p
                                             : assembly->layout.charge_linear + p - local->n_radial;
        double *out = assembly->jacobian + column * rows + 8 + 3 * frame->n;
        const double *g = local->mixed + p * 3 * local->count;
        for (int c = 0; c < 6; c++) {
            double sum = 0.0;
            for (int64_t k = 0; k < local->count; k++) sum += local->vectors[3 * k + FIRST[c]] * g[3 * k + SECOND[c]];
            out[c] += sum / (double)frame->n;
        }
    }
}

/* dq/dp from dc/dp, with the columns of the shares. */
static void charge_derivatives(const lrpot__assembly *assembly, const lrpot__frame *frame, const redistribution *r)
{
    const double *share = assembly->potential->charges->share;
    int64_t n = frame->n, pc = charge_params(assembly), S = assembly->potential->n_species, first = pc - S;
    memcpy(assembly->dq, assembly->dc, (size_t)(n * pc) * sizeof(double));
    if (!assembly->redistribute) return;
    /* the sum over atoms of dc is kept in the first row of dphi for a moment */
    double *sum = assembly->dphi;
    memset(sum, 0, (size_t)pc * sizeof(double));
    for (int64_t i = 0; i < n; i++) cblas_daxpy((int)pc, 1.0, assembly->dc + i * pc, 1, sum, 1);
    for (int64_t i = 0; i < n; i++) {
        int64_t z = frame->species[i];
        cblas_daxpy((int)pc, -share[z] / r->shares, sum, 1, assembly->dq + i * pc, 1);
        assembly->dq[i * pc + first + z] += r->missing / r->shares;
        for (int64_t j = 0; j < n; j++)
            assembly->dq[i * pc + first + frame->species[j]] -= share[z] * r->missing / (r->shares * r->shares);
    }
}

/* dphi becomes dw: dphi = A dq, then the mean weighted by the shares comes off. */
static void adjoint_derivatives(const lrpot__assembly *assembly, const lrpot__frame *frame, const redistribution *r)
{
    const double *share = assembly->potential->charges->share;
    int64_t n = frame->n, pc = charge_params(assembly), first = pc - assembly->potential->n_species;
    cblas_dsymm(CblasRowMajor, CblasLeft, CblasUpper, (int)n, (int)pc, 1.0, frame->matrix, (int)n, assembly->dq, (int)pc, 0.0,
                assembly->dphi, (int)pc);
    if (!assembly->redistribute) return;
    double *mean = assembly->dc; /* no longer needed as it was */
    memset(mean, 0, (size_t)pc * sizeof(double));
    for (int64_t i = 0; i < n; i++) cblas_daxpy((int)pc, share[frame->species[i]] / r->shares, assembly->dphi + i * pc, 1, mean, 1);
    for (int64_t i = 0; i < n; i++) mean[first + frame->species[i]] += (assembly->phi[i] - r->mean) / r->shares;
    for (int64_t i = 0; i < n; i++) cblas_daxpy((int)pc, -1.0, mean, 1, assembly->dphi + i * pc, 1);
}

/* Energy, explicit forces and stress by the charges themselves. */
static void explicit_jacobian(const lrpot__assembly *assembly, const lrpot__frame *frame, double *j)
{
    int64_t n = frame->n, pc = charge_params(assembly), rows = lrpot__frame_rows(frame);
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)n, (int)pc, 1.0, assembly->dq, (int)pc, assembly->phi, 1, 1.0, j, (int)rows);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = 0; p < pc; p++)
            for (int a = 0; a < 3; a++) j[p * rows + 1 + 3 * i + a] += assembly->field[3 * i + a] * assembly->dq[i * pc + p];
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasTrans, (int)pc, 3, (int)n, assembly->q[i], assembly->dq, (int)pc,
                    frame->gradient + 3 * n * i, (int)n, 1.0, j + 1 + 3 * i, (int)rows);
    }
    if (frame->strain != NULL)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasTrans, (int)pc, 6, (int)n, 1.0 / frame->volume, assembly->dq, (int)pc,
                    assembly->strained, (int)n, 1.0, j + 1 + 3 * n, (int)rows);
}

/* Forces and stress by the change of the adjoint weights, which multiply dc/dr. */
static void weight_jacobian(const lrpot__assembly *assembly, const lrpot__frame *frame, double *j)
{
    int64_t n = frame->n, pc = charge_params(assembly), rows = lrpot__frame_rows(frame);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)pc, (int)(3 * n), (int)n, -1.0, assembly->dphi, (int)pc,
                assembly->dc_dr, (int)(3 * n), 1.0, j + 1, (int)rows);
    if (frame->strain != NULL)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)pc, 6, (int)n, 1.0 / frame->volume, assembly->dphi, (int)pc,
                    assembly->c_strain, 6, 1.0, j + 1 + 3 * n, (int)rows);
}

static lrpot_status coulomb_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame, const redistribution *r)
{
    const lrpot__layout *layout = &assembly->layout;
    int64_t base = layout->charge_radial >= 0 ? layout->charge_radial : layout->charge_species;
    double *j = assembly->jacobian + base * lrpot__frame_rows(frame);
    for (int64_t i = 0; i < frame->n && !assembly->redistribute; i++)
        cblas_daxpy((int)charge_params(assembly), 1.0 / (double)frame->n, assembly->dc + i * charge_params(assembly), 1,
                    j + 7 + 3 * frame->n, (int)lrpot__frame_rows(frame));
    charge_derivatives(assembly, frame, r);
    adjoint_derivatives(assembly, frame, r);
    explicit_jacobian(assembly, frame, j);
    if (assembly->charge == NULL) return LRPOT_OK;
    weight_jacobian(assembly, frame, j);
    for (int64_t i = 0; i < frame->n; i++) {
        LRPOT__TRY(lrpot__local_atom(assembly->charge, assembly->potential->charges->linear, frame->species, i, neighbours_of(frame, i), 1, 1));
        scatter_mixed(assembly, assembly->charge, frame, i, assembly->w[i], layout->charge_radial, layout->charge_linear, 0);
        sum_rule_rows(assembly, frame, i);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__assembly_frame(lrpot__assembly *assembly, const lrpot__frame *frame, int with_jacobian)
{
    int64_t rows = lrpot__frame_rows(frame);
    LRPOT__TRY(reserve(assembly, frame->n));
    memset(assembly->prediction, 0, (size_t)rows * sizeof(double));
    if (with_jacobian) memset(assembly->jacobian, 0, (size_t)(rows * assembly->layout.count) * sizeof(double));
    LRPOT__TRY(local_energy(assembly, frame, with_jacobian));
    if (assembly->potential->charges == NULL) return LRPOT_OK;
    redistribution r;
    LRPOT__TRY(bare_charges(assembly, frame, with_jacobian));
    LRPOT__TRY(charges_and_potentials(assembly, frame, &r));
    coulomb_prediction(assembly, frame);
    sum_rules(assembly, frame);
    return with_jacobian ? coulomb_jacobian(assembly, frame, &r) : LRPOT_OK;
}
